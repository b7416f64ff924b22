import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { rangesOf, slotCount, slotsText } from "../../../../src/app/repl/topology/SlotText.ts"
import { parseNodes } from "../../../../src/app/repl/topology/NodesText.ts"
import { SLOT_COUNT } from "../../../../src/protocol/HashSlot.ts"

const slotSets = fc.uniqueArray(fc.integer({ min: 0, max: SLOT_COUNT - 1 }), { maxLength: 300 })

describe("SlotText", () => {
  it("writes ranges as CLUSTER NODES does", () => {
    expect(
      slotsText([
        [0, 5460],
        [5462, 5462]
      ])
    ).toBe("0-5460 5462")
    expect(slotsText([])).toBe("")
  })

  it("ranges hold the slots, all of them and no other, and are as few as can be", () => {
    fc.assert(
      fc.property(slotSets, (set) => {
        const slots = set.toSorted((a, b) => a - b)
        const ranges = rangesOf(slots)
        expect(
          ranges.flatMap(([first, last]) => slots.filter((slot) => first <= slot && slot <= last))
        ).toEqual(slots)
        expect(slotCount(ranges)).toBe(slots.length)
        for (let index = 1; index < ranges.length; index++) {
          expect(ranges[index][0]).toBeGreaterThan(ranges[index - 1][1] + 1)
        }
      })
    )
  })

  it("what it writes is what CLUSTER NODES is read from", () => {
    fc.assert(
      fc.property(slotSets, (set) => {
        const ranges = rangesOf(set.toSorted((a, b) => a - b))
        const line = `a1 10.0.0.1:7000@17000 myself,master - 0 0 1 connected ${slotsText(ranges)}`
        expect(parseNodes(line)[0].slots).toEqual(ranges)
      })
    )
  })
})
