/** The walk of one node, from its first page to its last, and what of each slot was there when a page was read. */
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import type { NodeSlots } from "./ScanSlots.ts"

/** A slot on its way, of which the node that it leaves has been walked. */
export interface HalfSlot {
  /** That node: its id, where it was walked, and its epoch then. */
  readonly source: string
  readonly sourceAddress: string
  readonly epoch: string
  /** The node to be walked for the other half. */
  readonly target: string
  readonly targetAddress: string
}

/** Is told what the walk has come to, slot by slot. */
export interface ScanWalkListener {
  /** The slot has been seen. */
  finish(slot: number): void
  /** One half of it has. */
  finishHalf(slot: number, half: HalfSlot): void
  /** It has to be seen from the start. */
  beginAgain(slot: number): void
}

export class ScanWalk {
  private readonly listener: ScanWalkListener
  private readonly address: string
  private readonly first: NodeSlots
  private latest: NodeSlots
  /** 1 for slots whose keys are to be given. */
  private readonly wanted: Uint8Array
  /** Those of them that come from a node that has been walked. */
  private readonly halves: ReadonlyMap<number, HalfSlot>
  /** Those of the halves that were neither coming nor here at some time. */
  private readonly strays = new Set<number>()
  /** 1 as long as all of the slot was here. */
  private readonly isWhole: Uint8Array
  /** 1 as long as the slot was leaving for one and the same node, or whole. */
  private readonly isSource: Uint8Array
  private readonly targets = new Map<number, string>()

  constructor(
    listener: ScanWalkListener,
    address: string,
    slots: NodeSlots,
    wanted: Uint8Array,
    halves: ReadonlyMap<number, HalfSlot>
  ) {
    this.listener = listener
    this.address = address
    this.first = this.latest = slots
    this.wanted = wanted
    this.halves = halves
    this.isWhole = slots.owned.slice()
    this.isSource = slots.owned.slice()
    this.look(slots)
  }

  /** Whether the keys of the slot are to be given. */
  wants(slot: number): boolean {
    return this.wanted[slot] === 1
  }

  /** Takes note of what the node had when a page was read. May be left out for a page with which nothing has changed. */
  look(slots: NodeSlots): void {
    const { isSource, isWhole, targets, wanted } = this
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (wanted[slot] === 0) continue
      const isOwned = slots.owned[slot] === 1
      const target = slots.migrating.get(slot)
      if (!isOwned || target !== undefined) isWhole[slot] = 0
      const isSameTarget = target === undefined || (targets.get(slot) ?? target) === target
      if (!isOwned || !isSameTarget) isSource[slot] = 0
      if (target !== undefined) targets.set(slot, target)
    }
    for (const [slot, { source }] of this.halves) {
      const isHere = slots.owned[slot] === 1 && !slots.migrating.has(slot)
      if (!isHere && slots.importing.get(slot) !== source) this.strays.add(slot)
    }
    this.latest = slots
  }

  /** Where the other halves are, or were: what these nodes have now has to be told to `end`. */
  get sources(): ReadonlySet<string> {
    return new Set(Array.from(this.halves.values(), ({ sourceAddress }) => sourceAddress))
  }

  /** The node was walked to its end. */
  end(sources: ReadonlyMap<string, NodeSlots> = new Map()): void {
    const { latest, listener } = this
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.wanted[slot] === 0) continue
      const target = latest.migrating.get(slot)
      const targetAddress = target === undefined ? undefined : latest.addressOf(target)
      if (this.isWhole[slot] === 1 || this.isOtherHalf(slot, sources)) {
        listener.finish(slot)
      } else if (this.isSource[slot] === 1 && target !== undefined && targetAddress !== undefined) {
        const { epoch, id } = this.first
        listener.finishHalf(slot, {
          source: id,
          sourceAddress: this.address,
          epoch,
          target,
          targetAddress
        })
      } else {
        listener.beginAgain(slot)
      }
    }
  }

  /**
   * What was not seen at the node that the slot leaves has been here since: that
   * node's epoch is as it was, so the slot has not gone back to it, and so it is
   * leaving still, or has come here.
   */
  private isOtherHalf(slot: number, sources: ReadonlyMap<string, NodeSlots>): boolean {
    const half = this.halves.get(slot)
    const source = half === undefined ? undefined : sources.get(half.sourceAddress)
    if (half === undefined || source?.id !== half.source || source.epoch !== half.epoch) return false
    const isStillLeaving = source.owned[slot] === 1 && source.migrating.get(slot) === half.target
    return isStillLeaving || (this.latest.owned[slot] === 1 && !this.strays.has(slot))
  }
}
