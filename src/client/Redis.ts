/**
 * The typed commands as a service, over whatever `ClusterClient` is provided.
 *
 * @example
 * const program = Effect.gen(function* () {
 *   const redis = yield* Redis
 *   yield* redis.set("key", "value", { condition: "NX", expiration: { EX: 10 } })
 *   return yield* redis.get("key") // Option<string>
 * })
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type { CommandArgument } from "../protocol/Resp.ts"
import { ClusterClient } from "./ClusterClient.ts"
import { makeCommands } from "./commands/CommandMethods.ts"
import type { Commands } from "./commands/Commands.generated.ts"
import { type CommandError, TypedCommand } from "./commands/TypedCommand.ts"
import { bytes, type Decoder, text } from "./reply/FromResp.ts"
import type { CommandOptions, RedisCommands } from "./RedisCommands.ts"

/**
 * Every command as a method, replies as text. Each call is an Effect that may
 * also be part of a batch. What fails before anything is sent, such as a
 * missing argument in a program without types, is a TypeError.
 */
export interface RedisService extends Commands<string, string> {
  /** What the commands are sent with: `execute` gives a reply as it is. */
  readonly client: RedisCommands
  /** The same commands, with values, keys and fields as bytes; the names of a record (HGETALL, stream entries) stay text. */
  readonly bytes: Commands<Uint8Array, Uint8Array>

  /**
   * The same commands, with what is stored read by a decoder, and keys and
   * fields as text.
   *
   * @example redis.returning(FromResp.withSchema(Schema.parseJson(User))).get("user:1") // Option<User>
   */
  returning<V>(value: Decoder<V>): Commands<V, string>

  /**
   * A command that has no method, such as a module's, or one whose reply is to be read differently.
   *
   * @example redis.call(FromResp.integer, "BF.ADD", "filter", "item")
   */
  call<A>(decoder: Decoder<A>, name: string, ...args: ReadonlyArray<CommandArgument>): TypedCommand<A>

  /**
   * Sends commands together, each to the node that serves its key. Never fails
   * as a whole: each has its own result.
   *
   * @example redis.executeMany([redis.get("key"), redis.incr("counter")])
   */
  executeMany<const Batch extends ReadonlyArray<TypedCommand<unknown>>>(
    batch: Batch
  ): Effect.Effect<BatchResults<Batch>>

  /** The same service with other defaults for its commands. */
  withOptions(options: CommandOptions): RedisService
}

/** The results of a batch in its order. */
export type BatchResults<Batch extends ReadonlyArray<TypedCommand<unknown>>> = {
  readonly [Index in keyof Batch]: Either.Either<Effect.Effect.Success<Batch[Index]>, CommandError>
}

export const make = (client: RedisCommands): RedisService => {
  let inBytes: Commands<Uint8Array, Uint8Array> | undefined
  const others: Omit<RedisService, keyof Commands<string, string> | "bytes"> = {
    client,
    returning: (value) => makeCommands(client, value, text),
    call: (decoder, name, ...args) => new TypedCommand(client, [name, ...args], decoder),
    executeMany: (batch) => executeMany(client, batch),
    withOptions: (options) => make(client.withOptions(options))
  }
  const commands = Object.assign(makeCommands(client, text, text), others)
  return Object.defineProperty(commands, "bytes", {
    get: () => (inBytes ??= makeCommands(client, bytes, bytes))
  }) as RedisService
}

const executeMany = <const Batch extends ReadonlyArray<TypedCommand<unknown>>>(
  client: RedisCommands,
  batch: Batch
): Effect.Effect<BatchResults<Batch>> =>
  Effect.map(
    client.executeMany(batch.map((command) => command.arguments)),
    (results) =>
      results.map((result, index) =>
        Either.flatMap(result, (reply) => batch[index].decode(reply))
      ) as unknown as BatchResults<Batch>
  )

/** The typed commands: `yield* Redis`. */
export class Redis extends Context.Tag("effect-redis-client/Redis")<Redis, RedisService>() {
  static readonly make = make

  static readonly layer: Layer.Layer<Redis, never, ClusterClient> = Layer.effect(
    this,
    Effect.map(ClusterClient, make)
  )
}
