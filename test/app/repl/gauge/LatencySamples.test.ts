import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { LatencySamples } from "../../../../src/app/repl/gauge/LatencySamples.ts"

const times = fc.array(fc.double({ min: 0.001, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 500 })

describe("LatencySamples", () => {
  it("percentiles are at most a percent above the exact ones, and never below", () => {
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.99, 0.999, 1), (all, share) => {
        const samples = new LatencySamples()
        for (const time of all) samples.add(time)
        const sorted = all.toSorted((a, b) => a - b)
        const exact = sorted[Math.ceil(share * all.length) - 1]
        expect(samples.percentile(share)).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
        expect(samples.percentile(share)).toBeLessThanOrEqual(exact * 1.0101)
        expect([samples.min, samples.max, samples.count]).toEqual([
          sorted[0],
          sorted[sorted.length - 1],
          all.length
        ])
      })
    )
  })

  it("of none there is no percentile", () => {
    expect(new LatencySamples().percentile(0.5)).toBeNaN()
  })
})
