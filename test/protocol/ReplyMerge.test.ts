import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { mergeReplies } from "../../src/protocol/ReplyMerge.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { ResponsePolicy } from "../../src/protocol/RoutingPolicy.ts"
import { respValue } from "../support/RespArbitrary.ts"

const POLICIES: ReadonlyArray<ResponsePolicy> = [
  "all-succeeded",
  "one-succeeded",
  "one-not-nil",
  "agg-logical-and",
  "agg-logical-or",
  "agg-min",
  "agg-max",
  "agg-sum",
  "concat",
  "union",
  "special"
]

const integers = (...values: ReadonlyArray<number | bigint>) => values.map(Resp.integer)
const texts = (...values: ReadonlyArray<string>) => Resp.array(values.map(Resp.bulkString))
const error = Resp.simpleError("ERR no")

describe("mergeReplies", () => {
  it("adds up, takes the least and the greatest", () => {
    expect(mergeReplies("agg-sum", integers(1, 2, 3))).toEqual(Resp.integer(6))
    expect(mergeReplies("agg-min", integers(5, 2, 3))).toEqual(Resp.integer(2))
    expect(mergeReplies("agg-max", integers(5, 7, 3))).toEqual(Resp.integer(7))
  })

  it("loses no precision above 2^53", () => {
    const big = 2n ** 53n
    expect(mergeReplies("agg-sum", integers(big, 1, 2))).toEqual(Resp.integer(big + 3n))
  })

  it("merges arrays of integers element by element, as for SCRIPT EXISTS", () => {
    const replies = [Resp.array(integers(1, 0, 1)), Resp.array(integers(1, 1, 1))]
    expect(mergeReplies("agg-logical-and", replies)).toEqual(Resp.array(integers(1, 0, 1)))
    expect(mergeReplies("agg-logical-or", replies)).toEqual(Resp.array(integers(1, 1, 1)))
  })

  it("gives the first error, wherever it stands", () => {
    for (const policy of POLICIES.filter((policy) => policy !== "one-succeeded")) {
      expect(mergeReplies(policy, [Resp.integer(1), error, Resp.simpleError("ERR later")])).toBe(error)
    }
  })

  it("is content with one success where the policy is, as for SCRIPT KILL", () => {
    expect(mergeReplies("one-succeeded", [error, Resp.ok, error])).toBe(Resp.ok)
    expect(mergeReplies("one-succeeded", [error, Resp.simpleError("ERR other")])).toBe(error)
  })

  it("passes over nil, as for RANDOMKEY", () => {
    expect(mergeReplies("one-not-nil", [Resp.nullValue, Resp.bulkString("key")])).toEqual(
      Resp.bulkString("key")
    )
    expect(mergeReplies("one-not-nil", [Resp.nullValue, Resp.nullValue])).toBe(Resp.nullValue)
  })

  it("joins arrays, maps and texts", () => {
    expect(mergeReplies("concat", [texts("a"), texts("b", "a")])).toEqual(texts("a", "b", "a"))
    expect(mergeReplies("concat", [Resp.bulkString("a\n"), Resp.bulkString("b\n")])).toEqual(
      Resp.bulkString("a\nb\n")
    )
    const pair = (name: string) => [Resp.bulkString(name), Resp.integer(1)] as const
    expect(mergeReplies("concat", [Resp.map([pair("a")]), Resp.map([pair("b")])])).toEqual(
      Resp.map([pair("a"), pair("b")])
    )
  })

  it("unites arrays without repeating, bytes that are no text included", () => {
    const odd = { _tag: "BulkString", value: Buffer.from([0xff, 0xfe]) } as const
    const replies = [Resp.array([Resp.bulkString("a"), odd]), Resp.array([odd, Resp.bulkString("b")])]
    expect(mergeReplies("union", replies)).toEqual(
      Resp.array([Resp.bulkString("a"), odd, Resp.bulkString("b")])
    )
  })

  it("gives one reply back as it is, except that a set becomes an array", () => {
    expect(mergeReplies("all-succeeded", [Resp.ok])).toBe(Resp.ok)
    expect(mergeReplies("agg-sum", [Resp.integer(4)])).toEqual(Resp.integer(4))
  })

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...POLICIES),
        fc.array(respValue, { minLength: 1, maxLength: 5 }),
        (policy, replies) => {
          expect(mergeReplies(policy, replies)).toHaveProperty("_tag")
        }
      )
    )
  })
})
