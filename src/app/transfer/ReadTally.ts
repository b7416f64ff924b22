/** What has been read back so far, and what was written again: plain counts, in keys. */
import { slotOfIndex } from "../../dataset/KeyFormat.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import { RefusalTally } from "./RefusalTally.ts"

export interface ReadCounts {
  present: number
  missing: number
  different: number
  /** Of those missing or different, how many have been written again, each acknowledged. */
  repaired: number
}

export class ReadTally extends RefusalTally implements ReadCounts {
  present = 0
  missing = 0
  different = 0
  repaired = 0
  /** Keys read by the node that answered, to be watched while it runs. */
  readonly keysOfNode: Map<string, number> = new Map()
  private readonly ofSlot: ReadonlyArray<ReadCounts>

  /** @param isBySlot the keys of a group share a slot */
  constructor(isBySlot: boolean) {
    super()
    this.ofSlot = isBySlot ? Array.from({ length: SLOT_COUNT }, nothingRead) : []
  }

  get keys(): number {
    return this.present + this.missing + this.different
  }

  get wrong(): number {
    return this.missing + this.different
  }

  /** The group of so many keys from index `first` on has been read, by that node. */
  add(first: number, keys: number, missing: number, different: number, node: string): void {
    this.keysOfNode.set(node, (this.keysOfNode.get(node) ?? 0) + keys)
    addRead(this, keys, missing, different)
    if (this.ofSlot.length > 0) addRead(this.ofSlot[slotOfIndex(first)], keys, missing, different)
  }

  addRepaired(first: number, keys: number): void {
    this.repaired += keys
    if (this.ofSlot.length > 0) this.ofSlot[slotOfIndex(first)].repaired += keys
  }

  /** What was read in these slots; without counts by slot, in all of them. */
  inSlots(slots: ReadonlyArray<number>): ReadCounts {
    if (this.ofSlot.length === 0) return this
    const sum = nothingRead()
    for (const slot of slots) {
      const { different, missing, present, repaired } = this.ofSlot[slot]
      sum.present += present
      sum.missing += missing
      sum.different += different
      sum.repaired += repaired
    }
    return sum
  }
}

const nothingRead = (): ReadCounts => ({ present: 0, missing: 0, different: 0, repaired: 0 })

const addRead = (counts: ReadCounts, keys: number, missing: number, different: number): void => {
  counts.present += keys - missing - different
  counts.missing += missing
  counts.different += different
}
