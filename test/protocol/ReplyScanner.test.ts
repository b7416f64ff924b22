import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { INCOMPLETE, MALFORMED, ReplyScanner } from "../../src/protocol/ReplyScanner.ts"
import { encodeValue } from "../../src/protocol/RespEncoder.ts"
import { chunked, chunkLengths, respValue } from "../support/RespArbitrary.ts"

/** The ends of the replies in a stream of chunks, counted from its start. */
const endsIn = (chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<number> => {
  const scanner = new ReplyScanner()
  const ends: Array<number> = []
  let before = 0
  for (const chunk of chunks) {
    let position = 0
    while (position < chunk.length) {
      const end = scanner.next(chunk, position)
      if (end === MALFORMED) return [...ends, MALFORMED]
      if (end === INCOMPLETE) break
      ends.push(before + end)
      position = end
    }
    before += chunk.length
  }
  return scanner.isAtBoundary ? ends : [...ends, INCOMPLETE]
}

/** Where each of the encoded values ends. */
const sums = (parts: ReadonlyArray<Uint8Array>): ReadonlyArray<number> => {
  let sum = 0
  return parts.map((part) => (sum += part.length))
}

describe("the reply scanner", () => {
  it("finds the end of every value, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(respValue, { maxLength: 6 }), chunkLengths, (values, lengths) => {
        const parts = values.map((value) => encodeValue(value))
        expect(endsIn(chunked(Buffer.concat(parts), lengths))).toEqual(sums(parts))
      }),
      { numRuns: 1000 }
    )
  })

  it("finds it at every split point", () => {
    fc.assert(
      fc.property(respValue, (value) => {
        const bytes = encodeValue(value)
        for (let split = 0; split <= bytes.length; split++) {
          expect(endsIn([bytes.subarray(0, split), bytes.subarray(split)])).toEqual([bytes.length])
        }
      }),
      { numRuns: 200 }
    )
  })

  it("knows that a value is not whole yet", () => {
    for (const text of ["$5\r\nabc", "*2\r\n:1\r\n", "+OK\r", "%1\r\n+a\r\n", "|1\r\n+a\r\n+b\r\n", "*-"]) {
      expect(endsIn([Buffer.from(text)])).toEqual([INCOMPLETE])
    }
  })

  it("tells what is not of the protocol", () => {
    for (const text of ["HTTP/1.1", "$x\r\n", "*1\r\nx", `$${"9".repeat(20)}\r\n`]) {
      expect(endsIn([Buffer.from(text)])).toEqual([MALFORMED])
    }
  })
})
