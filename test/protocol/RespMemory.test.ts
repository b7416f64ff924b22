import { afterEach, describe, expect, it, vi } from "vitest"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { RespDecoder } from "../../src/protocol/RespDecoder.ts"
import { retainedBytes } from "../support/Memory.ts"

const KIB = 1024
const MIB = 1024 * KIB
const CHUNK_BYTES = 64 * KIB

afterEach(() => {
  vi.restoreAllMocks()
})

/** Bytes that pass through the two ways there are to copy between buffers. */
const countCopiedBytes = (): (() => number) => {
  let copied = 0
  const copy = Buffer.prototype.copy
  vi.spyOn(Buffer.prototype, "copy").mockImplementation(function (this: Buffer, ...args) {
    const count = copy.apply(this, args)
    copied += count
    return count
  })
  const set = Uint8Array.prototype.set
  vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, ...args) {
    copied += args[0].length
    set.apply(this, args)
  })
  return () => copied
}

/** Milliseconds of CPU that the work took; unlike the clock, not the neighbours' too. */
const cpuMilliseconds = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Decodes a bulk string of zeros in chunks, and gives its length. */
const decodeZeros = (length: number): number => {
  let received = -1
  const decoder = new RespDecoder((value) => {
    if (value._tag === "BulkString") received = value.value.length
  })
  const chunk = Buffer.alloc(CHUNK_BYTES)
  decoder.push(Buffer.from(`$${length}\r\n`))
  for (let left = length; left > 0; left -= CHUNK_BYTES)
    decoder.push(chunk.subarray(0, Math.min(left, CHUNK_BYTES)))
  expect(decoder.push(Buffer.from("\r\n"))).toBeUndefined()
  return received
}

describe("RespDecoder", () => {
  it("copies the bytes of a 100 MiB bulk string a fixed number of times", () => {
    const copied = countCopiedBytes()
    expect(decodeZeros(100 * MIB)).toBe(100 * MIB)
    // Once when they come, and as often again while the buffer doubles; 800 times if it did not double.
    expect(copied()).toBeGreaterThanOrEqual(100 * MIB)
    expect(copied()).toBeLessThan(4 * 100 * MIB)
  })

  it("reads a 100 MiB bulk string in 64 KiB chunks in linear time", () => {
    // Some 0.2 s; 80 GB copied, tens of seconds, if each chunk were appended to a copy of what came before.
    expect(cpuMilliseconds(() => decodeZeros(100 * MIB))).toBeLessThan(5000)
  })

  it("scans a long line once, however small its pieces", () => {
    const lines: Array<RespValue> = []
    const decoder = new RespDecoder((value) => lines.push(value))
    const piece = Buffer.from("0123456789abcdef")
    const count = 60_000
    const spent = cpuMilliseconds(() => {
      decoder.push(Buffer.from("+"))
      for (let index = 0; index < count; index++) decoder.push(piece)
      decoder.push(Buffer.from("\r\n"))
    })
    expect(lines).toEqual([{ _tag: "SimpleString", value: "0123456789abcdef".repeat(count) }])
    // Some 0.05 s; 29 GB scanned if each piece made it look at the line from its start.
    expect(spent).toBeLessThan(5000)
  })

  it.each([
    ["bulk string", "$524288000\r\n0123456789"],
    ["array", "*524288000\r\n:1\r\n"],
    ["map", "%268435456\r\n:1\r\n"],
    ["verbatim string within an array", "*1\r\n=524288000\r\ntxt:012"]
  ])("allocates nothing from the announced length of a %s", (_, announcement) => {
    const decoder = new RespDecoder(() => {})
    const bytes = Buffer.from(announcement)
    const before = retainedBytes()
    decoder.push(bytes)
    expect(retainedBytes() - before).toBeLessThan(MIB)
    expect(decoder.isAtBoundary).toBe(false)
  })

  it("lets no small value pin the chunk it came in", () => {
    const filler = Buffer.alloc(CHUNK_BYTES - 16 - 16, "f")
    const kept: Array<RespValue> = []
    const decoder = new RespDecoder((value) => {
      if (value._tag === "BulkString" && value.value.length === 10) kept.push(value)
    })
    const before = retainedBytes()
    for (let index = 0; index < 2000; index++) {
      const head = `$10\r\n${String(index).padStart(10, "0")}\r\n$${filler.length}\r\n`
      const chunk = Buffer.allocUnsafeSlow(head.length + filler.length + 2)
      chunk.write(head, "latin1")
      filler.copy(chunk, head.length)
      chunk.write("\r\n", chunk.length - 2, "latin1")
      decoder.push(chunk)
    }
    expect(retainedBytes() - before).toBeLessThan(8 * MIB)
    expect(kept).toHaveLength(2000)
    expect(decoder.isAtBoundary).toBe(true)
  })

  it("lets no small value pin the buffer that a value cut off by a chunk was carried in", () => {
    const kept: Array<RespValue> = []
    const decoder = new RespDecoder((value) => {
      if (value._tag === "BulkString" && value.value.length < 100) kept.push(value)
    })
    const before = retainedBytes()
    for (let index = 0; index < 2000; index++) {
      decoder.push(Buffer.concat([Buffer.from(`$${CHUNK_BYTES}\r\n`), Buffer.alloc(CHUNK_BYTES)]))
      decoder.push(Buffer.from("\r\n$10\r\n01234"))
      decoder.push(Buffer.from("56789\r\n"))
    }
    expect(retainedBytes() - before).toBeLessThan(8 * MIB)
    expect(kept).toHaveLength(2000)
  })

  it("lets go of a chunk once push has returned", () => {
    const before = retainedBytes()
    const decoders = Array.from({ length: 200 }, () => new RespDecoder(() => {}))
    for (const decoder of decoders) decoder.push(Buffer.alloc(CHUNK_BYTES * 2, "+OK\r\n"))
    expect(retainedBytes() - before).toBeLessThan(2 * MIB)
    expect(decoders.every(({ offset }) => offset === CHUNK_BYTES * 2)).toBe(true)
  })
})
