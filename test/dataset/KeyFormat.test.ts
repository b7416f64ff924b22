import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  numberLength,
  residueOfSlot,
  rowOfIndex,
  slotOfIndex,
  smallestKeySize,
  writeNumber
} from "../../src/dataset/KeyFormat.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { index } from "./DataSetArbitrary.ts"

const indexes = Array.from({ length: SLOT_COUNT }, (_, index) => index)

describe("slotOfIndex", () => {
  it("is a permutation of the slots, and residueOfSlot its inverse", () => {
    expect(new Set(indexes.map(slotOfIndex)).size).toBe(SLOT_COUNT)
    expect(indexes.filter((index) => residueOfSlot(slotOfIndex(index)) !== index)).toEqual([])
  })

  it("gives indexes that are 16384 apart the same slot", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (index) => {
        expect(slotOfIndex(index)).toBe(slotOfIndex(index % SLOT_COUNT))
      })
    )
  })

  it("spreads any first indexes over any three equal ranges of slots, to within a few", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * SLOT_COUNT }), (amount) => {
        const counts = [0, 0, 0]
        for (let index = 0; index < amount; index++) {
          counts[Math.floor((slotOfIndex(index) * 3) / SLOT_COUNT)]++
        }
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(16)
      }),
      { numRuns: 100 }
    )
  })

  it("never changes: the keys of an earlier version are found again", () => {
    expect([0, 1, 2, 3, 16383, 16384].map(slotOfIndex)).toEqual([0, 8192, 4096, 12288, 16383, 0])
  })
})

describe("writeNumber", () => {
  it("writes different rows differently, as far as the characters reach", () => {
    fc.assert(
      fc.property(index, index, fc.integer({ min: 1, max: 8 }), (a, b, length) => {
        const [one, other] = [a, b].map((index) => {
          const bytes = Buffer.alloc(length)
          writeNumber(bytes, 0, length, rowOfIndex(index))
          return bytes.toString("latin1")
        })
        const names = 64 ** length
        expect(one === other).toBe(rowOfIndex(a) % names === rowOfIndex(b) % names)
      }),
      { numRuns: 1000 }
    )
  })

  it("writes base 64, the highest character first, and nothing beside it", () => {
    const bytes = Buffer.alloc(10, ".")
    writeNumber(bytes, 1, 8, 1 + 64 * 10 + 64 ** 2 * 36 + 64 ** 7 * 63)
    expect(bytes.toString("latin1")).toBe("._0000aA1.")
  })
})

describe("smallestKeySize", () => {
  it("is the least that numbers the keys of each slot apart", () => {
    expect(smallestKeySize(1)).toBe(6)
    expect(smallestKeySize(64 * SLOT_COUNT)).toBe(6)
    expect(smallestKeySize(64 * SLOT_COUNT + 1)).toBe(7)
    expect(smallestKeySize(64 ** 2 * SLOT_COUNT + 1)).toBe(8)
    expect(smallestKeySize(Number.MAX_SAFE_INTEGER)).toBe(12)
  })

  it("gives the last key a number of its own, and one byte less does not", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (keys) => {
        const size = smallestKeySize(keys)
        expect(64 ** numberLength(size)).toBeGreaterThan(rowOfIndex(Math.max(0, keys - 1)))
        if (size > 6) expect(64 ** numberLength(size - 1)).toBeLessThanOrEqual(rowOfIndex(keys - 1))
      })
    )
  })
})
