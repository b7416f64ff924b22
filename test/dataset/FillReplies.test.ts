import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { FillReplies } from "../../src/dataset/FillReplies.ts"
import { type GroupCommand, GroupFormat } from "../../src/dataset/GroupFormat.ts"
import { PendingGroups } from "../../src/dataset/PendingGroups.ts"
import { text } from "../../src/protocol/Resp.ts"
import { chunked, chunkLengths } from "../support/RespArbitrary.ts"

const STRIDE = 16384
const set = new DataSet({ seed: 1, keySize: 20, valueSize: 20 })

const make = (command: GroupCommand, groups: ReadonlyArray<number>) => {
  const pending = new PendingGroups(8)
  groups.forEach((keys, group) => pending.push(group, keys))
  const acknowledged: Array<number> = []
  const refused: Array<readonly [index: number, reply: string | undefined]> = []
  const indexes = (first: number, keys: number) =>
    Array.from({ length: keys }, (_, key) => first + key * STRIDE)
  const replies = new FillReplies(pending, new GroupFormat(set, command), STRIDE, {
    onAcknowledged: (first, keys) => acknowledged.push(...indexes(first, keys)),
    onRefused: (first, keys, reply) =>
      refused.push(...indexes(first, keys).map((index) => [index, text(reply)] as const))
  })
  return { acknowledged, pending, refused, replies }
}

const groups = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 })
const fate = fc.boolean()

describe("the replies to a fill", () => {
  it("tell the fate of every key of every group, in order", () => {
    fc.assert(
      fc.property(groups, fc.infiniteStream(fate), chunkLengths, (groups, fates, lengths) => {
        const oks = groups.map(() => fates.next().value as boolean)
        const bytes = Buffer.from(oks.map((ok, group) => (ok ? "+OK\r\n" : `-ERR ${group}\r\n`)).join(""))
        const { acknowledged, pending, refused, replies } = make({ _tag: "Write" }, groups)
        for (const chunk of chunked(bytes, lengths)) expect(replies.push(Buffer.from(chunk))).toBe(undefined)
        const keys = (wanted: boolean) =>
          groups.flatMap((keys, group) =>
            oks[group] === wanted ? Array.from({ length: keys }, (_, key) => group + key * STRIDE) : []
          )
        expect(acknowledged).toEqual(keys(true))
        expect(refused.map(([index]) => index)).toEqual(keys(false))
        expect(refused.every(([index, reply]) => reply === `ERR ${index % STRIDE}`)).toBe(true)
        expect(pending.isEmpty).toBe(true)
      })
    )
  })

  it("tell the fate of each key where each has a reply", () => {
    fc.assert(
      fc.property(groups, fc.infiniteStream(fate), chunkLengths, (groups, fates, lengths) => {
        const indexes = groups.flatMap((keys, group) =>
          Array.from({ length: keys }, (_, key) => group + key * STRIDE)
        )
        const oks = indexes.map(() => fates.next().value as boolean)
        const bytes = Buffer.from(oks.map((ok) => (ok ? "+OK\r\n" : "-OOM no\r\n")).join(""))
        const made = make({ _tag: "WriteExpiring", milliseconds: 10 }, groups)
        for (const chunk of chunked(bytes, lengths)) made.replies.push(Buffer.from(chunk))
        expect(made.acknowledged).toEqual(indexes.filter((_, index) => oks[index]))
        expect(made.refused.map(([index]) => index)).toEqual(indexes.filter((_, index) => !oks[index]))
        expect(made.pending.isEmpty).toBe(true)
      })
    )
  })

  it("are a broken stream when there are more of them than commands, or no replies at all", () => {
    const surplus = make({ _tag: "Write" }, [2])
    expect(surplus.replies.push(Buffer.from("+OK\r\n"))).toBe(undefined)
    expect(surplus.replies.push(Buffer.from("+OK\r\n"))).toMatch(/more replies/)
    expect(make({ _tag: "Write" }, []).replies.push(Buffer.from("-ERR x\r\n"))).toMatch(/more replies/)
    expect(make({ _tag: "Write" }, [2]).replies.push(Buffer.from("HTTP/1.1 400"))).toMatch(
      /not the Redis protocol/
    )
  })
})
