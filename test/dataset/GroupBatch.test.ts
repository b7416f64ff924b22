import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { makeBatch } from "../../src/dataset/GroupBatch.ts"
import { type GroupCommand, GroupFormat } from "../../src/dataset/GroupFormat.ts"
import { elements, type RespValue } from "../../src/protocol/Resp.ts"
import { decodeAll } from "../../src/protocol/RespDecoder.ts"
import { dataSet, index } from "./DataSetArbitrary.ts"

const command: fc.Arbitrary<GroupCommand> = fc.oneof(
  fc.constant<GroupCommand>({ _tag: "Write" }),
  fc.constant<GroupCommand>({ _tag: "Read" }),
  fc.maxSafeNat().map((n): GroupCommand => ({ _tag: "WriteExpiring", milliseconds: n + 1 }))
)

/** The commands of a group as they should be, rendered key by key. */
const expected = (
  set: DataSet,
  command: GroupCommand,
  indexes: ReadonlyArray<number>
): Array<Array<string>> => {
  const hex = (bytes: Buffer | string): string => Buffer.from(bytes).toString("hex")
  const pairs = indexes.map((index) => [hex(set.key(index)), hex(set.value(index))])
  switch (command._tag) {
    case "Write":
      return [[hex(indexes.length === 1 ? "SET" : "MSET"), ...pairs.flat()]]
    case "WriteExpiring":
      return pairs.map((pair) => [hex("SET"), ...pair, hex("PX"), hex(String(command.milliseconds))])
    case "Read":
      return [[hex("MGET"), ...pairs.map(([key]) => key)]]
  }
}

/** Commands as the server reads them. */
const decoded = (bytes: Buffer): Array<Array<string>> => {
  const { error, isComplete, values } = decodeAll(bytes)
  expect([error, isComplete]).toEqual([undefined, true])
  return values.map((value) => (elements(value) ?? []).map(hexOf))
}

const hexOf = (value: RespValue): string =>
  value._tag === "BulkString" ? Buffer.from(value.value).toString("hex") : value._tag

const pieces = (batch: { takePiece(): Buffer | undefined }): Buffer => {
  const all: Array<Buffer> = []
  for (let piece = batch.takePiece(); piece !== undefined; piece = batch.takePiece()) {
    all.push(Buffer.from(piece))
  }
  return Buffer.concat(all)
}

describe("a batch", () => {
  it("is what key by key rendering gives, however often it is used again", () => {
    fc.assert(
      fc.property(
        dataSet,
        command,
        fc.constantFrom(1, 16384),
        fc.array(fc.record({ first: index, keys: fc.integer({ min: 1, max: 5 }) }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 500 }),
        (set, command, stride, groups, more) => {
          const format = new GroupFormat(set, command)
          const batch = makeBatch(format, stride, format.groupLength(5) + more)
          const wished: Array<Array<string>> = []
          const sent: Array<Buffer> = []
          for (const { first, keys } of groups) {
            const start = Math.min(first, Number.MAX_SAFE_INTEGER - 5 * stride)
            if (!batch.append(start, keys)) {
              sent.push(pieces(batch))
              expect(batch.isEmpty).toBe(true)
              expect(batch.append(start, keys)).toBe(true)
            }
            const indexes = Array.from({ length: keys }, (_, key) => start + key * stride)
            wished.push(...expected(set, command, indexes))
          }
          sent.push(pieces(batch))
          expect(decoded(Buffer.concat(sent))).toEqual(wished)
        }
      ),
      { numRuns: 300 }
    )
  })

  it("holds as many groups as fit in, and says so before it is too late", () => {
    const set = new DataSet({ seed: 1, keySize: 20, valueSize: 20 })
    const format = new GroupFormat(set, { _tag: "Write" })
    const batch = makeBatch(format, 1, format.groupLength(3) * 2)
    expect([batch.append(0, 3), batch.append(3, 3), batch.append(6, 3)]).toEqual([true, true, false])
    expect(decoded(pieces(batch)).length).toBe(2)
    expect(batch.append(6, 3)).toBe(true)
    expect(batch.append(9, 2)).toBe(false)
  })

  it("gives a value larger than itself in pieces, none of them a copy", () => {
    const set = new DataSet({ seed: 1, keySize: 20, valueSize: 10_000 })
    for (const command of [{ _tag: "Write" }, { _tag: "WriteExpiring", milliseconds: 5 }] as const) {
      const batch = makeBatch(new GroupFormat(set, command), 1, 1000)
      for (const index of [3, 70_000]) {
        expect([batch.append(index, 1), batch.append(9, 1), batch.isEmpty]).toEqual([true, false, false])
        const taken: Array<Buffer> = []
        for (let piece = batch.takePiece(); piece !== undefined; piece = batch.takePiece()) taken.push(piece)
        expect(Math.max(...taken.map(({ length }) => length))).toBeLessThanOrEqual(1000)
        expect(taken.filter(({ buffer }) => buffer === set.valueNoise.buffer).length).toBe(10)
        expect(decoded(Buffer.concat(taken))).toEqual(expected(set, command, [index]))
        expect(batch.isEmpty).toBe(true)
      }
    }
  })

  it("reads large values in ordinary batches", () => {
    const set = new DataSet({ seed: 1, keySize: 20, valueSize: 10_000 })
    const batch = makeBatch(new GroupFormat(set, { _tag: "Read" }), 1, 1000)
    expect([batch.append(0, 1), batch.append(1, 1)]).toEqual([true, true])
  })
})
