/** Full speed with lost connections now and then: what is promised holds, and the heap does not grow. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { collectGarbage } from "../support/Memory.ts"
import type { Scenario } from "./Scenario.ts"

export interface HeapSample {
  /** Since the start of the soak. */
  readonly seconds: number
  readonly bytes: number
}

const SAMPLES = 200
const SHORTEST_SAMPLE_INTERVAL: Duration.Duration = Duration.millis(500)
/** So many samples lie between two CLIENT KILL. */
const SAMPLES_PER_KILL = 5
/** The part of the samples in which caches fill and code is compiled. */
const WARM_UP_SHARE = 0.3
/** What a heap that is flat may seem to grow over the whole soak, by the straight line through its samples. */
export const ALLOWED_GROWTH_BYTES: number = 1024 ** 2

/** A scenario, since what it promises is the same; `samples` is filled as it goes. */
export const makeSoak = (duration: Duration.Duration, samples: Array<HeapSample>): Scenario => {
  const interval = Duration.max(Duration.times(duration, 1 / SAMPLES), SHORTEST_SAMPLE_INTERVAL)
  return {
    name: "soak",
    allowsMaybe: true,
    event: ({ cluster }) =>
      Effect.gen(function* () {
        const masters = yield* cluster.masters
        const startedAt = performance.now()
        const elapsed = (): number => performance.now() - startedAt
        for (let count = 1; elapsed() < Duration.toMillis(duration); count++) {
          yield* Effect.sleep(interval)
          collectGarbage()
          samples.push({ seconds: elapsed() / 1000, bytes: process.memoryUsage().heapUsed })
          if (count % SAMPLES_PER_KILL === 0) {
            yield* Effect.forEach(masters, ({ node }) => cluster.killClients(node), { discard: true })
          }
        }
        const { growth } = heapTrend(samples)
        return {
          violations:
            growth > ALLOWED_GROWTH_BYTES ? [`the heap grew by ${megabytes(growth)} over the soak`] : []
        }
      })
  }
}

export interface HeapTrend {
  readonly mean: number
  /** Bytes from the first sample after the warm-up to the last, along the line of least squares. */
  readonly growth: number
}

export const heapTrend = (all: ReadonlyArray<HeapSample>): HeapTrend => {
  const samples = all.slice(Math.floor(all.length * WARM_UP_SHARE))
  const count = samples.length
  const meanTime = samples.reduce((sum, { seconds }) => sum + seconds, 0) / count
  const mean = samples.reduce((sum, { bytes }) => sum + bytes, 0) / count
  let covariance = 0
  let variance = 0
  for (const { bytes, seconds } of samples) {
    covariance += (seconds - meanTime) * (bytes - mean)
    variance += (seconds - meanTime) ** 2
  }
  const slope = variance === 0 ? 0 : covariance / variance
  return { mean, growth: slope * (samples[count - 1].seconds - samples[0].seconds) }
}

export const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(2)} MiB`
