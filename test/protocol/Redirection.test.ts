import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { classifyError, errorKind, parseRedirectionError } from "../../src/protocol/Redirection.ts"

describe("parseRedirectionError reads", () => {
  it("MOVED with an IPv4 address", () => {
    expect(parseRedirectionError("MOVED 3999 127.0.0.1:6381")).toEqual({
      kind: "MOVED",
      slot: 3999,
      host: "127.0.0.1",
      port: 6381
    })
  })

  it("ASK with an IPv4 address", () => {
    expect(parseRedirectionError("ASK 3999 127.0.0.1:6381")).toEqual({
      kind: "ASK",
      slot: 3999,
      host: "127.0.0.1",
      port: 6381
    })
  })

  it("IPv6 as Redis writes it, the port after the last colon", () => {
    expect(parseRedirectionError("MOVED 1 ::1:7000")).toMatchObject({ host: "::1", port: 7000 })
    expect(parseRedirectionError("ASK 1 2001:db8::ff00:42:8329:7001")).toMatchObject({
      host: "2001:db8::ff00:42:8329",
      port: 7001
    })
  })

  it("IPv6 in brackets, which are taken off", () => {
    expect(parseRedirectionError("MOVED 1 [::1]:7000")).toMatchObject({ host: "::1", port: 7000 })
  })

  it("a host name", () => {
    expect(parseRedirectionError("MOVED 5 redis-0.cache.example.com:6379")).toMatchObject({
      host: "redis-0.cache.example.com",
      port: 6379
    })
  })

  it("an empty host, which means the node that answered", () => {
    expect(parseRedirectionError("MOVED 1 :7000")).toEqual({ kind: "MOVED", slot: 1, host: "", port: 7000 })
  })

  it("an unknown host as it stands", () => {
    expect(parseRedirectionError("MOVED 1 ?:7000")).toMatchObject({ host: "?", port: 7000 })
  })

  it("slot 0", () => {
    expect(parseRedirectionError("MOVED 0 h:1")).toEqual({ kind: "MOVED", slot: 0, host: "h", port: 1 })
  })

  it("slot 16383", () => {
    expect(parseRedirectionError("ASK 16383 h:1")?.slot).toBe(16383)
  })

  it("ports 1 and 65535", () => {
    expect(parseRedirectionError("MOVED 1 h:1")?.port).toBe(1)
    expect(parseRedirectionError("MOVED 1 h:65535")?.port).toBe(65535)
  })

  it("surplus spaces in front, between the words and behind", () => {
    expect(parseRedirectionError("  MOVED   3999    10.0.0.1:6381  ")).toEqual({
      kind: "MOVED",
      slot: 3999,
      host: "10.0.0.1",
      port: 6381
    })
  })

  it("whatever it is made of, for any slot, host and port", () => {
    const host = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.domain(),
      fc.constant(""),
      fc.stringMatching(/^[!-9;-Z\\^-~]{1,20}$/)
    )
    const spaces = fc.integer({ min: 1, max: 3 }).map((count) => " ".repeat(count))
    fc.assert(
      fc.property(
        fc.constantFrom("MOVED" as const, "ASK" as const),
        fc.integer({ min: 0, max: 16383 }),
        host,
        fc.integer({ min: 1, max: 65535 }),
        spaces,
        (kind, slot, host, port, blank) => {
          expect(parseRedirectionError(`${kind}${blank}${slot}${blank}${host}:${port}`)).toEqual({
            kind,
            slot,
            host,
            port
          })
        }
      ),
      { numRuns: 1000 }
    )
  })
})

