/** How a line of the protocol begins: its type byte, and the length that bulk strings and aggregates announce. */

export const SIMPLE_STRING = 0x2b // +
export const SIMPLE_ERROR = 0x2d // -
export const INTEGER = 0x3a // :
export const BULK_STRING = 0x24 // $
export const ARRAY = 0x2a // *
export const NULL = 0x5f // _
export const BOOLEAN = 0x23 // #
export const DOUBLE = 0x2c // ,
export const BIG_NUMBER = 0x28 // (
export const BULK_ERROR = 0x21 // !
export const VERBATIM_STRING = 0x3d // =
export const MAP = 0x25 // %
export const SET = 0x7e // ~
export const ATTRIBUTE = 0x7c // |
export const PUSH = 0x3e // >

export const COLON = 0x3a
const MINUS = 0x2d
const ZERO = 0x30

export const isBulk = (type: number): boolean =>
  type === BULK_STRING || type === BULK_ERROR || type === VERBATIM_STRING

const TYPE_BYTES = new Uint8Array(256)
for (const byte of Buffer.from("+-:$*_#,(!=%~|>")) TYPE_BYTES[byte] = 1

export const isTypeByte = (byte: number): boolean => TYPE_BYTES[byte] === 1

/** What `length` gives for `-1`, the null forms of RESP2. */
export const NULL_LENGTH = -1
const BAD_LENGTH = -2
/** Digits of the longest length worth reading; what is longer is refused, whatever the limit. */
const MAX_LENGTH_DIGITS = 15

/** A length: plain decimal digits without a leading zero, or -1; a negative result other than `NULL_LENGTH` is malformed. */
export const length = (line: Buffer, start: number, end: number): number => {
  const digits = end - start
  if (digits === 0 || digits > MAX_LENGTH_DIGITS) return BAD_LENGTH
  if (line[start] === MINUS) return digits === 2 && line[start + 1] === ZERO + 1 ? NULL_LENGTH : BAD_LENGTH
  if (line[start] === ZERO && digits > 1) return BAD_LENGTH
  let value = 0
  for (let index = start; index < end; index++) {
    const digit = line[index] - ZERO
    if (digit < 0 || digit > 9) return BAD_LENGTH
    value = value * 10 + digit
  }
  return value
}
