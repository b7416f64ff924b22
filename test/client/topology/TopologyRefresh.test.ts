/** When the cluster is asked, on a clock that the test moves. */
import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { TopologyError } from "../../../src/client/ClusterError.ts"
import * as TopologyRefresh from "../../../src/client/topology/TopologyRefresh.ts"
import { singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"

const topology = singleNodeTopology("127.0.0.1", 7000)
const INTERVAL = Duration.minutes(1)
/** Of a pause, and what is added to it at random. */
const LONGEST = Duration.toMillis(TopologyRefresh.LONGEST_PAUSE) + 50

/** A cluster that answers at once, and when it was asked. */
const asked = (isNew: () => boolean = () => false) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const ask = Effect.map(Clock.currentTimeMillis, (now) => {
      times.push(now)
      return { topology, isNew: isNew() }
    })
    const refresh = yield* TopologyRefresh.make(ask, INTERVAL)
    return { times, refresh }
  })

describe("TopologyRefresh", () => {
  it.scoped("asks once for all who ask at the same time", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      let questions = 0
      const ask = Effect.suspend(() => {
        questions++
        return Effect.as(Deferred.await(gate), { topology, isNew: false })
      })
      const refresh = yield* TopologyRefresh.make(ask, INTERVAL)
      const fibers = yield* Effect.replicateEffect(Effect.fork(refresh.now), 100)
      yield* Effect.yieldNow()
      yield* Deferred.succeed(gate, undefined)
      expect(new Set(yield* Fiber.joinAll(fibers))).toEqual(new Set([topology]))
      expect(questions).toBe(1)
    })
  )

  it.scoped("asks soon, once for all reasons, and not before the pause is over", () =>
    Effect.gen(function* () {
      const { refresh, times } = yield* asked()
      yield* refresh.now
      for (let turn = 0; turn < 100; turn++) yield* refresh.soon
      yield* TestClock.adjust(Duration.toMillis(TopologyRefresh.MINIMUM_PAUSE) - 1)
      expect(times).toHaveLength(1)
      yield* TestClock.adjust(LONGEST)
      expect(times).toHaveLength(2)
      yield* TestClock.adjust("30 seconds")
      expect(times).toHaveLength(2)
      // Nobody has asked for long: at once.
      yield* refresh.soon
      yield* TestClock.adjust(1)
      expect(times).toHaveLength(3)
    })
  )

  it.scoped("asks again after a question that was under way when the reason arose", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      let questions = 0
      const ask = Effect.suspend(() => {
        questions++
        return Effect.as(Deferred.await(gate), { topology, isNew: false })
      })
      const refresh = yield* TopologyRefresh.make(ask, INTERVAL)
      const first = yield* Effect.fork(refresh.now)
      yield* Effect.yieldNow()
      yield* refresh.soon
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(first)
      yield* TestClock.adjust("1 seconds")
      expect(questions).toBe(2)
    })
  )

  it.scoped("asks at its interval, give or take a tenth, when there is no reason to", () =>
    Effect.gen(function* () {
      const { times } = yield* asked()
      yield* TestClock.adjust("10 minutes")
      expect(times.length).toBeGreaterThanOrEqual(9)
      expect(times.length).toBeLessThanOrEqual(11)
      const intervals = times.map((time, index) => time - (times[index - 1] ?? 0))
      for (const interval of intervals) {
        expect(interval).toBeGreaterThanOrEqual(54_000)
        expect(interval).toBeLessThanOrEqual(66_000)
      }
      expect(new Set(intervals).size).toBeGreaterThan(1)
    })
  )

  it.scoped(
    "asks again and again while somebody waits, less often when nothing is new, and then no more",
    () =>
      Effect.gen(function* () {
        let isNew = false
        const { refresh, times } = yield* asked(() => isNew)
        const change = yield* Deferred.make<void>()
        const waiting = yield* Effect.replicateEffect(
          Effect.fork(refresh.whileAwaiting(Deferred.await(change))),
          10
        )
        yield* TestClock.adjust("10 seconds")
        const pauses = times.slice(1).map((time, index) => time - times[index])
        expect(times.length).toBeGreaterThan(10_000 / (LONGEST + 10))
        for (const pause of pauses) {
          expect(pause).toBeGreaterThanOrEqual(200)
          expect(pause).toBeLessThanOrEqual(LONGEST)
        }
        expect(Math.min(...pauses.slice(-10))).toBeGreaterThanOrEqual(400)
        isNew = true
        yield* TestClock.adjust("2 seconds")
        expect(times.at(-1)! - times.at(-2)!).toBeLessThanOrEqual(250)
        yield* Deferred.succeed(change, undefined)
        yield* Fiber.joinAll(waiting)
        yield* TestClock.adjust("1 seconds")
        const count = times.length
        yield* TestClock.adjust("30 seconds")
        expect(times).toHaveLength(count)
      })
  )

  it.scoped("goes on after a question that failed", () =>
    Effect.gen(function* () {
      let questions = 0
      const failure = new TopologyError({ reason: "no", node: "a:1" })
      const refresh = yield* TopologyRefresh.make(
        Effect.suspend(() =>
          ++questions % 2 === 1 ? Effect.fail(failure) : Effect.succeed({ topology, isNew: true })
        ),
        INTERVAL
      )
      expect(yield* Effect.flip(refresh.now)).toBe(failure)
      yield* refresh.soon
      yield* TestClock.adjust("1 seconds")
      expect(questions).toBe(2)
      yield* TestClock.adjust("3 minutes")
      expect(questions).toBeGreaterThanOrEqual(4)
    })
  )

  it.effect("is not stuck when who had a reason goes away at the worst moment, whichever that is", () =>
    Effect.gen(function* () {
      for (let operations = 12; operations < 36; operations++) {
        for (const reason of ["soon", "whileAwaiting"] as const) {
          const scope = yield* Scope.make()
          const { refresh, times } = yield* Scope.extend(asked(), scope)
          const ask = reason === "soon" ? refresh.soon : refresh.whileAwaiting(Effect.never)
          // It has to yield after so many operations, which is when it is interrupted.
          const fiber = yield* Effect.fork(Effect.withMaxOpsBeforeYield(ask, operations))
          yield* Effect.yieldNow()
          yield* Fiber.interruptFork(fiber)
          yield* TestClock.adjust("500 millis")
          const before = times.length
          const later = yield* Effect.fork(ask)
          yield* TestClock.adjust("500 millis")
          expect(times.length, `${reason}, interrupted after ${operations} operations`).toBeGreaterThan(
            before
          )
          yield* Fiber.interrupt(later)
          yield* Scope.close(scope, Exit.void)
        }
      }
    })
  )

  it.effect("ends with its scope", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { refresh, times } = yield* Scope.extend(asked(), scope)
      yield* refresh.soon
      yield* Scope.close(scope, Exit.void)
      const count = times.length
      yield* refresh.soon
      yield* TestClock.adjust("10 minutes")
      expect(times).toHaveLength(count)
      expect(yield* Effect.flip(refresh.now)).toMatchObject({ _tag: "TopologyError" })
    })
  )
})
