import * as fc from "fast-check"
import { Writable } from "node:stream"
import { describe, expect, it } from "vitest"
import { WriteGather } from "../../src/connection/WriteGather.ts"

const collector = () => {
  const written: Array<Buffer> = []
  const stream = new Writable({
    highWaterMark: 2 ** 30,
    write: (chunk: Buffer, _, done) => {
      written.push(chunk)
      done()
    }
  })
  return { stream, written }
}

describe("gathered writes", () => {
  it("are the ranges in their order, whatever their sizes", () => {
    const sizes = fc.array(fc.oneof(fc.nat(100), fc.nat(40_000)), { maxLength: 40 })
    fc.assert(
      fc.property(sizes, (lengths) => {
        const { stream, written } = collector()
        const gather = new WriteGather()
        const expected: Array<Buffer> = []
        lengths.forEach((length, index) => {
          const buffer = Buffer.alloc(length + 2, index)
          gather.add(buffer, 1, length + 1)
          expected.push(buffer.subarray(1, length + 1))
        })
        gather.flush(stream)
        expect(Buffer.concat(written).equals(Buffer.concat(expected))).toBe(true)
        expect(gather.size).toBe(0)
      }),
      { numRuns: 200 }
    )
  })

  it("leave in one piece when they are small, and neighbours without a copy", () => {
    const { stream, written } = collector()
    const gather = new WriteGather()
    const chunk = Buffer.from("abcdef")
    gather.add(chunk, 0, 2)
    gather.add(chunk, 2, 5)
    gather.flush(stream)
    expect(written).toHaveLength(1)
    expect(written[0].buffer).toBe(chunk.buffer)
    gather.add(chunk, 0, 1)
    gather.add(chunk, 3, 4)
    gather.flush(stream)
    expect(written.map(String)).toEqual(["abcde", "ad"])
  })
})
