/**
 * The subscriber's side of a `FakeCluster`: confirms SUBSCRIBE and its like as
 * Redis does, sends what a test publishes, and answers SSUBSCRIBE with MOVED
 * where the slot is not the node's.
 */
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { encodeValue } from "../../../src/protocol/RespEncoder.ts"
import type { FakeCluster, FakeClusterScript } from "../../support/FakeCluster.ts"
import type { FakeCommand, FakeConnection, FakeReply } from "../../support/FakeNode.ts"

const NAMES = /^(S|P)?(UN)?SUBSCRIBE$/

export class PubSubServer {
  /** Asked before anything else, and decides if it gives a reply. */
  override: FakeClusterScript = () => undefined
  /** Where MOVED sends a channel, if not to the owner of its slot. */
  ownerOf: (channel: string, node: number) => number
  private readonly held = new Map<FakeConnection, Set<string>>()
  private readonly cluster: FakeCluster

  constructor(cluster: FakeCluster) {
    this.cluster = cluster
    this.ownerOf = (channel) => cluster.ownerOfKey(channel)
    cluster.script = (command, connection, node) => {
      const reply = this.override(command, connection, node)
      return reply instanceof Promise
        ? reply.then((settled) => settled ?? this.answer(command, connection, node))
        : (reply ?? this.answer(command, connection, node))
    }
  }

  /** As the server sees it: `message` of SUBSCRIBE, `smessage` of SSUBSCRIBE. */
  publish(type: "message" | "smessage", channel: string, payload: string): void {
    const key = `${type === "message" ? "" : "S"} ${channel}`
    for (const [connection, held] of this.held) {
      if (connection.isOpen && held.has(key)) connection.push(words(connection, type, channel, payload))
    }
  }

  /** The server ends a sharded subscription, as when the slot has moved. */
  revoke(channel: string): void {
    for (const [connection, held] of this.held) {
      if (held.delete(`S ${channel}`)) connection.push(words(connection, "sunsubscribe", channel, 0))
    }
  }

  /** Open connections that hold the subscription (`S name` of a sharded channel, ` name` of a channel). */
  holders(key: string): number {
    return Array.from(this.held).filter(([connection, held]) => connection.isOpen && held.has(key)).length
  }

  private answer(command: FakeCommand, connection: FakeConnection, node: number): FakeReply | undefined {
    const [name, ...names] = command
    const [, kind = "", un] = NAMES.exec(name) ?? []
    if (!NAMES.test(name)) return undefined
    if (kind === "S") {
      const owner = this.ownerOf(names[0], node)
      if (owner !== node) {
        return Resp.simpleError(`MOVED ${calculateSlot(names[0])} ${this.cluster.nodes[owner].address}`)
      }
    }
    const held = this.held.get(connection) ?? new Set()
    this.held.set(connection, held)
    return Buffer.concat(
      names.map((each) => {
        if (un === undefined) held.add(`${kind} ${each}`)
        else held.delete(`${kind} ${each}`)
        return words(connection, name.toLowerCase(), each, held.size)
      })
    )
  }
}

const words = ({ version }: FakeConnection, ...event: ReadonlyArray<string | number>): Buffer => {
  const values = event.map((word) => (typeof word === "number" ? Resp.integer(word) : Resp.bulkString(word)))
  return encodeValue(version === 3 ? Resp.push(values) : Resp.array(values), version)
}
