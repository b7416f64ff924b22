/** The options of `fill`, and what they add up to. */
import type * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { keysOfAmount } from "../../dataset/FillPlan.ts"
import { smallestKeySize } from "../../dataset/KeyFormat.ts"
import { MAX_SEED } from "../../dataset/Noise.ts"
import { badValue, CommandLineError } from "../CommandLineError.ts"
import { choiceOption, flagOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { durationOption, integerOption, sizeOption } from "../RangedOption.ts"
import { GIBIBYTE } from "../Size.ts"
import { DEFAULT_CONNECTIONS, DEFAULT_CONNECTIONS_PER_MASTER, type FillSettings } from "./FillSettings.ts"

const MAX_KEY_SIZE = 65_536
const MAX_VALUE_SIZE = 512 * 1024 * 1024
const DEFAULT_SIZE = 512
const MAX_CONNECTIONS = 1024
const MAX_PIPELINE = 1_048_576
const DEFAULT_PIPELINE = 8192
/** Redis takes an expiry up to 2^63 ms from now; a hundred years leave no doubt. */
const LONGEST_TTL = Duration.days(36_500)

export const fillOptions = {
  connect: connectOptions,
  data: sizeOption({
    name: "data",
    alias: "d",
    min: 1,
    bareUnit: GIBIBYTE,
    description: "bytes of keys and values to write, not the memory they take: 0.1 (GiB), 500MB, 2GB"
  }),
  flush: flagOption({
    name: "flush",
    alias: "f",
    description: "FLUSHALL on every master first; without --data, only that"
  }),
  serial: flagOption({ name: "serial", alias: "s", description: "one stream, nothing in parallel" }),
  connections: integerOption({
    name: "connections",
    alias: "n",
    min: 1,
    max: MAX_CONNECTIONS,
    description: `parallel streams (default ${DEFAULT_CONNECTIONS}, in a cluster ${DEFAULT_CONNECTIONS_PER_MASTER} per master)`
  }),
  keySize: integerOption({
    name: "key-size",
    placeholder: "BYTES",
    min: 1,
    max: MAX_KEY_SIZE,
    default: DEFAULT_SIZE,
    description: `bytes per key, 1 to ${MAX_KEY_SIZE}`
  }),
  valueSize: integerOption({
    name: "value-size",
    placeholder: "BYTES",
    min: 1,
    max: MAX_VALUE_SIZE,
    default: DEFAULT_SIZE,
    description: `bytes per value, 1 to ${MAX_VALUE_SIZE}`
  }),
  pipeline: integerOption({
    name: "pipeline",
    placeholder: "COUNT",
    min: 1,
    max: MAX_PIPELINE,
    default: DEFAULT_PIPELINE,
    description: "keys unacknowledged per stream, and at most 16 MiB of them"
  }),
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
    if (Option.isNone(given.data)) {
      if (given.flush && !given.verify) return undefined
      return yield* wrong("--data: is missing; allowed: 1 byte or more, as 500MB or 2GB, or --flush alone")
    }
    const keys = keysOfAmount(given.data.value, keySize, valueSize)
    const needed = smallestKeySize(keys)
    if (keySize < needed) {
      const problem = `too short for its slot's tag and the number of ${keys} keys`
      const allowed = `${needed} to ${MAX_KEY_SIZE}`
      return yield* wrong(badValue({ option: "--key-size", given: String(keySize), problem, allowed }))
    }
    return {
      isCluster: cluster,
      seed: Option.getOrElse(given.seed, () => Math.floor(Math.random() * MAX_SEED)),
      keySize,
      valueSize,
      range: { from: 0, to: keys },
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

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
