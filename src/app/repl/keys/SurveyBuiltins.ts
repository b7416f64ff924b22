/** The built-ins `bigkeys`, `memkeys` and `hotkeys`. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { masters } from "../../../protocol/ClusterTopology.ts"
import * as Resp from "../../../protocol/Resp.ts"
import { CommandFailure } from "../../CommandFailure.ts"
import { showProgress } from "../../Progress.ts"
import { type BuiltinContext, type BuiltinRun, reporting } from "../builtin/Builtin.ts"
import { infoFields } from "../topology/InfoText.ts"
import { byFrequency, byMemory, bySize, type KeyMeasure } from "./KeyMeasure.ts"
import { KeySurvey, type SurveyKind } from "./KeySurvey.ts"
import { countKeys, selectionOf, walkFailed, walkKeys } from "./KeyWalk.ts"

const survey =
  (name: SurveyKind, measureFor: (context: BuiltinContext) => KeyMeasure): BuiltinRun =>
  (words, context) =>
    Effect.gen(function* () {
      const { client, intervalMs, top } = context
      const measure = measureFor(context)
      if (name === "hotkeys") yield* checkPolicy(client)
      const selection = selectionOf(words, context)
      const found = new KeySurvey(name, top)
      found.topology = yield* client.topology
      if (selection.pattern === undefined && selection.type === undefined)
        found.expected = yield* countKeys(client)
      const walk = walkKeys(client, { selection, pauseMs: intervalMs, asksServers: true }, (keys) =>
        Effect.map(measure(client, keys), (measured) => found.add(measured, keys.length))
      ).pipe(Effect.mapError(walkFailed(name)))
      yield* reporting(
        context,
        found,
        Effect.scoped(Effect.zipRight(showProgress(found.progress), walk)).pipe(
          Effect.tap(() => Effect.sync(() => found.complete()))
        )
      )
    })

export const bigkeys: BuiltinRun = survey("bigkeys", () => bySize)
export const memkeys: BuiltinRun = survey("memkeys", ({ memorySamples }) => byMemory(memorySamples))
export const hotkeys: BuiltinRun = survey("hotkeys", () => byFrequency)

/** Without an LFU policy the servers do not count, and say so once per key. */
const checkPolicy = (client: RedisCommands): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const nodes = masters(yield* client.topology)
    for (const { address } of nodes) {
      const info = yield* Effect.mapError(client.executeOn(address, "INFO", "memory"), walkFailed("hotkeys"))
      const policy = infoFields(Resp.text(info) ?? "").get("maxmemory_policy")
      if (policy?.includes("lfu") !== true) {
        return yield* new CommandFailure({
          tag: "PolicyError",
          node: address,
          message: `${address}: hotkeys: keys are counted only with an LFU policy, and maxmemory-policy is ${policy}; CONFIG SET maxmemory-policy allkeys-lfu`
        })
      }
    }
  })
