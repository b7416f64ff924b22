import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { calculateSlot, SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { SLOT_TAG_LENGTH, slotTag } from "../../src/protocol/SlotTags.ts"
import { brokenText } from "../support/RespArbitrary.ts"

const slots = Array.from({ length: SLOT_COUNT }, (_, slot) => slot)

describe("slotTag", () => {
  it("gives every slot a tag of that slot", () => {
    expect(slots.filter((slot) => calculateSlot(slotTag(slot)) !== slot)).toEqual([])
  })

  it("gives tags of three printable characters without braces, all different", () => {
    const tags = slots.map(slotTag)
    expect(tags.filter((tag) => !/^[0-9A-Za-z_-]{3}$/.test(tag))).toEqual([])
    expect(SLOT_TAG_LENGTH).toBe(3)
    expect(new Set(tags).size).toBe(SLOT_COUNT)
  })

  it("makes a key of the slot whatever follows the tag", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: SLOT_COUNT - 1 }), brokenText, (slot, rest) => {
        expect(calculateSlot(`{${slotTag(slot)}}${rest}`)).toBe(slot)
      }),
      { numRuns: 1000 }
    )
  })

  it("never changes: keys filled by an earlier version are found again", () => {
    expect([0, 1, 8191, 16383].map(slotTag)).toEqual(["06S", "2Gx", "5H-", "6ZJ"])
    expect(createHash("sha256").update(slots.map(slotTag).join("")).digest("hex")).toBe(
      "cff76a7b79473cd8d256500d21f1da23c168d6e44c29eaf28ea0b4b871f30834"
    )
  })
})
