import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { respValue } from "../support/RespArbitrary.ts"

const samples: ReadonlyArray<RespValue> = [
  Resp.simpleString("a"),
  Resp.simpleError("a"),
  Resp.bulkError("a"),
  Resp.bulkString("a"),
  Resp.bulkString("b"),
  Resp.bulkString("ab"),
  Resp.verbatimString("txt", "a"),
  Resp.verbatimString("mkd", "a"),
  Resp.integer(1),
  Resp.integer(2n ** 60n),
  Resp.bigNumber(1n),
  Resp.double(1),
  Resp.double(0),
  Resp.double(-0),
  Resp.double(NaN),
  Resp.boolean(true),
  Resp.boolean(false),
  Resp.nullValue,
  Resp.nullBulkString,
  Resp.nullArray,
  Resp.array([]),
  Resp.array([Resp.integer(1)]),
  Resp.array([Resp.integer(1), Resp.integer(2)]),
  Resp.array([Resp.integer(2), Resp.integer(1)]),
  Resp.set([Resp.integer(1)]),
  Resp.push([Resp.integer(1)]),
  Resp.map([[Resp.integer(1), Resp.integer(2)]]),
  Resp.map([[Resp.integer(2), Resp.integer(1)]]),
  Resp.attribute([], Resp.integer(1)),
  Resp.attribute([[Resp.integer(1), Resp.integer(1)]], Resp.integer(1))
]

describe("equals", () => {
  it("tells values of any two types and contents apart", () => {
    const confused = samples.flatMap((one, index) =>
      samples.slice(index + 1).filter((other) => Resp.equals(one, other) || Resp.equals(other, one))
    )
    expect(confused).toEqual([])
  })

  it("takes a copy for equal, down to the bytes", () => {
    const copy = (value: RespValue): RespValue => structuredClone(value)
    expect(samples.filter((value) => !Resp.equals(value, copy(value)))).toEqual([])
    fc.assert(
      fc.property(respValue, (value) => {
        expect(Resp.equals(value, copy(value))).toBe(true)
      })
    )
  })
})

describe("text", () => {
  it.each<[RespValue, string | undefined]>([
    [Resp.bulkString("café"), "café"],
    [Resp.bulkString(new Uint8Array(Buffer.from("xcaféx")).subarray(1, 6)), "café"],
    [Resp.bulkString(Buffer.of(0xff)), "\ufffd"],
    [Resp.verbatimString("txt", "a"), "a"],
    [Resp.simpleString("OK"), "OK"],
    [Resp.simpleError("ERR no"), "ERR no"],
    [Resp.bulkError("ERR no"), "ERR no"],
    [Resp.integer(-5), "-5"],
    [Resp.integer(2n ** 63n - 1n), "9223372036854775807"],
    [Resp.bigNumber(2n ** 70n), "1180591620717411303424"],
    [Resp.boolean(true), "true"],
    [Resp.double(1.5), "1.5"],
    [Resp.double(Infinity), "inf"],
    [Resp.double(-Infinity), "-inf"],
    [Resp.double(NaN), "nan"],
    [Resp.double(-0), "-0"],
    [Resp.nullValue, undefined],
    [Resp.nullBulkString, undefined],
    [Resp.array([]), undefined],
    [Resp.map([]), undefined]
  ])("of %o is %j", (value, expected) => {
    expect(Resp.text(value)).toBe(expected)
  })
})

describe("the guards", () => {
  it("know an error, a nil and the elements of a value, for any value", () => {
    const tagsWhere = (holds: (value: RespValue) => boolean): ReadonlyArray<string> => [
      ...new Set(samples.filter(holds).map(({ _tag }) => _tag))
    ]
    expect(tagsWhere(Resp.isError)).toEqual(["SimpleError", "BulkError"])
    expect(tagsWhere(Resp.isNull)).toEqual(["Null", "NullBulkString", "NullArray"])
    expect(tagsWhere((value) => Resp.elements(value) !== undefined)).toEqual(["Array", "Set", "Push"])
  })
})

describe("integer", () => {
  it("is a number up to 2^53 - 1 and a bigint beyond", () => {
    expect(Resp.integer(2n ** 53n - 1n).value).toBe(9007199254740991)
    expect(Resp.integer(-(2n ** 53n) + 1n).value).toBe(-9007199254740991)
    expect(Resp.integer(2n ** 53n).value).toBe(9007199254740992n)
    expect(Resp.integer(5n).value).toBe(5)
  })
})
