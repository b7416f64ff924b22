import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  BEYOND_LETTERS,
  masterLetter,
  SHARED,
  slotCells,
  slotPicture,
  SLOTS_PER_CELL,
  UNSERVED
} from "../../../../src/app/repl/topology/SlotPicture.ts"
import { rangesOf } from "../../../../src/app/repl/topology/SlotText.ts"
import { SLOT_COUNT } from "../../../../src/protocol/HashSlot.ts"

/** The owner of each slot, -1 for none: a few long runs, as clusters have them. */
const ownership = fc
  .array(fc.tuple(fc.integer({ min: -1, max: 4 }), fc.integer({ min: 1, max: 6000 })), { maxLength: 12 })
  .map((runs) => {
    const owners = new Array<number>(SLOT_COUNT).fill(-1)
    let slot = 0
    for (const [owner, length] of runs) {
      for (const end = Math.min(SLOT_COUNT, slot + length); slot < end; slot++) owners[slot] = owner
    }
    return owners
  })

const rangesByOwner = (owners: ReadonlyArray<number>) =>
  [0, 1, 2, 3, 4].map((owner) => rangesOf(Array.from(owners.keys()).filter((slot) => owners[slot] === owner)))

describe("SlotPicture", () => {
  it("each character says the truth about its slots", () => {
    fc.assert(
      fc.property(ownership, (owners) => {
        const cells = slotCells(rangesByOwner(owners))
        expect(cells).toHaveLength(SLOT_COUNT / SLOTS_PER_CELL)
        Array.from(cells).forEach((cell, index) => {
          const part = new Set(owners.slice(index * SLOTS_PER_CELL, (index + 1) * SLOTS_PER_CELL))
          const [only] = part
          expect(cell).toBe(part.has(-1) ? UNSERVED : part.size > 1 ? SHARED : masterLetter(only))
        })
      }),
      { numRuns: 50 }
    )
  })

  it("is four lines, each with the number of its first slot", () => {
    const lines = slotPicture([[[0, 8191]], [[8192, 16383]]])
    expect(lines).toEqual([
      `    0 ${"A".repeat(64)}`,
      ` 4096 ${"A".repeat(64)}`,
      ` 8192 ${"B".repeat(64)}`,
      `12288 ${"B".repeat(64)}`
    ])
  })

  it("has a letter for each of sixty-two masters", () => {
    const letters = Array.from({ length: 62 }, (_, index) => masterLetter(index))
    expect(new Set(letters).size).toBe(62)
    expect(letters).not.toContain(BEYOND_LETTERS)
    expect(masterLetter(62)).toBe(BEYOND_LETTERS)
  })
})
