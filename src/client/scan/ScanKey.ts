/**
 * The elements of one hash, set or sorted set as a stream.
 *
 * What stays in the key for the whole walk is given at least once; what comes
 * or goes meanwhile may be given or not. When the key moves to another node, or
 * its master is replaced or restarted, the walk begins anew there, and elements
 * are given again. A key that fits a page (128 elements, as servers are set up)
 * is given at once.
 *
 * @example hscan(client, "user:1", { match: "address:*" }) // pairs of field and value
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CommandArgument } from "../../protocol/Resp.ts"
import type { CommandError } from "../commands/TypedCommand.ts"
import { array, bytes, type Decoder, double, pairs, text } from "../reply/FromResp.ts"
import { isSetback, makePursuit, type Target } from "../Pursuit.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import {
  pageOptions,
  processOf,
  readPage,
  type ScanPageOptions,
  type ScanProcess,
  START
} from "./ScanPage.ts"
import { reach } from "../transaction/Session.ts"

export interface ScanKeyOptions extends ScanPageOptions {
  /** Give bytes and not text. Default false. */
  readonly bytes?: boolean | undefined
}

type InBytes = ScanKeyOptions & { readonly bytes: true }

/** Fields with their values. */
export const hscan: {
  (
    client: RedisCommands,
    key: CommandArgument,
    options: InBytes
  ): Stream.Stream<readonly [Uint8Array, Uint8Array], CommandError>
  (
    client: RedisCommands,
    key: CommandArgument,
    options?: ScanKeyOptions
  ): Stream.Stream<readonly [string, string], CommandError>
} = (client: RedisCommands, key: CommandArgument, options: ScanKeyOptions = {}) =>
  scanKey(
    client,
    "HSCAN",
    key,
    options,
    (options.bytes === true ? pairs(bytes, bytes) : pairs(text, text)) as Decoder<ReadonlyArray<never>>
  )

/** Members of a set. */
export const sscan: {
  (client: RedisCommands, key: CommandArgument, options: InBytes): Stream.Stream<Uint8Array, CommandError>
  (client: RedisCommands, key: CommandArgument, options?: ScanKeyOptions): Stream.Stream<string, CommandError>
} = (client: RedisCommands, key: CommandArgument, options: ScanKeyOptions = {}) =>
  scanKey(
    client,
    "SSCAN",
    key,
    options,
    (options.bytes === true ? array(bytes) : array(text)) as Decoder<ReadonlyArray<never>>
  )

/** Members of a sorted set with their scores. */
export const zscan: {
  (
    client: RedisCommands,
    key: CommandArgument,
    options: InBytes
  ): Stream.Stream<readonly [Uint8Array, number], CommandError>
  (
    client: RedisCommands,
    key: CommandArgument,
    options?: ScanKeyOptions
  ): Stream.Stream<readonly [string, number], CommandError>
} = (client: RedisCommands, key: CommandArgument, options: ScanKeyOptions = {}) =>
  scanKey(
    client,
    "ZSCAN",
    key,
    options,
    (options.bytes === true ? pairs(bytes, double) : pairs(text, double)) as Decoder<ReadonlyArray<never>>
  )

interface Walk {
  readonly target: Target
  readonly cursor: string
  /** Where the cursor means something; `undefined` before the first page. */
  readonly process: ScanProcess | undefined
}

const scanKey = <A>(
  client: RedisCommands,
  command: string,
  key: CommandArgument,
  options: ScanKeyOptions,
  items: Decoder<ReadonlyArray<A>>
): Stream.Stream<A, CommandError> => {
  const words = pageOptions(options)

  const read = (walk: Walk) =>
    Effect.gen(function* () {
      const connection = yield* reach(client, walk.target.place)
      const process = yield* processOf(connection)
      const cursor = process === walk.process ? walk.cursor : START
      const page = yield* readPage(connection, [command, key, cursor, ...words], items, walk.target.isAsking)
      const next =
        page.cursor === START ? Option.none() : Option.some({ ...walk, cursor: page.cursor, process })
      return [Chunk.unsafeFromArray(page.items as Array<A>), next] as const
    }).pipe(Effect.scoped)

  /** A page, wherever the key may have gone. */
  const pursue = (walk: Walk) =>
    Effect.gen(function* () {
      const nextTarget = makePursuit(client, { key }, command)
      let { target } = walk
      for (;;) {
        const result = yield* Effect.either(read({ ...walk, target }))
        if (result._tag === "Right") return result.right
        if (!isSetback(result.left, true)) return yield* Effect.fail(result.left)
        target = yield* nextTarget(result.left)
      }
    })

  return Stream.paginateChunkEffect<Walk, A, CommandError, never>(
    { target: { place: { key }, isAsking: false }, cursor: START, process: undefined },
    pursue
  )
}
