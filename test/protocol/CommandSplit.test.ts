import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { joinParts, splitByKey, splitBySlot } from "../../src/protocol/CommandSplit.ts"
import { lookupCommand } from "../../src/protocol/CommandTable.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"

const specOf = (name: string) => lookupCommand([name])!

const keys = fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 40 })

describe("splitBySlot", () => {
  it("gives each slot one part, with the keys in their order", () => {
    fc.assert(
      fc.property(keys, (keys) => {
        const parts = splitBySlot(specOf("MGET"), ["MGET", ...keys])
        expect(new Set(parts.map((part) => part.slot)).size).toBe(parts.length)
        for (const part of parts) {
          expect(part.args[0]).toBe("MGET")
          expect(part.args.slice(1)).toEqual(part.keys.map((key) => keys[key]))
          for (const key of part.args.slice(1)) expect(calculateSlot(key)).toBe(part.slot)
          expect(Array.from(part.keys)).toEqual(Array.from(part.keys).sort((a, b) => a - b))
        }
      })
    )
  })

  it("has every key in exactly one part", () => {
    fc.assert(
      fc.property(keys, (keys) => {
        const parts = splitBySlot(specOf("DEL"), ["DEL", ...keys])
        expect(parts.flatMap((part) => part.keys).sort((a, b) => a - b)).toEqual(
          keys.map((_, index) => index)
        )
      })
    )
  })

  it("keeps the values of MSET with their keys", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 20 }), (pairs) => {
        const parts = splitBySlot(specOf("MSET"), ["MSET", ...pairs.flat()])
        for (const part of parts) {
          expect(part.args).toEqual(["MSET", ...part.keys.flatMap((key) => pairs[key])])
        }
        expect(parts.flatMap((part) => part.keys)).toHaveLength(pairs.length)
      })
    )
  })

  it("does not tell a key given as bytes from the same key given as text", () => {
    const [part, ...others] = splitBySlot(specOf("MGET"), ["MGET", "key", Buffer.from("key")])
    expect(others).toEqual([])
    expect(part.keys).toEqual([0, 1])
  })
})

describe("splitByKey", () => {
  it("gives each key a command of its own", () => {
    expect(splitByKey(specOf("MSET"), ["MSET", "a", 1, "a", 2]).map((part) => part.args)).toEqual([
      ["MSET", "a", 1],
      ["MSET", "a", 2]
    ])
  })
})

describe("joinParts", () => {
  it("puts the values of MGET back where their keys stood", () => {
    fc.assert(
      fc.property(keys, (keys) => {
        const args = ["MGET", ...keys]
        const valueOf = (key: string) => Resp.bulkString(`value of ${key}`)
        for (const parts of [splitBySlot(specOf("MGET"), args), splitByKey(specOf("MGET"), args)]) {
          const replies = parts.map((part) =>
            Resp.array(part.args.slice(1).map((key) => valueOf(String(key))))
          )
          expect(Resp.equals(joinParts(undefined, parts, replies), Resp.array(keys.map(valueOf)))).toBe(true)
        }
      })
    )
  })

  it("adds up the counts of DEL", () => {
    const parts = splitBySlot(specOf("DEL"), ["DEL", "a", "b", "c"])
    expect(joinParts(specOf("DEL").responsePolicy, parts, [1, 0, 1].map(Resp.integer))).toEqual(
      Resp.integer(2)
    )
  })

  it("is the error of the part that failed, never a nil in its place", () => {
    const parts = splitByKey(specOf("MGET"), ["MGET", "a", "b"])
    const error = Resp.simpleError("WRONGTYPE not a string")
    expect(joinParts(undefined, parts, [Resp.array([Resp.nullValue]), error])).toBe(error)
  })

  it("gives nil for what a short reply leaves out, and never throws", () => {
    const parts = splitByKey(specOf("MGET"), ["MGET", "a", "b"])
    expect(joinParts(undefined, parts, [Resp.array([]), Resp.ok])).toEqual(
      Resp.array([Resp.nullValue, Resp.nullValue])
    )
  })
})
