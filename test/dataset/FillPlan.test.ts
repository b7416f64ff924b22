import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  bandsOf,
  type IndexRange,
  keysOfAmount,
  keysOfSlot,
  partOfRange,
  planRange,
  planSlots,
  streamSizes
} from "../../src/dataset/FillPlan.ts"
import { divideWork, type GroupCursor, ListCursor } from "../../src/dataset/GroupCursor.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { ALL_SLOTS, range, slotRangesByMaster, slotsIn } from "./DataSetArbitrary.ts"

/** The indexes that the cursors name, checking what each of them promises on the way. */
const indexesOf = (
  cursors: Iterable<GroupCursor>,
  stride: number,
  groupKeys: number,
  limit = Infinity
): Array<number> => {
  const indexes: Array<number> = []
  for (const cursor of cursors) {
    let { remainingKeys } = cursor
    for (let groups = 0; cursor.keys > 0 && groups < limit; groups++, cursor.advance()) {
      // Not by expect, which takes longer than all the rest.
      if (cursor.keys > groupKeys) throw new Error(`a group has ${cursor.keys} keys, not ${groupKeys}`)
      if (cursor.remainingKeys !== remainingKeys) throw new Error("remainingKeys does not follow")
      for (let key = 0; key < cursor.keys; key++) indexes.push(cursor.first + key * stride)
      remainingKeys -= cursor.keys
    }
    expect(cursor.remainingKeys).toBe(remainingKeys)
    if (cursor.keys === 0) expect(remainingKeys).toBe(0)
  }
  return indexes
}

/** Sorted, they are exactly the range: nothing missing, nothing twice. */
const expectWhole = (indexes: Array<number>, { from, to }: IndexRange): void => {
  const sorted = Float64Array.from(indexes).sort()
  expect(sorted.length).toBe(to - from)
  const wrong = sorted.findIndex((index, position) => index !== from + position)
  expect(wrong).toBe(-1)
}

const streams = fc.integer({ min: 1, max: 9 })
const groupKeys = fc.integer({ min: 1, max: 40 })

describe("partOfRange", () => {
  it("divides any range into parts that follow each other and differ by one at most", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 1000 }), (to, parts) => {
        const range = { from: to % 7, to: Math.max(to % 7, to) }
        const all = Array.from({ length: parts }, (_, part) => partOfRange(range, part, parts))
        const lengths = all.map(({ from, to }) => to - from)
        expect(all[0].from).toBe(range.from)
        expect(all[parts - 1].to).toBe(range.to)
        expect(all.slice(1).every(({ from }, part) => from === all[part].to)).toBe(true)
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1)
      })
    )
  })
})

describe("keysOfAmount", () => {
  it("rounds up, so that the amount is reached", () => {
    expect(keysOfAmount(2 ** 30, 512, 512)).toBe(1_048_576)
    expect(keysOfAmount(1, 512, 512)).toBe(1)
    expect(keysOfAmount(1025, 512, 512)).toBe(2)
  })
})

describe("a plan for one server", () => {
  it("names every index once", () => {
    fc.assert(
      fc.property(range, streams, groupKeys, (range, streams, groupKeys) => {
        expectWhole(indexesOf(planRange(range, streams, groupKeys), 1, groupKeys), range)
      })
    )
  })
})

describe("a plan for a cluster", () => {
  it("names every index once, in groups of one slot, at the slot's master", () => {
    fc.assert(
      fc.property(range, slotRangesByMaster, streams, groupKeys, (range, ranges, streams, groupKeys) => {
        const all = ranges.flatMap((own) => {
          const indexes = indexesOf(planSlots(range, slotsIn(own), streams, groupKeys), SLOT_COUNT, groupKeys)
          const slots = new Set(indexes.map(slotOfIndex))
          const owned = (slot: number) => own.some(([first, last]) => first <= slot && slot <= last)
          expect(Array.from(slots).every(owned)).toBe(true)
          return indexes
        })
        expectWhole(all, range)
      }),
      { numRuns: 60 }
    )
  })

  it("names every index once over shards and processes, whatever their number", () => {
    fc.assert(
      fc.property(range, streams, streams, groupKeys, (range, shards, processes, groupKeys) => {
        const all = Array.from({ length: shards }, (_, shard) => shard).flatMap((shard) =>
          Array.from({ length: processes }, (_, process) => {
            const part = partOfRange(partOfRange(range, shard, shards), process, processes)
            return indexesOf(planSlots(part, ALL_SLOTS, 2, groupKeys), SLOT_COUNT, groupKeys)
          }).flat()
        )
        expectWhole(all, range)
      }),
      { numRuns: 20 }
    )
  })

  it("gives the streams of a master as many keys each, to within the keys of one slot", () => {
    const streams = planSlots({ from: 0, to: 1_048_576 }, slotsIn([[0, 5460]]), 4, 64)
    const keys = streams.map(({ remainingKeys }) => remainingKeys)
    expect(Math.max(...keys) - Math.min(...keys)).toBeLessThanOrEqual(64)
  })

  it("keeps groups of a band as large as each other, and as large as it can", () => {
    const bands = bandsOf({ from: 100, to: 100 + 5 * SLOT_COUNT }, 3)
    expect(bands).toEqual([
      { row: 0, rows: 1, fromResidue: 100, toResidue: SLOT_COUNT },
      { row: 1, rows: 2, fromResidue: 0, toResidue: SLOT_COUNT },
      { row: 3, rows: 2, fromResidue: 0, toResidue: SLOT_COUNT },
      { row: 5, rows: 1, fromResidue: 0, toResidue: 100 }
    ])
    expect(bandsOf({ from: 7, to: 9 }, 3)).toEqual([{ row: 0, rows: 1, fromResidue: 7, toResidue: 9 }])
    expect(bandsOf({ from: 7, to: 7 }, 3)).toEqual([])
  })

  it("describes a terabyte in a few numbers", () => {
    expect(bandsOf({ from: 0, to: 2 ** 30 }, 128).length).toBe(512)
  })
})

