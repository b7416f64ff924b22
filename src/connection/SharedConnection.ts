/**
 * The connection to one node that all callers share: opened on first use,
 * reused from then on, and opened anew when it has been lost.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Scope from "effect/Scope"
import * as Connection from "./Connection.ts"
import { ConnectionError } from "./ConnectionError.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Pipeline } from "./Pipeline.ts"
import type { PipelineFailure } from "./PipelineFailure.ts"

export interface SharedConnection {
  /** The open pipeline, for the hot path; `undefined` when one has to be opened first. */
  unsafePipeline(): Pipeline | undefined
  /** The open connection, opened if need be; callers who come meanwhile share the attempt and its outcome. */
  readonly get: Effect.Effect<Connection.Connection, ConnectionError>
}

export interface SharedConnectionEvents {
  /** A connection that had been open is lost, or was closed with the scope. */
  readonly onLost?: (failure: PipelineFailure) => void
}

/** The options are evaluated at each connect. What is open ends with the scope. */
export const make = (
  options: Effect.Effect<ConnectionOptions, ConnectionError>,
  events: SharedConnectionEvents = {}
): Effect.Effect<SharedConnection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let current: Connection.Connection | undefined
    let attempt: Deferred.Deferred<Connection.Connection, ConnectionError> | undefined
    /** Of the latest connection; a lost one has no more than this to close, since its socket is destroyed already. */
    let latest: Scope.CloseableScope | undefined
    const closeLatest = Effect.suspend(() =>
      latest === undefined ? Effect.void : Scope.close(latest, Exit.void)
    )
    yield* Effect.addFinalizer(() => closeLatest)

    const open = Effect.gen(function* () {
      yield* closeLatest
      latest = yield* Scope.make()
      const settings = yield* options
      const connection = yield* Connection.connect(settings, {
        onClose: (failure) => {
          if (current === undefined) return
          current = undefined
          events.onLost?.(failure)
        }
      }).pipe(Scope.extend(latest))
      if (!connection.pipeline.isOpen) {
        return yield* new ConnectionError({
          reason: "Closed",
          sent: "no",
          node: connection.node,
          command: "CONNECT",
          detail: "the server closed the connection after the handshake"
        })
      }
      current = connection
      return connection
    })

    const get = Effect.suspend(() => {
      if (current !== undefined) return Effect.succeed(current)
      if (attempt !== undefined) return Deferred.await(attempt)
      const shared = Deferred.unsafeMake<Connection.Connection, ConnectionError>(FiberId.none)
      attempt = shared
      return open.pipe(
        Effect.onExit((exit) => {
          attempt = undefined
          return Deferred.done(shared, exit)
        }),
        // Not the caller's fiber: a caller that is interrupted must not take the attempt away from the others.
        Effect.forkIn(scope),
        Effect.zipRight(Deferred.await(shared))
      )
    })

    return { unsafePipeline: () => (current === undefined ? undefined : current.pipeline), get }
  })
