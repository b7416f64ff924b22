/**
 * What a session sends through: the client, and the session's own connections
 * beside it. Both are made anew when AUTH or HELLO changes as whom, or in which
 * protocol, the session speaks.
 */
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { TopologyError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { ConnectionError } from "../../../connection/ConnectionError.ts"
import { PipelineFailure } from "../../../connection/PipelineFailure.ts"
import { findNodeForSlot } from "../../../protocol/ClusterTopology.ts"
import type { CommandArguments, Push, RespValue } from "../../../protocol/Resp.ts"
import { nameOf } from "./CommandName.ts"
import * as OwnConnections from "./OwnConnections.ts"
import type { OwnConnection } from "./OwnConnections.ts"
import type { SessionMemory } from "./SessionMemory.ts"
import type { Login } from "./StatefulCommand.ts"

export interface LinkOptions<E> {
  readonly connect: (login: Login) => Effect.Effect<RedisCommands, E, Scope.Scope>
  /** Milliseconds; `Infinity` for none. */
  readonly commandTimeout: number
  readonly onNotice: (text: string) => void
  readonly onPush: (push: Push) => void
}

export interface SessionLink<E> {
  readonly client: RedisCommands
  /** A connection of the session's own to the node. */
  get(node: string): Effect.Effect<OwnConnection, ConnectionError>
  /** The reply to a command on one of them; an error reply is a value. */
  ask(connection: OwnConnection, command: CommandArguments): Effect.Effect<RespValue, ConnectionError>
  exchange: OwnConnections.OwnConnections["exchange"]
  /** The master of a slot, as far as is known. */
  ownerOf(slot: number): Effect.Effect<string | undefined>
  /** The same; fails when there is none. */
  serverOf(slot: number, command: CommandArguments): Effect.Effect<string, TopologyError>
  /** Speaks as the memory's login from here on; what failed stays as it was. */
  readonly renew: Effect.Effect<void, E>
}

/** Connects at once; all ends with the scope. */
export const make = <E>(
  options: LinkOptions<E>,
  login: Login,
  makeMemory: (client: RedisCommands) => Effect.Effect<SessionMemory>
): Effect.Effect<{ readonly link: SessionLink<E>; readonly memory: SessionMemory }, E, Scope.Scope> =>
  Effect.gen(function* () {
    const parent = yield* Effect.scope
    const connect = (login: Login): Effect.Effect<Connected, E> =>
      Effect.gen(function* () {
        const scope = yield* Scope.fork(parent, ExecutionStrategy.sequential)
        const client = yield* Scope.extend(options.connect(login), scope).pipe(
          Effect.onError(() => Scope.close(scope, Exit.void))
        )
        return { client, scope }
      })
    const first = yield* connect(login)
    const memory = yield* makeMemory(first.client)
    const events = connectionEvents(options, memory)
    const withConnections = ({ client, scope }: Connected): Effect.Effect<Current> =>
      Effect.map(
        Scope.extend(
          OwnConnections.make({ ...events, client, commandTimeout: options.commandTimeout }),
          scope
        ),
        (own) => ({ client, own, scope })
      )
    let current = yield* withConnections(first)
    const link: SessionLink<E> = {
      get client() {
        return current.client
      },
      get: (node) => current.own.get(node),
      exchange: (connection, commands) => current.own.exchange(connection, commands),
      ask: (connection, command) =>
        Effect.flatMap(current.own.exchange(connection, [command]), ([outcome]) => {
          if (outcome instanceof PipelineFailure) {
            return Effect.fail(ConnectionError.of(connection.node, nameOf(command), outcome))
          }
          memory.node = connection.node
          memory.isConnected = true
          return Effect.succeed(outcome)
        }),
      ownerOf: (slot) =>
        Effect.map(current.client.topology, (topology) => findNodeForSlot(topology, slot)?.address),
      serverOf: (slot, command) =>
        Effect.flatMap(link.ownerOf(slot), (owner) =>
          owner === undefined
            ? new TopologyError({ reason: `${nameOf(command)}: no node serves slot ${slot}`, node: "-" })
            : Effect.succeed(owner)
        ),
      renew: Effect.gen(function* () {
        const next = yield* Effect.flatMap(connect(memory.login), withConnections)
        const previous = current
        current = next
        if (memory.watched !== undefined) memory.watched.isLost = true
        yield* Scope.close(previous.scope, Exit.void)
      })
    }
    return { link, memory }
  })

interface Connected {
  readonly client: RedisCommands
  readonly scope: Scope.CloseableScope
}

interface Current extends Connected {
  readonly own: OwnConnections.OwnConnections
}

/** What happens to the connections, kept in mind and told. */
const connectionEvents = <E>(
  { onNotice, onPush }: LinkOptions<E>,
  memory: SessionMemory
): Omit<OwnConnections.OwnConnectionsOptions, "client" | "commandTimeout"> => {
  const lost = new Set<string>()
  return {
    onNotice,
    onPush,
    restore: (node) => [
      ...(memory.database === memory.firstDatabase ? [] : [["SELECT", memory.database]]),
      ...(memory.clientName === undefined ? [] : [["CLIENT", "SETNAME", memory.clientName]]),
      ...memory.settings.of(node)
    ],
    onOpen: ({ node }) => {
      const isTracking = memory.settings.isTracking(node)
      if (!lost.delete(node) && !isTracking) return
      const database = memory.database === 0 ? "" : `, database ${memory.database}`
      const tracking = isTracking ? "; keys that were read before are not tracked any more" : ""
      onNotice(`${node}: connected again${database}${tracking}`)
    },
    onLost: (connection, failure) => {
      const isTransaction = memory.transaction?.connection === connection
      const isWatching = memory.watched?.connection === connection
      if (isTransaction) memory.transaction!.isLost = true
      if (isWatching) memory.watched!.isLost = true
      const along = isTransaction
        ? "; the transaction with it, of which nothing was executed"
        : isWatching
          ? "; the watched keys with it"
          : ""
      if (failure !== undefined) {
        lost.add(connection.node)
        if (connection.node === memory.node) memory.isConnected = false
        onNotice(`${connection.node}: the connection was lost: ${failure.detail}${along}`)
      } else if (along !== "") onNotice(`${connection.node}: the connection was given up${along}`)
    }
  }
}
