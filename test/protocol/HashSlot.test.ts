import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { calculateSlot, crc16, SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { brokenText, bytes } from "../support/RespArbitrary.ts"

/** The checksum bit by bit, as its definition reads. */
const referenceCrc16 = (data: Uint8Array): number => {
  let crc = 0
  for (const byte of data) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return crc
}

/** The rule of the cluster specification, in the words of its example. */
const referenceSlot = (key: Buffer): number => {
  const text = key.toString("latin1")
  const opening = text.indexOf("{")
  const closing = opening < 0 ? -1 : text.indexOf("}", opening + 1)
  const tag = closing > opening + 1 ? key.subarray(opening + 1, closing) : key
  return referenceCrc16(tag) % 16384
}

describe("crc16", () => {
  it("gives the check value of CRC16 XMODEM", () => {
    expect(crc16(Buffer.from("123456789"))).toBe(0x31c3)
  })

  it("is 0 for no bytes, and reads the range it is given", () => {
    expect(crc16(new Uint8Array(0))).toBe(0)
    expect(crc16(Buffer.from("<<123456789>>"), 2, 11)).toBe(0x31c3)
  })

  it("agrees with the definition, bit by bit", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(crc16(data)).toBe(referenceCrc16(data))
      })
    )
  })
})

describe("calculateSlot", () => {
  it.each([
    ["123456789", 12739],
    ["key{tag}", 8338],
    ["tag", 8338],
    ["foo{}{bar}", 8363],
    ["foo{{bar}}zap", 4015],
    ["foo{bar}{zap}", 5061],
    ["", 0],
    ["foo", 12182]
  ])("puts %j in slot %i", (key, slot) => {
    expect(calculateSlot(key)).toBe(slot)
    expect(calculateSlot(Buffer.from(key))).toBe(slot)
  })

  it("takes a tag wherever it stands in the key", () => {
    const slot = calculateSlot("user1000")
    for (const key of ["{user1000}", "a{user1000}", "{user1000}b", "a{user1000}b{c}", "é{user1000}"]) {
      expect(calculateSlot(key)).toBe(slot)
    }
  })

  it("takes the whole key when the tag is empty, unclosed or closed before it opens", () => {
    for (const key of ["{}", "a{}b", "{", "}", "a{b", "}{", "a}b{c"]) {
      expect(calculateSlot(key)).toBe(referenceCrc16(Buffer.from(key)) % SLOT_COUNT)
    }
  })

  it("reads a number and a bigint as their decimal text", () => {
    expect(calculateSlot(12345)).toBe(calculateSlot("12345"))
    expect(calculateSlot(-7n)).toBe(calculateSlot("-7"))
  })

  it("reads a Uint8Array that is a window into a larger buffer", () => {
    const holder = Uint8Array.from(Buffer.from("xx{tag}yy"))
    expect(calculateSlot(holder.subarray(2, 7))).toBe(8338)
  })

  it("stays within 0 to 16383 for text, lone surrogates included, and agrees with its UTF-8 bytes", () => {
    fc.assert(
      fc.property(fc.oneof(brokenText, withBraces(brokenText)), (key) => {
        const slot = calculateSlot(key)
        expect(slot).toBe(referenceSlot(Buffer.from(key)))
        expect(slot).toBe(calculateSlot(Buffer.from(key)))
        expect(slot >= 0 && slot < SLOT_COUNT && Number.isInteger(slot)).toBe(true)
      }),
      { numRuns: 2000 }
    )
  })

  it("agrees with the specification for bytes", () => {
    const braces = fc.array(fc.constantFrom(0x7b, 0x7d, 0x61, 0xff), { maxLength: 12 })
    fc.assert(
      fc.property(braces, (list) => {
        expect(calculateSlot(Uint8Array.from(list))).toBe(referenceSlot(Buffer.from(list)))
      }),
      { numRuns: 1000 }
    )
  })
})

const withBraces = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.constantFrom("{", "}", "a", "é", "\u{1f600}"), text), { maxLength: 8 })
    .map((parts) => parts.join(""))