describe("parseRedirectionError refuses", () => {
  it.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["another error", "ERR unknown command"],
    ["a kind alone", "MOVED"],
    ["a kind and a blank", "MOVED "],
    ["no endpoint", "MOVED 3999"],
    ["no endpoint behind a blank", "MOVED 3999 "],
    ["no slot", "MOVED 127.0.0.1:6381"],
    ["a kind in lower case", "moved 3999 127.0.0.1:6381"],
    ["a kind that goes on", "MOVEDX 3999 127.0.0.1:6381"],
    ["a kind within a word", "XASK 3999 127.0.0.1:6381"],
    ["the type byte of the reply", "-MOVED 3999 127.0.0.1:6381"],
    ["slot 16384", "MOVED 16384 127.0.0.1:6381"],
    ["slot -1", "MOVED -1 127.0.0.1:6381"],
    ["a signed slot", "MOVED +1 127.0.0.1:6381"],
    ["a slot that is no number", "MOVED abc 127.0.0.1:6381"],
    ["a fractional slot", "MOVED 1.5 127.0.0.1:6381"],
    ["a slot beyond every number", `MOVED ${"9".repeat(400)} 127.0.0.1:6381`],
    ["port 0", "MOVED 1 127.0.0.1:0"],
    ["port 65536", "MOVED 1 127.0.0.1:65536"],
    ["a port beyond every number", `MOVED 1 h:${"9".repeat(400)}`],
    ["a negative port", "MOVED 1 127.0.0.1:-1"],
    ["no port", "MOVED 1 127.0.0.1:"],
    ["no colon", "MOVED 1 127.0.0.1"],
    ["a port that is no number", "MOVED 1 127.0.0.1:63a1"],
    ["letters behind the port", "MOVED 1 127.0.0.1:6381x"],
    ["a blank within the endpoint", "MOVED 1 127.0.0.1: 6381"],
    ["a trailing word", "MOVED 1 127.0.0.1:6381 more"],
    ["a tab for a space", "MOVED\t1\t127.0.0.1:6381"],
    ["a tab before the endpoint", "MOVED 1 \t127.0.0.1:6381"],
    ["a line end behind it", "MOVED 1 127.0.0.1:6381\r\n"],
    ["a control character in the host", "MOVED 1 127.0\u0000.0.1:6381"]
  ])("%s", (_, message) => {
    expect(parseRedirectionError(message)).toBeUndefined()
  })

  it("or reads any text without throwing, and then within the ranges", () => {
    const pieces = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            "MOVED",
            "ASK",
            " ",
            "  ",
            ":",
            "::1",
            "16383",
            "65535",
            "-",
            "h",
            "\t",
            "\u{1f600}"
          ),
          fc.string({ maxLength: 3 }),
          fc.nat().map(String)
        ),
        { maxLength: 8 }
      )
      .map((parts) => parts.join(""))
    fc.assert(
      fc.property(fc.oneof(pieces, fc.string({ unit: "binary" })), (message) => {
        for (const text of [message, `MOVED ${message}`, `ASK 7 ${message}`]) {
          const read = parseRedirectionError(text)
          if (read === undefined) continue
          expect(read.slot >= 0 && read.slot <= 16383).toBe(true)
          expect(read.port >= 1 && read.port <= 65535).toBe(true)
          expect(text.includes(read.host)).toBe(true)
        }
      }),
      { numRuns: 2000 }
    )
  })
})

describe("errorKind", () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", "OOM"],
    ["ERR unknown command", "ERR"],
    ["NOAUTH", "NOAUTH"],
    ["  LOADING soon", "LOADING"],
    ["ERR\r\nof two lines", "ERR"],
    ["", ""],
    ["   ", ""]
  ])("of %j is %j", (message, kind) => {
    expect(errorKind(message)).toBe(kind)
  })
})

describe("classifyError", () => {
  it.each([
    ["MOVED 3999 127.0.0.1:6381", "Moved"],
    ["MOVED nowhere", "Moved"],
    ["ASK 3999 127.0.0.1:6381", "Ask"],
    ["TRYAGAIN Multiple keys request during rehashing of slot", "TryAgain"],
    ["CLUSTERDOWN Hash slot not served", "ClusterDown"],
    ["CLUSTERDOWN The cluster is down", "ClusterDown"],
    ["LOADING Redis is loading the dataset in memory", "Loading"],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "MasterDown"],
    ["READONLY You can't write against a read only replica.", "ReadOnly"],
    [
      "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
      "ReadOnly"
    ],
    ["UNBLOCKED client unblocked via CLIENT UNBLOCK", "Other"],
    ["CROSSSLOT Keys in request don't hash to the same slot", "CrossSlot"],
    ["ERR MOVED 1 h:1", "Other"],
    ["moved 1 h:1", "Other"],
    ["OOM command not allowed", "Other"],
    ["", "Other"]
  ])("calls %j %s", (message, expected) => {
    expect(classifyError(message)).toBe(expected)
  })

  it("takes any text without throwing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        expect(classifyError(message)).toBeTypeOf("string")
      })
    )
  })
})
