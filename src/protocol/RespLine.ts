/**
 * What stands in one line of the protocol: the type bytes, and the scalars
 * that fit in a line. Each reader takes the line's bytes between the type and
 * the CRLF, and gives `undefined` for what is malformed.
 */
import * as Resp from "./Resp.ts"
import type { BigNumber, Double, Integer, RespBoolean, SimpleString } from "./Resp.ts"

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
const PLUS = 0x2b
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

const LETTER_O = 0x4f
const LETTER_K = 0x4b

export const simpleString = (line: Buffer, start: number, end: number): SimpleString => {
  if (end - start === 2 && line[start] === LETTER_O && line[start + 1] === LETTER_K) return Resp.ok
  const value = line.toString("utf8", start, end)
  return value === "QUEUED" ? Resp.queued : value === "PONG" ? Resp.pong : Resp.simpleString(value)
}

/** So many digits are always below 2^53. */
const SAFE_DIGITS = 15
const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** A signed 64-bit integer. */
export const integer = (line: Buffer, start: number, end: number): Integer | undefined => {
  const digitsStart = skipSign(line, start)
  if (!areDigits(line, digitsStart, end)) return undefined
  if (end - digitsStart <= SAFE_DIGITS) {
    let value = 0
    for (let index = digitsStart; index < end; index++) value = value * 10 + line[index] - ZERO
    return { _tag: "Integer", value: line[start] === MINUS && value !== 0 ? -value : value }
  }
  const value = bigint(line, start, end)
  return value > MAX_INT64 || value < MIN_INT64 ? undefined : Resp.integer(value)
}

export const bigNumber = (line: Buffer, start: number, end: number): BigNumber | undefined =>
  areDigits(line, skipSign(line, start), end) ? Resp.bigNumber(bigint(line, start, end)) : undefined

/** `inf`, `-inf`, `nan`, or a decimal number with optional fraction and exponent. */
export const double = (line: Buffer, start: number, end: number): Double | undefined => {
  const value = line.toString("latin1", start, end)
  switch (value) {
    case "inf":
    case "+inf":
      return Resp.double(Infinity)
    case "-inf":
      return Resp.double(-Infinity)
    case "nan":
    case "-nan": // what printf of some C libraries, and so some servers, write
      return Resp.double(NaN)
  }
  let hasDigit = false
  for (let index = start; index < end; index++) {
    const byte = line[index]
    if (byte >= ZERO && byte <= ZERO + 9) hasDigit = true
    else if (!DOUBLE_BYTES.includes(byte)) return undefined
  }
  const number = hasDigit ? Number(value) : NaN
  return number !== number ? undefined : Resp.double(number)
}

const DOUBLE_BYTES = Buffer.from("+-.eE")

const LETTER_T = 0x74
const LETTER_F = 0x66

export const boolean = (line: Buffer, start: number, end: number): RespBoolean | undefined =>
  end - start !== 1
    ? undefined
    : line[start] === LETTER_T
      ? Resp.boolean(true)
      : line[start] === LETTER_F
        ? Resp.boolean(false)
        : undefined

const skipSign = (line: Buffer, start: number): number =>
  line[start] === MINUS || line[start] === PLUS ? start + 1 : start

const areDigits = (line: Buffer, start: number, end: number): boolean => {
  for (let index = start; index < end; index++) {
    if (line[index] < ZERO || line[index] > ZERO + 9) return false
  }
  return end > start
}

const bigint = (line: Buffer, start: number, end: number): bigint =>
  BigInt(line.toString("latin1", line[start] === PLUS ? start + 1 : start, end))
