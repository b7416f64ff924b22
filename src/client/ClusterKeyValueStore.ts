/**
 * The KeyValueStore of @effect/platform on a cluster, or on one server: the
 * keys that begin with a prefix.
 *
 * - A value is what Redis holds, so other programs can read it: text is UTF-8,
 *   and `get` of bytes that are not gives U+FFFD in their place.
 * - `modify` is atomic: the new value is set only where the old one still
 *   stands, and otherwise computed again. A time to live stays.
 * - `clear`, `size` and `isEmpty` walk through all keys of the servers. What
 *   comes or goes meanwhile may be missed.
 *
 * @example
 * const program = Effect.flatMap(KeyValueStore.KeyValueStore, (store) => store.set("theme", "dark"))
 * program.pipe(
 *   Effect.provide(ClusterKeyValueStore.layer({ prefix: "settings:" })),
 *   Effect.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment))
 * )
 */
import { type PlatformError, SystemError, type SystemErrorReason } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CommandArgument, RespValue } from "../protocol/Resp.ts"
import { utf8 } from "../protocol/Resp.ts"
import { ClusterClient } from "./ClusterClient.ts"
import type { CommandError } from "./commands/TypedCommand.ts"
import type { RedisCommands } from "./RedisCommands.ts"
import { scan } from "./scan/Scan.ts"

export interface ClusterKeyValueStoreOptions {
  /** What the name of each of the store's keys begins with on the server. Empty makes all keys of the server the store's, for `clear` too. */
  readonly prefix: string
}

/** Sets KEYS[1] to ARGV[2] where it is ARGV[1]; tells whether it was. KEEPTTL: Redis 6. */
const COMPARE_AND_SET = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1`

export const make = ({
  prefix
}: ClusterKeyValueStoreOptions): Effect.Effect<KeyValueStore.KeyValueStore, never, ClusterClient> =>
  Effect.map(ClusterClient, (client) => storeOf(client, prefix))

export const layer = (
  options: ClusterKeyValueStoreOptions
): Layer.Layer<KeyValueStore.KeyValueStore, never, ClusterClient> =>
  Layer.effect(KeyValueStore.KeyValueStore, make(options))

const storeOf = (client: RedisCommands, prefix: string): KeyValueStore.KeyValueStore => {
  // Setting and removing twice does no harm, so a lost connection need not fail them.
  const idempotent = client.withOptions({ idempotent: true })
  const nameOf = (key: string): string => prefix + key
  const allKeys = scan(client, { match: `${literally(prefix)}*`, bytes: true })

  const read = (key: string): Effect.Effect<Option.Option<Uint8Array>, CommandError> =>
    Effect.map(client.execute("GET", nameOf(key)), bytesOf)

  const update = <Value extends string | Uint8Array>(
    key: string,
    change: (value: Uint8Array) => Value
  ): Effect.Effect<Option.Option<Value>, CommandError> =>
    Effect.gen(function* () {
      for (;;) {
        const value = yield* read(key)
        if (Option.isNone(value)) return Option.none()
        const next = change(value.value)
        const done = yield* client.execute("EVAL", COMPARE_AND_SET, 1, nameOf(key), value.value, next)
        if (Number(done.value) === 1) return Option.some(next)
      }
    })

  return KeyValueStore.make({
    get: (key) => orSystemError("get", Effect.map(read(key), Option.map(utf8)), key),
    getUint8Array: (key) => orSystemError("getUint8Array", read(key), key),
    set: (key, value) =>
      orSystemError("set", Effect.asVoid(idempotent.execute("SET", nameOf(key), value)), key),
    remove: (key) => orSystemError("remove", Effect.asVoid(idempotent.execute("UNLINK", nameOf(key))), key),
    has: (key) =>
      orSystemError(
        "has",
        Effect.map(client.execute("EXISTS", nameOf(key)), ({ value }) => Number(value) === 1),
        key
      ),
    modify: (key, change) =>
      orSystemError(
        "modify",
        update(key, (value) => change(utf8(value))),
        key
      ),
    modifyUint8Array: (key, change) => orSystemError("modifyUint8Array", update(key, change), key),
    clear: orSystemError(
      "clear",
      Stream.runForEachChunk(allKeys, (keys) => unlink(idempotent, keys))
    ),
    size: orSystemError("size", countDistinct(allKeys)),
    isEmpty: orSystemError("isEmpty", Effect.map(Stream.runHead(allKeys), Option.isNone))
  })
}

/** A walk may give a key twice. */
const countDistinct = (keys: Stream.Stream<Uint8Array, CommandError>): Effect.Effect<number, CommandError> =>
  Effect.suspend(() => {
    const seen = new Set<string>()
    return Effect.map(
      Stream.runForEach(keys, (key) => Effect.sync(() => seen.add(Buffer.from(key).toString("latin1")))),
      () => seen.size
    )
  })

/** Each by itself, since their slots differ; in one batch. */
const unlink = (
  client: RedisCommands,
  keys: Chunk.Chunk<CommandArgument>
): Effect.Effect<void, CommandError> =>
  Effect.flatMap(client.executeMany(Chunk.toReadonlyArray(keys).map((key) => ["UNLINK", key])), (results) =>
    Effect.all(results, { discard: true })
  )

/** Plain bytes, as other stores give them. */
const bytesOf = ({ _tag, value }: RespValue): Option.Option<Uint8Array> =>
  _tag === "BulkString" ? Option.some(new Uint8Array(value)) : Option.none()

/** The pattern that matches the text and nothing else. */
const literally = (text: string): string => text.replaceAll(/[\\*?[\]]/g, String.raw`\$&`)

const orSystemError = <A>(
  method: string,
  effect: Effect.Effect<A, CommandError>,
  key?: string
): Effect.Effect<A, PlatformError> =>
  Effect.mapError(
    effect,
    (error) =>
      new SystemError({
        reason: reasonOf(error),
        module: "KeyValueStore",
        method,
        description: error.message,
        cause: error,
        ...(key === undefined ? {} : { pathOrDescriptor: key })
      })
  )

const reasonOf = (error: CommandError): SystemErrorReason => {
  switch (error._tag) {
    case "ConnectionError":
      if (error.reason === "Auth") return "PermissionDenied"
      if (error.reason === "Timeout") return "TimedOut"
      return error.reason === "QueueFull" ? "Busy" : "Unknown"
    case "ClusterDownError":
    case "MaxRetriesExceeded":
      return "Busy"
    case "RedisError":
      if (error.kind === "NOPERM" || error.kind === "NOAUTH") return "PermissionDenied"
      return error.kind === "WRONGTYPE" ? "InvalidData" : "Unknown"
    default:
      return "Unknown"
  }
}
