/**
 * Connections of one session, one per node, which nobody else uses: what one
 * command leaves behind (a database, a transaction, watched keys, a name) is
 * there for the next. Opened on first use, and anew when lost.
 *
 * No deadline applies to their commands unless one is given: at a prompt the
 * person decides how long to wait.
 */
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { exchange } from "../../../client/transaction/Session.ts"
import { ConnectionError } from "../../../connection/ConnectionError.ts"
import { DEFAULT_MAX_PENDING } from "../../../connection/ConnectionOptions.ts"
import { Pipeline } from "../../../connection/Pipeline.ts"
import * as PipelineEffect from "../../../connection/PipelineEffect.ts"
import type { PipelineFailure } from "../../../connection/PipelineFailure.ts"
import { type CommandArguments, isError, type Push, type RespValue } from "../../../protocol/Resp.ts"

export interface OwnConnection {
  /** `host:port`. */
  readonly node: string
  readonly pipeline: Pipeline
}

export interface OwnConnectionsOptions {
  readonly client: RedisCommands
  /** Milliseconds; `Infinity` for none. */
  readonly commandTimeout: number
  /** What makes a new connection to the node like the one before it. */
  readonly restore: (node: string) => ReadonlyArray<CommandArguments>
  readonly onOpen: (connection: OwnConnection) => void
  /** `failure` is `undefined` when a caller who no longer waits has given it up. */
  readonly onLost: (connection: OwnConnection, failure: PipelineFailure | undefined) => void
  readonly onPush: (push: Push) => void
  readonly onNotice: (text: string) => void
}

export interface OwnConnections {
  get(node: string): Effect.Effect<OwnConnection, ConnectionError>
  /** What became of commands that are sent together. Interrupted, it gives the connection up. */
  exchange(
    connection: OwnConnection,
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<RespValue | PipelineFailure>>
}

/** They end with the scope. */
export const make = (options: OwnConnectionsOptions): Effect.Effect<OwnConnections, never, Scope.Scope> =>
  Effect.gen(function* () {
    const parent = yield* Effect.scope
    const open = new Map<string, OwnConnection>()

    const connect = (node: string): Effect.Effect<OwnConnection, ConnectionError> =>
      Effect.gen(function* () {
        const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
        const attempt = Effect.gen(function* () {
          const connection = yield* options.client.connectTo(node)
          const own: OwnConnection = {
            node,
            pipeline: new Pipeline(connection.takeSocket(), {
              maxPending: DEFAULT_MAX_PENDING,
              commandTimeout: options.commandTimeout,
              onPush: options.onPush,
              onClose: (failure) => {
                // Not when it is we who have closed it.
                if (open.get(node) === own) {
                  open.delete(node)
                  options.onLost(own, failure)
                }
                Effect.runFork(Scope.close(scope, Exit.void))
              }
            })
          }
          yield* Effect.addFinalizer(() =>
            Effect.sync(() => {
              if (open.get(node) === own) open.delete(node)
              own.pipeline.close("Closed", "the session has ended")
            })
          )
          yield* restore(own)
          return own
        })
        const own = yield* Scope.extend(attempt, scope).pipe(
          Effect.onError(() => Scope.close(scope, Exit.void))
        )
        open.set(node, own)
        options.onOpen(own)
        return own
      })

    const restore = ({ node, pipeline }: OwnConnection): Effect.Effect<void, ConnectionError> =>
      Effect.forEach(
        options.restore(node),
        (command) =>
          Effect.map(
            Effect.mapError(PipelineEffect.execute(pipeline, command), (failure) =>
              ConnectionError.of(node, String(command[0]), failure)
            ),
            (reply) => {
              if (isError(reply)) options.onNotice(`${node}: ${String(command[0])}: ${reply.value}`)
            }
          ),
        { discard: true }
      )

    const giveUp = (own: OwnConnection): void => {
      open.delete(own.node)
      own.pipeline.close("Closed", "its caller no longer waits")
      options.onLost(own, undefined)
    }

    return {
      exchange: (own, commands) =>
        Effect.onInterrupt(exchange(own, commands), () => Effect.sync(() => giveUp(own))),
      get: (node) =>
        Effect.suspend(() => {
          const own = open.get(node)
          return own !== undefined && own.pipeline.isOpen ? Effect.succeed(own) : connect(node)
        })
    }
  })
