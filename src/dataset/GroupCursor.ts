/**
 * A stream's share of the work, told without a list of indexes: it names one
 * group after the other, each once, and can be divided by slot owner at any
 * moment, when slots have moved.
 */
import { residueOfSlot, slotOfIndex } from "./KeyFormat.ts"
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import type { Group } from "./PendingGroups.ts"

export interface GroupCursor {
  /** Index of the first key of the group at hand. */
  readonly first: number
  /** Keys of the group at hand; 0 when all groups have been named. */
  readonly keys: number
  /** Keys of the group at hand and of all that follow. */
  readonly remainingKeys: number
  advance(): void
  /** The same work from the same position on, to be gone through independently. */
  clone(): GroupCursor
  /** What remains, divided by what `part` says of a slot. This cursor must not be used afterwards. */
  divide<Part>(part: (slot: number) => Part): Map<Part, GroupCursor>
}

/**
 * Consecutive indexes, whatever their slots: for a server that owns all slots,
 * where a group may span them. Stride 1.
 */
export class RangeCursor implements GroupCursor {
  first: number
  private readonly end: number
  private readonly groupKeys: number

  constructor(from: number, to: number, groupKeys: number) {
    this.first = from
    this.end = to
    this.groupKeys = groupKeys
  }

  get keys(): number {
    return Math.min(this.groupKeys, this.end - this.first)
  }

  get remainingKeys(): number {
    return this.end - this.first
  }

  advance(): void {
    this.first += this.keys
  }

  clone(): RangeCursor {
    return new RangeCursor(this.first, this.end, this.groupKeys)
  }

  /** One part, since such a group is only made where one node owns every slot. */
  divide<Part>(part: (slot: number) => Part): Map<Part, GroupCursor> {
    return new Map([[part(slotOfIndex(this.first)), this]])
  }
}

/**
 * Consecutive rows of the data set: of every slot whose residue lies in
 * [fromResidue, toResidue) the keys `row` to `row + rows - 1`, one group each.
 */
export interface Band {
  readonly row: number
  readonly rows: number
  readonly fromResidue: number
  readonly toResidue: number
}

/**
 * Band by band, one group of each slot: all groups of a band have the same size,
 * which is what lets a batch keep its bytes. Stride 16384.
 */
export class SlotCursor implements GroupCursor {
  first = 0
  keys = 0
  remainingKeys: number
  private readonly bands: ReadonlyArray<Band>
  private readonly slots: Uint16Array
  private band: number
  private position: number

  constructor(bands: ReadonlyArray<Band>, slots: Uint16Array, band = 0, position = 0) {
    this.bands = bands
    this.slots = slots
    this.band = band
    this.position = position
    this.remainingKeys = this.countKeys()
    this.find()
  }

  advance(): void {
    this.remainingKeys -= this.keys
    this.position++
    this.find()
  }

  clone(): SlotCursor {
    return new SlotCursor(this.bands, this.slots, this.band, this.position)
  }

  divide<Part>(part: (slot: number) => Part): Map<Part, GroupCursor> {
    const shares = new Map<Part, { slots: Array<number>; position: number }>()
    this.slots.forEach((slot, index) => {
      const key = part(slot)
      let share = shares.get(key)
      if (share === undefined) shares.set(key, (share = { slots: [], position: 0 }))
      share.slots.push(slot)
      if (index < this.position) share.position++
    })
    const cursors = new Map<Part, GroupCursor>()
    for (const [key, { position, slots }] of shares) {
      const cursor = new SlotCursor(this.bands, Uint16Array.from(slots), this.band, position)
      if (cursor.keys > 0) cursors.set(key, cursor)
    }
    return cursors
  }

  /** Goes on to the next slot that has keys in its band, from `position` on. */
  private find(): void {
    for (; this.band < this.bands.length; this.band++, this.position = 0) {
      const band = this.bands[this.band]
      for (; this.position < this.slots.length; this.position++) {
        const residue = residueOfSlot(this.slots[this.position])
        if (residue >= band.fromResidue && residue < band.toResidue) {
          this.first = band.row * SLOT_COUNT + residue
          this.keys = band.rows
          return
        }
      }
    }
    this.keys = 0
  }

  private countKeys(): number {
    let keys = 0
    for (let index = this.band; index < this.bands.length; index++) {
      const { fromResidue, rows, toResidue } = this.bands[index]
      const start = index === this.band ? this.position : 0
      const isWhole = fromResidue === 0 && toResidue === SLOT_COUNT
      let slots = isWhole ? this.slots.length - start : 0
      for (let position = isWhole ? this.slots.length : start; position < this.slots.length; position++) {
        const residue = residueOfSlot(this.slots[position])
        if (residue >= fromResidue && residue < toResidue) slots++
      }
      keys += slots * rows
    }
    return keys
  }
}

/** Groups that are named one by one: what a lost connection left unanswered. */
export class ListCursor implements GroupCursor {
  private readonly groups: ReadonlyArray<Group>
  private position: number
  remainingKeys: number

  constructor(groups: ReadonlyArray<Group>, position = 0) {
    this.groups = groups
    this.position = position
    this.remainingKeys = 0
    for (let index = position; index < groups.length; index++) this.remainingKeys += groups[index].keys
  }

  get first(): number {
    return this.position < this.groups.length ? this.groups[this.position].first : 0
  }

  get keys(): number {
    return this.position < this.groups.length ? this.groups[this.position].keys : 0
  }

  advance(): void {
    this.remainingKeys -= this.keys
    this.position++
  }

  clone(): ListCursor {
    return new ListCursor(this.groups, this.position)
  }

  divide<Part>(part: (slot: number) => Part): Map<Part, GroupCursor> {
    const shares = new Map<Part, Array<Group>>()
    for (const group of this.groups.slice(this.position)) {
      const key = part(slotOfIndex(group.first))
      const share = shares.get(key)
      if (share === undefined) shares.set(key, [group])
      else share.push(group)
    }
    return new Map(Array.from(shares, ([key, groups]) => [key, new ListCursor(groups)]))
  }
}

/** Several cursors' work, divided as each divides its own. */
export const divideWork = <Part>(
  work: ReadonlyArray<GroupCursor>,
  part: (slot: number) => Part
): Map<Part, Array<GroupCursor>> => {
  const shares = new Map<Part, Array<GroupCursor>>()
  for (const cursor of work) {
    if (cursor.keys === 0) continue
    for (const [key, share] of cursor.divide(part)) {
      const others = shares.get(key)
      if (others === undefined) shares.set(key, [share])
      else others.push(share)
    }
  }
  return shares
}
