/**
 * One conversation with a server or a cluster, as a person or a script has it:
 * commands one after the other, each on top of the state that those before it
 * have left (database, user, protocol, transaction, watched keys).
 *
 * What the client of the library must not do on connections that callers share
 * (MULTI, WATCH, SELECT, AUTH, HELLO, WAIT, SUBSCRIBE, MONITOR) is done here on
 * connections of the session's own, one per node; each is opened when it is
 * first needed, and anew, with its state, when it has been lost. `make` is in
 * Session.ts.
 */
import type * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type * as Stream from "effect/Stream"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"

/** What the session does with a command. */
export type SessionReply = Answer | Silence | Messages

/** A reply; an error reply is a value here. */
export interface Answer {
  readonly _tag: "Answer"
  readonly reply: RespValue
  /** `host:port` of the node that answered; `undefined` when several did, or none was asked. */
  readonly node: string | undefined
  /** The slot of the command's keys, in a cluster. */
  readonly slot: number | undefined
}

/** There is no reply, and none will come: after CLIENT REPLY OFF or SKIP, or SHUTDOWN. */
export interface Silence {
  readonly _tag: "Silence"
}

/**
 * SUBSCRIBE and its like, and MONITOR: what the server sends from here on, its
 * confirmation first, until the stream is interrupted. A connection that is
 * lost is opened again, which `onNotice` tells. The session goes on afterwards.
 */
export interface Messages {
  readonly _tag: "Messages"
  readonly messages: Stream.Stream<RespValue, ClientError>
}

export interface SessionState {
  readonly isCluster: boolean
  /** `host:port` of the node that answered last, at first of the one connected to. */
  readonly node: string
  /** False from the loss of a connection until the next command that is answered. */
  readonly isConnected: boolean
  readonly database: number
  /** `undefined`: default. */
  readonly user: string | undefined
  readonly protocol: 2 | 3
  readonly transaction: TransactionState | undefined
}

export interface TransactionState {
  /** Commands queued so far. */
  readonly length: number
  /** In a cluster, the slot that all keys have to be of, once there is one. */
  readonly slot: number | undefined
}

export interface CommandSession {
  /** As of now; read it after each command. */
  readonly state: SessionState
  /** The client of the session: the user and the protocol of AUTH and HELLO are its as well. */
  readonly client: RedisCommands
  /**
   * Executes one command. Fails when there was no reply: the connection was
   * lost, or the client had nowhere to send it. Interrupting it gives the
   * connection up that it waits on.
   */
  execute(command: CommandArguments): Effect.Effect<SessionReply, ClientError>
  /**
   * Executes commands in their order and gives what became of each, in the same
   * order. Those that leave no state behind are sent together; in a cluster,
   * those for different nodes overtake each other.
   */
  executeMany(
    commands: ReadonlyArray<CommandArguments>
  ): Effect.Effect<ReadonlyArray<Either.Either<SessionReply, ClientError>>>
}
