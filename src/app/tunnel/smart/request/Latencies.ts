/** How long commands took, of those that were timed: so many in each of some ranges. */

/** Upper bounds in microseconds; what is above the last stands in one more bucket. */
export const LATENCY_BUCKETS: ReadonlyArray<number> = [
  50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000, 20_000, 50_000, 100_000,
  250_000, 500_000, 1_000_000, 5_000_000
]

export interface LatencyReadings {
  /** Of one command in 64, by the bounds of `LATENCY_BUCKETS`. */
  readonly latencyBuckets: ReadonlyArray<number>
  /** Microseconds. */
  readonly latencySum: number
  readonly latencyCount: number
}

export class Latencies {
  readonly latencyBuckets = new Float64Array(LATENCY_BUCKETS.length + 1)
  latencySum = 0
  latencyCount = 0

  onLatency(microseconds: number): void {
    let bucket = 0
    while (bucket < LATENCY_BUCKETS.length && microseconds > LATENCY_BUCKETS[bucket]) bucket++
    this.latencyBuckets[bucket]++
    this.latencySum += microseconds
    this.latencyCount++
  }
}

/** Of all of them together. */
export const latencyReadings = (all: ReadonlyArray<Latencies>): LatencyReadings => ({
  latencyBuckets: [...LATENCY_BUCKETS, Infinity].map((_, index) =>
    all.reduce((sum, { latencyBuckets }) => sum + latencyBuckets[index], 0)
  ),
  latencySum: all.reduce((sum, { latencySum }) => sum + latencySum, 0),
  latencyCount: all.reduce((sum, { latencyCount }) => sum + latencyCount, 0)
})
