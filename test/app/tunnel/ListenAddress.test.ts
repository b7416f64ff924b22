import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { isLoopback, parseListenAddress } from "../../../src/app/tunnel/ListenAddress.ts"
import { formatAddress } from "../../../src/protocol/ClusterTopology.ts"

const parsed = (given: string) => {
  const converted = parseListenAddress(given)
  return "value" in converted ? converted.value : converted.problem
}

describe("ListenAddress", () => {
  it("is a port of loopback, or an address and a port", () => {
    expect(parsed("6379")).toEqual({ host: "127.0.0.1", port: 6379 })
    expect(parsed("0")).toEqual({ host: "127.0.0.1", port: 0 })
    expect(parsed("0.0.0.0:7000")).toEqual({ host: "0.0.0.0", port: 7000 })
    expect(parsed("[::]:7000")).toEqual({ host: "::", port: 7000 })
    expect(parsed("localhost:0")).toEqual({ host: "localhost", port: 0 })
  })

  it.each([
    "",
    ":",
    ":6379",
    "x",
    "6379:",
    "-1",
    "65536",
    "1.5",
    "::1:6379",
    "[x]:1",
    "a b:1",
    "a:b:1",
    "[127.0.0.1]:1"
  ])("is not %j", (given) => {
    expect(parsed(given)).toBe("not an address to listen at")
  })

  it("reads what it is written as", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), fc.nat(65535), (host, port) => {
        expect(parsed(formatAddress(host, port))).toEqual({ host, port })
      })
    )
  })

  it("knows what only this machine can reach", () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"]) expect(isLoopback(host)).toBe(true)
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.example", "example"])
      expect(isLoopback(host)).toBe(false)
  })
})
