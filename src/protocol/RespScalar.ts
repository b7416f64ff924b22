/** The values that fit in one line of the protocol, read from the bytes between the type and the CRLF. */
import type { ProtocolErrorReason } from "./ProtocolError.ts"
import * as Resp from "./Resp.ts"
import type { BigNumber, Double, Integer, RespBoolean, RespValue, SimpleString } from "./Resp.ts"
import { BIG_NUMBER, BOOLEAN, DOUBLE, INTEGER, NULL, SIMPLE_ERROR, SIMPLE_STRING } from "./RespLine.ts"

export const isScalar = (type: number): boolean => IS_SCALAR[type] === 1

const IS_SCALAR = new Uint8Array(256)
for (const type of [SIMPLE_STRING, SIMPLE_ERROR, INTEGER, DOUBLE, BIG_NUMBER, BOOLEAN, NULL])
  IS_SCALAR[type] = 1

/** `undefined` when the line is malformed. */
export const read = (type: number, line: Buffer, start: number, end: number): RespValue | undefined => {
  switch (type) {
    case SIMPLE_STRING:
      return simpleString(line, start, end)
    case INTEGER:
      return integer(line, start, end)
    case SIMPLE_ERROR:
      return Resp.simpleError(line.toString("utf8", start, end))
    case DOUBLE:
      return double(line, start, end)
    case BIG_NUMBER:
      return bigNumber(line, start, end)
    case BOOLEAN:
      return boolean(line, start, end)
    default:
      return start === end ? Resp.nullValue : undefined
  }
}

export const malformation = (type: number): ProtocolErrorReason =>
  type === BOOLEAN ? "BadBoolean" : type === NULL ? "BadLength" : "BadNumber"

export const nameOf = (type: number): string => NAMES[type]

const NAMES: Readonly<Record<number, string>> = {
  [INTEGER]: "an integer",
  [DOUBLE]: "a double",
  [BIG_NUMBER]: "a big number",
  [BOOLEAN]: "a boolean",
  [NULL]: "a null"
}

const PLUS = 0x2b
const MINUS = 0x2d
const ZERO = 0x30
const LETTER_O = 0x4f
const LETTER_K = 0x4b

const simpleString = (line: Buffer, start: number, end: number): SimpleString => {
  if (end - start === 2 && line[start] === LETTER_O && line[start + 1] === LETTER_K) return Resp.ok
  const value = line.toString("utf8", start, end)
  return value === "QUEUED" ? Resp.queued : value === "PONG" ? Resp.pong : Resp.simpleString(value)
}

/** So many digits are always below 2^53. */
const SAFE_DIGITS = 15
const MAX_INT64 = 2n ** 63n - 1n
const MIN_INT64 = -(2n ** 63n)

/** A signed 64-bit integer. */
const integer = (line: Buffer, start: number, end: number): Integer | undefined => {
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

const bigNumber = (line: Buffer, start: number, end: number): BigNumber | undefined =>
  areDigits(line, skipSign(line, start), end) ? Resp.bigNumber(bigint(line, start, end)) : undefined

/** `inf`, `-inf`, `nan`, or a decimal number with optional fraction and exponent. */
const double = (line: Buffer, start: number, end: number): Double | undefined => {
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

const boolean = (line: Buffer, start: number, end: number): RespBoolean | undefined =>
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
