import { createHash } from "node:crypto"
import { deflateRawSync } from "node:zlib"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { smallestKeySize, slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { noise } from "../../src/dataset/Noise.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { dataSet, index, seed } from "./DataSetArbitrary.ts"

describe("a data set", () => {
  it("has keys of their size, printable, without a blank, in the slot of their index", () => {
    fc.assert(
      fc.property(dataSet, index, (set, index) => {
        const key = set.key(index)
        expect(key.length).toBe(set.keySize)
        expect(key.toString("latin1")).toMatch(/^\{[0-9A-Za-z_-]{3}\}[0-9A-Za-z_-]+$/)
        expect(calculateSlot(key)).toBe(slotOfIndex(index))
      })
    )
  })

  it("has different keys, also at the smallest size", () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 0, max: 20 }), (seed, more) => {
        const keys = 40_000
        const set = new DataSet({ seed, keySize: smallestKeySize(keys) + more, valueSize: 1 })
        const names = new Set<string>()
        for (let index = 0; index < keys; index++) names.add(set.key(index).toString("latin1"))
        expect(names.size).toBe(keys)
      }),
      { numRuns: 10 }
    )
  })

  it("has different keys for different indexes, however large", () => {
    fc.assert(
      fc.property(dataSet, index, index, (set, a, b) => {
        expect(set.key(a).equals(set.key(b))).toBe(a === b)
      })
    )
  })

  it("has values of their size whose stamps differ, by index and by seed", () => {
    fc.assert(
      fc.property(seed, seed, index, index, (seedA, seedB, a, b) => {
        const options = { keySize: 20, valueSize: 8 }
        const one = new DataSet({ ...options, seed: seedA }).value(a)
        const other = new DataSet({ ...options, seed: seedB }).value(b)
        expect(one.length).toBe(8)
        expect(one.equals(other)).toBe(seedA === seedB && a === b)
      }),
      { numRuns: 1000 }
    )
  })

  it("is made by seed, sizes and index alone: patching another's bytes gives the same", () => {
    fc.assert(
      fc.property(dataSet, index, index, (set, before, index) => {
        const again = new DataSet({ seed: set.seed, keySize: set.keySize, valueSize: set.valueSize })
        const key = set.key(before)
        set.patchKey(index, key, 0)
        expect(key.equals(again.key(index))).toBe(true)
        const value = set.value(before)
        set.patchValue(index, value, 0)
        expect(value.equals(again.value(index))).toBe(true)
      })
    )
  })

  it("has a beginning of the stamp for a value shorter than it", () => {
    const whole = new DataSet({ seed: 7, keySize: 20, valueSize: 8 }).value(123_456)
    for (let valueSize = 1; valueSize < 8; valueSize++) {
      const value = new DataSet({ seed: 7, keySize: 20, valueSize }).value(123_456)
      expect(value.equals(whole.subarray(0, valueSize))).toBe(true)
    }
  })

  it("does not compress, whether one value or many", () => {
    const set = new DataSet({ seed: 1, keySize: 20, valueSize: 4096 })
    expect(deflateRawSync(set.value(0)).length).toBeGreaterThan(4096)
    const stamps = new DataSet({ seed: 1, keySize: 20, valueSize: 8 })
    const many = Buffer.concat(Array.from({ length: 4096 }, (_, index) => stamps.value(index)))
    expect(deflateRawSync(many).length).toBeGreaterThan(many.length)
  })

  it("never changes: what an earlier version has written is found again", () => {
    const hash = createHash("sha256")
    for (const options of [
      { seed: 0, keySize: 6, valueSize: 1 },
      { seed: 42, keySize: 13, valueSize: 8 },
      { seed: Number.MAX_SAFE_INTEGER, keySize: 512, valueSize: 515 }
    ]) {
      const set = new DataSet(options)
      for (const index of [0, 1, 16383, 16384, 2 ** 32 + 5, 2 ** 45]) {
        hash.update(set.key(index)).update(set.value(index))
      }
    }
    expect(hash.digest("hex")).toBe("a78e71d0bf41854f7423b7a1ced04fe1f5d77129e2c11589c4f7377d163c930b")
  })
})

describe("noise", () => {
  it("is the beginning of nothing else: each size, seed and use has its own", () => {
    const first = (seed: number, use: "key" | "value", size: number): string =>
      noise(seed, use, size).toString("hex", 0, 16)
    const all = [
      first(1, "key", 64),
      first(1, "value", 64),
      first(2, "value", 64),
      first(1 + 2 ** 32, "value", 64),
      first(1, "value", 65)
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it("holds every byte about as often as any other", () => {
    const counts = new Uint32Array(256)
    for (const byte of noise(5, "value", 256 * 1000)) counts[byte]++
    expect(Math.min(...counts)).toBeGreaterThan(850)
    expect(Math.max(...counts)).toBeLessThan(1150)
  })
})
