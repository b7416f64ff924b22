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
  Effect.gen(function* () {
    const typed = yield* typesOf(client, keys)
    const sizable = typed.filter(({ key, type }) => sizeCommand(type, key) !== undefined)
    const sizes = yield* askNumbers(
      client,
      sizable.map(({ key, type }) => sizeCommand(type, key)!)
    )
    return sizable.flatMap((each, index) => withSize(each, sizes[index]))
  })

/** Bytes of memory, key and overhead included; of large collections an estimate from a few elements. */
export const byMemory: KeyMeasure = (client, keys) => alongWithType(client, keys, ["MEMORY", "USAGE"])

/** The counter of an LFU policy, 0 to 255, which grows with the logarithm of the uses. */
export const byFrequency: KeyMeasure = (client, keys) => alongWithType(client, keys, ["OBJECT", "FREQ"])

const alongWithType = (
  client: RedisCommands,
  keys: ReadonlyArray<Uint8Array>,
  command: CommandArguments
): Effect.Effect<ReadonlyArray<MeasuredKey>, ClientError> =>
  Effect.gen(function* () {
    const typed = yield* typesOf(client, keys)
    const sizes = yield* askNumbers(
      client,
      typed.map(({ key }) => [...command, key])
    )
    return typed.flatMap((each, index) => withSize(each, sizes[index]))
  })

interface TypedKey {
  readonly key: Uint8Array
  readonly type: string
}

/** TYPE's word for a key that is not there. */
export const NO_TYPE = "none"

const typesOf = (
  client: RedisCommands,
  keys: ReadonlyArray<Uint8Array>
): Effect.Effect<ReadonlyArray<TypedKey>, ClientError> =>
  Effect.flatMap(client.executeMany(keys.map((key) => ["TYPE", key])), (replies) =>
    Effect.map(Effect.all(replies), (types) =>
      keys
        .map((key, index) => ({ key, type: Resp.text(types[index]) ?? NO_TYPE }))
        .filter(({ type }) => type !== NO_TYPE)
    )
  )

/** `undefined` for nil, and for a key whose type has changed since. */
const askNumbers = (
  client: RedisCommands,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<ReadonlyArray<number | undefined>, ClientError> =>
  Effect.flatMap(client.executeMany(commands), (replies) =>
    Effect.forEach(replies, (reply) => {
      if (Either.isRight(reply))
        return Effect.succeed(reply.right._tag === "Integer" ? Number(reply.right.value) : undefined)
      const hasChanged = reply.left._tag === "RedisError" && reply.left.kind === "WRONGTYPE"
      return hasChanged || isGone(reply.left) ? Effect.succeed(undefined) : Effect.fail(reply.left)
    })
  )

/** What OBJECT FREQ says of a key that is not there. */
const isGone = (error: ClientError): boolean =>
  error._tag === "RedisError" && /no such key/i.test(error.reply)

const withSize = (typed: TypedKey, size: number | undefined): ReadonlyArray<MeasuredKey> =>
  size === undefined ? [] : [{ ...typed, size }]