describe("dividing work by owner", () => {
  const owner = (salt: number) => (slot: number) => (Math.imul(slot + salt, 2654435761) >>> 28) % 3

  it("loses nothing and repeats nothing, wherever the work stands", () => {
    fc.assert(
      fc.property(
        range,
        groupKeys,
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 3 }),
        (range, groupKeys, stops) => {
          let work: ReadonlyArray<GroupCursor> = planSlots(range, ALL_SLOTS, 2, groupKeys)
          const seen: Array<number> = []
          stops.forEach((limit, salt) => {
            seen.push(...indexesOf(work, SLOT_COUNT, groupKeys, limit))
            const parts = divideWork(work, owner(salt))
            for (const [part, cursors] of parts) {
              const indexes = indexesOf(
                cursors.map((cursor) => cursor.clone()),
                SLOT_COUNT,
                groupKeys
              )
              expect(indexes.every((index) => owner(salt)(slotOfIndex(index)) === part)).toBe(true)
            }
            work = Array.from(parts.values()).flat()
          })
          seen.push(...indexesOf(work, SLOT_COUNT, groupKeys))
          expectWhole(seen, range)
        }
      ),
      { numRuns: 40 }
    )
  })

  it("divides a list of groups as well", () => {
    const groups = [0, 1, 2, 3, 4].map((first) => ({ first, keys: 2 }))
    const list = new ListCursor(groups)
    list.advance()
    const parts = list.divide((slot) => slot % 2 === 0)
    const indexes = Array.from(parts.values()).flatMap((part) => indexesOf([part], SLOT_COUNT, 2))
    expect(indexes.toSorted((a, b) => a - b)).toEqual(
      [1, 2, 3, 4].flatMap((i) => [i, i + SLOT_COUNT]).toSorted((a, b) => a - b)
    )
  })
})

describe("keysOfSlot", () => {
  it("counts what the plan names", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 0, max: SLOT_COUNT - 1 }), (range, slot) => {
        const named = indexesOf(planSlots(range, [slot], 1, 40), SLOT_COUNT, 40)
        expect(keysOfSlot(range, slot)).toBe(named.length)
      })
    )
  })
})

describe("streamSizes", () => {
  it("keeps a group within its batch, its window and the memory of all streams", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 2 ** 29 }),
        fc.integer({ min: 1, max: 2 ** 20 }),
        fc.integer({ min: 1, max: 1024 }),
        fc.integer({ min: 1, max: 100 }),
        (itemLength, pipeline, streams, nodes) => {
          const sizes = streamSizes(itemLength, pipeline, streams, nodes)
          const { batchBytes, flightKeys, groupKeys, windowKeys } = sizes
          expect(groupKeys).toBeGreaterThanOrEqual(1)
          expect(groupKeys).toBeLessThanOrEqual(Math.max(1, flightKeys / 4))
          expect(flightKeys).toBeLessThanOrEqual(windowKeys)
          if (flightKeys > 1) {
            const streamsOfNode = Math.ceil(streams / nodes)
            expect(flightKeys * itemLength).toBeLessThanOrEqual(Math.max(2 ** 17, 2 ** 21 / streamsOfNode))
            expect(flightKeys * itemLength).toBeLessThanOrEqual(2 ** 20)
          }
          expect(windowKeys).toBeLessThanOrEqual(pipeline)
          if (windowKeys > 1) expect(windowKeys * itemLength).toBeLessThanOrEqual(16 * 2 ** 20)
          if (groupKeys > 1) expect(groupKeys * itemLength + 32).toBeLessThanOrEqual(batchBytes)
          expect(batchBytes * streams).toBeLessThanOrEqual(64 * 2 ** 20)
        }
      )
    )
  })
})
