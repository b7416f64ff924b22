import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { formatShard, parseShard, rangeOfShard, WHOLE } from "../../src/app/ShardOption.ts"

describe("--shard", () => {
  it.each([
    ["1/1", 1, 1],
    ["3/7", 3, 7],
    [" 65536/65536 ", 65_536, 65_536]
  ])("reads %s", (given, part, parts) => {
    expect(parseShard(given)).toEqual({ value: { part, parts } })
  })

  it.each([
    ["0/3", "out of range"],
    ["4/3", "out of range"],
    ["1/0", "out of range"],
    ["1/65537", "out of range"],
    ["3", "not a part of a whole"],
    ["1/2/3", "not a part of a whole"],
    ["-1/3", "not a part of a whole"],
    ["1.5/3", "not a part of a whole"],
    ["a/b", "not a part of a whole"],
    ["", "not a part of a whole"]
  ])("refuses '%s' as %s, and says what is allowed", (given, problem) => {
    expect(parseShard(given)).toEqual({
      problem,
      allowed: "I/N with I from 1 to N and N up to 65536, as 2/3"
    })
  })

  it("writes what it reads", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_536 }), fc.nat(), (parts, seed) => {
        const shard = { part: 1 + (seed % parts), parts }
        expect(parseShard(formatShard(shard))).toEqual({ value: shard })
      })
    )
  })

  it("the shards of a range follow each other and leave nothing out", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 50 }), (to, parts) => {
        const ranges = Array.from({ length: parts }, (_, index) =>
          rangeOfShard({ from: 0, to }, { part: index + 1, parts })
        )
        expect([ranges[0].from, ranges[parts - 1].to]).toEqual([0, to])
        expect(ranges.slice(1).every(({ from }, index) => from === ranges[index].to)).toBe(true)
      })
    )
    expect(rangeOfShard({ from: 5, to: 9 }, WHOLE)).toEqual({ from: 5, to: 9 })
  })
})
