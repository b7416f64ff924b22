import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { PendingGroups } from "../../src/dataset/PendingGroups.ts"

describe("pending groups", () => {
  it("come out as they went in, whatever the room at the start", () => {
    const step = fc.oneof(
      fc.record({ first: fc.maxSafeNat(), keys: fc.integer({ min: 1, max: 1000 }) }),
      fc.constant("shift" as const)
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(step, { maxLength: 100 }), (capacity, steps) => {
        const pending = new PendingGroups(capacity)
        const model: Array<{ first: number; keys: number }> = []
        for (const step of steps) {
          if (step !== "shift") {
            pending.push(step.first, step.keys)
            model.push(step)
          } else if (model.length > 0) {
            expect([pending.first, pending.keys]).toEqual([model[0].first, model[0].keys])
            pending.shift()
            model.shift()
          }
          expect(pending.totalKeys).toBe(model.reduce((sum, { keys }) => sum + keys, 0))
        }
        expect(pending.drain()).toEqual(model)
        expect([pending.isEmpty, pending.totalKeys]).toEqual([true, 0])
      })
    )
  })

  it("lose their first keys one answer at a time", () => {
    const pending = new PendingGroups(2)
    pending.push(10, 5)
    pending.shorten(2, 16384)
    expect([pending.first, pending.keys, pending.totalKeys]).toEqual([10 + 2 * 16384, 3, 3])
  })
})
