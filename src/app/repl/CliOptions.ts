/** The options of `cli`, and which of its modes they ask for. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { CommandLineError } from "../CommandLineError.ts"
import { flagOption, textOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import { durationOption, integerOption } from "../RangedOption.ts"
import type { CliMode, CliSettings, InspectionName } from "./CliSettings.ts"
import { CSV, JSON_FORMAT, QUOTED_JSON, type ReplyFormat, TEXT } from "./reply/ReplyFormat.ts"

/** Of raw replies, as in redis-cli. */
const LINE_END = "\n"
const MAX_PAGE = 100_000
const MAX_ROWS = 10_000
/** As in redis-cli: -1 repeats until it is interrupted. */
const ENDLESS = -1

export const cliOptions = {
  connect: connectOptions,
  raw: flagOption({ name: "raw", description: "replies as they are (default when output is no terminal)" }),
  noRaw: flagOption({ name: "no-raw", description: "replies as on a terminal, wherever they go" }),
  csv: flagOption({ name: "csv", description: "replies as CSV" }),
  quotedJson: flagOption({ name: "quoted-json", description: "as --json, in ASCII alone" }),
  delimiter: textOption({
    name: "delimiter",
    alias: "d",
    placeholder: "TEXT",
    description: "with --raw, between the parts of a reply (default a line end)"
  }),
  replyDelimiter: textOption({
    name: "reply-delimiter",
    alias: "D",
    placeholder: "TEXT",
    description: "with --raw, after each reply (default a line end)"
  }),
  resp2: flagOption({
    name: "resp2",
    alias: "2",
    description: "protocol version 2 (default without --json)"
  }),
  resp3: flagOption({ name: "resp3", alias: "3", description: "protocol version 3" }),
  noAuthWarning: flagOption({
    name: "no-auth-warning",
    description: "nothing: there is no warning; for scripts written for redis-cli"
  }),
  exitError: flagOption({
    name: "exit-error",
    alias: "e",
    description: "exit status 1 after an error reply, which is so anyhow"
  }),
  lastFromStdin: flagOption({
    name: "stdin",
    alias: "x",
    description: "the last argument is what standard input has"
  }),
  stdinTag: textOption({
    name: "stdin-tag",
    alias: "X",
    placeholder: "TAG",
    description: "the argument TAG is what standard input has"
  }),
  repeat: integerOption({
    name: "repeat",
    alias: "r",
    min: ENDLESS,
    max: Number.MAX_SAFE_INTEGER,
    description: "send the command so many times; -1 until interrupted (default 1)"
  }),
  interval: durationOption({
    name: "interval",
    alias: "i",
    min: "0 millis",
    max: "1 day",
    description: "between repetitions and samples, and for each 100 pages of a scan"
  }),
  eval: textOption({
    name: "eval",
    placeholder: "FILE",
    description: "EVAL the Lua script in FILE: --eval FILE KEY ... , ARGUMENT ..."
  }),
  pipe: flagOption({
    name: "pipe",
    description: "mass insertion: commands from standard input, and an account of them"
  }),
  scan: flagOption({ name: "scan", description: "every key of every master, one per line" }),
  pattern: textOption({
    name: "pattern",
    placeholder: "GLOB",
    description: "only keys that match, for --scan, --bigkeys, --memkeys, --hotkeys"
  }),
  type: textOption({
    name: "type",
    placeholder: "TYPE",
    description: "only keys of this type, for the same"
  }),
  count: integerOption({
    name: "count",
    min: 1,
    max: MAX_PAGE,
    description: "keys per page of a walk (default 1000, 3000 with --scan)"
  }),
  top: integerOption({
    name: "top",
    min: 1,
    max: MAX_ROWS,
    default: 20,
    description: "rows of a ranking"
  }),
  bigkeys: flagOption({ name: "bigkeys", description: "the keys with the most elements or bytes" }),
  memkeys: flagOption({ name: "memkeys", description: "the keys that take the most memory" }),
  hotkeys: flagOption({
    name: "hotkeys",
    description: "the keys used most often (maxmemory-policy has to be one of LFU)"
  }),
  stat: flagOption({ name: "stat", description: "keys, memory, clients and commands/s, every second" }),
  latency: flagOption({ name: "latency", description: "round-trip times of every node, with percentiles" }),
  latencyHistory: flagOption({
    name: "latency-history",
    description: "the same anew every 15 seconds, or --interval"
  }),
  clusterCheck: flagOption({
    name: "cluster-check",
    description: "whether the nodes agree and every slot is served; exit status 1 if not"
  }),
  clusterInfo: flagOption({ name: "cluster-info", description: "keys, slots and replicas of each master" }),
  words: Args.withDescription(
    Args.repeated(Args.text({ name: "WORD" })),
    "a command and its arguments; without one, a prompt, or a command per line of standard input"
  )
}

