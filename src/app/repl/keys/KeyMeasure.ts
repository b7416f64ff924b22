/** How large a key is: elements, bytes of memory, or how often it is used. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"

export interface MeasuredKey {
  readonly key: Uint8Array
  readonly type: string
  readonly size: number
}

/** Measures many keys at once; one that is gone meanwhile, or has no size of that kind, is left out. */
export type KeyMeasure = (
  client: RedisCommands,
  keys: ReadonlyArray<Uint8Array>
) => Effect.Effect<ReadonlyArray<MeasuredKey>, ClientError>

/** What the number that `sizeCommand` gives counts. */
export const sizeUnit = (type: string): string =>
  type === "string" ? "bytes" : type === "hash" ? "fields" : type === "stream" ? "entries" : "elements"

const SIZE_COMMANDS: Readonly<Record<string, string>> = {
  string: "STRLEN",
  list: "LLEN",
  set: "SCARD",
  zset: "ZCARD",
  hash: "HLEN",
  stream: "XLEN"
}

/** What asks for the length of a key of this type; a module's types have none. */
export const sizeCommand = (type: string, key: Uint8Array | string): CommandArguments | undefined =>
  Object.hasOwn(SIZE_COMMANDS, type) ? [SIZE_COMMANDS[type], key] : undefined

/** Bytes of a string, elements of anything else. */
export const bySize: KeyMeasure = (client, keys) =>
  measured(client, keys, ({ key, type }) => sizeCommand(type, key))

/** Bytes of memory, key and overhead included; of large collections an estimate from `samples` elements, 0 for all. */
export const byMemory =
  (samples: number | undefined): KeyMeasure =>
  (client, keys) =>
    measured(client, keys, ({ key }) => [
      "MEMORY",
      "USAGE",
      key,
      ...(samples === undefined ? [] : ["SAMPLES", samples])
    ])

/** The counter of an LFU policy, 0 to 255, which grows with the logarithm of the uses. */
export const byFrequency: KeyMeasure = (client, keys) =>
  measured(client, keys, ({ key }) => ["OBJECT", "FREQ", key])

interface TypedKey {
  readonly key: Uint8Array
  readonly type: string
}

/** TYPE's word for a key that is not there. */
export const NO_TYPE = "none"

/** Two round trips. Plain loops: an effect for each key would cost as much as all the rest. */
const measured = (
  client: RedisCommands,
  keys: ReadonlyArray<Uint8Array>,
  ask: (key: TypedKey) => CommandArguments | undefined
): Effect.Effect<ReadonlyArray<MeasuredKey>, ClientError> =>
  Effect.gen(function* () {
    const types = yield* client.executeMany(keys.map((key) => ["TYPE", key]))
    const asked: Array<TypedKey> = []
    const questions: Array<CommandArguments> = []
    for (let index = 0; index < keys.length; index++) {
      const reply = types[index]
      if (Either.isLeft(reply)) return yield* reply.left
      const typed = { key: keys[index], type: Resp.text(reply.right) ?? NO_TYPE }
      const question = typed.type === NO_TYPE ? undefined : ask(typed)
      if (question === undefined) continue
      asked.push(typed)
      questions.push(question)
    }
    const sizes = yield* client.executeMany(questions)
    const found: Array<MeasuredKey> = []
    for (let index = 0; index < asked.length; index++) {
      const reply = sizes[index]
      if (Either.isLeft(reply)) {
        if (!isGone(reply.left)) return yield* reply.left
      } else if (reply.right._tag === "Integer") {
        const { key, type } = asked[index]
        found.push({ key, type, size: Number(reply.right.value) })
      }
    }
    return found
  })

/** The key has gone since its type was asked, or is of another type. */
const isGone = (error: ClientError): boolean =>
  error._tag === "RedisError" && (error.kind === "WRONGTYPE" || /no such key/i.test(error.reply))
