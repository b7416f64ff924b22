/** The options that name a data set and how it is carried: those of `fill`, and of `verify` that reads it again. */
import type * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { keysOfAmount } from "../../dataset/FillPlan.ts"
import { smallestKeySize } from "../../dataset/KeyFormat.ts"
import { badValue, CommandLineError } from "../CommandLineError.ts"
import { integerOption, sizeOption } from "../RangedOption.ts"
import { GIBIBYTE } from "../Size.ts"
import { DEFAULT_CONNECTIONS, DEFAULT_CONNECTIONS_PER_MASTER } from "./TransferSettings.ts"

const MAX_KEY_SIZE = 65_536
const MAX_VALUE_SIZE = 512 * 1024 * 1024
const DEFAULT_SIZE = 512
const MAX_CONNECTIONS = 1024
const MAX_PIPELINE = 1_048_576
const DEFAULT_PIPELINE = 8192

export const transferOptions = {
  data: sizeOption({
    name: "data",
    alias: "d",
    min: 1,
    bareUnit: GIBIBYTE,
    description: "bytes of keys and values, not the memory they take: 0.1 (GiB), 500MB, 2GB"
  }),
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
    description: "keys unanswered per stream, and at most 16 MiB of them"
  })
}

export type GivenTransfer = Command.Command.ParseConfig<typeof transferOptions>

/**
 * The keys of the whole data set, which all have to have names.
 *
 * @param without what is possible without an amount, for the one line that says it is missing: `, or --flush alone`
 */
export const keysOfDataSet = (
  { data, keySize, valueSize }: Pick<GivenTransfer, "data" | "keySize" | "valueSize">,
  without = ""
): Effect.Effect<number, CommandLineError> => {
  if (Option.isNone(data)) {
    return wrong(`--data: is missing; allowed: 1 byte or more, as 500MB or 2GB${without}`)
  }
  const keys = keysOfAmount(data.value, keySize, valueSize)
  return Effect.as(checkKeySize(keySize, keys), keys)
}

/** Keys of that size have names for so many. */
export const checkKeySize = (keySize: number, keys: number): Effect.Effect<void, CommandLineError> => {
  const needed = smallestKeySize(keys)
  if (keySize >= needed) return Effect.void
  const problem = `too short for its slot's tag and the number of ${keys} keys`
  const allowed = `${needed} to ${MAX_KEY_SIZE}`
  return wrong(badValue({ option: "--key-size", given: String(keySize), problem, allowed }))
}

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