export type GivenCli = Command.Command.ParseConfig<typeof cliOptions>

/** What the options add up to, or the first two that do not go together. */
export const cliSettings = (given: GivenCli): Either.Either<CliSettings, CommandLineError> =>
  Either.gen(function* () {
    const format = yield* formatOf(given)
    const stdinTag = Option.getOrUndefined(given.stdinTag)
    const repeat = Option.getOrUndefined(given.repeat)
    yield* exclusive([
      ["--resp2 (-2)", given.resp2],
      ["--resp3 (-3)", given.resp3]
    ])
    yield* exclusive([
      ["-x", given.lastFromStdin],
      ["-X", stdinTag !== undefined]
    ])
    const interval = Option.getOrUndefined(Option.map(given.interval, Duration.toMillis))
    return {
      format,
      protocol: given.resp3 || (format.kind === "json" && !given.resp2) ? 3 : 2,
      mode: yield* modeOf(given),
      fromStdin: given.lastFromStdin ? "last" : stdinTag === undefined ? undefined : { tag: stdinTag },
      repeat: repeat === ENDLESS ? Infinity : repeat,
      intervalMs: interval,
      keys: {
        pattern: Option.getOrUndefined(given.pattern),
        type: Option.getOrUndefined(given.type),
        count: Option.getOrUndefined(given.count)
      },
      top: given.top
    }
  })

/** Where nothing is said, a terminal is for a person to read, and anything else for a program. */
const formatOf = (given: GivenCli): Either.Either<ReplyFormat, CommandLineError> => {
  const raw = {
    kind: "raw" as const,
    delimiter: Option.getOrElse(given.delimiter, () => LINE_END),
    end: Option.getOrElse(given.replyDelimiter, () => LINE_END)
  }
  const formats: ReadonlyArray<readonly [option: string, isGiven: boolean, format: ReplyFormat]> = [
    ["--raw", given.raw, raw],
    ["--no-raw", given.noRaw, TEXT],
    ["--csv", given.csv, CSV],
    ["--json", given.connect.json, JSON_FORMAT],
    ["--quoted-json", given.quotedJson, QUOTED_JSON]
  ]
  return Either.map(
    exclusive(formats),
    () => formats.find(([, isGiven]) => isGiven)?.[2] ?? (process.stdout.isTTY ? TEXT : raw)
  )
}

const modeOf = (given: GivenCli): Either.Either<CliMode, CommandLineError> => {
  const script = Option.getOrUndefined(given.eval)
  const inspections: ReadonlyArray<readonly [InspectionName, boolean]> = [
    ["scan", given.scan],
    ["bigkeys", given.bigkeys],
    ["memkeys", given.memkeys],
    ["hotkeys", given.hotkeys],
    ["stat", given.stat],
    ["latency", given.latency],
    ["latency-history", given.latencyHistory],
    ["cluster-check", given.clusterCheck],
    ["cluster-info", given.clusterInfo]
  ]
  const inspection = inspections.find(([, isGiven]) => isGiven)?.[0]
  const { words } = given
  const isAlone = given.pipe || inspection !== undefined
  return Either.flatMap(
    exclusive([
      ...inspections.map(([name, isGiven]) => [`--${name}`, isGiven] as const),
      ["--pipe", given.pipe],
      ["--eval", script !== undefined]
    ]),
    (): Either.Either<CliMode, CommandLineError> => {
      if (isAlone && words.length > 0) {
        return wrong(`--${inspection ?? "pipe"}: not together with a command; give one of them`)
      }
      if (inspection !== undefined) return Either.right({ _tag: "Inspection", name: inspection })
      if (given.pipe) return Either.right({ _tag: "Pipe" })
      if (script !== undefined) return Either.right({ _tag: "Script", file: script, words })
      return Either.right(words.length > 0 ? { _tag: "Command", words } : { _tag: "Prompt" })
    }
  )
}

const exclusive = (
  options: ReadonlyArray<readonly [option: string, isGiven: boolean, ...Array<unknown>]>
): Either.Either<void, CommandLineError> => {
  const [first, second] = options.filter(([, isGiven]) => isGiven)
  return second === undefined
    ? Either.right(undefined)
    : wrong(`${second[0]}: not together with ${first[0]}; give one of them`)
}

const wrong = (message: string): Either.Either<never, CommandLineError> =>
  Either.left(new CommandLineError({ message }))
