/**
 * What one node knows of all of them: CLUSTER NODES. It tells what CLUSTER
 * SLOTS leaves out: nodes that have failed, masters without slots, slots on the
 * move.
 *
 * Source: https://redis.io/docs/latest/commands/cluster-nodes/
 */
import { formatAddress } from "../../../protocol/ClusterTopology.ts"
import type { SlotRange } from "./SlotText.ts"

export interface KnownNode {
  readonly id: string
  /** `host:port`; the host is empty when the node does not know its own yet. */
  readonly address: string
  readonly flags: ReadonlySet<string>
  readonly isMaster: boolean
  readonly isMyself: boolean
  /** Of a replica, the id of its master. */
  readonly masterId: string | undefined
  readonly epoch: number
  readonly isLinked: boolean
  readonly slots: ReadonlyArray<SlotRange>
  /** Slots that it gives away, of the node itself only: `[93->-ID]`. */
  readonly migrating: ReadonlyArray<number>
  /** Slots that it takes over, of the node itself only: `[93-<-ID]`. */
  readonly importing: ReadonlyArray<number>
}

const FIELDS_BEFORE_SLOTS = 8
const NO_MASTER = "-"

export const parseNodes = (reply: string): ReadonlyArray<KnownNode> =>
  reply
    .split("\n")
    .map((line) => line.trim().split(" "))
    .filter((fields) => fields.length >= FIELDS_BEFORE_SLOTS)
    .map(parseNode)

const parseNode = (fields: ReadonlyArray<string>): KnownNode => {
  const [id, place, flagWords, master, , , epoch, link] = fields
  const flags = new Set(flagWords.split(","))
  const [, host = "", port = "0"] = /^(.*):(\d+)(?:@.*)?$/.exec(place.split(",")[0]) ?? []
  const slotFields = fields.slice(FIELDS_BEFORE_SLOTS)
  return {
    id,
    address: formatAddress(host, Number(port)),
    flags,
    isMaster: flags.has("master"),
    isMyself: flags.has("myself"),
    masterId: master === NO_MASTER ? undefined : master,
    epoch: Number(epoch),
    isLinked: link === "connected",
    slots: slotFields.filter((field) => !field.startsWith("[")).map(parseRange),
    migrating: movingSlots(slotFields, ">"),
    importing: movingSlots(slotFields, "<")
  }
}

const parseRange = (field: string): SlotRange => {
  const [first, last = first] = field.split("-").map(Number)
  return [first, last]
}

const movingSlots = (fields: ReadonlyArray<string>, direction: string): ReadonlyArray<number> =>
  fields.flatMap((field) => {
    const [, slot, found] = /^\[(\d+)-([<>])-/.exec(field) ?? []
    return found === direction ? [Number(slot)] : []
  })

/** It has been found to be gone, or is not part of the cluster yet. */
export const isAbsent = ({ flags }: KnownNode): boolean =>
  ["fail", "noaddr", "handshake"].some((flag) => flags.has(flag))
