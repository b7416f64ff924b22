/** When commands are sent again, on a clock that the test moves. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as fc from "fast-check"
import * as Backoff from "../../src/client/Backoff.ts"
import * as ClusterConfig from "../../src/client/ClusterConfig.ts"
import { type ClientError, TryAgainError } from "../../src/client/ClusterError.ts"

const seeds = [{ host: "127.0.0.1", port: 7000 }]
const failure = new TryAgainError({ reply: "TRYAGAIN", node: "127.0.0.1:7000", command: "MSET" })

/** When an effect that always fails is tried: the waits between its attempts, in milliseconds. */
const waits = (schedule: Schedule.Schedule<unknown, ClientError>, seed: number) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const attempt = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      times.push(now)
      return Effect.fail<ClientError>(failure)
    })
    const fiber = yield* Effect.fork(
      Effect.retry(attempt, schedule).pipe(Effect.withRandom(Random.make(seed)))
    )
    // Stops at each wait on the way.
    yield* TestClock.adjust("1 hours")
    expect(yield* Fiber.await(fiber)).toEqual(Exit.fail(failure))
    return times.slice(1).map((time, index) => time - times[index])
  })

/** Within 20 % of the wait, and rounded. */
const expectWaits = (actual: ReadonlyArray<number>, expected: ReadonlyArray<number>): void => {
  expect(actual).toHaveLength(expected.length)
  for (const [index, wait] of actual.entries()) {
    expect(wait).toBeGreaterThanOrEqual(expected[index] * 0.8 - 1)
    expect(wait).toBeLessThanOrEqual(expected[index] * 1.2 + 1)
  }
}

describe("Backoff.tryAgain", () => {
  it.effect("waits 100, 200 and 400 ms, then no more", () =>
    Effect.gen(function* () {
      for (const seed of [1, 2, 3]) {
        expectWaits(yield* waits(Backoff.tryAgain(ClusterConfig.make({ seeds })), seed), [100, 200, 400])
      }
    })
  )

  it.effect("is jittered: callers who failed together do not come back together", () =>
    Effect.gen(function* () {
      const schedule = Backoff.tryAgain(ClusterConfig.make({ seeds }))
      const [first, second] = [yield* waits(schedule, 1), yield* waits(schedule, 2)]
      expect(first).not.toEqual(second)
    })
  )

  it.effect("waits no longer than a second, however often it has doubled", () =>
    Effect.gen(function* () {
      const config = ClusterConfig.make({ seeds, maxRetries: 6, retryDelay: "150 millis" })
      expectWaits(yield* waits(Backoff.tryAgain(config), 1), [150, 300, 600, 1000, 1000, 1000])
    })
  )

  it.effect("does not wait when there are to be no retries", () =>
    Effect.gen(function* () {
      const config = ClusterConfig.make({ seeds, maxRetries: 0 })
      expect(yield* waits(Backoff.tryAgain(config), 1)).toEqual([])
    })
  )

  it.effect("gives way to a schedule of the caller's own", () =>
    Effect.gen(function* () {
      const tryAgainSchedule = Schedule.intersect(Schedule.spaced("7 millis"), Schedule.recurs(2))
      const config = ClusterConfig.make({ seeds, tryAgainSchedule })
      expect(yield* waits(Backoff.tryAgain(config), 1)).toEqual([7, 7])
    })
  )

  it("never waits less than 80 % of the first wait nor more than 1.2 s, whatever is configured", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 8 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.integer(),
        (maxRetries, retryDelay, seed) => {
          const schedule = Backoff.tryAgain(ClusterConfig.make({ seeds, maxRetries, retryDelay }))
          const delays = Effect.runSync(
            Schedule.run(
              Schedule.delays(schedule),
              0,
              Array.from({ length: 20 }, () => failure)
            ).pipe(Effect.withRandom(Random.make(seed)))
          )
          // The last is of the decision to stop, which nobody waits for.
          const waited = Array.from(delays, Duration.toMillis).slice(0, maxRetries)
          expect(waited).toHaveLength(maxRetries)
          for (const [index, wait] of waited.entries()) {
            const planned = Math.min(1000, retryDelay * 2 ** index)
            expect(wait).toBeGreaterThanOrEqual(planned * 0.8 - 1)
            expect(wait).toBeLessThanOrEqual(planned * 1.2 + 1)
          }
        }
      )
    )
  })
})

describe("Backoff.unavailable", () => {
  it.effect("waits 100 ms doubling to a second, for 15 s", () =>
    Effect.gen(function* () {
      const actual = yield* waits(Backoff.unavailable(ClusterConfig.make({ seeds })), 1)
      expectWaits(actual.slice(0, 6), [100, 200, 400, 800, 1000, 1000])
      for (const wait of actual.slice(4)) expect(wait).toBeLessThanOrEqual(1210)
      const total = actual.reduce((sum, wait) => sum + wait, 0)
      expect(total).toBeGreaterThan(14_000)
      expect(total).toBeLessThan(17_000)
    })
  )

  it.effect("ends with a deadline of the caller's", () =>
    Effect.gen(function* () {
      const config = ClusterConfig.make({ seeds, availabilityDeadline: "500 millis" })
      const total = (yield* waits(Backoff.unavailable(config), 1)).reduce((sum, wait) => sum + wait, 0)
      expect(total).toBeGreaterThan(200)
      expect(total).toBeLessThan(1000)
    })
  )
})
