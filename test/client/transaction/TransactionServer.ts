/** MULTI, EXEC, DISCARD, WATCH and UNWATCH for a `FakeCluster`, as far as a transaction of one client needs them. */
import * as Resp from "../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../src/protocol/Resp.ts"
import type { FakeCluster, FakeClusterScript } from "../../support/FakeCluster.ts"
import type { FakeCommand, FakeConnection, FakeReply } from "../../support/FakeNode.ts"

interface State {
  queue: Array<FakeCommand> | undefined
  isFlawed: boolean
  isWatching: boolean
  isAsking: boolean
}

export class TransactionServer {
  /** Asked before anything else, and decides if it gives a reply; an error refuses a command that would be queued. */
  override: FakeClusterScript = () => undefined
  /** EXEC is answered with nil as if a watched key had changed. */
  hasChanged = false
  private readonly states = new Map<FakeConnection, State>()

  constructor(cluster: FakeCluster) {
    cluster.script = (command, connection, node) => this.answer(command, connection, node, cluster)
  }

  /** Open connections in the middle of a transaction, or watching. */
  get unclean(): number {
    return Array.from(this.states).filter(
      ([connection, { isWatching, queue }]) => connection.isOpen && (isWatching || queue !== undefined)
    ).length
  }

  private answer(
    command: FakeCommand,
    connection: FakeConnection,
    node: number,
    cluster: FakeCluster
  ): FakeReply | undefined | Promise<FakeReply | undefined> {
    const state = this.states.get(connection) ?? {
      queue: undefined,
      isFlawed: false,
      isWatching: false,
      isAsking: false
    }
    this.states.set(connection, state)
    const reply = this.override(command, connection, node)
    if (reply !== undefined) {
      state.isFlawed ||= isError(reply)
      if (command[0] === "EXEC") {
        state.queue = undefined
        state.isWatching = false
      }
      return reply
    }
    switch (command[0]) {
      case "WATCH":
        state.isWatching = true
        return Resp.ok
      case "UNWATCH":
        state.isWatching = false
        return Resp.ok
      case "MULTI":
        state.queue = []
        state.isFlawed = false
        state.isAsking = connection.isAsking
        return Resp.ok
      case "EXEC":
        return this.execute(state, connection, node, cluster)
      default:
        if (state.queue === undefined) return undefined
        state.queue.push(command)
        return Resp.queued
    }
  }

  private execute(state: State, connection: FakeConnection, node: number, cluster: FakeCluster): FakeReply {
    const queue = state.queue ?? []
    state.queue = undefined
    state.isWatching = false
    if (state.isFlawed) return Resp.simpleError("EXECABORT Transaction discarded because of previous errors.")
    if (this.hasChanged) return connection.version === 3 ? Resp.nullValue : Resp.nullArray
    return Resp.array(
      queue.map(
        (command) => (cluster.stores[node].run(command) ?? Resp.simpleError("ERR unknown")) as RespValue
      )
    )
  }
}

const isError = (reply: unknown): boolean => (reply as RespValue)._tag === "SimpleError"
