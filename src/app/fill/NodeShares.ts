/**
 * What each master got of a run, and whether that is its share.
 *
 * The slot of every key is known, so what belongs to a master is counted, not
 * estimated: a master with fewer keys lacks some of its own, whatever the amount.
 * Its part of the keys and its part of the slots are the same but for the keys
 * that the slots cannot share evenly (a key per slot and run of 16384 at most).
 */
import { keysOfSlot } from "../../dataset/FillPlan.ts"
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import { byAddress, number } from "../KeyProgress.ts"
import { formatSize } from "../Size.ts"
import { bytesPerKey, keysOf } from "../transfer/TransferSettings.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"

export interface NodeShare {
  readonly address: string
  readonly keys: number
  readonly bytes: number
  /** Slots that it serves. */
  readonly slots: number
  /** Keys of the run that belong to these slots. */
  readonly expected: number
}

/** Every master by final owner, also one that got nothing. */
export const nodeShares = ({
  settings,
  tally,
  topology
}: {
  readonly settings: FillSettings
  readonly tally: FillTally
  readonly topology: ClusterTopology
}): ReadonlyArray<NodeShare> => {
  const keys = topology.nodes.map(() => 0)
  const slots = topology.nodes.map(() => 0)
  const expected = topology.nodes.map(() => 0)
  if (settings.isCluster) {
    topology.slots.forEach((owner, slot) => {
      if (owner >= keys.length) return
      const own = keysOfSlot(settings.range, slot)
      slots[owner]++
      expected[owner] += own
      // What was sent twice for want of replies is still there only once.
      keys[owner] += Math.min(tally.keysOfSlot[slot], own)
    })
  } else {
    keys[0] = Math.min(tally.keys, keysOf(settings))
    slots[0] = SLOT_COUNT
    expected[0] = keysOf(settings)
  }
  return topology.nodes
    .map(({ address, role }, node) => ({
      role,
      share: {
        address,
        keys: keys[node],
        bytes: keys[node] * bytesPerKey(settings),
        slots: slots[node],
        expected: expected[node]
      }
    }))
    .filter(({ role }) => role === "master")
    .map(({ share }) => share)
    .sort((a, b) => byAddress(a.address, b.address))
}

/** More than this much, a master's part of the keys is not its part of the slots, percent. */
const SPREAD_TOLERANCE = 2

/** A line per master, and a warning where the keys are not spread as the slots are. */
export const spreadText = (shares: ReadonlyArray<NodeShare>, keys: number): ReadonlyArray<string> =>
  shares.map((share) => {
    const line = `  ${share.address}  ${number(share.keys)} keys  ${formatSize(share.bytes)}`
    if (shares.length === 1) return line
    const [ofKeys, ofSlots] = [percent(share.keys, keys), percent(share.slots, SLOT_COUNT)]
    return `${line}  ${ofKeys} % of the keys, ${ofSlots} % of the slots${warning(share, keys)}`
  })

const warning = (share: NodeShare, keys: number): string => {
  const lacking = share.expected - share.keys
  if (lacking > 0) return `, ${number(lacking)} keys of its slots are not written`
  const fair = (keys * share.slots) / SLOT_COUNT
  const difference = share.keys - fair
  const isUneven = Math.abs(difference) > (fair * SPREAD_TOLERANCE) / 100 && Math.abs(difference) > 1
  return isUneven
    ? `, WARNING: uneven, as it must be with ${number(keys)} keys in ${number(share.slots)} slots`
    : ""
}

const percent = (part: number, whole: number): string =>
  whole === 0 ? "0.00" : ((100 * part) / whole).toFixed(2)
