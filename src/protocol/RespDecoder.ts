/**
 * Bytes to values, incrementally: chunks may be split anywhere.
 *
 * What holds at every moment:
 * - no byte is looked at twice: a line or bulk string that a chunk cuts off is
 *   carried over in a buffer that grows with what has arrived, so a 100 MiB
 *   bulk string in 64 KiB chunks stays linear;
 * - nothing is allocated from an announced length, only from bytes received;
 * - no chunk is referred to after `push` returns: values are copies (85 ns for
 *   100 bytes, against 41 ns for a view that would pin the whole chunk), so the
 *   caller may reuse its read buffer.
 *
 * Does not: read requests in the inline form (a server's business), decode
 * text, or throw. A violation of the protocol is a `ProtocolError` returned by
 * this and every later `push`.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import { ProtocolError, type ProtocolErrorReason } from "./ProtocolError.ts"
import * as Resp from "./Resp.ts"
import type { RespValue } from "./Resp.ts"
import * as RespLine from "./RespLine.ts"
import * as RespScalar from "./RespScalar.ts"
import { copyOf } from "./ByteCopy.ts"
import { CarryBuffer } from "./CarryBuffer.ts"
import { awaitAttributed, closeFrame, type Frame, openFrame } from "./RespAggregate.ts"

export interface RespDecoderOptions {
  /** Largest bulk string in bytes, and largest number of elements of an aggregate. Default 512 MiB, as Redis has it. */
  readonly maxBulkLength?: number
  /** How deep aggregates may be nested. Default 128. */
  readonly maxDepth?: number
  /** Longest line (simple string, error, number) in bytes. Default 1 MiB. */
  readonly maxLineLength?: number
}

export const DEFAULT_MAX_BULK_LENGTH = 512 * 1024 * 1024
export const DEFAULT_MAX_DEPTH = 128
export const DEFAULT_MAX_LINE_LENGTH = 1024 * 1024

const CR = 13
const LF = 10

export class RespDecoder {
  private readonly onValue: (value: RespValue) => void
  private readonly maxBulkLength: number
  private readonly maxDepth: number
  private readonly maxLineLength: number

  private chunk: Buffer = EMPTY
  private position = 0
  /** Bytes of all earlier chunks. */
  private consumed = 0
  private readonly stack: Array<Frame> = []
  private failure: ProtocolError | undefined

  /** A line, or the body of a bulk string, that a chunk cut off. */
  private readonly carry = new CarryBuffer()
  /** Where in the stream the line at hand begins. */
  private headerStart = 0

  /** Type byte of the bulk string whose body is awaited; 0 when at a line. */
  private bulkType = 0
  private bulkLength = 0

  /** Where the line that `readLine` found lies, without its CRLF. */
  private line: Buffer = EMPTY
  private lineStart = 0
  private lineEnd = 0

  constructor(onValue: (value: RespValue) => void, options: RespDecoderOptions = {}) {
    this.onValue = onValue
    this.maxBulkLength = options.maxBulkLength ?? DEFAULT_MAX_BULK_LENGTH
    this.maxDepth = options.maxDepth ?? DEFAULT_MAX_DEPTH
    this.maxLineLength = options.maxLineLength ?? DEFAULT_MAX_LINE_LENGTH
  }

  /** Bytes read from the stream so far. */
  get offset(): number {
    return this.consumed + this.position
  }

  /** Whether the stream stands between two values: nothing is half read. */
  get isAtBoundary(): boolean {
    return this.stack.length === 0 && this.carry.length === 0 && this.bulkType === 0
  }

  /**
   * Reads a chunk. Values that it completes go to `onValue` before this returns.
   * `onValue` must not push to the same decoder.
   */
  push(chunk: Uint8Array): ProtocolError | undefined {
    if (this.failure !== undefined) return this.failure
    this.chunk = Buffer.isBuffer(chunk)
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    this.position = 0
    while (this.failure === undefined && this.position < this.chunk.length) {
      if (this.bulkType !== 0) {
        if (!this.readBulkBody()) break
      } else if (this.readLine()) {
        this.readHeader()
      } else {
        break
      }
    }
    this.consumed += this.position
    this.position = 0
    this.chunk = EMPTY
    this.line = EMPTY
    return this.failure
  }

  /** Finds the end of the line at `position`; false when the chunk ends before it, or it is not a line. */
  private readLine(): boolean {
    const chunk = this.chunk
    const start = this.position
    const end = chunk.length
    const limit = this.maxLineLength - this.carry.length
    if (this.carry.length === 0) {
      this.headerStart = this.consumed + start
      if (!RespLine.isTypeByte(chunk[start])) return this.failUnknownType(chunk[start])
    } else if (this.carry.at(this.carry.length - 1) === CR) {
      if (chunk[start] !== LF) return this.fail("MissingCrlf", start, "a line ends with CR but no LF")
      this.position = start + 1
      return this.takeCarriedLine(this.carry.length - 1)
    }
    let index = start
    while (index < end && chunk[index] !== CR && chunk[index] !== LF) index++
    if (index - start > limit) {
      return this.fail("TooLong", start + limit, `a line is longer than ${this.maxLineLength} bytes`)
    }
    if (index < end && chunk[index] === LF)
      return this.fail("MissingCrlf", index, "a line ends with LF but no CR")
    if (index + 1 >= end) {
      this.carry.append(chunk, start, end, this.maxLineLength + 1)
      this.position = end
      return false
    }
    if (chunk[index + 1] !== LF) return this.fail("MissingCrlf", index + 1, "a line ends with CR but no LF")
    this.position = index + 2
    if (this.carry.length > 0) {
      this.carry.append(chunk, start, index, this.maxLineLength + 1)
      return this.takeCarriedLine(this.carry.length)
    }
    this.line = chunk
    this.lineStart = start
    this.lineEnd = index
    return true
  }

