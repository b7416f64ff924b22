/**
 * How long this process was kept from running: time that a bound must not
 * count, since on a busy machine it says nothing about the program.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface StallMeter {
  /** Milliseconds within a span of time, by `performance.now`, in which timers that were due did not run. */
  between(from: number, to: number): number
}

const TICK_MS = 10
/** Later than this, a tick is a stall and not the timer's own imprecision. */
const TOLERANCE_MS = 2
/** So many are remembered, those of the last minute and a half at least, so that a soak's heap stays flat. */
const MOST_STALLS = 8192

/** Measures until the scope closes. */
export const measureStalls: Effect.Effect<StallMeter, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => {
      const stalls = { starts: new Float64Array(MOST_STALLS), ends: new Float64Array(MOST_STALLS), count: 0 }
      const latest = { at: performance.now() }
      const timer = setInterval(() => {
        const now = performance.now()
        if (now - latest.at > TICK_MS + TOLERANCE_MS) {
          const place = stalls.count++ % MOST_STALLS
          stalls.starts[place] = latest.at + TICK_MS
          stalls.ends[place] = now
        }
        latest.at = now
      }, TICK_MS)
      return { stalls, latest, timer }
    }),
    ({ timer }) => Effect.sync(() => clearInterval(timer))
  ),
  ({ latest, stalls }) => ({
    between: (from, to) => {
      const shared = (start: number, end: number): number =>
        Math.max(0, Math.min(end, to) - Math.max(start, from))
      // What has not ended yet is one as well.
      return stalls.starts.reduce(
        (sum, start, place) => sum + shared(start, stalls.ends[place]),
        shared(latest.at + TICK_MS, performance.now())
      )
    }
  })
)

/** As `Effect.timed`, without the time in which this process was kept from running. */
export const timedNet = <A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<readonly [Duration.Duration, A], E, R> =>
  Effect.scoped(
    Effect.gen(function* () {
      const stalls = yield* measureStalls
      const startedAt = performance.now()
      const value = yield* effect
      const now = performance.now()
      return [Duration.millis(now - startedAt - stalls.between(startedAt, now)), value] as const
    })
  )
