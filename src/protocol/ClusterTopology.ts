/**
 * Which node of a Redis Cluster serves which slot: an immutable value, made
 * from a reply to CLUSTER SLOTS and replaced whole.
 *
 * Does not hold what CLUSTER SLOTS leaves out: masters without slots, replicas
 * that have failed, slots on their way from one node to another.
 */
import { type ClusterNode, formatAddress, identity, nodeAt } from "./ClusterNode.ts"
import { asClusterSlots } from "./ClusterShardsReply.ts"
import { NO_OWNER, readClusterSlots } from "./ClusterSlotsReply.ts"
import { SLOT_COUNT } from "./HashSlot.ts"
import type { RespValue } from "./Resp.ts"

export { type ClusterNode, formatAddress, parseAddress } from "./ClusterNode.ts"
export { NO_OWNER } from "./ClusterSlotsReply.ts"

export interface ClusterTopology {
  readonly nodes: ReadonlyArray<ClusterNode>
  /** For each slot the index of its master in `nodes`, or NO_OWNER. Never written once made. */
  readonly slots: Uint16Array
}

/** A reply that is no answer to CLUSTER SLOTS; tell it from a topology by `"_tag" in result`. */
export interface InvalidTopology {
  readonly _tag: "InvalidTopology"
  /** One line for a person. */
  readonly reason: string
}

/**
 * Reads a reply to CLUSTER SLOTS, in its RESP2 or RESP3 form. Never throws.
 *
 * A node without a host (nil or empty) has the host of the node that answered.
 * One whose host is `?` was told to announce a name and has none: it is reached
 * at the address in its metadata, or else is left out, like one whose port is
 * 0, and its slots have no owner.
 *
 * @param answeredBy the node that sent the reply, as it was connected to
 */
export const parseClusterSlots = (
  reply: RespValue,
  answeredBy: { readonly host: string; readonly port: number }
): ClusterTopology | InvalidTopology => {
  const read = readClusterSlots(reply, answeredBy.host)
  return typeof read === "string"
    ? { _tag: "InvalidTopology", reason: read }
    : makeTopology(read.nodes, read.slots)
}

/** Reads a reply to CLUSTER SHARDS likewise. With `isTls` nodes are known by the port that they serve TLS on. */
export const parseClusterShards = (
  reply: RespValue,
  answeredBy: { readonly host: string; readonly port: number },
  isTls = false
): ClusterTopology | InvalidTopology => parseClusterSlots(asClusterSlots(reply, isTls), answeredBy)

const makeTopology = (nodes: Array<ClusterNode>, slots: Uint16Array): ClusterTopology => {
  for (const node of nodes) Object.freeze(node)
  return Object.freeze({ nodes: Object.freeze(nodes), slots })
}

/** A topology of one server that serves every slot. */
export const singleNodeTopology = (host: string, port: number): ClusterTopology =>
  makeTopology([nodeAt(host, port)], new Uint16Array(SLOT_COUNT))

/** The master that serves the slot, if any does; one look into a table. */
export const findNodeForSlot = (topology: ClusterTopology, slot: number): ClusterNode | undefined =>
  topology.nodes[topology.slots[slot]]

/** The node at `host:port`, spelled with its host, its announced name or its announced address. */
export const findNodeByAddress = (topology: ClusterTopology, address: string): ClusterNode | undefined =>
  topology.nodes[findIndex(topology.nodes, address)]

const findIndex = (nodes: ReadonlyArray<ClusterNode>, address: string): number => {
  const index = nodes.findIndex((node) => node.address === address)
  return index >= 0
    ? index
    : nodes.findIndex(
        ({ hostname, ip, port }) =>
          (hostname !== undefined && formatAddress(hostname, port) === address) ||
          (ip !== undefined && formatAddress(ip, port) === address)
      )
}

export const masters = (topology: ClusterTopology): ReadonlyArray<ClusterNode> =>
  topology.nodes.filter((node) => node.role === "master")

export const replicasOf = (topology: ClusterTopology, master: ClusterNode): ReadonlyArray<ClusterNode> =>
  topology.nodes.filter((node) => node.masterId === identity(master))

/** The slots that the node serves, as inclusive ranges in ascending order. */
export const slotRanges = (
  topology: ClusterTopology,
  node: ClusterNode
): ReadonlyArray<readonly [first: number, last: number]> => {
  const ranges: Array<readonly [number, number]> = []
  const owner = findIndex(topology.nodes, node.address)
  if (owner < 0) return ranges
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    if (topology.slots[slot] !== owner) continue
    const first = slot
    while (topology.slots[slot + 1] === owner) slot++
    ranges.push([first, slot])
  }
  return ranges
}

/** How many slots no node serves. */
export const uncoveredSlots = (topology: ClusterTopology): number => {
  let count = 0
  for (const owner of topology.slots) if (owner === NO_OWNER) count++
  return count
}

/**
 * A copy in which the slots named by MOVED replies belong to the nodes named,
 * one copy for all of them. A node not known yet is added as a master without
 * an id; a replica becomes a master, since only a master is ever named. Without
 * either, `nodes` is the very array of `topology`. An empty host must have been
 * replaced by that of the node that answered.
 */
export const moveSlots = (
  topology: ClusterTopology,
  moves: ReadonlyArray<{ readonly slot: number; readonly host: string; readonly port: number }>
): ClusterTopology => {
  let nodes = topology.nodes
  const slots = topology.slots.slice()
  const owners = new Map<string, number>()
  const put = (index: number, node: ClusterNode): number => {
    const changed = nodes.slice()
    changed[index] = Object.freeze(node)
    nodes = Object.freeze(changed)
    return index
  }
  for (const { slot, host, port } of moves) {
    const address = formatAddress(host, port)
    let owner = owners.get(address)
    if (owner === undefined) {
      owner = findIndex(nodes, address)
      if (owner < 0) owner = put(nodes.length, nodeAt(host, port))
      else if (nodes[owner].role === "replica")
        put(owner, { ...nodes[owner], role: "master", masterId: undefined })
      owners.set(address, owner)
    }
    slots[slot] = owner
  }
  return Object.freeze({ nodes, slots })
}

const isSameSlots = (a: Uint16Array, b: Uint16Array): boolean => {
  for (let slot = 0; slot < SLOT_COUNT; slot++) if (a[slot] !== b[slot]) return false
  return true
}

/** Whether both say the same of every node and every slot, in whatever order they name the nodes. */
export const isSameTopology = (a: ClusterTopology, b: ClusterTopology): boolean => {
  if (a.nodes === b.nodes) return isSameSlots(a.slots, b.slots)
  if (a.nodes.length !== b.nodes.length) return false
  const places = new Map(b.nodes.map((node, index) => [node.address, index]))
  const matches = new Uint16Array(a.nodes.length)
  for (let index = 0; index < a.nodes.length; index++) {
    const node = a.nodes[index]
    const place = places.get(node.address)
    if (place === undefined) return false
    const other = b.nodes[place]
    if (node.role !== other.role || node.masterId !== other.masterId || node.id !== other.id) return false
    matches[index] = place
  }
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const owner = a.slots[slot]
    if (b.slots[slot] !== (owner === NO_OWNER ? NO_OWNER : matches[owner])) return false
  }
  return true
}
