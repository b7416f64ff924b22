/** The options of `bench`, and what they add up to. */
import type * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Duration from "effect/Duration"
import { MAX_SEED } from "../../dataset/Noise.ts"
import { choiceOption, convertedOption, flagOption, textOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import { durationOption, integerOption } from "../RangedOption.ts"
import { transferOptions } from "../transfer/TransferOptions.ts"

const MAX_CLIENTS = 100_000
const MAX_PIPELINE = 10_000
const MAX_MULTIPLEXERS = 1000
const MAX_WORKERS = 256
const MAX_RATE = 100_000_000
export const DEFAULT_KEYS = 100_000
const DEFAULT_SEED = 0
const LONGEST_RUN = "1 day"
export const DEFAULT_DURATION: Duration.Duration = Duration.seconds(30)
export const DEFAULT_WARMUP: Duration.Duration = Duration.seconds(1)
const MAX_ZIPF = 10
const MAX_RATIO = 1000

export interface Ratio {
  readonly sets: number
  readonly gets: number
}

export const DEFAULT_RATIO: Ratio = { sets: 1, gets: 4 }

export const benchOptions = {
  connect: connectOptions,
  operation: choiceOption({
    name: "operation",
    choices: ["set", "get", "mixed"],
    default: "set",
    description: "what is measured; mixed: both, as --ratio says"
  }),
  ratio: convertedOption(
    {
      name: "ratio",
      placeholder: "SETS:GETS",
      description: `of --operation mixed (default ${DEFAULT_RATIO.sets}:${DEFAULT_RATIO.gets})`
    },
    (given) => {
      const match = /^(\d{1,4}):(\d{1,4})$/.exec(given)
      const [sets, gets] = [Number(match?.[1]), Number(match?.[2])]
      return match !== null && sets + gets > 0 && sets <= MAX_RATIO && gets <= MAX_RATIO
        ? { value: { sets, gets } }
        : { problem: "not a ratio", allowed: `SETS:GETS, as 1:4, each 0 to ${MAX_RATIO} and not both 0` }
    }
  ).pipe(Options.optional),
  command: textOption({
    name: "command",
    placeholder: "TEMPLATE",
    description:
      "another command instead: 'HSET {k} field {v}' with {k} a key, {v} its value, {i} its number; quotes as in redis-cli"
  }),
  duration: durationOption({
    name: "duration",
    min: "1 millis",
    max: LONGEST_RUN,
    description: `how long commands are sent (default ${Duration.toSeconds(DEFAULT_DURATION)}s)`
  }),
  requests: integerOption({
    name: "requests",
    min: 1,
    description: "commands to send, instead of --duration"
  }),
  warmup: durationOption({
    name: "warmup",
    min: 0,
    max: LONGEST_RUN,
    description: `time before that, in which nothing counts (default ${Duration.toSeconds(DEFAULT_WARMUP)}s, with --requests none)`
  }),
  clients: integerOption({
    name: "clients",
    alias: "n",
    min: 1,
    max: MAX_CLIENTS,
    default: 50,
    description: "clients that send at the same time"
  }),
  pipeline: integerOption({
    name: "pipeline",
    placeholder: "COUNT",
    min: 1,
    max: MAX_PIPELINE,
    default: 1,
    description: "commands that a client sends together, before it waits for all of them"
  }),
  multiplexers: integerOption({
    name: "mux-count",
    placeholder: "COUNT",
    min: 1,
    max: MAX_MULTIPLEXERS,
    default: 1,
    description: "connections per node and worker, which the clients share"
  }),
  workers: integerOption({
    name: "workers",
    min: 1,
    max: MAX_WORKERS,
    default: 1,
    description: "threads that the clients are divided among"
  }),
  rate: integerOption({
    name: "rate",
    placeholder: "OPS",
    min: 1,
    max: MAX_RATE,
    description: "commands per second by a timetable; waiting counts (default: as fast as they are answered)"
  }),
  data: transferOptions.data,
  keys: integerOption({
    name: "keys",
    min: 1,
    description: `keys to choose from, those of fill's data set; or --data (default ${DEFAULT_KEYS})`
  }),
  keySize: transferOptions.keySize,
  valueSize: transferOptions.valueSize,
  seed: integerOption({
    name: "seed",
    min: 0,
    max: MAX_SEED,
    default: DEFAULT_SEED,
    description: "that of the fill whose keys are meant"
  }),
  sequential: flagOption({
    name: "sequential",
    description: "one key after the other, instead of at random"
  }),
  zipf: convertedOption(
    {
      name: "zipf",
      placeholder: "EXPONENT",
      description: "some keys far more often than others: 0.99 as in YCSB (default: all alike)"
    },
    (given) => {
      const exponent = /^\d{1,2}(\.\d{1,10})?$/.test(given) ? Number(given) : NaN
      return exponent > 0 && exponent <= MAX_ZIPF
        ? { value: exponent }
        : { problem: "not an exponent", allowed: `above 0, to ${MAX_ZIPF}` }
    }
  ).pipe(Options.optional),
  interval: durationOption({
    name: "interval",
    min: "100 millis",
    max: LONGEST_RUN,
    description: "report each such length of time by itself too"
  }),
  hdr: textOption({
    name: "hdr",
    placeholder: "FILE",
    description: "write response times as an HdrHistogram log, one entry per --interval or second"
  })
}

export type GivenBench = Command.Command.ParseConfig<typeof benchOptions>
