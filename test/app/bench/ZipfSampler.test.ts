import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ZipfSampler } from "../../../src/app/bench/ZipfSampler.ts"

const SAMPLES = 200_000

/** Evenly spread instead of random, so that the outcome is the same each time. */
const evenly = (): (() => number) => {
  let position = 0
  const GOLDEN_RATIO = 0.618_033_988_749_894_9
  return () => (position = (position + GOLDEN_RATIO) % 1)
}

/** Of each rank, its probability. */
const probabilities = (count: number, exponent: number): ReadonlyArray<number> => {
  const weights = Array.from({ length: count }, (_, index) => (index + 1) ** -exponent)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

describe("ZipfSampler", () => {
  it.each([
    [10, 0.5],
    [10, 0.99],
    [100, 0.99],
    [1000, 0.99],
    [100, 1],
    [100, 1.5],
    [5, 3],
    [2, 0.99],
    [1, 0.99]
  ])("of %d ranks with exponent %d gives each as often as it should", (count, exponent) => {
    const sampler = new ZipfSampler(count, exponent, evenly())
    const seen = new Array<number>(count).fill(0)
    for (let sample = 0; sample < SAMPLES; sample++) seen[sampler.next() - 1]++
    probabilities(count, exponent).forEach((probability, index) => {
      const expected = probability * SAMPLES
      // Five standard deviations of chance, although these points are spread more evenly than by chance.
      expect(Math.abs(seen[index] - expected), `rank ${index + 1}`).toBeLessThan(5 * Math.sqrt(expected) + 5)
    })
  })

  it("takes as long for a billion ranks as for ten, and never leaves them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 40 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
          minLength: 50,
          maxLength: 50
        }),
        (count, exponent, points) => {
          let calls = 0
          // After the given points chance goes on, since every point may be rejected.
          const random = (): number => points[calls++] ?? Math.random()
          const sampler = new ZipfSampler(count, exponent, random)
          for (let sample = 0; sample < 10; sample++) {
            const rank = sampler.next()
            expect(Number.isInteger(rank) && rank >= 1 && rank <= count).toBe(true)
          }
          // The method rejects fewer than three points in ten.
          expect(calls).toBeLessThan(500)
        }
      )
    )
  })

  it("of a million keys gives the first as often as YCSB's zipfian does", () => {
    const sampler = new ZipfSampler(1_000_000, 0.99)
    let first = 0
    for (let sample = 0; sample < SAMPLES; sample++) if (sampler.next() === 1) first++
    const [expected] = probabilities(1_000_000, 0.99)
    expect(first / SAMPLES / expected).toBeGreaterThan(0.9)
    expect(first / SAMPLES / expected).toBeLessThan(1.1)
  })
})
