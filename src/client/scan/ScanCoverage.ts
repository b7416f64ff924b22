/**
 * Which slots a walk over the masters has still to see, so that no key is
 * missed while slots move.
 *
 * A slot is done when a node was walked from start to end and had all of it
 * whenever a page was read; where it was between two pages does not matter.
 *
 * One that was leaving all the time, and still is, has its keys on two nodes,
 * but they go one way only: what was not seen at the node that it leaves is at
 * the other, which is walked next. Then it is done too, if it has not come back
 * in between. So a move that stands still does not keep the walk from its end.
 *
 * Everything else is walked anew.
 */
import { type ClusterTopology, findNodeByAddress, findNodeForSlot } from "../../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import type { NodeSlots } from "./ScanSlots.ts"
import { type HalfSlot, ScanWalk, type ScanWalkListener } from "./ScanWalk.ts"

export class ScanCoverage implements ScanWalkListener {
  /** How many slots are not done. */
  remaining: number = SLOT_COUNT
  /** Grows whenever a slot has come further. */
  progress = 0
  private readonly isDone = new Uint8Array(SLOT_COUNT)
  private readonly halves = new Map<number, HalfSlot>()
  private readonly hasBeenHalf = new Uint8Array(SLOT_COUNT)

  /** The nodes to walk next; none for slots that nobody serves. */
  addresses(topology: ClusterTopology): ReadonlySet<string> {
    const addresses = new Set<string>()
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.isDone[slot] === 1) continue
      const target = this.halves.get(slot)?.targetAddress
      const address =
        target === undefined
          ? findNodeForSlot(topology, slot)?.address
          : (findNodeByAddress(topology, target)?.address ?? target)
      if (address !== undefined) addresses.add(address)
    }
    return addresses
  }

  /** The first slot that is not done. */
  get firstMissing(): number {
    return this.isDone.indexOf(0)
  }

  /** Begins the walk of a node, which had these slots when its first page was read. */
  begin(address: string, slots: NodeSlots): ScanWalk {
    const wanted = new Uint8Array(SLOT_COUNT)
    const halves = new Map<number, HalfSlot>()
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.isDone[slot] === 1) continue
      const half = this.halves.get(slot)
      if (half?.target === slots.id) halves.set(slot, half)
      if (slots.owned[slot] === 1 || halves.has(slot)) wanted[slot] = 1
    }
    return new ScanWalk(this, address, slots, wanted, halves)
  }

  finish(slot: number): void {
    if (this.isDone[slot] === 0) {
      this.remaining--
      this.progress++
    }
    this.isDone[slot] = 1
    this.halves.delete(slot)
  }

  finishHalf(slot: number, half: HalfSlot): void {
    if (this.isDone[slot] === 1) return
    // Counted once, so that a slot that goes back and forth is not taken for progress without end.
    if (this.hasBeenHalf[slot] === 0) this.progress++
    this.hasBeenHalf[slot] = 1
    this.halves.set(slot, half)
  }

  beginAgain(slot: number): void {
    this.halves.delete(slot)
  }
}
