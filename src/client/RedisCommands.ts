/** What a program can do with a cluster, or with one server: one interface, so that it need not know which. */
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Connection } from "../connection/Connection.ts"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import type { ClusterTopology } from "../protocol/ClusterTopology.ts"
import type { RedirectionInfo } from "../protocol/Redirection.ts"
import type { CommandArgument, CommandArguments, RespValue } from "../protocol/Resp.ts"
import type { RetryPolicy } from "./Backoff.ts"
import type { ClientError, TopologyError } from "./ClusterError.ts"

export interface CommandOptions {
  /**
   * The commands may be executed twice without harm (SET, DEL; not INCR), so
   * they are sent again when a connection is lost that may have carried them.
   * Default false: only commands that read are.
   */
  readonly idempotent?: boolean
}

export type NodeSelection = "masters" | "replicas" | "nodes"

/** What one node said. */
export interface NodeReply {
  /** `host:port`. */
  readonly node: string
  readonly reply: Either.Either<RespValue, ClientError>
}

/**
 * Receives the reply or the error of one command, exactly once, never before
 * the call that sent it has returned. Must not throw.
 */
export type SettleCommand = (outcome: RespValue | ClientError, index: number) => void

export interface RedisCommands {
  /**
   * Sends a command to the node that serves its key, or one without a key to
   * any master, and gives its reply. Redirections are followed; an error reply
   * is a `RedisError`.
   *
   * @example client.execute("SET", "key", "value")
   */
  execute(
    ...command: readonly [name: string, ...args: Array<CommandArgument>]
  ): Effect.Effect<RespValue, ClientError>

  /**
   * Sends commands together, each to the node that serves its key, and gives
   * the replies in the same order. Those for one node are executed in order;
   * ones that had to be sent again come later, those of one slot still in
   * their order. Never fails as a whole.
   */
  executeMany(
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<Either.Either<RespValue, ClientError>>>

  /**
   * As `execute`, at once and without a fiber, for a program that sends so many
   * commands that a fiber each would be most of the work. `settle` is called
   * from the socket's callback; an outcome that is an `Error` is the command's.
   * The arguments must stay as they are until then. A command has no span.
   */
  unsafeSubmit(command: CommandArguments, settle: SettleCommand, index: number): void

  /**
   * Sends a command to one node, `host:port`, whatever its keys. Nothing is
   * followed or tried again: `MovedError`, `AskError`, `TryAgainError` and
   * `ClusterDownError` are for the caller.
   */
  executeOn(
    address: string,
    ...command: readonly [name: string, ...args: Array<CommandArgument>]
  ): Effect.Effect<RespValue, ClientError>

  /**
   * Sends a command to every master, every replica or every node, and gives
   * each one's own reply. As with `executeOn`, nothing is followed or tried again.
   *
   * @example client.executeOnEach("masters", "DBSIZE")
   */
  executeOnEach(
    which: NodeSelection,
    ...command: readonly [name: string, ...args: Array<CommandArgument>]
  ): Effect.Effect<ReadonlyArray<NodeReply>>

  /** The same client with other defaults for its commands. */
  withOptions(options: CommandOptions): RedisCommands

  /** A connection of the caller's own to one node, until the scope closes; waits when all are in use. */
  connectTo(address: string): Effect.Effect<Connection, ConnectionError, Scope.Scope>

  /** The waits of this client, as configured. */
  readonly retryPolicy: RetryPolicy

  /** Who serves which slot, as far as is known. */
  readonly topology: Effect.Effect<ClusterTopology>

  /** Each topology after it has been applied, from the start of the stream on. A slow reader gets the latest; one may equal the one before. */
  readonly topologyChanges: Stream.Stream<ClusterTopology>

  /** Asks the cluster who serves which slot. */
  readonly refreshTopology: Effect.Effect<ClusterTopology, TopologyError | ConnectionError>

  /** Sees to it that the cluster is asked soon, as often as is good for it, and does not wait for it. */
  readonly refreshSoon: Effect.Effect<void>

  /**
   * Tells the client of a MOVED that came on a connection of the caller's own:
   * the slot is that node's from now on. Gives back the node's address.
   */
  readonly followMoved: (redirection: RedirectionInfo) => Effect.Effect<string>
}
