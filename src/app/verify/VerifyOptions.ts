/** The options of `verify`, and what they add up to. */
import type * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { MAX_SEED } from "../../dataset/Noise.ts"
import { CommandLineError } from "../CommandLineError.ts"
import { flagOption } from "../CommandOption.ts"
import { connectOptions } from "../ConnectOptions.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { integerOption } from "../RangedOption.ts"
import { rangeOfShard, shardOption } from "../ShardOption.ts"
import { keysOfDataSet, transferOptions } from "../transfer/TransferOptions.ts"
import type { VerifySettings } from "./VerifySettings.ts"

export const verifyOptions = {
  connect: connectOptions,
  ...transferOptions,
  seed: integerOption({ name: "seed", min: 0, max: MAX_SEED, description: "the seed that the fill printed" }),
  shard: shardOption("read"),
  sample: integerOption({
    name: "sample",
    min: 1,
    description: "read only N keys, spread evenly over slots and keys (default: all)"
  }),
  repair: flagOption({ name: "repair", description: "write what is missing or different, without an expiry" })
}

export type GivenVerify = Command.Command.ParseConfig<typeof verifyOptions>

export const verifySettings = (
  given: GivenVerify,
  { cluster, commandTimeout }: ConnectSettings
): Effect.Effect<VerifySettings, CommandLineError> =>
  Effect.gen(function* () {
    const keys = yield* keysOfDataSet(given)
    if (Option.isNone(given.seed)) {
      return yield* new CommandLineError({
        message: `--seed: is missing; allowed: 0 to ${MAX_SEED}, the one that the fill printed`
      })
    }
    return {
      isCluster: cluster,
      seed: given.seed.value,
      keySize: given.keySize,
      valueSize: given.valueSize,
      range: rangeOfShard({ from: 0, to: keys }, given.shard),
      connections: Option.getOrUndefined(given.connections),
      pipeline: given.pipeline,
      command: { _tag: "Write" },
      silenceTimeout: commandTimeout,
      repair: given.repair,
      sample: Option.getOrUndefined(given.sample)
    }
  })
