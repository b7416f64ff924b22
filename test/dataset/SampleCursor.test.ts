import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { divideWork, type GroupCursor } from "../../src/dataset/GroupCursor.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { SampleCursor } from "../../src/dataset/SampleCursor.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { range, seed } from "./DataSetArbitrary.ts"

const indexesOf = (cursor: GroupCursor, limit = Infinity): Array<number> => {
  const indexes: Array<number> = []
  for (let left = limit; cursor.keys > 0 && left > 0; left--, cursor.advance()) {
    if (cursor.keys !== 1) throw new Error(`a sampled group of ${cursor.keys} keys`)
    indexes.push(cursor.first)
  }
  return indexes
}

const spread = (counts: ReadonlyArray<number>): number => Math.max(...counts) - Math.min(...counts)

const countBy = (indexes: ReadonlyArray<number>, classes: number, classOf: (index: number) => number) => {
  const counts = Array.from({ length: classes }, () => 0)
  for (const index of indexes) counts[classOf(index)]++
  return counts
}

describe("a sample", () => {
  it("has as many keys as it should, all different, all of the range, and the same again", () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 70_000 }), seed, (range, keys, seed) => {
        const cursor = SampleCursor.of(range, keys, seed)
        const expected = Math.min(keys, range.to - range.from)
        expect(cursor.remainingKeys).toBe(expected)
        const indexes = indexesOf(cursor)
        expect(new Set(indexes).size).toBe(expected)
        expect(indexes.every((index) => index >= range.from && index < range.to)).toBe(true)
        expect(indexesOf(SampleCursor.of(range, keys, seed))).toEqual(indexes)
      }),
      { numRuns: 40 }
    )
  })

  it("lies evenly over the slots and over the rows, whatever its size", () => {
    const range = { from: 0, to: 64 * SLOT_COUNT }
    for (const keys of [100, 1000, 16_384, 50_000, 500_000]) {
      const indexes = indexesOf(SampleCursor.of(range, keys, 7))
      const bySlot = countBy(indexes, SLOT_COUNT, slotOfIndex)
      expect(spread(bySlot)).toBeLessThanOrEqual(1)
      const byQuarterOfSlots = countBy(indexes, 4, (index) => slotOfIndex(index) >> 12)
      expect(spread(byQuarterOfSlots)).toBeLessThanOrEqual(1)
      const byQuarter = countBy(indexes, 4, (index) => Math.floor(index / (16 * SLOT_COUNT)))
      expect(spread(byQuarter)).toBeLessThan(0.4 * (keys / 4))
    }
  })

  it("of another seed has other keys", () => {
    const range = { from: 0, to: 64 * SLOT_COUNT }
    const [one, two] = [1, 2].map((seed) => new Set(indexesOf(SampleCursor.of(range, 10_000, seed))))
    expect(Array.from(one).filter((index) => two.has(index)).length).toBeLessThan(1000)
  })

  it("is divided by owner without loss, wherever it stands", () => {
    const owner = (slot: number) => (Math.imul(slot, 2654435761) >>> 28) % 3
    fc.assert(
      fc.property(
        range,
        fc.integer({ min: 1, max: 70_000 }),
        fc.integer({ min: 0, max: 3000 }),
        (range, keys, stop) => {
          const whole = indexesOf(SampleCursor.of(range, keys, 1))
          const cursor = SampleCursor.of(range, keys, 1)
          const seen = indexesOf(cursor, stop)
          const parts = divideWork([cursor.clone()], owner)
          for (const [part, cursors] of parts) {
            const indexes = cursors.flatMap((cursor) => indexesOf(cursor))
            expect(indexes.every((index) => owner(slotOfIndex(index)) === part)).toBe(true)
            seen.push(...indexes)
          }
          expect(seen.toSorted((a, b) => a - b)).toEqual(whole.toSorted((a, b) => a - b))
        }
      ),
      { numRuns: 30 }
    )
  })
})
