/** Which slots each master has, for what is planned and told by master. */
import { type ClusterTopology, masters } from "../../protocol/ClusterTopology.ts"
import { byAddress } from "../KeyProgress.ts"

export interface SlotOwner {
  /** `host:port`. */
  readonly address: string
  /** In ascending order; empty for a master that serves none. */
  readonly slots: ReadonlyArray<number>
}

/** Every master, by address. */
export const slotOwners = (topology: ClusterTopology): ReadonlyArray<SlotOwner> => {
  const slots = slotsByNode(topology)
  return masters(topology)
    .map((node) => ({ address: node.address, slots: slots.get(topology.nodes.indexOf(node)) ?? [] }))
    .sort((a, b) => byAddress(a.address, b.address))
}

/** The slots that no node serves at present. */
export const slotsWithoutOwner = (topology: ClusterTopology): ReadonlyArray<number> =>
  Array.from(slotsByNode(topology)).flatMap(([node, slots]) => (node in topology.nodes ? [] : slots))

const slotsByNode = ({ slots }: ClusterTopology): ReadonlyMap<number, Array<number>> => {
  const owned = new Map<number, Array<number>>()
  let node = -1
  let own: Array<number> = []
  for (let slot = 0; slot < slots.length; slot++) {
    // A look into the map for each range of slots, and not for each of them.
    if (slots[slot] !== node) {
      node = slots[slot]
      own = owned.get(node) ?? []
      owned.set(node, own)
    }
    own.push(slot)
  }
  return owned
}
