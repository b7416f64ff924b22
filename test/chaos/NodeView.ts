/** One line of CLUSTER NODES: what a node holds of another, or of itself. */
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"

export interface NodeView {
  readonly id: string
  readonly role: "master" | "replica"
  readonly masterId: string | undefined
  /** It may have failed, or is not known well yet. */
  readonly isDoubtful: boolean
  readonly slots: ReadonlyArray<number>
}

const DOUBTS = ["fail", "fail?", "handshake", "noaddr"]

/**
 * `id host:port@bus,hostname flags master ping pong epoch link slot-slot ...`;
 * a slot on its way stands in brackets and is left out.
 *
 * Source: https://redis.io/docs/latest/commands/cluster-nodes/
 */
export const readClusterNodes = (reply: string): ReadonlyArray<NodeView> =>
  reply
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [id, , flagList, master, , , , , ...ranges] = line.split(" ")
      const flags = flagList.split(",")
      return {
        id,
        role: flags.includes("master") ? "master" : "replica",
        masterId: master === "-" ? undefined : master,
        isDoubtful: flags.some((flag) => DOUBTS.includes(flag)),
        slots: ranges.filter((range) => !range.startsWith("[")).flatMap(slotsIn)
      }
    })

const slotsIn = (range: string): ReadonlyArray<number> => {
  const [first, last = first] = range.split("-").map(Number)
  if (!(first >= 0 && last < SLOT_COUNT)) throw new RangeError(`'${range}' is no range of slots`)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
