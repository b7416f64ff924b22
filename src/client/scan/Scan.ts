/**
 * All keys of a cluster, or of one server, as a stream over its masters.
 *
 * Every key that is there for the whole walk is given at least once, also while
 * slots move, masters fail over or connections are lost; a key that comes or
 * goes meanwhile may be given or not. On a cluster that nothing happens to,
 * each key is given once, as far as SCAN itself gives it once: not while a
 * server's table of keys is growing or shrinking. What is given again is kept
 * small: a slot that moved or lost its master is walked again, at its owner of
 * then, and the others are not.
 *
 * How that is known: with each page, and in the same instant, a node is asked
 * for its slots (see `ScanCoverage`). What is not noticed is a key that somebody
 * carries back, against the direction in which its slot moves.
 *
 * Fails when there is no going on for 15 seconds, such as for a slot that no
 * node serves, rather than leave keys out in silence.
 *
 * @example scan(client, { match: "user:*", type: "hash" }).pipe(Stream.runForEach(Console.log))
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { CommandArguments } from "../../protocol/Resp.ts"
import { utf8 } from "../../protocol/Resp.ts"
import { type ClientError, TopologyError } from "../ClusterError.ts"
import type { CommandError } from "../commands/TypedCommand.ts"
import { isSetback } from "../Pursuit.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { ScanCoverage } from "./ScanCoverage.ts"
import { scanNode } from "./ScanNode.ts"
import { pageOptions, type ScanPageOptions } from "./ScanPage.ts"

export { hscan, type ScanKeyOptions, sscan, zscan } from "./ScanKey.ts"

export interface ScanOptions extends ScanPageOptions {
  /** Only keys of this type: `string`, `list`, `set`, `zset`, `hash`, `stream`, or a module's (Redis 6). */
  readonly type?: string | undefined
  /** Masters walked at a time. Default 1. */
  readonly concurrency?: number | undefined
  /** Give bytes and not text. Default false. */
  readonly bytes?: boolean | undefined
}

/** All keys. */
export const scan: {
  (
    client: RedisCommands,
    options: ScanOptions & { readonly bytes: true }
  ): Stream.Stream<Uint8Array, CommandError>
  (client: RedisCommands, options?: ScanOptions): Stream.Stream<string, CommandError>
} = (client: RedisCommands, options: ScanOptions = {}): Stream.Stream<never, CommandError> => {
  const words = [...pageOptions(options), ...(options.type === undefined ? [] : ["TYPE", options.type])]
  const keys = Stream.unwrap(
    Effect.map(client.topology, ({ nodes }) =>
      // Of one server nothing but its address is known.
      nodes.length === 1 && nodes[0].id === ""
        ? scanNode(client, nodes[0].address, words)
        : scanMasters(client, words, options.concurrency ?? 1)
    )
  )
  return (options.bytes === true ? keys : Stream.map(keys, utf8)) as Stream.Stream<never, CommandError>
}

/** Walks masters, round by round, until every slot is done; in a cluster that stays as it is one round is all. */
const scanMasters = (
  client: RedisCommands,
  words: CommandArguments,
  concurrency: number
): Stream.Stream<Uint8Array, CommandError> =>
  Stream.suspend(() => {
    const coverage = new ScanCoverage()
    let setback: ClientError | undefined
    let waits: Schedule.ScheduleDriver<unknown, ClientError> | undefined

    const walk = (address: string): Stream.Stream<Uint8Array, CommandError> =>
      Stream.catchSome(scanNode(client, address, words, coverage), (error) => {
        if (!isSetback(error, true)) return Option.none()
        setback = error
        return Option.some(Stream.empty)
      })

    const round: Stream.Stream<Uint8Array, CommandError> = Stream.unwrap(
      Effect.map(client.topology, (topology) => {
        const before = coverage.progress
        return Stream.fromIterable(coverage.addresses(topology)).pipe(
          Stream.flatMap(walk, { concurrency }),
          Stream.concat(Stream.unwrap(Effect.suspend(() => rest(coverage.progress > before))))
        )
      })
    )

    const rest = (hasProgressed: boolean): Effect.Effect<typeof round, ClientError> =>
      Effect.gen(function* () {
        if (coverage.remaining === 0) return Stream.empty
        if (hasProgressed) waits = undefined
        else {
          const reason = setback ?? incomplete(coverage)
          waits ??= yield* Schedule.driver(client.retryPolicy.unavailable)
          yield* Effect.mapError(waits.next(reason), () => reason)
        }
        setback = undefined
        yield* Effect.ignore(client.refreshTopology)
        return round
      })

    return round
  })

const incomplete = ({ firstMissing }: ScanCoverage): TopologyError =>
  new TopologyError({ reason: `SCAN: no node has all keys of slot ${firstMissing}`, node: "-" })
