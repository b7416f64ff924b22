import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { PendingGroups } from "../../src/dataset/PendingGroups.ts"
import { ReadReplies } from "../../src/dataset/ReadReplies.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { type RespValue, text } from "../../src/protocol/Resp.ts"
import { encodeValue } from "../../src/protocol/RespEncoder.ts"
import { chunked, chunkLengths } from "../support/RespArbitrary.ts"

const STRIDE = 16384

const make = (set: DataSet, groups: ReadonlyArray<number>) => {
  const pending = new PendingGroups(8)
  groups.forEach((keys, group) => pending.push(group, keys))
  const read: Array<ReadonlyArray<number>> = []
  const wrong: Array<readonly [first: number, keys: number]> = []
  const refused: Array<readonly [first: number, keys: number, reply: string | undefined]> = []
  const replies = new ReadReplies(pending, set, STRIDE, {
    onWrong: (first, keys) => wrong.push([first, keys]),
    onRead: (...verdict) => read.push(verdict),
    onRefused: (first, keys, reply) => refused.push([first, keys, text(reply)])
  })
  return { pending, read, refused, replies, wrong }
}

type Fate = "present" | "missing" | "stamp" | "noise" | "longer" | "shorter" | "other"

const valueOf = (set: DataSet, index: number, fate: Fate): RespValue => {
  const value = set.value(index)
  switch (fate) {
    case "present":
      return Resp.bulkString(value)
    case "missing":
      return Resp.nullBulkString
    case "stamp":
      value[0] ^= 1
      return Resp.bulkString(value)
    case "noise":
      value[value.length - 1] ^= 1
      return Resp.bulkString(value)
    case "longer":
      return Resp.bulkString(Buffer.concat([value, Buffer.from("\n")]))
    case "shorter":
      return Resp.bulkString(value.subarray(1))
    case "other":
      return Resp.bulkString(set.value(index + 1))
  }
}

const fates = fc.array(
  fc.array(
    fc.constantFrom<Fate>(
      "present",
      "present",
      "present",
      "missing",
      "stamp",
      "noise",
      "longer",
      "shorter",
      "other"
    ),
    { minLength: 1, maxLength: 6 }
  ),
  { maxLength: 8 }
)

describe("the replies of a read-back", () => {
  it("tell present, missing and different apart, by whatever byte, version and chunks", () => {
    fc.assert(
      fc.property(
        fates,
        fc.integer({ min: 4, max: 80 }),
        fc.constantFrom<2 | 3>(2, 3),
        chunkLengths,
        (fates, valueSize, version, lengths) => {
          const set = new DataSet({ seed: 3, keySize: 20, valueSize })
          const bytes = Buffer.concat(
            fates.map((group, first) =>
              encodeValue(
                Resp.array(group.map((fate, key) => valueOf(set, first + key * STRIDE, fate))),
                version
              )
            )
          )
          const { pending, read, replies, wrong } = make(
            set,
            fates.map(({ length }) => length)
          )
          for (const chunk of chunked(bytes, lengths))
            expect(replies.push(Buffer.from(chunk))).toBe(undefined)
          expect(read).toEqual(
            fates.map((group, first) => {
              const missing = group.filter((fate) => fate === "missing").length
              const present = group.filter((fate) => fate === "present").length
              return [first, group.length, missing, group.length - missing - present]
            })
          )
          expect(pending.isEmpty).toBe(true)
          expect(
            wrong.flatMap(([first, keys]) => Array.from({ length: keys }, (_, key) => first + key * STRIDE))
          ).toEqual(
            fates.flatMap((group, first) =>
              group.flatMap((fate, key) => (fate === "present" ? [] : [first + key * STRIDE]))
            )
          )
          const runs = fates.map((group) =>
            group.reduce((runs, fate, key) => {
              const begins = fate !== "present" && (key === 0 || group[key - 1] === "present")
              return begins ? runs + 1 : runs
            }, 0)
          )
          expect(wrong.length).toBe(runs.reduce((total, count) => total + count, 0))
        }
      ),
      { numRuns: 1000 }
    )
  })

  it("hand over a group that was answered with an error, and go on", () => {
    const set = new DataSet({ seed: 3, keySize: 20, valueSize: 9 })
    const { read, refused, replies } = make(set, [2, 1])
    const error = Buffer.from("-TRYAGAIN Multiple keys request during rehashing of slot\r\n")
    replies.push(error.subarray(0, 7))
    replies.push(error.subarray(7))
    replies.push(encodeValue(Resp.array([Resp.bulkString(set.value(1))])))
    expect(refused).toEqual([[0, 2, "TRYAGAIN Multiple keys request during rehashing of slot"]])
    expect(read).toEqual([[1, 1, 0, 0]])
  })

  it("say nothing of wrong keys in a group whose answer is cut off", () => {
    const set = new DataSet({ seed: 3, keySize: 20, valueSize: 9 })
    const { read, replies, wrong } = make(set, [4])
    expect(replies.push(Buffer.from(`*4\r\n$-1\r\n$1\r\nx\r\n$-1\r\n$9\r\n`))).toBe(undefined)
    expect([read, wrong]).toEqual([[], []])
  })

  it("are a broken stream when they are no answer to MGET", () => {
    const set = new DataSet({ seed: 3, keySize: 20, valueSize: 9 })
    const answers = ["+OK\r\n", "*2\r\n", "*1\r\n:1\r\n", "*1\r\n$x\r\n", "$-1\r\n", "*1\n", "*1\r\n$-2\r\n"]
    for (const answer of answers) {
      const { replies } = make(set, [1])
      expect([answer, replies.push(Buffer.from(answer))]).toEqual([
        answer,
        "what it sent is no answer to MGET"
      ])
    }
    expect(make(set, []).replies.push(Buffer.from("*0\r\n"))).toMatch(/no answer/)
    expect(make(set, [1]).replies.push(Buffer.alloc(200_000, "x"))).toMatch(/no answer/)
  })
})
