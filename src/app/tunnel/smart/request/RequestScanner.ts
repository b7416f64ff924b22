/**
 * Finds the commands in what a client sends, and where their arguments lie:
 * nothing is decoded, and a command that a chunk does not cut off is not copied.
 * What violates the protocol is refused in Redis's words (networking.c).
 *
 * - A command is always one range of one buffer. What a chunk cuts off is
 *   carried over in a buffer that grows with what has arrived, never with what
 *   was announced; no byte is looked at twice.
 * - The buffers of commands that were found are not written to any more: they may
 *   be kept until the reply comes.
 *
 * For who only looks on while the bytes go elsewhere, arguments from `keptArguments` on may be passed over: they count,
 * and nothing of one that a chunk cuts off is kept.
 *
 * Does not know commands. Who stops calling `next` leaves what is there unread.
 */
import { encodeWords, splitInline } from "./InlineRequest.ts"
import { NO_NUMBER, readNumber } from "./RequestNumber.ts"

/** What `next` has found. */
export const COMMAND = 1
export const INCOMPLETE = 0
/** `error` says in what way; nothing after it can be read. */
export const MALFORMED = -1

/** A line that is longer than this without an end is refused, as Redis does (PROTO_INLINE_MAX_SIZE). */
const MAX_LINE_BYTES = 64 * 1024
/** Redis's default of proto-max-bulk-len. */
const MAX_BULK_BYTES = 512 * 1024 * 1024
const MAX_ARGUMENTS = 2 ** 31 - 1
/** What a client may send before it has said AUTH. */
const UNAUTHENTICATED_ARGUMENTS = 10
const UNAUTHENTICATED_BULK_BYTES = 16 * 1024

const CR = 13
const LF = 10
const DOLLAR = 36
const ASTERISK = 42
const EMPTY: Buffer = Buffer.alloc(0)

export class RequestScanner {
  /** The command found: `bytes[start, end)`, its arguments `bytes[starts[i], ends[i])`, valid until the next call. */
  bytes: Buffer = EMPTY
  start = 0
  end = 0
  argc = 0
  readonly starts: Array<number> = []
  readonly ends: Array<number> = []
  error = ""
  /** The client has not said AUTH although it has to. */
  isUnauthenticated = false

  private buffer: Buffer = EMPTY
  /** Bytes of the buffer that have arrived. */
  private length = 0
  private isOwned = false
  private base = 0
  private position = 0
  /** Arguments of the command at hand that are still to come; -1 before its first line. */
  private missing = -1
  /** Bytes of the argument at hand; -1 before its line. */
  private bulkLength = -1
  private found = 0
  private readonly keptArguments: number
  /** Bytes of an argument that is passed over that are still to come. */
  private passedOver = 0

  constructor(keptArguments = Infinity) {
    this.keptArguments = keptArguments
  }

  /** Bytes that have arrived and belong to no command found so far. */
  get buffered(): number {
    return this.length - this.base
  }

  /** Hands over the bytes that belong to no command found so far. */
  rest(): Buffer {
    const rest = Buffer.from(this.buffer.subarray(this.base, this.length))
    this.base = this.position = this.length
    this.missing = this.bulkLength = -1
    return rest
  }

  append(given: Buffer): void {
    const chunk = this.passedOver === 0 ? given : this.passOver(given)
    if (chunk.length === 0) return
    const kept = this.length - this.base
    if (kept === 0) {
      this.buffer = chunk
      this.length = chunk.length
      this.isOwned = false
      this.base = this.position = 0
      return
    }
    const total = kept + chunk.length
    if (!this.isOwned || this.length + chunk.length > this.buffer.length) {
      const needed = this.bulkLength < 0 ? Infinity : this.position - this.base + this.bulkLength + 2
      const grown = Buffer.allocUnsafeSlow(Math.max(total, Math.min(total * 2, needed)))
      this.buffer.copy(grown, 0, this.base, this.length)
      this.rebase(grown)
      this.length = kept
    }
    chunk.copy(this.buffer, this.length)
    this.length += chunk.length
  }

  /** Looks for the next command. */
  next(): typeof COMMAND | typeof INCOMPLETE | typeof MALFORMED {
    for (;;) {
      if (this.missing < 0) {
        if (this.base === this.length) return INCOMPLETE
        if (this.buffer[this.base] !== ASTERISK) {
          const result = this.readInline()
          if (result !== COMMAND || this.argc > 0) return result
          continue
        }
        const line = this.readLine("too big mbulk count string")
        if (line !== COMMAND) return line
        const count = readNumber(this.buffer, this.position + 1, this.lineEnd)
        if (count === NO_NUMBER || count > MAX_ARGUMENTS) return this.fail("invalid multibulk length")
        if (count > UNAUTHENTICATED_ARGUMENTS && this.isUnauthenticated) {
          return this.fail("unauthenticated multibulk length")
        }
        this.position = this.lineEnd + 2
        if (count <= 0) {
          this.base = this.position
          continue
        }
        this.missing = count
        this.found = 0
      }
      return this.readArguments()
    }
  }

