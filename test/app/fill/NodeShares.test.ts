import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { nodeShares, spreadText } from "../../../src/app/fill/NodeShares.ts"
import { FillTally } from "../../../src/app/fill/FillTally.ts"
import { slotOfIndex } from "../../../src/dataset/KeyFormat.ts"
import { type ClusterTopology, moveSlots, singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../../src/protocol/HashSlot.ts"
import { settingsOf } from "./FillFixture.ts"

/** Node `a` has the slots below `border`, node `b` the others. */
const halves = (border: number): ClusterTopology =>
  moveSlots(
    singleNodeTopology("a", 1),
    Array.from({ length: SLOT_COUNT - border }, (_, slot) => ({ slot: border + slot, host: "b", port: 1 }))
  )

const tallyOf = (from: number, to: number): FillTally => {
  const tally = new FillTally(true)
  for (let index = from; index < to; index++) tally.add(index, 1, "a:1")
  return tally
}

describe("Shares of the masters", () => {
  it("are exactly those of their slots, whatever range of keys was written", () => {
    fc.assert(
      fc.property(fc.nat(40_000), fc.nat(40_000), fc.nat(SLOT_COUNT), (from, length, border) => {
        const settings = settingsOf(0, { isCluster: true, range: { from, to: from + length } })
        const topology = halves(border)
        const shares = nodeShares({ settings, topology, tally: tallyOf(from, from + length) })
        expect(shares.map(({ expected }) => expected)).toEqual(shares.map(({ keys }) => keys))
        expect(shares.reduce((sum, { keys }) => sum + keys, 0)).toBe(length)
        expect(shares.reduce((sum, { slots }) => sum + slots, 0)).toBe(SLOT_COUNT)
      }),
      { numRuns: 30 }
    )
  })

  it("count a key once that was sent twice, and tell what is lacking", () => {
    const settings = settingsOf(SLOT_COUNT, { isCluster: true })
    const tally = tallyOf(0, SLOT_COUNT - 10)
    tally.add(0, 1, "a:1")
    const [a, b] = nodeShares({ settings, tally, topology: halves(SLOT_COUNT / 2) })
    expect([a.expected, b.expected]).toEqual([SLOT_COUNT / 2, SLOT_COUNT / 2])
    expect(a.keys + b.keys).toBe(SLOT_COUNT - 10)
    const lacking = Array.from({ length: 10 }, (_, key) => slotOfIndex(SLOT_COUNT - 1 - key))
    const ofA = lacking.filter((slot) => slot < SLOT_COUNT / 2).length
    expect(spreadText([a, b], a.keys + b.keys)[0]).toMatch(
      new RegExp(`50.00 % of the slots, ${ofA} keys of its slots are not written$`)
    )
  })

  it("say of a small fill that it is uneven only where it is", () => {
    const settings = settingsOf(7, { isCluster: true })
    const even = nodeShares({ settings, tally: tallyOf(0, 7), topology: halves(SLOT_COUNT / 2) })
    expect(spreadText(even, 7).join()).not.toContain("uneven")
    // The few slots that the keys fall into are nearly all of one node's.
    const moves = Array.from({ length: 7 }, (_, index) => ({ slot: slotOfIndex(index), host: "c", port: 1 }))
    const uneven = nodeShares({ settings, tally: tallyOf(0, 7), topology: moveSlots(halves(8192), moves) })
    expect(spreadText(uneven, 7).filter((line) => line.includes("WARNING: uneven"))).toHaveLength(3)
  })
})
