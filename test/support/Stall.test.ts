/** The time in which a process did not run is told from the time in which it waited. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { measureStalls, timedNet } from "./Stall.ts"

const BLOCKED_MS = 200

const block = Effect.sync(() => {
  const end = performance.now() + BLOCKED_MS
  while (performance.now() < end);
})

describe("Stall", () => {
  it.live("leaves out what the process was kept from running, and nothing of what was waited for", () =>
    Effect.gen(function* () {
      const program = Effect.zipRight(Effect.zipRight(Effect.sleep(50), block), Effect.sleep(BLOCKED_MS))
      const [elapsed, [net]] = yield* Effect.timed(timedNet(program))
      expect(Duration.toMillis(elapsed) - Duration.toMillis(net)).toBeGreaterThan(BLOCKED_MS / 2)
      // On a busy machine a wait is stalled as well: until one is not.
      yield* Effect.repeat(timedNet(Effect.sleep(50)), {
        until: ([waited]) => Duration.toMillis(waited) > 40
      })
    })
  )

  it.scopedLive("counts the part of a stall that lies within the span", () =>
    Effect.gen(function* () {
      const stalls = yield* measureStalls
      yield* Effect.sleep(20)
      const from = performance.now()
      yield* block
      const to = performance.now()
      yield* Effect.sleep(20)
      expect(stalls.between(from, to)).toBeGreaterThan(BLOCKED_MS / 2)
      expect(stalls.between(from, to)).toBeLessThanOrEqual(to - from)
      expect(stalls.between(from - 1000, from - 900)).toBe(0)
    })
  )
})
