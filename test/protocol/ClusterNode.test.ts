import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatAddress, parseAddress } from "../../src/protocol/ClusterNode.ts"

describe("formatAddress", () => {
  it("puts IPv6 in brackets and nothing else", () => {
    expect(formatAddress("127.0.0.1", 7000)).toBe("127.0.0.1:7000")
    expect(formatAddress("redis.example", 1)).toBe("redis.example:1")
    expect(formatAddress("::1", 7000)).toBe("[::1]:7000")
  })
})

describe("parseAddress", () => {
  it("reads back what formatAddress writes", () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain())
    fc.assert(
      fc.property(host, fc.integer({ min: 1, max: 65535 }), (host, port) => {
        expect(parseAddress(formatAddress(host, port))).toEqual({ host, port })
      })
    )
  })

  it.each([
    "",
    ":",
    "h",
    "h:",
    ":7000",
    "[]:7000",
    "h:0",
    "h:65536",
    "h:-1",
    "h:7a",
    "h: 7",
    "h h:7",
    "h\t:7",
    "::1:7000",
    "::1",
    "[::1]",
    "[::1]7000",
    "[h]:7000",
    "[::1:7000",
    "::1]:7000",
    "h:7000 "
  ])("refuses %j", (text) => {
    expect(parseAddress(text)).toBeUndefined()
  })

  it("never throws, and reads nothing that formatAddress would not write", () => {
    const pieces = fc.array(fc.constantFrom("[", "]", ":", "::1", "h", "7000", " "), { maxLength: 8 })
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("")
        const read = parseAddress(text)
        expect(read === undefined || formatAddress(read.host, read.port) === text).toBe(true)
      })
    )
  })
})
