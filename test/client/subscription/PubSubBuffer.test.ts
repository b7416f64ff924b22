import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import { Message, type SubscriptionEvent } from "../../../src/client/subscription/PubSubEvent.ts"
import { SubscriptionBuffer } from "../../../src/client/subscription/SubscriptionBuffer.ts"
import { TopologyError } from "../../../src/client/ClusterError.ts"

const message = (text: string): Message => new Message("c", undefined, Buffer.from(text))

const textOf = (event: SubscriptionEvent): string =>
  event._tag === "Gap" ? `${event.reason}: ${event.channels.join(" ")}` : event.text

const takeNow = (buffer: SubscriptionBuffer): ReadonlyArray<string> =>
  Array.from(Effect.runSync(buffer.take), textOf)

describe("SubscriptionBuffer", () => {
  it("keeps no more bytes than it may, except for a single message", () => {
    const buffer = new SubscriptionBuffer(100, 10)
    buffer.offer(message("0123456789abc"), "c")
    buffer.offer(message("x"), "c")
    expect(takeNow(buffer)).toEqual(["0123456789abc", "Overflow: c"])
    buffer.offer(message("01234"), "c")
    buffer.offer(message("56789"), "c")
    buffer.offer(message("a"), "d")
    buffer.offer(message(""), "e")
    expect(takeNow(buffer)).toEqual(["01234", "56789", "Overflow: d e"])
  })

  it("does not grow by interruptions", () => {
    const buffer = new SubscriptionBuffer(2, 10)
    for (let round = 0; round < 5; round++) buffer.interrupt(["a"])
    buffer.interrupt(["b"])
    expect(takeNow(buffer)).toEqual(["Interrupted: a", "Interrupted: a", "Overflow: a b"])
  })

  it.effect("gives what there is before it ends", () =>
    Effect.gen(function* () {
      const error = new TopologyError({ reason: "gone", node: "-" })
      const buffer = new SubscriptionBuffer(2, 10)
      buffer.offer(message("a"), "c")
      buffer.close(error)
      buffer.close()
      expect(takeNow(buffer)).toEqual(["a"])
      expect(yield* Effect.flip(buffer.take)).toEqual(Option.some(error))
    })
  )

  it.effect("wakes the reader once for all that came in one turn, and at the end", () =>
    Effect.gen(function* () {
      const buffer = new SubscriptionBuffer(10, 100)
      const first = yield* Effect.fork(buffer.take)
      yield* Effect.yieldNow()
      for (const text of ["a", "b", "c"]) buffer.offer(message(text), "c")
      expect(Chunk.toReadonlyArray(yield* Fiber.join(first)).map(textOf)).toEqual(["a", "b", "c"])
      const last = yield* Effect.fork(Effect.flip(buffer.take))
      yield* Effect.yieldNow()
      buffer.close()
      expect(yield* Fiber.join(last)).toEqual(Option.none())
    })
  )

  it.effect("loses nothing to a reader that went away", () =>
    Effect.gen(function* () {
      const buffer = new SubscriptionBuffer(10, 100)
      const gone = yield* Effect.fork(buffer.take)
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(gone)
      buffer.offer(message("a"), "c")
      expect(takeNow(buffer)).toEqual(["a"])
    })
  )

  it("is never beyond its capacity, keeps the order, and has a gap exactly where something is missing", () => {
    const steps = fc.array(fc.oneof(fc.constant("take" as const), fc.nat(3)), { maxLength: 60 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (steps, capacity) => {
        const buffer = new SubscriptionBuffer(capacity, Infinity)
        let sent = 0
        const seen: Array<string> = []
        const read = (): void => {
          const taken = takeNow(buffer)
          expect(taken.length).toBeLessThanOrEqual(capacity + 1)
          seen.push(...taken)
        }
        let waiting = 0
        for (const step of steps) {
          if (step === "take") {
            if (waiting > 0) read()
            waiting = 0
          } else {
            for (let count = 0; count < step; count++) buffer.offer(message(String(sent++)), "c")
            waiting += step
          }
        }
        if (waiting > 0) read()
        let expected = 0
        for (const event of seen) {
          if (event.startsWith("Overflow")) expected = -1
          else {
            if (expected >= 0) expect(Number(event)).toBe(expected)
            else expect(Number(event)).toBeGreaterThan(Number(seen[seen.indexOf(event) - 2]))
            expected = Number(event) + 1
          }
        }
        if (expected >= 0) expect(expected).toBe(sent)
      })
    )
  })
})
