/**
 * Who writes what is left of a range: as FillPlan, of any set of indexes that
 * are written already. Every index of the range that is not among them is in
 * exactly one group of exactly one cursor.
 */
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { bandsOf, type IndexRange, partOfRange } from "./FillPlan.ts"
import { type GroupCursor, RangeCursor, SlotCursor } from "./GroupCursor.ts"
import type { IndexRuns, Rows } from "./IndexRuns.ts"
import { residueOfSlot } from "./KeyFormat.ts"

/** For one server that owns all slots: what each of `streams` streams is to do, as many keys each. */
export const planRemainingRange = (
  range: IndexRange,
  done: IndexRuns,
  streams: number,
  groupKeys: number
): Array<Array<GroupCursor>> => {
  const gaps = done.gaps(0, range)
  const all = { from: 0, to: keysIn(gaps) }
  return Array.from({ length: streams }, (_, stream) => {
    const own = partOfRange(all, stream, streams)
    const cursors: Array<GroupCursor> = []
    let passed = 0
    for (const [from, to] of runsOf(gaps)) {
      const start = from + Math.max(0, own.from - passed)
      const end = Math.min(to, from + own.to - passed)
      if (start < end) cursors.push(new RangeCursor(start, end, groupKeys))
      passed += to - from
    }
    return cursors
  }).filter((cursors) => cursors.length > 0)
}

/**
 * For one master of a cluster: what each of `streams` streams is to do on
 * neighbouring parts of its slots, nearly as many keys each. Slots that have the
 * same rows left share a cursor, so that their groups have the same size.
 */
export const planRemainingSlots = (
  range: IndexRange,
  done: IndexRuns,
  slots: ReadonlyArray<number>,
  streams: number,
  groupKeys: number
): Array<Array<GroupCursor>> => {
  const left = slots.map((slot) => ({ slot, gaps: done.gaps(residueOfSlot(slot), range) }))
  const total = left.reduce((keys, { gaps }) => keys + keysIn(gaps), 0)
  const alike = Array.from({ length: streams }, () => new Map<string, Alike>())
  let passed = 0
  for (const { gaps, slot } of left) {
    if (gaps.length === 0) continue
    const own = alike[Math.floor((passed * streams) / total)]
    const name = gaps.join()
    const others = own.get(name)
    if (others === undefined) own.set(name, { gaps, slots: [slot] })
    else others.slots.push(slot)
    passed += keysIn(gaps)
  }
  return alike
    .map((own) => Array.from(own.values(), (alike) => cursorOf(alike, groupKeys)))
    .filter((cursors) => cursors.length > 0)
}

/** Slots that have the same rows left. */
interface Alike {
  readonly gaps: Rows
  readonly slots: Array<number>
}

const cursorOf = ({ gaps, slots }: Alike, groupKeys: number): GroupCursor => {
  const bands = [...runsOf(gaps)].flatMap(([from, to]) =>
    bandsOf({ from: from * SLOT_COUNT, to: to * SLOT_COUNT }, groupKeys)
  )
  return new SlotCursor(bands, Uint16Array.from(slots))
}

const runsOf = function* (rows: Rows): Iterable<readonly [from: number, to: number]> {
  for (let index = 0; index < rows.length; index += 2) yield [rows[index], rows[index + 1]]
}

const keysIn = (rows: Rows): number => {
  let keys = 0
  for (const [from, to] of runsOf(rows)) keys += to - from
  return keys
}
