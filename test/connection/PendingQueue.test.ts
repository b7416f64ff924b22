import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { PendingQueue, type Settle } from "../../src/connection/PendingQueue.ts"
import * as Resp from "../../src/protocol/Resp.ts"

type Step =
  | { readonly kind: "push"; readonly count: number }
  | { readonly kind: "settle"; readonly count: number }
  | { readonly kind: "shrink" }

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    // Up to 40 at once, so that the ring of 16 wraps and doubles several times over.
    fc.record({ kind: fc.constant("push" as const), count: fc.integer({ min: 0, max: 40 }) }),
    fc.record({ kind: fc.constant("settle" as const), count: fc.integer({ min: 0, max: 45 }) }),
    fc.record({ kind: fc.constant("shrink" as const) })
  ),
  { maxLength: 60 }
)

describe("PendingQueue", () => {
  it("behaves as an array does, however it grows, wraps and shrinks", () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const queue = new PendingQueue()
        const model: Array<number> = []
        const settled: Array<readonly [serial: number, index: number, outcome: unknown]> = []
        let serial = 0
        for (const step of plan) {
          if (step.kind === "shrink") queue.shrink()
          for (let turn = 0; step.kind === "push" && turn < step.count; turn++) {
            const own = serial++
            // Any index a caller may hand in, up to the largest that fits.
            queue.push(
              (outcome, index) => settled.push([own, index, outcome]),
              (own * 7919) % 2 ** 32,
              `N${own}`,
              own
            )
            model.push(own)
          }
          for (let turn = 0; step.kind === "settle" && turn < step.count; turn++) {
            const outcome = Resp.integer(serial++)
            const expected = model.shift()
            if (expected !== undefined) {
              expect(queue.oldestName).toBe(`N${expected}`)
              expect(queue.oldestSweep).toBe(expected)
            }
            expect(queue.settleOldest(outcome)).toBe(expected !== undefined)
            if (expected !== undefined)
              expect(settled.pop()).toEqual([expected, (expected * 7919) % 2 ** 32, outcome])
            expect(settled).toHaveLength(0)
          }
          expect(queue.length).toBe(model.length)
        }
      })
    )
  })

  it("takes an entry that the one being settled adds", () => {
    const queue = new PendingQueue()
    const seen: Array<number> = []
    const again: Settle = (_, index) => {
      seen.push(index)
      if (index < 40) for (const next of [index * 2 + 1, index * 2 + 2]) queue.push(again, next, "PING", 0)
    }
    queue.push(again, 0, "PING", 0)
    while (queue.settleOldest(Resp.ok));
    expect(seen).toEqual(Array.from({ length: 81 }, (_, index) => index))
  })
})
