/** One connection to one server, ready for commands: connected, verified, authenticated and named. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import { formatAddress } from "../protocol/ClusterTopology.ts"
import type { CommandArgument, CommandArguments, Push, RespValue } from "../protocol/Resp.ts"
import { ConnectionError } from "./ConnectionError.ts"
import {
  type ConnectionOptions,
  DEFAULT_COMMAND_TIMEOUT,
  DEFAULT_CONNECT_TIMEOUT,
  DEFAULT_MAX_PENDING
} from "./ConnectionOptions.ts"
import {
  type Annotate,
  connectionFailureType,
  databaseSpan,
  peerAttributes,
  serverAttributes
} from "./DatabaseSpan.ts"
import { handshake, type ServerIdentity } from "./Handshake.ts"
import { Pipeline } from "./Pipeline.ts"
import * as PipelineEffect from "./PipelineEffect.ts"
import { PipelineFailure } from "./PipelineFailure.ts"
import * as Transport from "./Transport.ts"

export interface Connection extends ServerIdentity {
  /** `host:port`. */
  readonly node: string
  readonly pipeline: Pipeline
  /** The reply to one command; an error reply is a value here. */
  execute(...command: readonly [string, ...Array<CommandArgument>]): Effect.Effect<RespValue, ConnectionError>
  /** The replies to several commands sent together, in order. */
  executeMany(
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<RespValue>, ConnectionError>
  /** The reply to a command that may wait on the server for longer than the command timeout. */
  executeBlocking(command: CommandArguments): Effect.Effect<RespValue, ConnectionError>
  /** Hands the raw socket over, once every reply has come. The scope still destroys it. */
  takeSocket(): Duplex
}

export interface ConnectionEvents {
  readonly onPush?: (push: Push) => void
  readonly onClose?: (failure: PipelineFailure) => void
}

/**
 * Connects and shakes hands, within the connect timeout. The connection ends
 * with the scope; it does not come back by itself (see `SharedConnection`).
 *
 * @example
 * Effect.scoped(Effect.gen(function* () {
 *   const connection = yield* connect({ host: "127.0.0.1", port: 6379 })
 *   return yield* connection.execute("PING")
 * }))
 */
export const connect = (
  options: ConnectionOptions,
  events: ConnectionEvents = {}
): Effect.Effect<Connection, ConnectionError, Scope.Scope> =>
  databaseSpan(
    {
      describe: () => ({
        name: "redis.connect",
        attributes: {
          "db.operation.name": "CONNECT",
          "db.namespace": String(options.database ?? 0),
          ...serverAttributes(options.host, options.port)
        }
      }),
      failureType: connectionFailureType
    },
    (annotate) => attempt(options, events, annotate)
  )

const attempt = (
  options: ConnectionOptions,
  events: ConnectionEvents,
  annotate: Annotate
): Effect.Effect<Connection, ConnectionError, Scope.Scope> => {
  const node = formatAddress(options.host, options.port)
  const timeout = Duration.decode(options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT)
  const seconds = Duration.format(timeout)
  let stage: "tcp" | "tls" | "handshake" = "tcp"
  return Effect.gen(function* () {
    const socket = yield* Transport.open(options, () => {
      stage = "tls"
    })
    stage = "handshake"
    annotate(peerAttributes(socket.remoteAddress, socket.remotePort))
    const pipeline = yield* Effect.acquireRelease(
      Effect.sync(
        () =>
          new Pipeline(socket, {
            maxPending: options.maxPending ?? DEFAULT_MAX_PENDING,
            commandTimeout: Duration.toMillis(options.commandTimeout ?? DEFAULT_COMMAND_TIMEOUT),
            ...events
          })
      ),
      (pipeline) => Effect.sync(() => pipeline.close("Closed", "the connection was closed by this program"))
    )
    const identity = yield* Effect.mapError(handshake(pipeline, options), (failure) =>
      refusedEarly(failure, options)
    )
    return makeConnection(node, pipeline, identity)
  }).pipe(
    Effect.timeoutFail({
      duration: timeout,
      onTimeout: () =>
        stage === "tls"
          ? new PipelineFailure("Tls", "no", `no TLS handshake within ${seconds}; does the server speak TLS?`)
          : new PipelineFailure(
              "Timeout",
              "no",
              `no ${stage === "tcp" ? "connection" : "answer"} within ${seconds}`
            )
    }),
    // What the handshake lost are its own words; no command of the caller's has been sent.
    Effect.mapError(
      ({ detail, reason }) => new ConnectionError({ reason, sent: "no", node, command: "CONNECT", detail })
    ),
    releasedOnFailure,
    // The failure is the caller's: the fibers of which the timeout is made must not log it as well.
    Effect.withUnhandledErrorLogLevel(Option.none())
  )
}

/** What a failed attempt has opened is closed at once, and not when the caller's scope is. */
const releasedOnFailure = <A, E>(
  attempt: Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const own = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
      return yield* restore(Scope.extend(attempt, own)).pipe(
        Effect.onError(() => Scope.close(own, Exit.void))
      )
    })
  )

const makeConnection = (node: string, pipeline: Pipeline, identity: ServerIdentity): Connection => ({
  ...identity,
  node,
  pipeline,
  execute: (...command) =>
    Effect.mapError(PipelineEffect.execute(pipeline, command), (failure) =>
      ConnectionError.of(node, command[0], failure)
    ),
  executeMany: (commands) =>
    Effect.mapError(PipelineEffect.executeMany(pipeline, commands), (failure) =>
      ConnectionError.of(node, String(commands[0][0]), failure)
    ),
  executeBlocking: (command) =>
    Effect.mapError(PipelineEffect.executeBlocking(pipeline, command), (failure) =>
      ConnectionError.of(node, String(command[0]), failure)
    ),
  takeSocket: () => pipeline.takeSocket()
})

/** A server that hangs up during the handshake, or answers with a TLS alert, most often expects TLS. */
const refusedEarly = (failure: PipelineFailure, { tls }: ConnectionOptions): PipelineFailure => {
  const { detail, reason } = failure
  if (tls === undefined) {
    return reason === "Closed" || (reason === "Protocol" && detail.startsWith(TLS_ALERT))
      ? new PipelineFailure(
          "Connect",
          "no",
          "the server closed the connection during the handshake; does it expect TLS?"
        )
      : failure
  }
  if (reason !== "Closed") return failure
  // In TLS 1.3 a server judges the client's certificate when the client believes that it is connected.
  return detail.includes(" alert ")
    ? new PipelineFailure("Tls", "no", `the server ended the TLS handshake: ${detail}`)
    : new PipelineFailure("Connect", "no", `the server closed the connection during the handshake: ${detail}`)
}

/** The first byte of an alert record (RFC 8446, section 5.1), in the decoder's words. */
const TLS_ALERT = "0x15 "
