/**
 * Lengths of time in an HdrHistogram: whole microseconds up to an hour, three
 * significant digits.
 */
import { Int32Histogram } from "hdr-histogram-js"

const MICROSECONDS = 1000
/** Microseconds. What takes longer counts as this. */
const LONGEST = 3_600_000_000
const SIGNIFICANT_DIGITS = 3

/** The counts of a histogram as they go from one thread to another: value and count in turn. */
export type SparseCounts = Float64Array

export class LatencyHistogram {
  readonly histogram = new Int32Histogram(1, LONGEST, SIGNIFICANT_DIGITS)

  record(milliseconds: number): void {
    const microseconds = Math.round(milliseconds * MICROSECONDS)
    this.histogram.recordValue(microseconds < LONGEST ? microseconds : LONGEST)
  }

  get count(): number {
    return this.histogram.totalCount
  }

  /** Milliseconds that so many percent of the values do not exceed; 0 when there are none. */
  percentile(percent: number): number {
    // The library gives the upper end of a bucket, which may lie above the largest value in it.
    return Math.min(this.max, this.histogram.getValueAtPercentile(percent) / MICROSECONDS)
  }

  /** Milliseconds; 0 when there are no values. */
  get max(): number {
    return this.count === 0 ? 0 : this.histogram.maxValue / MICROSECONDS
  }

  get mean(): number {
    return this.histogram.mean / MICROSECONDS
  }

  /** Takes the counts out: 10 us for values up to 10 ms, where the library's own encoding takes a millisecond. */
  take(): SparseCounts {
    const { histogram } = this
    const sparse: Array<number> = []
    const end = this.count === 0 ? 0 : histogram.countsArrayIndex(histogram.maxValue) + 1
    for (let index = 0; index < end; index++) {
      const count = histogram.getCountAtIndex(index)
      // The largest as it was recorded, so that it is told to the microsecond.
      if (count > 0)
        sparse.push(index < end - 1 ? histogram.valueFromIndex(index) : histogram.maxValue, count)
    }
    histogram.reset()
    return Float64Array.from(sparse)
  }

  add(counts: SparseCounts): void {
    for (let index = 0; index < counts.length; index += 2) {
      this.histogram.recordValueWithCount(counts[index], counts[index + 1])
    }
  }
}
