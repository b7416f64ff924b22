/** What the options of `cli` add up to, or the first two that do not go together. */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { isUtf8 } from "node:buffer"
import { CommandLineError } from "../CommandLineError.ts"
import { splitWords } from "../Words.ts"
import { ENDLESS, type GivenCli } from "./CliOptions.ts"
import type { CliMode, CliSettings, InspectionName } from "./CliSettings.ts"
import { CSV, JSON_FORMAT, QUOTED_JSON, type ReplyFormat, TEXT } from "./reply/ReplyFormat.ts"

/** Of raw replies, as in redis-cli. */
const LINE_END = "\n"

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
    yield* exclusive([
      ["--pattern", Option.isSome(given.pattern)],
      ["--quoted-pattern", Option.isSome(given.quotedPattern)]
    ])
    if (Option.isSome(given.memkeysSamples) && !given.memkeys) {
      return yield* wrong("--memkeys-samples: only with --memkeys")
    }
    const words = yield* given.quotedInput
      ? unquotedAll("--quoted-input", given.words)
      : Either.right(given.words)
    const [quotedPattern] = yield* unquotedAll("--quoted-pattern", Option.toArray(given.quotedPattern))
    const interval = Option.getOrUndefined(Option.map(given.interval, Duration.toMillis))
    return {
      format,
      protocol: given.resp3 || (format.kind === "json" && !given.resp2) ? 3 : 2,
      mode: yield* modeOf(given, words),
      fromStdin: given.lastFromStdin ? "last" : stdinTag === undefined ? undefined : { tag: stdinTag },
      repeat: repeat === ENDLESS ? Infinity : repeat,
      intervalMs: interval,
      keys: {
        pattern: quotedPattern ?? Option.getOrUndefined(given.pattern),
        type: Option.getOrUndefined(given.type),
        count: Option.getOrUndefined(given.count)
      },
      top: given.top,
      memorySamples: Option.getOrUndefined(given.memkeysSamples)
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

const modeOf = (
  given: GivenCli,
  words: ReadonlyArray<string | Buffer>
): Either.Either<CliMode, CommandLineError> => {
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

/** As redis-cli reads them: each has to be one word, quoted or not. What it was is not told: it may be a secret. */
const unquotedAll = (
  option: string,
  given: ReadonlyArray<string>
): Either.Either<ReadonlyArray<string | Buffer>, CommandLineError> =>
  Either.all(
    given.map((text, index) => {
      const [word, ...others] = splitWords(text) ?? []
      if (word !== undefined && others.length === 0) {
        return Either.right(isUtf8(word) ? word.toString() : word)
      }
      return wrong(
        `${option}: word ${index + 1} is not one word; allowed: one as at the prompt, with blanks between quotes`
      )
    })
  )
