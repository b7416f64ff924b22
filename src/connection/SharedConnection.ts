/**
 * The connection to one node that all callers share: opened on first use,
 * reused from then on, and opened anew when it has been lost.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Connection from "./Connection.ts"
import { ConnectionError } from "./ConnectionError.ts"
import type { ConnectionOptions } from "./ConnectionOptions.ts"
import type { Pipeline } from "./Pipeline.ts"
import type { PipelineFailure } from "./PipelineFailure.ts"
import { keepAuthenticated } from "./Reauthentication.ts"
import * as SingleFlight from "./SingleFlight.ts"

export interface SharedConnection {
  /** The open pipeline, for the hot path; `undefined` when one has to be opened first. */
  unsafePipeline(): Pipeline | undefined
  /** Every open pipeline, for who watches over them. */
  pipelines(): ReadonlyArray<Pipeline>
  /** A connection is being opened. */
  isConnecting(): boolean
  /** The open connection, opened if need be; callers who come meanwhile share the attempt and its outcome. */
  readonly get: Effect.Effect<Connection.Connection, ConnectionError>
  /** New commands go to a new connection; the old one is closed once its replies have come. */
  readonly replace: Effect.Effect<void>
}

export interface SharedConnectionEvents {
  /** A connection is open, and nothing has been sent on it but the handshake. `isFirst`: there was none before. */
  readonly onOpen?: (pipeline: Pipeline, isFirst: boolean) => void
  /** A connection that had been open is lost, or was closed with the scope. */
  readonly onLost?: (failure: PipelineFailure) => void
}

/** How often a connection that is to be closed is looked at, whether its replies have come. */
export const DRAIN_INTERVAL: Duration.Duration = Duration.millis(50)

/** Waits until nothing is pending, or for so long. */
export const drained = (pipeline: Pipeline, most: Duration.DurationInput): Effect.Effect<void> =>
  Effect.sync(() => pipeline.pending === 0).pipe(
    Effect.repeat({ until: (isDrained) => isDrained, schedule: Schedule.spaced(DRAIN_INTERVAL) }),
    Effect.timeoutOption(most),
    Effect.asVoid
  )

/** The options are evaluated at each connect. What is open ends with the scope. */
export const make = (
  address: string,
  options: Effect.Effect<ConnectionOptions, ConnectionError>,
  drainTimeout: Duration.DurationInput,
  events: SharedConnectionEvents = {}
): Effect.Effect<SharedConnection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let current: Connection.Connection | undefined
    /** Of the latest connection; a lost one has no more than this to close, since its socket is destroyed already. */
    let latest: Scope.CloseableScope | undefined
    let isFirst = true
    const closeLatest = Effect.suspend(() =>
      latest === undefined ? Effect.void : Scope.close(latest, Exit.void)
    )
    yield* Effect.addFinalizer(() => closeLatest)

    const closedError = (detail: string): ConnectionError =>
      new ConnectionError({ reason: "Closed", sent: "no", node: address, command: "CONNECT", detail })

    const open: Effect.Effect<Connection.Connection, ConnectionError> = Effect.gen(function* () {
      yield* closeLatest
      const own = yield* Scope.make()
      latest = own
      const settings = yield* options
      const connection = yield* Connection.connect(settings, {
        onClose: (failure) => {
          // Not while it is still being opened, nor once it has been replaced.
          if (current === undefined || current.pipeline.isOpen) return
          current = undefined
          events.onLost?.(failure)
        }
      }).pipe(Scope.extend(own))
      if (!connection.pipeline.isOpen) {
        return yield* closedError("the server closed the connection after the handshake")
      }
      current = connection
      events.onOpen?.(connection.pipeline, isFirst)
      isFirst = false
      yield* Effect.forkIn(keepAuthenticated(connection, options, settings.credentials), own)
      return connection
    })
    const flight = yield* SingleFlight.make(open, scope, () =>
      closedError("the node has left, or the client is closed")
    )

    const replace = Effect.suspend(() => {
      const old = current
      const own = latest
      if (old === undefined || own === undefined) return Effect.void
      current = undefined
      latest = undefined
      return Effect.asVoid(
        Effect.forkIn(
          Effect.ensuring(drained(old.pipeline, drainTimeout), Scope.close(own, Exit.void)),
          scope
        )
      )
    })

    return {
      unsafePipeline: () => (current === undefined ? undefined : current.pipeline),
      pipelines: () => (current === undefined ? [] : [current.pipeline]),
      isConnecting: () => flight.isRunning(),
      get: Effect.suspend(() => (current === undefined ? flight.join : Effect.succeed(current))),
      replace
    }
  })
