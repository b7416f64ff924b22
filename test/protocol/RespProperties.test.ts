import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { decodeAll, RespDecoder } from "../../src/protocol/RespDecoder.ts"
import { encodeValue } from "../../src/protocol/RespEncoder.ts"
import { chunked, chunkLengths, respValue } from "../support/RespArbitrary.ts"

const allEqual = (some: ReadonlyArray<RespValue>, others: ReadonlyArray<RespValue>): boolean =>
  some.length === others.length && some.every((value, index) => Resp.equals(value, others[index]))

/** The values that a stream of chunks gives, and how it ended. */
const decodeChunks = (chunks: ReadonlyArray<Uint8Array>) => {
  const values: Array<RespValue> = []
  const decoder = new RespDecoder((value) => values.push(value))
  let error
  for (const chunk of chunks) error = decoder.push(chunk)
  return { values, error, isAtBoundary: decoder.isAtBoundary, offset: decoder.offset }
}

describe("encoding and decoding", () => {
  it("give any value back", () => {
    fc.assert(
      fc.property(respValue, (value) => {
        const { error, isComplete, values } = decodeAll(encodeValue(value))
        expect([error, isComplete, allEqual(values, [value])]).toEqual([undefined, true, true])
      }),
      { numRuns: 2000 }
    )
  })

  it("give any value back at every split point", () => {
    fc.assert(
      fc.property(respValue, (value) => {
        const bytes = encodeValue(value)
        const survives = (split: number): boolean => {
          const { error, isAtBoundary, values } = decodeChunks([
            bytes.subarray(0, split),
            bytes.subarray(split)
          ])
          return error === undefined && isAtBoundary && allEqual(values, [value])
        }
        const splits = Array.from({ length: bytes.length + 1 }, (_, split) => split)
        expect(splits.filter((split) => !survives(split))).toEqual([])
      }),
      { numRuns: 200 }
    )
  })

  it("give several values back in order, however they are cut into chunks", () => {
    fc.assert(
      fc.property(fc.array(respValue, { maxLength: 6 }), chunkLengths, (expected, lengths) => {
        const bytes = Buffer.concat(expected.map((value) => encodeValue(value)))
        const { error, isAtBoundary, offset, values } = decodeChunks(chunked(bytes, lengths))
        expect([error, isAtBoundary, offset]).toEqual([undefined, true, bytes.length])
        expect(allEqual(values, expected)).toBe(true)
      }),
      { numRuns: 1000 }
    )
  })

  it("deliver a value no sooner than its last byte", () => {
    fc.assert(
      fc.property(respValue, (value) => {
        const bytes = encodeValue(value)
        const { isComplete, values } = decodeAll(bytes.subarray(0, bytes.length - 1))
        expect([values.length, isComplete]).toEqual([0, false])
      }),
      { numRuns: 500 }
    )
  })

  it("for a client of RESP2 use no type of RESP3", () => {
    const isRespTwo = (value: RespValue): boolean =>
      value._tag === "Array"
        ? value.value.every(isRespTwo)
        : ["SimpleString", "SimpleError", "Integer", "BulkString", "NullBulkString", "NullArray"].includes(
            value._tag
          )
    fc.assert(
      fc.property(respValue, (value) => {
        const { error, values } = decodeAll(encodeValue(value, 2))
        expect([error, values.length, values.every(isRespTwo)]).toEqual([undefined, 1, true])
      }),
      { numRuns: 500 }
    )
  })
})

describe("garbage", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(..."+-:$*_#,(!=%~|>".split("")),
      fc.constantFrom("\r\n", "\r", "\n", "0", "1", "2", "-1", "3", "10", "t", "inf", "txt:", "\x00", "\xff"),
      fc.string({ unit: "binary", maxLength: 4 })
    ),
    { maxLength: 30 }
  )
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    pieces.map((parts) => Buffer.from(parts.join(""), "latin1"))
  )

  it("never throws or hangs, and fails the same way however it is cut", () => {
    fc.assert(
      fc.property(garbage, chunkLengths, (bytes, lengths) => {
        const whole = decodeChunks([bytes])
        const cut = decodeChunks(chunked(bytes, lengths))
        expect(allEqual(cut.values, whole.values)).toBe(true)
        expect(cut.isAtBoundary).toBe(whole.isAtBoundary)
        expect(cut.error).toEqual(whole.error)
        expect(whole.error === undefined || whole.error.offset < bytes.length).toBe(true)
      }),
      { numRuns: 5000 }
    )
  })

  it("in the middle of a value never throws: one byte of it changed", () => {
    fc.assert(
      fc.property(
        respValue,
        fc.nat(),
        fc.nat({ max: 255 }),
        chunkLengths,
        (value, position, byte, lengths) => {
          const bytes = Buffer.from(encodeValue(value))
          bytes[position % bytes.length] = byte
          const { error, isComplete, values } = decodeAll(bytes)
          const cut = decodeChunks(chunked(bytes, lengths))
          expect(allEqual(values, cut.values)).toBe(true)
          expect(cut.error).toEqual(error)
          expect(cut.isAtBoundary && error === undefined).toBe(isComplete)
        }
      ),
      { numRuns: 2000 }
    )
  })
})
