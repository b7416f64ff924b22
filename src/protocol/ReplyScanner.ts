/**
 * Finds where replies end, for who hands them on as they are: nothing is
 * decoded, copied or kept, and chunks may be split anywhere.
 *
 * An aggregate needs no stack: it takes the place of one value and adds as many
 * as it has elements to those that are still to come. An attribute takes nobody's
 * place.
 *
 * Does not: judge what it passes over, beyond what it needs to find the end.
 */
import * as RespLine from "./RespLine.ts"

/** The chunk ends before the reply does. */
export const INCOMPLETE = -1
/** What has come is not of the protocol; the scanner is of no use any more. */
export const MALFORMED = -2

const CR = 13
const LF = 10
const ZERO = 48
const MINUS = 45
/** More digits than this are no length; so the arithmetic stays exact. */
const LARGEST_LENGTH = 2 ** 45

const AT_TYPE = 0
const IN_LINE = 1
const IN_LENGTH = 2
const IN_BODY = 3

/** How a line goes on: with text up to its end, or with a length of something. */
const LINE = 1
const BULK = 2
const ELEMENTS = 3
const PAIRS = 4
const ATTRIBUTES = 5
const KIND = new Uint8Array(256)
for (const byte of Buffer.from("+-:_#,(")) KIND[byte] = LINE
for (const byte of Buffer.from("$!=")) KIND[byte] = BULK
for (const byte of Buffer.from("*~>")) KIND[byte] = ELEMENTS
KIND[RespLine.MAP] = PAIRS
KIND[RespLine.ATTRIBUTE] = ATTRIBUTES

export class ReplyScanner {
  private state = AT_TYPE
  /** Values that are still to come until the reply is whole; 0 between two replies. */
  private awaited = 0
  private kind = 0
  private length = 0
  private isNegative = false
  /** Bytes of a bulk string's body, its CRLF included, that are still to come. */
  private remaining = 0

  /** Whether the stream stands between two replies. */
  get isAtBoundary(): boolean {
    return this.awaited === 0
  }

  /** From `position` on, where a reply begins or goes on: the index behind its end, `INCOMPLETE` or `MALFORMED`. */
  next(chunk: Uint8Array, position: number): number {
    const end = chunk.length
    let index = position
    if (this.awaited === 0) this.awaited = 1
    while (index < end) {
      switch (this.state) {
        case AT_TYPE: {
          const kind = KIND[chunk[index++]]
          if (kind === 0) return MALFORMED
          if (kind === LINE) this.state = IN_LINE
          else {
            this.kind = kind
            this.length = 0
            this.isNegative = false
            this.state = IN_LENGTH
          }
          break
        }
        case IN_LINE:
          while (index < end && chunk[index] !== LF) index++
          if (index === end) return INCOMPLETE
          index++
          this.state = AT_TYPE
          if (--this.awaited === 0) return index
          break
        case IN_LENGTH: {
          let length = this.length
          for (; index < end; index++) {
            const digit = chunk[index] - ZERO
            if (digit >= 0 && digit <= 9) length = length * 10 + digit
            else if (chunk[index] === MINUS) this.isNegative = true
            else if (chunk[index] === LF) break
            else if (chunk[index] !== CR) return MALFORMED
          }
          if (length > LARGEST_LENGTH) return MALFORMED
          this.length = length
          if (index === end) return INCOMPLETE
          index++
          this.announce()
          if (this.awaited === 0) return index
          break
        }
        default: {
          const taken = Math.min(this.remaining, end - index)
          index += taken
          this.remaining -= taken
          if (this.remaining > 0) return INCOMPLETE
          this.state = AT_TYPE
          if (--this.awaited === 0) return index
        }
      }
    }
    return INCOMPLETE
  }

  /** A length has been read: of a body that follows, or of values. */
  private announce(): void {
    this.state = AT_TYPE
    if (this.isNegative) this.awaited--
    else if (this.kind === BULK) {
      this.remaining = this.length + 2
      this.state = IN_BODY
    } else if (this.kind === ELEMENTS) this.awaited += this.length - 1
    else if (this.kind === PAIRS) this.awaited += 2 * this.length - 1
    else this.awaited += 2 * this.length
  }
}
