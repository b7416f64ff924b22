/**
 * Commands and values to bytes.
 *
 * One encoder appends to a slab and hands out what has been written since the
 * last `take`; it goes on behind that in the same slab, so a turn of the event
 * loop ends in one buffer, and no byte is copied twice. A slab is never reused:
 * it is garbage once its last write has been flushed.
 *
 * Does not: keep a reference to an argument, check arities, or know commands.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
import type { CommandArgument, CommandArguments, RespValue } from "./Resp.ts"
import { doubleText } from "./Resp.ts"

/** Slabs start small, for connections that say little, and grow to this. */
const FIRST_SLAB_BYTES = 1024
const SLAB_BYTES = 64 * 1024
/** UTF-8 needs at most this many bytes for a UTF-16 unit. */
const UTF8_BYTES_PER_UNIT = 3
/** A length or count with its type byte and CRLF needs at most this. */
const HEADER_BYTES = 32
/** Up to here a loop over the characters is quicker than the native write: 20 ns against 60 ns at 10 characters. */
const LOOP_LENGTH = 24

const CR = 13
const LF = 10
const ZERO = 48
const DOLLAR = 36
const ASTERISK = 42
const FIRST_NON_ASCII = 128

export class RespEncoder {
  private slab: Buffer = EMPTY
  private start = 0
  private end = 0
  private slabBytes = FIRST_SLAB_BYTES

  /** Bytes written since the last `take`. */
  get size(): number {
    return this.end - this.start
  }

  /** What has been written since the last call; `undefined` when nothing has. */
  take(): Buffer | undefined {
    if (this.end === this.start) return undefined
    const taken = this.slab.subarray(this.start, this.end)
    this.start = this.end
    return taken
  }

  /** Lets go of the slab, for a connection that falls idle. Nothing that was not taken is lost. */
  release(): void {
    if (this.start !== this.end) return
    this.slab = EMPTY
    this.start = this.end = 0
    this.slabBytes = FIRST_SLAB_BYTES
  }

  /** Appends a command as an array of bulk strings. */
  command(args: CommandArguments): void {
    this.header(ASTERISK, args.length)
    for (let index = 0; index < args.length; index++) this.argument(args[index])
  }

  /** Appends bytes that are already in the protocol. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length)
    this.slab.set(bytes, this.end)
    this.end += bytes.length
  }

  /**
   * Appends a value. Without a version it is written as it is, so that decoding
   * gives it back; version 2 spells RESP3's types as RESP2 servers do (a map as
   * a flat array, a double as a bulk string, ...), version 3 turns the null
   * forms of RESP2 into `_`.
   */
  value(value: RespValue, version?: 2 | 3): void {
    switch (value._tag) {
      case "SimpleString":
        return this.line("+", value.value)
      case "SimpleError":
        return this.line("-", value.value)
      case "Integer":
        return this.line(":", String(value.value))
      case "BulkString":
        return this.bytes(value.value)
      case "NullBulkString":
        return this.ascii(version === 3 ? "_\r\n" : "$-1\r\n")
      case "NullArray":
        return this.ascii(version === 3 ? "_\r\n" : "*-1\r\n")
      case "Null":
        return this.ascii(version === 2 ? "$-1\r\n" : "_\r\n")
      case "Boolean":
        if (version === 2) return this.ascii(value.value ? ":1\r\n" : ":0\r\n")
        return this.ascii(value.value ? "#t\r\n" : "#f\r\n")
      case "Double":
        if (version === 2) return this.text(doubleText(value.value))
        return this.line(",", doubleText(value.value))
      case "BigNumber":
        if (version === 2) return this.text(String(value.value))
        return this.line("(", String(value.value))
      case "BulkError":
        if (version === 2) return this.line("-", value.value)
        return this.bulk("!", Buffer.from(value.value))
      case "VerbatimString":
        if (version === 2) return this.bytes(value.value)
        return this.bulk("=", Buffer.concat([Buffer.from(`${value.format}:`, "latin1"), value.value]))
      case "Array":
        return this.aggregate("*", value.value, version)
      case "Set":
        return this.aggregate(version === 2 ? "*" : "~", value.value, version)
      case "Push":
        return this.aggregate(version === 2 ? "*" : ">", value.value, version)
      case "Map":
        return this.pairs(version === 2 ? "*" : "%", value.value, version)
      case "Attribute":
        if (version !== 2) this.pairs("|", value.attributes, version)
        return this.value(value.value, version)
    }
  }

