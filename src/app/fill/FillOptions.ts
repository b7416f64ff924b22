/** The options of `fill`, and what they add up to. */
import type * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { MAX_SEED } from "../../dataset/Noise.ts"
import { badValue, CommandLineError } from "../CommandLineError.ts"
import { choiceOption, flagOption, textOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { durationOption, integerOption } from "../RangedOption.ts"
import { keysPerSecond, rateOption } from "../RateOption.ts"
import { rangeOfShard, shardOption } from "../ShardOption.ts"
import { keysOfDataSet, transferOptions } from "../transfer/TransferOptions.ts"
import { seedOfCheckpoint } from "./CheckpointFile.ts"
import type { FillSettings } from "./FillSettings.ts"

/** Redis takes an expiry up to 2^63 ms from now; a hundred years leave no doubt. */
const LONGEST_TTL = Duration.days(36_500)

/** More than a machine has processors gains nothing. */
const MAX_PROCESSES = 256

export const fillOptions = {
  connect: connectOptions,
  ...transferOptions,
  processes: integerOption({
    name: "processes",
    alias: "P",
    min: 1,
    max: MAX_PROCESSES,
    default: 1,
    description: "worker processes that share the keys exactly, and the streams"
  }),
  rate: rateOption({
    name: "rate",
    description: "keys or bytes per second at most, over all streams and processes: 50000, 20MB"
  }),
  shard: shardOption("write"),
  flush: flagOption({
    name: "flush",
    alias: "f",
    description: "FLUSHALL on every master first; without --data, only that"
  }),
  serial: flagOption({ name: "serial", alias: "s", description: "one stream, nothing in parallel" }),
  seed: integerOption({
    name: "seed",
    min: 0,
    max: MAX_SEED,
    description: "the same seed and sizes give the same keys and values (default: a random one, printed)"
  }),
  ttl: durationOption({
    name: "ttl",
    min: "1 millis",
    max: LONGEST_TTL,
    description: "expiry of every key (default: none)"
  }),
  replies: choiceOption({
    name: "replies",
    choices: ["on", "off"],
    default: "on",
    description: "on: every write is acknowledged; off: none is, and server counters are compared afterwards"
  }),
  resume: textOption({
    name: "resume",
    placeholder: "FILE",
    description:
      "note in FILE what is acknowledged, and go on from there when it exists (then without --flush)"
  }),
  verify: flagOption({ name: "verify", description: "read every key back when done, and compare every byte" })
}

export type GivenFill = Command.Command.ParseConfig<typeof fillOptions>

/** `undefined` when there is nothing to write: `--flush` alone. */
export const fillSettings = (
  given: GivenFill,
  { cluster, commandTimeout }: ConnectSettings
): Effect.Effect<FillSettings | undefined, CommandLineError> =>
  Effect.gen(function* () {
    const { keySize, valueSize } = given
    if (given.serial && Option.isSome(given.connections)) {
      return yield* wrong("--serial: not together with --connections (-n); give one of them")
    }
    yield* refuseFewStreams(given)
    if (Option.isNone(given.data) && given.flush && !given.verify) return undefined
    const keys = yield* keysOfDataSet(given, ", or --flush alone")
    if (given.shard.parts > 1) yield* refuseAlone(given)
    if (Option.isSome(given.resume) && given.replies === "off") {
      return yield* wrong("--resume: not together with --replies off, with which nothing is acknowledged")
    }
    return {
      isCluster: cluster,
      seed: yield* seedOf(given),
      checkpoint: Option.getOrUndefined(given.resume),
      keySize,
      valueSize,
      range: rangeOfShard({ from: 0, to: keys }, given.shard),
      shard: given.shard,
      totalKeys: keys,
      processes: given.processes,
      rate: Option.match(given.rate, {
        onNone: () => undefined,
        onSome: (rate) => keysPerSecond(rate, keySize + valueSize)
      }),
      connections: given.serial ? 1 : Option.getOrUndefined(given.connections),
      pipeline: given.pipeline,
      command: Option.match(given.ttl, {
        onNone: () => ({ _tag: "Write" }) as const,
        onSome: (ttl) => ({ _tag: "WriteExpiring", milliseconds: Duration.toMillis(ttl) }) as const
      }),
      replies: given.replies,
      silenceTimeout: commandTimeout
    }
  })

/** The one given, that of the fill which is to be resumed, or a random one. */
const seedOf = ({ processes, resume, seed }: GivenFill): Effect.Effect<number, CommandLineError> => {
  const random = (): number => Math.floor(Math.random() * MAX_SEED)
  if (Option.isSome(seed)) return Effect.succeed(seed.value)
  if (Option.isNone(resume)) return Effect.sync(random)
  return Effect.map(seedOfCheckpoint(resume.value, processes), (earlier) => earlier ?? random())
}

/** A process without a stream would have nothing to do. */
const refuseFewStreams = ({
  connections,
  processes,
  serial
}: GivenFill): Effect.Effect<void, CommandLineError> => {
  if (processes > 1 && serial) return wrong("--serial: not together with --processes (-P); give one of them")
  const streams = Option.getOrElse(connections, () => processes)
  if (streams >= processes) return Effect.void
  const allowed = `${processes} or more with --processes ${processes}`
  return wrong(
    badValue({ option: "--connections", given: String(streams), problem: "fewer than processes", allowed })
  )
}

/** What would spoil a data set that several runs write. */
const refuseAlone = ({ flush, seed }: GivenFill): Effect.Effect<void, CommandLineError> => {
  if (Option.isNone(seed)) return wrong("--shard: needs --seed, the same for every shard of a data set")
  return flush
    ? wrong(
        "--flush: not together with --shard, since it empties what other shards have written; fill -f first"
      )
    : Effect.void
}

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
