import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as SingleFlight from "../../src/connection/SingleFlight.ts"

/** More operations than a caller needs until it waits. */
const STEPS = 40
/** With fewer, a fiber does little but yield. */
const FEWEST_OPERATIONS = 12

const counted = Effect.gen(function* () {
  const gate = yield* Deferred.make<void>()
  const count = { started: 0, ended: 0 }
  const effect = Effect.gen(function* () {
    const run = ++count.started
    yield* Deferred.await(gate)
    count.ended++
    return run
  })
  return { count, effect, open: Deferred.succeed(gate, undefined) }
})

describe("SingleFlight", () => {
  it.scoped("runs once for all who ask meanwhile, and anew for who comes later", () =>
    Effect.gen(function* () {
      const { count, effect, open } = yield* counted
      const flight = yield* SingleFlight.make(effect, yield* Effect.scope, () => "closed")
      expect(flight.isRunning()).toBe(false)
      const fibers = yield* Effect.replicateEffect(Effect.fork(flight.join), 100)
      yield* Effect.yieldNow()
      expect(flight.isRunning()).toBe(true)
      yield* open
      expect(new Set(yield* Fiber.join(Fiber.all(fibers)))).toEqual(new Set([1]))
      expect(flight.isRunning()).toBe(false)
      expect(yield* flight.join).toBe(2)
      expect(count).toEqual({ started: 2, ended: 2 })
    })
  )

  it.scoped("shares a failure as well, and forgets it", () =>
    Effect.gen(function* () {
      let runs = 0
      const flight = yield* SingleFlight.make(
        Effect.suspend(() => Effect.zipRight(Effect.yieldNow(), Effect.fail(`failure ${++runs}`))),
        yield* Effect.scope,
        () => "closed"
      )
      const all = yield* Effect.all([Effect.flip(flight.join), Effect.flip(flight.join)], {
        concurrency: "unbounded"
      })
      expect(all).toEqual(["failure 1", "failure 1"])
      expect(yield* Effect.flip(flight.join)).toBe("failure 2")
    })
  )

  it.scoped("goes on when the caller who started it goes away", () =>
    Effect.gen(function* () {
      const { count, effect, open } = yield* counted
      const flight = yield* SingleFlight.make(effect, yield* Effect.scope, () => "closed")
      const first = yield* Effect.fork(flight.join)
      yield* Effect.yieldNow()
      const second = yield* Effect.fork(flight.join)
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      yield* open
      expect(yield* Fiber.join(second)).toBe(1)
      expect(count).toEqual({ started: 1, ended: 1 })
    })
  )

  it.scoped("is not stuck when a caller goes away at the worst moment, whichever that is", () =>
    Effect.gen(function* () {
      for (let operations = FEWEST_OPERATIONS; operations < STEPS; operations++) {
        const flight = yield* SingleFlight.make(Effect.yieldNow(), yield* Effect.scope, () => "closed")
        // It has to yield after so many operations, which is when it is interrupted.
        const fiber = yield* Effect.fork(Effect.withMaxOpsBeforeYield(flight.join, operations))
        yield* Effect.yieldNow()
        yield* Fiber.interruptFork(fiber)
        const later = yield* Effect.fork(flight.join)
        for (let turn = 0; turn < STEPS; turn++) yield* Effect.yieldNow()
        expect(later.unsafePoll(), `interrupted after ${operations} operations`).toEqual(Exit.void)
      }
    })
  )

  it.effect("fails who waits when its scope closes, and who comes after", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const flight = yield* SingleFlight.make(Effect.never, scope, () => "closed")
      const waiting = yield* Effect.fork(flight.join)
      yield* Effect.yieldNow()
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.await(waiting)).toEqual(Exit.fail("closed"))
      expect(yield* Effect.exit(flight.join)).toEqual(Exit.fail("closed"))
    })
  )

  it.effect("fails who asks while its scope closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const flight = yield* SingleFlight.make(Effect.yieldNow(), scope, () => "closed")
      const asked: Array<Exit.Exit<void, string>> = []
      yield* Scope.addFinalizer(
        scope,
        Effect.map(Effect.exit(flight.join), (exit) => void asked.push(exit))
      )
      yield* Scope.close(scope, Exit.void)
      expect(asked).toEqual([Exit.fail("closed")])
    })
  )
})
