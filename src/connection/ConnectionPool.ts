/**
 * Dedicated connections, for what cannot share one: blocking commands,
 * transactions, subscriptions, a fill's streams. At most so many per node;
 * who comes when all are in use waits. A connection that was returned whole is
 * used again; one that was closed, handed over, or left in the middle of
 * something is replaced.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as KeyedPool from "effect/KeyedPool"
import * as Scope from "effect/Scope"
import * as Connection from "./Connection.ts"
import type { ConnectionError } from "./ConnectionError.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"

export interface ConnectionPool {
  /** A connection of the caller's own until the scope closes. `address` is `host:port`. */
  get(address: string): Effect.Effect<Connection.Connection, ConnectionError, Scope.Scope>
}

export const DEFAULT_MAX_CONNECTIONS_PER_NODE = 10
/** A connection that nobody has used for so long is closed. */
export const IDLE_TIME_TO_LIVE: Duration.Duration = Duration.seconds(60)

export const make = (
  optionsFor: (address: string) => Effect.Effect<ConnectionOptions, ConnectionError>,
  maxPerNode: number = DEFAULT_MAX_CONNECTIONS_PER_NODE
): Effect.Effect<ConnectionPool, never, Scope.Scope> =>
  Effect.gen(function* () {
    const pool = yield* KeyedPool.makeWithTTL({
      acquire: (address: string) =>
        Effect.flatMap(optionsFor(address), (options) => Connection.connect(options)),
      min: () => 0,
      max: () => maxPerNode,
      timeToLive: IDLE_TIME_TO_LIVE
    })

    const get = (address: string): Effect.Effect<Connection.Connection, ConnectionError, Scope.Scope> =>
      Effect.gen(function* () {
        const scope = yield* Effect.scope
        for (;;) {
          // A scope of its own, so that a connection found dead gives its place back before the next is taken.
          const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
          const connection = yield* Scope.extend(KeyedPool.get(pool, address), own)
          yield* Scope.addFinalizer(
            own,
            Effect.suspend(() =>
              isUsable(connection) ? Effect.void : KeyedPool.invalidate(pool, connection)
            )
          )
          if (isUsable(connection)) return connection
          yield* Scope.close(own, Exit.void)
        }
      })

    return { get }
  })

/** Closed by the server, handed over, or with a reply still owed: then the next user cannot have it. */
const isUsable = ({ pipeline }: Connection.Connection): boolean => pipeline.isOpen && pipeline.pending === 0
