import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { batchesOf, isBatchable } from "../../../../src/app/repl/pipe/BatchPlan.ts"

const cluster = { isCluster: true, learned: new Map() }
const server = { isCluster: false, learned: new Map() }

describe("isBatchable", () => {
  it.each([
    ["SET k v", true],
    ["MGET {a}1 {a}2", true],
    ["ECHO hello", true],
    ["EVAL s 1 k", true],
    ["XREAD STREAMS s 0", true],
    // In parts.
    ["MGET a b", true],
    ["DEL a b c", true],
    // Refused.
    ["SINTER a b", false],
    ["MSETNX a 1 b 2", false],
    // Several nodes.
    ["FLUSHALL", false],
    ["DBSIZE", false],
    ["SCRIPT LOAD s", false],
    // Any node, but in their order.
    ["PUBLISH channel message", false],
    ["EVAL s 0", false],
    // May wait, or is of the connection.
    ["BLPOP k 0", false],
    ["XREAD BLOCK 0 STREAMS s $", false],
    ["MULTI", false],
    ["WATCH k", false],
    ["NOSUCH k", false]
  ])("in a cluster, %s: %s", (line, expected) => {
    expect(isBatchable(line.split(" "), cluster)).toBe(expected)
  })

  it("on one server, everything that does not block", () => {
    for (const line of ["MGET a b", "FLUSHALL", "PUBLISH c m", "NOSUCH k"])
      expect(isBatchable(line.split(" "), server), line).toBe(true)
    expect(isBatchable(["BLPOP", "k", "0"], server)).toBe(false)
  })
})

describe("batchesOf", () => {
  it("changes no order and loses nothing; what cannot stand with others is alone; no batch could be joined", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (flags) => {
        const commands = flags.map((isSocial, index) => ({ isSocial, index }))
        const batches = batchesOf(commands, ({ isSocial }) => isSocial)
        expect(batches.flat()).toEqual(commands)
        for (const [index, batch] of batches.entries()) {
          expect(batch.length).toBeGreaterThan(0)
          if (!batch[0].isSocial) expect(batch).toHaveLength(1)
          else expect(batches[index + 1]?.[0].isSocial).not.toBe(true)
        }
      })
    )
  })
})
