/** The options of `cli`. */
import * as Args from "@effect/cli/Args"
import type * as Command from "@effect/cli/Command"
import { flagOption, textOption } from "../CommandOption.ts"
import { connectOptionsWith } from "../ConnectOptions.ts"
import { durationOption, integerOption } from "../RangedOption.ts"

const MAX_PAGE = 100_000
const MAX_ROWS = 10_000
const MAX_SAMPLES = 1_000_000
/** As in redis-cli: -1 repeats until it is interrupted. */
export const ENDLESS = -1

export const cliOptions = {
  connect: connectOptionsWith("n"),
  raw: flagOption({ name: "raw", description: "replies as they are (default when output is no terminal)" }),
  noRaw: flagOption({ name: "no-raw", description: "replies as on a terminal, wherever they go" }),
  csv: flagOption({ name: "csv", description: "replies as CSV" }),
  quotedJson: flagOption({ name: "quoted-json", description: "as --json, in ASCII alone" }),
  quotedInput: flagOption({
    name: "quoted-input",
    description: "each word of the command is quoted as at the prompt, such as '\"\\x00\"'"
  }),
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
  quotedPattern: textOption({
    name: "quoted-pattern",
    placeholder: "GLOB",
    description: "the same, quoted as at the prompt"
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
  memkeysSamples: integerOption({
    name: "memkeys-samples",
    min: 0,
    max: MAX_SAMPLES,
    description:
      "for --memkeys, elements of a collection to weigh; 0 for all of them (default 5, the server's own)"
  }),
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