  private lineEnd = 0

  private readArguments(): typeof COMMAND | typeof INCOMPLETE | typeof MALFORMED {
    if (this.passedOver > 0) return INCOMPLETE
    while (this.missing > 0) {
      if (this.bulkLength < 0) {
        const line = this.readLine("too big bulk count string")
        if (line === INCOMPLETE) this.forget()
        if (line !== COMMAND) return line
        const type = this.buffer[this.position]
        if (type !== DOLLAR) return this.fail(`expected '$', got '${shown(type)}'`)
        const length = readNumber(this.buffer, this.position + 1, this.lineEnd)
        if (length < 0 || length > MAX_BULK_BYTES) return this.fail("invalid bulk length")
        if (length > UNAUTHENTICATED_BULK_BYTES && this.isUnauthenticated) {
          return this.fail("unauthenticated bulk length")
        }
        this.bulkLength = length
        this.position = this.lineEnd + 2
      }
      const end = this.position + this.bulkLength
      if (end + 2 > this.length) {
        if (this.found >= this.keptArguments) {
          this.passedOver = end + 2 - this.length
          this.length = this.position
          this.forget()
        }
        return INCOMPLETE
      }
      this.starts[this.found] = this.position
      this.ends[this.found++] = end
      this.position = end + 2
      this.bulkLength = -1
      this.missing--
    }
    this.bytes = this.buffer
    this.start = this.base
    this.end = this.base = this.position
    this.argc = this.found
    this.missing = -1
    return COMMAND
  }

  /** Arguments that are passed over do not stay because others of their command are still to come. */
  private forget(): void {
    if (this.found <= this.keptArguments) return
    const { position } = this
    const kept = this.ends[this.keptArguments - 1] + 2
    const rest = this.length - position
    if (this.isOwned) this.buffer.copyWithin(kept, position, this.length)
    else {
      const own = Buffer.allocUnsafeSlow(kept - this.base + rest)
      this.buffer.copy(own, 0, this.base, kept)
      this.buffer.copy(own, kept - this.base, position, this.length)
      this.rebase(own)
    }
    this.position = this.ends[this.keptArguments - 1] + 2
    this.length = this.position + rest
  }

  /** What of the chunk belongs to what comes after the argument. */
  private passOver(chunk: Buffer): Buffer {
    const passed = Math.min(this.passedOver, chunk.length)
    this.passedOver -= passed
    if (this.passedOver === 0) {
      this.starts[this.found] = this.ends[this.found] = this.position
      this.found++
      this.bulkLength = -1
      this.missing--
    }
    return chunk.subarray(passed)
  }

  /** Finds the end of the line at `position`. */
  private readLine(tooLong: string): typeof COMMAND | typeof INCOMPLETE | typeof MALFORMED {
    const { buffer, length } = this
    let index = this.position
    while (index < length && buffer[index] !== CR) index++
    if (index === length) {
      return length - this.position > MAX_LINE_BYTES ? this.fail(tooLong) : INCOMPLETE
    }
    if (index + 2 > length) return INCOMPLETE
    this.lineEnd = index
    return COMMAND
  }

  private readInline(): typeof COMMAND | typeof INCOMPLETE | typeof MALFORMED {
    const newline = this.buffer.subarray(0, this.length).indexOf(LF, this.base)
    if (newline < 0) {
      return this.length - this.base > MAX_LINE_BYTES ? this.fail("too big inline request") : INCOMPLETE
    }
    const end = newline > this.base && this.buffer[newline - 1] === CR ? newline - 1 : newline
    const words = splitInline(this.buffer.subarray(this.base, end))
    if (words === undefined) return this.fail("unbalanced quotes in request")
    this.base = this.position = newline + 1
    this.argc = 0
    if (words.length > 0) this.presentWords(words)
    return COMMAND
  }

  /** From here on an inline command is one like any other. */
  private presentWords(words: ReadonlyArray<Buffer>): void {
    const { bytes, ends, starts } = encodeWords(words)
    this.bytes = bytes
    this.start = 0
    this.end = bytes.length
    this.argc = words.length
    for (let index = 0; index < this.argc; index++) {
      this.starts[index] = starts[index]
      this.ends[index] = ends[index]
    }
  }

  /** What was found of the command at hand goes with its bytes to the start of a buffer of our own. */
  private rebase(grown: Buffer): void {
    for (let index = 0; index < this.found && this.missing >= 0; index++) {
      this.starts[index] -= this.base
      this.ends[index] -= this.base
    }
    this.position -= this.base
    this.base = 0
    this.buffer = grown
    this.isOwned = true
  }

  private fail(error: string): typeof MALFORMED {
    this.error = `ERR Protocol error: ${error}`
    return MALFORMED
  }
}

/** An error reply is one line. */
const shown = (byte: number): string => (byte === CR || byte === LF ? " " : String.fromCharCode(byte))
