/** What the keys of a command hold at present: asked in two round trips, of each key its length and its memory alone. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArgument, CommandArguments } from "../../../protocol/Resp.ts"
import { NO_TYPE, sizeCommand, sizeUnit } from "../keys/KeyMeasure.ts"

export interface KeyCost {
  /** `none` for a key that is not there. */
  readonly type: string
  /** Bytes of a string, elements of anything else; `undefined` where it cannot be asked. */
  readonly size: number | undefined
  readonly unit: string
  /** Bytes of memory, as the server estimates them. */
  readonly memory: number | undefined
}

export const keyCosts = (
  client: RedisCommands,
  keys: ReadonlyArray<CommandArgument>
): Effect.Effect<ReadonlyArray<KeyCost>> =>
  Effect.gen(function* () {
    const types = yield* client.executeMany(keys.map((key) => ["TYPE", key]))
    const names = types.map((type) => (Either.isRight(type) ? (Resp.text(type.right) ?? "?") : "?"))
    const asked = yield* client.executeMany(
      keys.flatMap((key, index): ReadonlyArray<CommandArguments> => {
        const bytes = typeof key === "object" ? key : String(key)
        return [sizeCommand(names[index], bytes) ?? ["EXISTS", key], ["MEMORY", "USAGE", key]]
      })
    )
    const numbers = asked.map((reply) =>
      Either.isRight(reply) && reply.right._tag === "Integer" ? Number(reply.right.value) : undefined
    )
    return names.map((type, index) => ({
      type,
      size: type === NO_TYPE || sizeCommand(type, "") === undefined ? undefined : numbers[2 * index],
      unit: sizeUnit(type),
      memory: numbers[2 * index + 1]
    }))
  })
