/**
 * Dedicated connections, for what cannot share one: blocking commands,
 * transactions, subscriptions, a fill's streams. At most so many per node;
 * who comes when all are in use waits. A connection that was returned whole is
 * used again; one that was closed, handed over, or left in the middle of
 * something, or whose credentials expire soon, is closed, and its place given to
 * the next.
 *
 * Not effect's KeyedPool: what it has let go of is closed only with the pool
 * (it acquires in the scope it was made in), and when several connects fail at
 * once, `Pool.get` may wait for ever and cannot be interrupted (3.22.4).
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Connection from "./Connection.ts"
import { ConnectionError } from "./ConnectionError.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Pipeline } from "./Pipeline.ts"
import { RENEWAL_SHARE } from "./Reauthentication.ts"

export interface ConnectionPool {
  /** A connection of the caller's own until the scope closes. `address` is `host:port`. */
  get(address: string): Effect.Effect<Connection.Connection, ConnectionError, Scope.Scope>
  /** Of the connections to a node, in use or not, for who watches over them. */
  pipelines(address: string): ReadonlyArray<Pipeline>
  /** A connection to the node is being opened. */
  isOpening(address: string): boolean
  /** Ends every connection to a node that has stopped answering, in use or not, also those being opened; what waits there fails with `Timeout`. */
  abandon(address: string, detail: string): void
}

export const DEFAULT_MAX_CONNECTIONS_PER_NODE = 10
/** A connection that nobody has used for so long is closed. */
export const IDLE_TIME_TO_LIVE: Duration.Duration = Duration.seconds(60)

/** A connection and what closes it. */
interface Lease {
  readonly connection: Connection.Connection
  readonly scope: Scope.CloseableScope
  /** Not to be used again afterwards, in milliseconds of the clock: its credentials would expire in use. */
  readonly usableUntil: number
  /** When it was last returned, likewise. */
  idleSince: number
}

interface NodePool {
  /** Connections being opened. */
  opening: number
  /** Fails when the node is given up. */
  givenUp: Deferred.Deferred<never, ConnectionError>
  readonly places: Effect.Semaphore
  readonly idle: Array<Lease>
  /** In use or not. */
  readonly open: Set<Lease>
}

export const make = (
  optionsFor: (address: string) => Effect.Effect<ConnectionOptions, ConnectionError>,
  maxPerNode: number = DEFAULT_MAX_CONNECTIONS_PER_NODE
): Effect.Effect<ConnectionPool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const poolScope = yield* Effect.scope
    const nodes = new Map<string, NodePool>()

    const poolOf = (address: string): NodePool => {
      let node = nodes.get(address)
      if (node === undefined) {
        node = {
          places: Effect.unsafeMakeSemaphore(maxPerNode),
          idle: [],
          open: new Set(),
          opening: 0,
          givenUp: Deferred.unsafeMake(FiberId.none)
        }
        nodes.set(address, node)
      }
      return node
    }

    const open = (address: string): Effect.Effect<Lease, ConnectionError> =>
      Effect.gen(function* () {
        const scope = yield* Scope.fork(poolScope, ExecutionStrategy.sequential)
        const node = poolOf(address)
        const { open } = node
        const connect = Effect.flatMap(optionsFor(address), (options) =>
          Effect.map(Connection.connect(options), (connection) => ({ connection, options }))
        )
        const now = yield* Clock.currentTimeMillis
        const { connection, options } = yield* Effect.acquireUseRelease(
          Effect.sync(() => node.opening++),
          () => Effect.raceFirst(connect, Deferred.await(node.givenUp)),
          () => Effect.sync(() => node.opening--)
        ).pipe(
          Scope.extend(scope),
          Effect.onError(() => Scope.close(scope, Exit.void))
        )
        const timeToLive = Duration.decode(options.credentials?.timeToLive ?? Duration.infinity)
        const usableUntil = now + Duration.toMillis(timeToLive) * RENEWAL_SHARE
        const lease = { connection, scope, usableUntil, idleSince: 0 }
        open.add(lease)
        yield* Scope.addFinalizer(
          scope,
          Effect.sync(() => open.delete(lease))
        )
        return lease
      })

    /** The one returned last, since it is the least likely to have been closed by the server. */
    const takeIdle = (node: NodePool): Effect.Effect<Lease | undefined> =>
      Effect.gen(function* () {
        for (;;) {
          const lease = node.idle.pop()
          if (lease === undefined || isUsable(lease, yield* Clock.currentTimeMillis)) return lease
          yield* close(lease)
        }
      })

    const giveBack = (node: NodePool, lease: Lease): Effect.Effect<void> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (!isUsable(lease, now)) return close(lease)
        lease.idleSince = now
        node.idle.push(lease)
        return Effect.void
      })

    const get = (address: string): Effect.Effect<Connection.Connection, ConnectionError, Scope.Scope> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const node = poolOf(address)
          yield* restore(node.places.take(1))
          const lease = yield* takeIdle(node).pipe(
            Effect.flatMap((idle) => (idle === undefined ? restore(open(address)) : Effect.succeed(idle))),
            Effect.onError(() => node.places.release(1))
          )
          yield* Effect.addFinalizer(() => Effect.zipRight(giveBack(node, lease), node.places.release(1)))
          return lease.connection
        })
      )

    const closeIdle = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const oldest = now - Duration.toMillis(IDLE_TIME_TO_LIVE)
      const expired = Array.from(nodes.values()).flatMap(({ idle }) => {
        const fresh = idle.findIndex(({ idleSince }) => idleSince > oldest)
        return idle.splice(0, fresh < 0 ? idle.length : fresh)
      })
      return Effect.forEach(expired, close, { discard: true })
    })
    yield* Effect.forkScoped(Effect.repeat(closeIdle, Schedule.spaced(IDLE_TIME_TO_LIVE)))

    const pipelines = (address: string): ReadonlyArray<Pipeline> =>
      Array.from(nodes.get(address)?.open ?? [], ({ connection }) => connection.pipeline)

    return {
      get,
      pipelines,
      isOpening: (address) => (nodes.get(address)?.opening ?? 0) > 0,
      abandon: (address, detail) => {
        for (const pipeline of pipelines(address)) pipeline.close("Timeout", detail)
        const node = nodes.get(address)
        if (node === undefined || node.opening === 0) return
        Deferred.unsafeDone(
          node.givenUp,
          Effect.fail(
            new ConnectionError({ reason: "Timeout", sent: "no", node: address, command: "CONNECT", detail })
          )
        )
        node.givenUp = Deferred.unsafeMake(FiberId.none)
      }
    }
  })

const close = ({ scope }: Lease): Effect.Effect<void> => Scope.close(scope, Exit.void)

/** Not closed by the server, nor handed over, nor with a reply still owed, nor near the end of its login: then the next user can have it. */
const isUsable = ({ connection: { pipeline }, usableUntil }: Lease, now: number): boolean =>
  pipeline.isOpen && pipeline.pending === 0 && now < usableUntil
