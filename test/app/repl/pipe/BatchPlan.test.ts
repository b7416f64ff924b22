import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { batchesOf, batchKind, type BatchKind } from "../../../../src/app/repl/pipe/BatchPlan.ts"

const cluster = { isCluster: true, learned: new Map() }
const server = { isCluster: false, learned: new Map() }

describe("batchKind", () => {
  it.each([
    ["SET k v", "keys"],
    ["MGET {a}1 {a}2", "keys"],
    ["ECHO hello", "keys"],
    ["EVAL s 1 k", "keys"],
    ["XREAD STREAMS s 0", "keys"],
    // In parts.
    ["MGET a b", "keys"],
    ["DEL a b c", "keys"],
    // Refused.
    ["SINTER a b", undefined],
    ["MSETNX a 1 b 2", undefined],
    // Several nodes.
    ["FLUSHALL", undefined],
    ["DBSIZE", undefined],
    ["SCRIPT LOAD s", undefined],
    // Any node, but one for all.
    ["PUBLISH channel message", "no keys"],
    ["EVAL s 0", "no keys"],
    // May wait, or is of the connection.
    ["BLPOP k 0", undefined],
    ["XREAD BLOCK 0 STREAMS s $", undefined],
    ["MULTI", undefined],
    ["WATCH k", undefined],
    ["NOSUCH k", undefined]
  ])("in a cluster, %s: %s", (line, expected) => {
    expect(batchKind(line.split(" "), cluster)).toBe(expected)
  })

  it("on one server, everything that does not block", () => {
    for (const line of ["MGET a b", "FLUSHALL", "PUBLISH c m", "NOSUCH k"])
      expect(batchKind(line.split(" "), server), line).toBe("keys")
    expect(batchKind(["BLPOP", "k", "0"], server)).toBeUndefined()
  })
})

describe("batchesOf", () => {
  const kinds: ReadonlyArray<BatchKind | undefined> = ["keys", "no keys", undefined]

  it("changes no order and loses nothing; a batch is of one kind, or one command; no two could be joined", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds)), (given) => {
        const commands = given.map((kind, index) => ({ kind, index }))
        const batches = batchesOf(commands, ({ kind }) => kind)
        expect(batches.flat()).toEqual(commands)
        for (const [index, batch] of batches.entries()) {
          const [{ kind }] = batch
          expect(batch.every((each) => each.kind === kind)).toBe(true)
          if (kind === undefined) expect(batch).toHaveLength(1)
          else expect(batches[index + 1]?.[0].kind).not.toBe(kind)
        }
      })
    )
  })
})
