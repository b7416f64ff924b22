/**
 * What a node of a cluster says of its own slots: those it owns, those it is
 * giving away and those it is taking over, which CLUSTER SLOTS leaves out.
 *
 * Source: https://redis.io/docs/latest/commands/cluster-nodes/
 */
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"

export interface NodeSlots {
  /** Of the node itself. */
  readonly id: string
  /** Its configuration epoch: as long as that stays the same, no slot has come to it from another node. */
  readonly epoch: string
  /** 1 for each slot that it owns, also while it gives it away. */
  readonly owned: Uint8Array
  /** Slots that it is giving away, with the id of the node that takes them. */
  readonly migrating: ReadonlyMap<number, string>
  /** Slots that it is taking over, with the id of the node that has them. */
  readonly importing: ReadonlyMap<number, string>
  /** `host:port` of a node, by its id, as this one knows it. */
  readonly addressOf: (id: string) => string | undefined
}

/**
 * The part of a reply to CLUSTER NODES that tells of the answering node's own
 * epoch and slots: as long as it stays the same, so do they.
 */
export const ownSlotsText = (reply: string): string => ownFields(reply).slice(EPOCH_FIELD).join(" ")

/** Reads a reply to CLUSTER NODES, for the node that gave it. */
export const parseNodeSlots = (reply: string): NodeSlots => {
  const fields = ownFields(reply)
  const owned = new Uint8Array(SLOT_COUNT)
  const migrating = new Map<number, string>()
  const importing = new Map<number, string>()
  for (const field of fields.slice(FIRST_SLOT_FIELD)) {
    const [, slot, direction, node] = MOVING.exec(field) ?? []
    const [, first, last = first] = RANGE.exec(field) ?? []
    if (first !== undefined) owned.fill(1, Number(first), Number(last) + 1)
    else if (direction === ">") migrating.set(Number(slot), node)
    else if (direction === "<") importing.set(Number(slot), node)
  }
  return {
    id: fields[0] ?? "",
    epoch: fields[EPOCH_FIELD] ?? "",
    owned,
    migrating,
    importing,
    addressOf: (id) => addressIn(reply, id)
  }
}

/** id, address, flags, master, ping, pong, epoch, link; what follows are slots. */
const EPOCH_FIELD = 6
const FIRST_SLOT_FIELD = 8
const RANGE = /^(\d+)(?:-(\d+))?$/
const MOVING = /^\[(\d+)-([<>])-(\w+)\]$/

const ownFields = (reply: string): ReadonlyArray<string> => {
  const flag = reply.indexOf("myself")
  if (flag < 0) return []
  const end = reply.indexOf("\n", flag)
  return reply.slice(reply.lastIndexOf("\n", flag) + 1, end < 0 ? undefined : end).split(" ")
}

const addressIn = (reply: string, id: string): string | undefined => {
  // `127.0.0.1:7000@17000,host-7000`, before Redis 4 without what follows the port. IPv6 has no brackets.
  const [, host, port] = new RegExp(`^${id} (\\S+):(\\d+)(?:[@, ])`, "m").exec(reply) ?? []
  return host === undefined ? undefined : formatAddress(host, Number(port))
}