  private takeCarriedLine(length: number): true {
    this.line = this.carry.take(length)
    this.lineStart = 0
    this.lineEnd = length
    return true
  }

  private readHeader(): void {
    const type = this.line[this.lineStart]
    const start = this.lineStart + 1
    if (RespScalar.isScalar(type)) {
      const value = RespScalar.read(type, this.line, start, this.lineEnd)
      if (value !== undefined) this.complete(value)
      else
        this.failHeader(
          RespScalar.malformation(type),
          `${RespScalar.nameOf(type)} is malformed or out of range`
        )
      return
    }
    const length = RespLine.length(this.line, start, this.lineEnd)
    if (length >= 0 && length <= this.maxBulkLength) {
      if (!RespLine.isBulk(type)) return this.openAggregate(type, length)
      this.bulkType = type
      this.bulkLength = length
    } else if (length === RespLine.NULL_LENGTH && type === RespLine.BULK_STRING) {
      this.complete(Resp.nullBulkString)
    } else if (length === RespLine.NULL_LENGTH && type === RespLine.ARRAY) {
      this.complete(Resp.nullArray)
    } else if (length > 0) {
      this.failHeader("TooLong", `a length is above ${this.maxBulkLength}`)
    } else {
      this.failHeader("BadLength", "a length is not a plain decimal number")
    }
  }

  private openAggregate(type: number, length: number): void {
    if (this.stack.length >= this.maxDepth) {
      return void this.failHeader("TooDeep", `aggregates are nested deeper than ${this.maxDepth}`)
    }
    const frame = openFrame(type, length)
    if (frame.remaining > 0) {
      this.stack.push(frame)
    } else if (type === RespLine.ATTRIBUTE) {
      this.stack.push(awaitAttributed(frame))
    } else {
      this.complete(closeFrame(frame))
    }
  }

  /** Reads a bulk body and its CRLF; false when the chunk ends first. */
  private readBulkBody(): boolean {
    const needed = this.bulkLength + 2
    const available = this.chunk.length - this.position
    if (this.carry.length === 0 && available >= needed) {
      const start = this.position
      const end = start + this.bulkLength
      if (this.chunk[end] !== CR || this.chunk[end + 1] !== LF) return this.failTrailer(end)
      this.position = end + 2
      return this.completeBulk(copyOf(this.chunk, start, end))
    }
    const taken = Math.min(available, needed - this.carry.length)
    this.carry.append(this.chunk, this.position, this.position + taken, needed)
    this.position += taken
    if (this.carry.length < needed) return false
    if (this.carry.at(this.bulkLength) !== CR || this.carry.at(this.bulkLength + 1) !== LF) {
      return this.failTrailer(this.position - 2)
    }
    return this.completeBulk(this.carry.take(this.bulkLength))
  }

  private completeBulk(body: Buffer): boolean {
    const type = this.bulkType
    this.bulkType = 0
    if (type === RespLine.BULK_STRING) {
      this.complete({ _tag: "BulkString", value: body })
    } else if (type === RespLine.BULK_ERROR) {
      this.complete(Resp.bulkError(body.toString("utf8")))
    } else if (body.length >= 4 && body[3] === RespLine.COLON) {
      this.complete(Resp.verbatimString(body.toString("latin1", 0, 3), body.subarray(4)))
    } else {
      return this.fail(
        "BadVerbatim",
        this.position - body.length - 2,
        "a verbatim string has no three-byte format"
      )
    }
    return true
  }

  /** A value is whole: it goes to the caller, or into the aggregates that it may complete in turn. */
  private complete(value: RespValue): void {
    let current = value
    for (;;) {
      const depth = this.stack.length
      if (depth === 0) return this.onValue(current)
      const frame = this.stack[depth - 1]
      frame.items.push(current)
      if (--frame.remaining > 0) return
      if (frame.type === RespLine.ATTRIBUTE && frame.attributes === undefined) {
        this.stack[depth - 1] = awaitAttributed(frame)
        return
      }
      this.stack.pop()
      current = closeFrame(frame)
    }
  }

  private failHeader(reason: ProtocolErrorReason, message: string): false {
    return this.fail(reason, this.headerStart - this.consumed, message)
  }

  private failTrailer(position: number): false {
    return this.fail("MissingCrlf", position, "a bulk string is not followed by CRLF")
  }

  private failUnknownType(byte: number): false {
    const shown =
      byte > 32 && byte < 127 ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, "0")}`
    return this.failHeader("UnknownType", `${shown} is no type of the Redis protocol`)
  }

  private fail(reason: ProtocolErrorReason, position: number, message: string): false {
    this.failure = new ProtocolError(this.consumed + position, reason, message)
    this.stack.length = 0
    this.carry.clear()
    return false
  }
}

const EMPTY: Buffer = Buffer.alloc(0)

/** Decodes all of `bytes` at once; `isComplete` is false when they end within a value. */
export const decodeAll = (
  bytes: Uint8Array,
  options?: RespDecoderOptions
): { values: Array<RespValue>; error: ProtocolError | undefined; isComplete: boolean } => {
  const values: Array<RespValue> = []
  const decoder = new RespDecoder((value) => values.push(value), options)
  const error = decoder.push(bytes)
  return { values, error, isComplete: error === undefined && decoder.isAtBoundary }
}
