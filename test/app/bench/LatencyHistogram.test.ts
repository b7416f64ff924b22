import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { LatencyHistogram } from "../../../src/app/bench/LatencyHistogram.ts"

const milliseconds = fc.array(fc.double({ min: 0.001, max: 100_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300
})
const PERCENTS = [50, 90, 99, 99.9, 99.99]

const histogramOf = (values: ReadonlyArray<number>): LatencyHistogram => {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  return histogram
}

const figures = (histogram: LatencyHistogram): ReadonlyArray<number> => [
  histogram.count,
  histogram.max,
  ...PERCENTS.map((percent) => histogram.percentile(percent))
]

describe("LatencyHistogram", () => {
  it("has the percentiles that the values have, to three digits", () => {
    fc.assert(
      fc.property(milliseconds, (values) => {
        const histogram = histogramOf(values)
        const sorted = values.toSorted((a, b) => a - b)
        for (const percent of PERCENTS) {
          const exact = sorted[Math.ceil((percent / 100) * sorted.length) - 1]
          expect(Math.abs(histogram.percentile(percent) - exact)).toBeLessThan(exact * 0.0011 + 0.0011)
          expect(histogram.percentile(percent)).toBeLessThanOrEqual(histogram.max)
        }
        expect(Math.abs(histogram.max - sorted[sorted.length - 1])).toBeLessThan(0.0006)
      })
    )
  })

  it("goes from thread to thread in parts without loss", () => {
    fc.assert(
      fc.property(milliseconds, milliseconds, (first, second) => {
        const source = new LatencyHistogram()
        const target = new LatencyHistogram()
        for (const values of [first, second]) {
          for (const value of values) source.record(value)
          target.add(source.take())
          expect(source.count).toBe(0)
        }
        expect(figures(target)).toEqual(figures(histogramOf([...first, ...second])))
      })
    )
  })

  it("says 0 of nothing, and counts what takes longer than an hour as an hour", () => {
    expect(figures(new LatencyHistogram())).toEqual([0, 0, 0, 0, 0, 0, 0])
    expect(histogramOf([10_000_000]).max).toBe(3_600_000)
  })
})
