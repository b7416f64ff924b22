/**
 * A sample of a range of keys: the same for the same seed, spread evenly over
 * the slots, and in each slot over its keys.
 */
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { type IndexRange, keysOfSlot } from "./FillPlan.ts"
import type { GroupCursor } from "./GroupCursor.ts"
import { residueOfSlot } from "./KeyFormat.ts"
import { ValueStamp } from "./ValueFormat.ts"

/** Slots of a sample, and how many keys it takes of each. */
interface SampledSlots {
  readonly slots: ReadonlyArray<number>
  readonly quotas: ReadonlyArray<number>
}

/** Names sampled keys one by one, slot by slot: they are no stride apart that all groups share. */
export class SampleCursor implements GroupCursor {
  first = 0
  remainingKeys = 0
  private readonly range: IndexRange
  private readonly offsets: SlotOffsets
  private readonly sampled: SampledSlots
  private slot: number
  private key: number

  private constructor(range: IndexRange, offsets: SlotOffsets, sampled: SampledSlots, slot = 0, key = 0) {
    this.range = range
    this.offsets = offsets
    this.sampled = sampled
    this.slot = slot
    this.key = key
    const { quotas } = sampled
    for (let index = slot; index < quotas.length; index++) this.remainingKeys += quotas[index]
    this.remainingKeys -= key
    this.find()
  }

  /** @param keys how many of the range; all of it when it has no more */
  static of(range: IndexRange, keys: number, seed: number): SampleCursor {
    const quotas = slotQuotas(range, keys)
    const slots = Array.from({ length: SLOT_COUNT }, (_, slot) => slot).filter((slot) => quotas[slot] > 0)
    return new SampleCursor(range, new SlotOffsets(seed), {
      slots,
      quotas: slots.map((slot) => quotas[slot])
    })
  }

  get keys(): number {
    return this.remainingKeys > 0 ? 1 : 0
  }

  advance(): void {
    this.remainingKeys--
    this.key++
    if (this.key === this.sampled.quotas[this.slot]) {
      this.slot++
      this.key = 0
    }
    this.find()
  }

  clone(): SampleCursor {
    return new SampleCursor(this.range, this.offsets, this.sampled, this.slot, this.key)
  }

  divide<Part>(part: (slot: number) => Part): Map<Part, GroupCursor> {
    const shares = new Map<Part, { slots: Array<number>; quotas: Array<number>; key: number }>()
    for (let index = this.slot; index < this.sampled.slots.length; index++) {
      const slot = this.sampled.slots[index]
      const name = part(slot)
      let share = shares.get(name)
      // The slot at hand is the first of its share, and goes on where it is.
      if (share === undefined) {
        shares.set(name, (share = { slots: [], quotas: [], key: index === this.slot ? this.key : 0 }))
      }
      share.slots.push(slot)
      share.quotas.push(this.sampled.quotas[index])
    }
    return new Map(
      Array.from(shares, ([name, { key, ...sampled }]) => [
        name,
        new SampleCursor(this.range, this.offsets, sampled, 0, key)
      ])
    )
  }

  /** The slot's keys in as many equal parts as it has sampled keys, and of each part the key at the slot's offset. */
  private find(): void {
    if (this.remainingKeys === 0) return
    const slot = this.sampled.slots[this.slot]
    const keys = keysOfSlot(this.range, slot)
    const part = keys / this.sampled.quotas[this.slot]
    const row = Math.min(keys - 1, Math.floor((this.key + this.offsets.of(slot)) * part))
    this.first = firstOfSlot(this.range, slot) + row * SLOT_COUNT
  }
}

/** A number from 0 to 1 for each slot, so that a sample is not the same rows of every slot. */
class SlotOffsets {
  private readonly stamp: ValueStamp
  private readonly bytes = Buffer.alloc(4)

  constructor(seed: number) {
    this.stamp = new ValueStamp(seed)
  }

  of(slot: number): number {
    this.stamp.write(this.bytes, 0, 4, slot)
    return this.bytes.readUInt32LE() / 2 ** 32
  }
}

/** Index of the slot's first key in the range. */
const firstOfSlot = ({ from }: IndexRange, slot: number): number => {
  const residue = residueOfSlot(slot)
  return residue + SLOT_COUNT * Math.max(0, Math.ceil((from - residue) / SLOT_COUNT))
}

/**
 * How many keys of each slot a sample has: as many of each, and one more of
 * slots that lie evenly among those that have one more.
 */
const slotQuotas = (range: IndexRange, keys: number): Float64Array => {
  const available = Float64Array.from({ length: SLOT_COUNT }, (_, slot) => keysOfSlot(range, slot))
  if (keys >= range.to - range.from) return available
  const ofEach = Math.floor(keys / SLOT_COUNT)
  const quotas = available.map((count) => Math.min(count, ofEach))
  const others = Array.from(available.keys()).filter((slot) => available[slot] > quotas[slot])
  const missing = keys - quotas.reduce((sum, quota) => sum + quota, 0)
  for (let one = 0; one < missing; one++) quotas[others[Math.floor((one * others.length) / missing)]]++
  return quotas
}