  private argument(argument: CommandArgument): void {
    if (typeof argument === "string") this.text(argument)
    else if (typeof argument === "number") this.text(argument === 0 ? "0" : doubleText(argument))
    else if (typeof argument === "bigint") this.text(String(argument))
    else this.bytes(argument)
  }

  private text(text: string): void {
    const length = text.length
    this.reserve(length * UTF8_BYTES_PER_UNIT + HEADER_BYTES)
    const before = this.end
    this.header(DOLLAR, length)
    const body = this.end
    let written = 0
    if (length <= LOOP_LENGTH) {
      const slab = this.slab
      while (written < length) {
        const unit = text.charCodeAt(written)
        if (unit >= FIRST_NON_ASCII) break
        slab[body + written++] = unit
      }
    }
    if (written < length) {
      written = this.slab.write(text, body, "utf8")
      if (written !== length) {
        // Not ASCII: the announced length was too small, and may be a digit short.
        const shift = digitsOf(written) - digitsOf(length)
        if (shift > 0) this.slab.copyWithin(body + shift, body, body + written)
        this.end = before
        this.header(DOLLAR, written)
      }
    }
    this.end += written
    this.crlf()
  }

  private bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length + HEADER_BYTES)
    this.header(DOLLAR, bytes.length)
    this.slab.set(bytes, this.end)
    this.end += bytes.length
    this.crlf()
  }

  private bulk(type: string, bytes: Uint8Array): void {
    this.ascii(`${type}${bytes.length}\r\n`)
    this.raw(bytes)
    this.ascii("\r\n")
  }

  private aggregate(type: string, items: ReadonlyArray<RespValue>, version: 2 | 3 | undefined): void {
    this.ascii(`${type}${items.length}\r\n`)
    for (const item of items) this.value(item, version)
  }

  private pairs(
    type: string,
    pairs: ReadonlyArray<readonly [RespValue, RespValue]>,
    version: 2 | 3 | undefined
  ): void {
    this.ascii(`${type}${type === "*" ? pairs.length * 2 : pairs.length}\r\n`)
    for (const [key, value] of pairs) {
      this.value(key, version)
      this.value(value, version)
    }
  }

  /** A line cannot hold a line end; Redis writes blanks in their place, and so does this. */
  private line(type: string, text: string): void {
    const safe = text.includes("\r") || text.includes("\n") ? text.replace(/[\r\n]/g, " ") : text
    this.ascii(`${type}${safe}\r\n`)
  }

  private ascii(text: string): void {
    this.reserve(text.length * UTF8_BYTES_PER_UNIT)
    this.end += this.slab.write(text, this.end, "utf8")
  }

  private header(type: number, count: number): void {
    this.reserve(HEADER_BYTES)
    const slab = this.slab
    slab[this.end++] = type
    const digits = digitsOf(count)
    let rest = count
    for (let index = this.end + digits - 1; index >= this.end; index--) {
      const next = Math.floor(rest / 10)
      slab[index] = ZERO + rest - next * 10
      rest = next
    }
    this.end += digits
    this.crlf()
  }

  private crlf(): void {
    this.slab[this.end++] = CR
    this.slab[this.end++] = LF
  }

  /** Makes room; what was written and not taken moves to the new slab. */
  private reserve(bytes: number): void {
    if (this.end + bytes <= this.slab.length) return
    const kept = this.end - this.start
    const slab = Buffer.allocUnsafeSlow(Math.max(this.slabBytes, (kept + bytes) * (kept > 0 ? 2 : 1)))
    this.slabBytes = Math.min(this.slabBytes * 2, SLAB_BYTES)
    this.slab.copy(slab, 0, this.start, this.end)
    this.slab = slab
    this.start = 0
    this.end = kept
  }
}

const EMPTY: Buffer = Buffer.alloc(0)

const digitsOf = (count: number): number => {
  let digits = 1
  for (let rest = count; rest >= 10; digits++) rest = Math.floor(rest / 10)
  return digits
}

/** One command as bytes. @example encodeCommand(["SET", "key", 1]) */
export const encodeCommand = (args: CommandArguments): Buffer => {
  const encoder = new RespEncoder()
  encoder.command(args)
  return encoder.take()!
}

/** One value as bytes; see `RespEncoder.value` for the version. */
export const encodeValue = (value: RespValue, version?: 2 | 3): Buffer => {
  const encoder = new RespEncoder()
  encoder.value(value, version)
  return encoder.take()!
}
