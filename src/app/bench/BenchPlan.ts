/** From the options of `bench` to what the run is to do; what contradicts itself is refused. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { DataSetOptions } from "../../dataset/DataSet.ts"
import { CommandLineError } from "../CommandLineError.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { formatSize, GIBIBYTE } from "../Size.ts"
import { checkKeySize, keysOfDataSet } from "../transfer/TransferOptions.ts"
import {
  DEFAULT_DURATION,
  DEFAULT_KEYS,
  DEFAULT_RATIO,
  DEFAULT_WARMUP,
  type GivenBench
} from "./BenchOptions.ts"
import type { BenchSettings, MixPart } from "./BenchSettings.ts"
import { CommandTemplate, templateWords } from "./CommandTemplate.ts"
import type { KeyChoice } from "./KeyChoice.ts"

/** How often a run is looked at that is not reported by interval. */
const DEFAULT_INTERVAL = Duration.seconds(1)
/** What the commands under way may hold. */
const MAX_HELD_BYTES = GIBIBYTE

export const benchSettings = (
  given: GivenBench,
  { cluster }: Pick<ConnectSettings, "cluster">
): Effect.Effect<BenchSettings, CommandLineError> =>
  Effect.gen(function* () {
    const { clients, keySize, pipeline, valueSize, workers } = given
    yield* refuseTogether(given)
    if (workers > clients) {
      return yield* wrong(
        `--workers: ${workers} have nothing to do for ${clients} clients; allowed: at most --clients (-n)`
      )
    }
    const keys = yield* keyCount(given)
    const mix = yield* mixOf(given)
    const dataSet = { seed: given.seed, keySize, valueSize }
    yield* refuseTooMuch(mix, keys, dataSet, clients * pipeline)
    const byRequests = Option.isSome(given.requests)
    const duration = Option.getOrElse(given.duration, () => DEFAULT_DURATION)
    const warmup = Option.getOrElse(given.warmup, () => (byRequests ? Duration.zero : DEFAULT_WARMUP))
    const interval = Option.getOrElse(given.interval, () => DEFAULT_INTERVAL)
    return {
      ...dataSet,
      isCluster: cluster,
      operation: Option.getOrElse(given.command, () => given.operation),
      mix,
      keys,
      keyChoice: keyChoiceOf(given),
      clients,
      pipeline,
      multiplexerCount: given.multiplexers,
      workers,
      rate: Option.getOrUndefined(given.rate),
      warmup: Duration.toMillis(warmup),
      limit: Option.match(given.requests, {
        onNone: () => ({ _tag: "Duration", milliseconds: Duration.toMillis(duration) }) as const,
        onSome: (count) => ({ _tag: "Requests", count }) as const
      }),
      interval: Duration.toMillis(interval),
      isByInterval: Option.isSome(given.interval),
      hdrFile: Option.getOrUndefined(given.hdr)
    }
  })

/** Options that contradict each other. */
const refuseTogether = (given: GivenBench): Effect.Effect<void, CommandLineError> => {
  const pairs: ReadonlyArray<readonly [boolean, string]> = [
    [
      Option.isSome(given.command) && given.operation !== "set",
      "--command: not together with --operation; give one of them"
    ],
    [
      Option.isSome(given.ratio) && (given.operation !== "mixed" || Option.isSome(given.command)),
      "--ratio: means nothing without --operation mixed"
    ],
    [
      Option.isSome(given.duration) && Option.isSome(given.requests),
      "--requests: not together with --duration; give one of them"
    ],
    [
      Option.isSome(given.data) && Option.isSome(given.keys),
      "--keys: not together with --data (-d); give one of them"
    ],
    [
      Option.isSome(given.zipf) && given.sequential,
      "--sequential: not together with --zipf; give one of them"
    ]
  ]
  const found = pairs.find(([isTogether]) => isTogether)
  return found === undefined ? Effect.void : wrong(found[1])
}

const keyCount = (given: GivenBench): Effect.Effect<number, CommandLineError> => {
  if (Option.isSome(given.data)) return keysOfDataSet(given)
  const keys = Option.getOrElse(given.keys, () => DEFAULT_KEYS)
  return Effect.as(checkKeySize(given.keySize, keys), keys)
}

const mixOf = (given: GivenBench): Effect.Effect<ReadonlyArray<MixPart>, CommandLineError> => {
  if (Option.isSome(given.command)) {
    const words = templateWords(given.command.value)
    return words === undefined
      ? wrong("--command: its quotes are not balanced, or there is no word in it; as 'HSET {k} field {v}'")
      : Effect.succeed([{ name: words[0].toString().toLowerCase(), words, weight: 1 }])
  }
  const part = (name: "get" | "set", weight: number): MixPart => ({ ...COMMANDS[name], name, weight })
  if (given.operation !== "mixed") return Effect.succeed([part(given.operation, 1)])
  const { gets, sets } = Option.getOrElse(given.ratio, () => DEFAULT_RATIO)
  return Effect.succeed([part("set", sets), part("get", gets)].filter(({ weight }) => weight > 0))
}

const COMMANDS = {
  set: { words: ["SET", "{k}", "{v}"].map((word) => Buffer.from(word)) },
  get: { words: ["GET", "{k}"].map((word) => Buffer.from(word)) }
}

const keyChoiceOf = ({ sequential, zipf }: GivenBench): KeyChoice =>
  Option.isSome(zipf)
    ? { _tag: "Zipfian", exponent: zipf.value }
    : { _tag: sequential ? "Sequential" : "Uniform" }

/** Each command under way has buffers of its own. */
const refuseTooMuch = (
  mix: ReadonlyArray<MixPart>,
  keys: number,
  dataSet: DataSetOptions,
  underWay: number
): Effect.Effect<void, CommandLineError> => {
  const bytes = mix.reduce((sum, { words }) => sum + CommandTemplate.heldBytes(words, dataSet, keys), 0)
  return bytes * underWay <= MAX_HELD_BYTES
    ? Effect.void
    : wrong(
        `--value-size: ${underWay} commands under way (--clients times --pipeline) would hold ` +
          `${formatSize(bytes * underWay)}; allowed: ${formatSize(MAX_HELD_BYTES)} in all`
      )
}

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
