import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { formatSize, GIBIBYTE, KIBIBYTE, MEBIBYTE, parseSize } from "../../src/app/Size.ts"

describe("Size", () => {
  it.each([
    ["0", 0],
    ["512", 512],
    ["1KB", KIBIBYTE],
    ["1KiB", KIBIBYTE],
    ["1kb", KIBIBYTE],
    ["500MB", 500 * MEBIBYTE],
    ["500 mib", 500 * MEBIBYTE],
    ["2GB", 2 * GIBIBYTE],
    ["2g", 2 * GIBIBYTE],
    ["1.5KB", 1536],
    ["0.1 KiB", 103],
    [".5KB", 512],
    ["  7b ", 7],
    ["8TB", 8 * 1024 * GIBIBYTE]
  ])("%s is %d bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it("a bare number counts in the caller's unit, and may be fractional", () => {
    expect(parseSize("1", GIBIBYTE)).toBe(GIBIBYTE)
    expect(parseSize("0.1", GIBIBYTE)).toBe(107_374_183)
    expect(parseSize("5MB", GIBIBYTE)).toBe(5 * MEBIBYTE)
  })

  it.each([
    "",
    "abc",
    "-1",
    "1.",
    "1e3",
    "0x10",
    "1 2",
    "1PB",
    "KB",
    "1,5",
    "9999999999GB",
    "NaN",
    "Infinity"
  ])("%s is no size", (text) => {
    expect(parseSize(text)).toBe(undefined)
  })

  it("every fraction is rounded up to whole bytes, without error", () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.nat(999_999),
        fc.constantFrom("KB", "mb", "GiB"),
        (whole, millionths, unit) => {
          const text = `${whole}.${String(millionths).padStart(6, "0")}`
          const bytesPerUnit = BigInt(parseSize(`1${unit}`)!)
          const scaled = (BigInt(whole) * 1_000_000n + BigInt(millionths)) * bytesPerUnit
          const bytes = BigInt(parseSize(text + unit)!)
          expect(bytes * 1_000_000n >= scaled && (bytes - 1n) * 1_000_000n < scaled).toBe(true)
        }
      )
    )
  })

  it("never throws, and what it takes is a whole number of bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[\d.]{1,24} ?[KkMmGgTtIi]{0,2}[Bb]?$/)),
        (text) => {
          const bytes = parseSize(text)
          expect(bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true)
        }
      )
    )
  })

  it("shows sizes for people", () => {
    expect(formatSize(1)).toBe("1 byte")
    expect(formatSize(1023)).toBe("1023 bytes")
    expect(formatSize(1536)).toBe("1.5 KiB")
    expect(formatSize(512 * MEBIBYTE)).toBe("512 MiB")
    expect(formatSize(1.25 * GIBIBYTE)).toBe("1.25 GiB")
  })
})
