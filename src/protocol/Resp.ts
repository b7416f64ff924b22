/**
 * The values of the Redis serialization protocol, versions 2 and 3.
 *
 * Every value has the same shape, `{ _tag, value }`, so that the code which
 * reads them stays monomorphic. Bulk data are bytes; text is decoded on
 * request (`text`). An error reply is a value, never an exception.
 *
 * Does not cover streamed aggregates and strings (`$?`, `*?`): no Redis
 * version sends them, and the decoder refuses them.
 *
 * Source: https://redis.io/docs/latest/develop/reference/protocol-spec/
 */

export interface SimpleString {
  readonly _tag: "SimpleString"
  readonly value: string
}
/** An error reply: the whole line, whose first word is its kind (`ERR`, `MOVED`, ...). */
export interface SimpleError {
  readonly _tag: "SimpleError"
  readonly value: string
}
/** A 64-bit integer: a `number` up to 2^53 - 1 in magnitude, a `bigint` beyond. */
export interface Integer {
  readonly _tag: "Integer"
  readonly value: number | bigint
}
export interface BulkString {
  readonly _tag: "BulkString"
  readonly value: Uint8Array
}
/** RESP2's `$-1`. */
export interface NullBulkString {
  readonly _tag: "NullBulkString"
  readonly value: null
}
/** RESP2's `*-1`. */
export interface NullArray {
  readonly _tag: "NullArray"
  readonly value: null
}
/** RESP3's `_`. */
export interface Null {
  readonly _tag: "Null"
  readonly value: null
}
export interface RespArray {
  readonly _tag: "Array"
  readonly value: ReadonlyArray<RespValue>
}
export interface RespBoolean {
  readonly _tag: "Boolean"
  readonly value: boolean
}
export interface Double {
  readonly _tag: "Double"
  readonly value: number
}
export interface BigNumber {
  readonly _tag: "BigNumber"
  readonly value: bigint
}
/** RESP3's `!`: an error reply whose text may hold line ends. */
export interface BulkError {
  readonly _tag: "BulkError"
  readonly value: string
}
/** RESP3's `=`: text with a three-character format, `txt` or `mkd`. */
export interface VerbatimString {
  readonly _tag: "VerbatimString"
  readonly value: Uint8Array
  readonly format: string
}
/** Pairs in the order sent: RESP3 allows any value as a key, and Redis relies on the order. */
export interface RespMap {
  readonly _tag: "Map"
  readonly value: ReadonlyArray<readonly [RespValue, RespValue]>
}
export interface RespSet {
  readonly _tag: "Set"
  readonly value: ReadonlyArray<RespValue>
}
/** Out-of-band data: never the reply of a command, except to (UN)SUBSCRIBE. */
export interface Push {
  readonly _tag: "Push"
  readonly value: ReadonlyArray<RespValue>
}
/** A value with the attributes sent in front of it; one reply, not two. */
export interface Attribute {
  readonly _tag: "Attribute"
  readonly value: RespValue
  readonly attributes: ReadonlyArray<readonly [RespValue, RespValue]>
}

export type RespValue =
  | SimpleString
  | SimpleError
  | Integer
  | BulkString
  | NullBulkString
  | NullArray
  | Null
  | RespArray
  | RespBoolean
  | Double
  | BigNumber
  | BulkError
  | VerbatimString
  | RespMap
  | RespSet
  | Push
  | Attribute

/** What a command argument may be; a number is sent as its decimal text. */
export type CommandArgument = string | Uint8Array | number | bigint

/** A command name followed by its arguments. */
export type CommandArguments = ReadonlyArray<CommandArgument>

export const simpleString = (value: string): SimpleString => ({ _tag: "SimpleString", value })
export const simpleError = (value: string): SimpleError => ({ _tag: "SimpleError", value })
export const integer = (value: number | bigint): Integer => ({ _tag: "Integer", value: narrow(value) })
export const bulkString = (value: Uint8Array | string): BulkString => ({
  _tag: "BulkString",
  value: typeof value === "string" ? Buffer.from(value) : value
})
export const array = (value: ReadonlyArray<RespValue>): RespArray => ({ _tag: "Array", value })
export const boolean = (value: boolean): RespBoolean => (value ? yes : no)
export const double = (value: number): Double => ({ _tag: "Double", value })
export const bigNumber = (value: bigint): BigNumber => ({ _tag: "BigNumber", value })
export const bulkError = (value: string): BulkError => ({ _tag: "BulkError", value })
export const verbatimString = (format: string, value: Uint8Array | string): VerbatimString => ({
  _tag: "VerbatimString",
  value: typeof value === "string" ? Buffer.from(value) : value,
  format
})
export const map = (value: ReadonlyArray<readonly [RespValue, RespValue]>): RespMap => ({
  _tag: "Map",
  value
})
export const set = (value: ReadonlyArray<RespValue>): RespSet => ({ _tag: "Set", value })
export const push = (value: ReadonlyArray<RespValue>): Push => ({ _tag: "Push", value })
export const attribute = (
  attributes: ReadonlyArray<readonly [RespValue, RespValue]>,
  value: RespValue
): Attribute => ({ _tag: "Attribute", value, attributes })

/** Replies that every server sends again and again are one shared value each. */
export const ok: SimpleString = simpleString("OK")
export const queued: SimpleString = simpleString("QUEUED")
export const pong: SimpleString = simpleString("PONG")
export const nullBulkString: NullBulkString = { _tag: "NullBulkString", value: null }
export const nullArray: NullArray = { _tag: "NullArray", value: null }
export const nullValue: Null = { _tag: "Null", value: null }
const yes: RespBoolean = { _tag: "Boolean", value: true }
const no: RespBoolean = { _tag: "Boolean", value: false }

const narrow = (value: number | bigint): number | bigint =>
  typeof value === "bigint" && value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
    ? Number(value)
    : value

export const isError = (value: RespValue): value is SimpleError | BulkError =>
  value._tag === "SimpleError" || value._tag === "BulkError"

export const isNull = (value: RespValue): value is Null | NullBulkString | NullArray => value.value === null

/** The elements of an array, set or push; `undefined` for any other value. */
export const elements = (value: RespValue): ReadonlyArray<RespValue> | undefined =>
  value._tag === "Array" || value._tag === "Set" || value._tag === "Push" ? value.value : undefined

/**
 * The value as text, bytes read as UTF-8; `undefined` for nil and aggregates.
 *
 * @example text(bulkString("caf\u00e9")) // "café"
 */
export const text = (value: RespValue): string | undefined => {
  switch (value._tag) {
    case "SimpleString":
    case "SimpleError":
    case "BulkError":
      return value.value
    case "BulkString":
    case "VerbatimString":
      return utf8(value.value)
    case "Integer":
    case "BigNumber":
    case "Boolean":
      return String(value.value)
    case "Double":
      return doubleText(value.value)
    default:
      return undefined
  }
}

/** Bytes as UTF-8 text, without copying them first. */
export const utf8 = (bytes: Uint8Array): string =>
  Buffer.isBuffer(bytes)
    ? bytes.toString("utf8")
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")

/** A double as the protocol spells it: `inf`, `-inf`, `nan`, or the shortest decimal. */
export const doubleText = (value: number): string =>
  value === Infinity
    ? "inf"
    : value === -Infinity
      ? "-inf"
      : value !== value
        ? "nan"
        : Object.is(value, -0)
          ? "-0"
          : String(value)

/** Structural equality: bytes by content, NaN equal to itself, 0 and -0 apart. */
export const equals = (a: RespValue, b: RespValue): boolean => {
  if (a === b) return true
  if (a._tag !== b._tag) return false
  switch (a._tag) {
    case "BulkString":
      return bytesEqual(a.value, (b as BulkString).value)
    case "VerbatimString":
      return a.format === (b as VerbatimString).format && bytesEqual(a.value, (b as VerbatimString).value)
    case "Array":
    case "Set":
    case "Push":
      return allEqual(a.value, (b as RespArray).value)
    case "Map":
      return pairsEqual(a.value, (b as RespMap).value)
    case "Attribute":
      return pairsEqual(a.attributes, (b as Attribute).attributes) && equals(a.value, (b as Attribute).value)
    default:
      return Object.is(a.value, b.value)
  }
}

const bytesEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const allEqual = (a: ReadonlyArray<RespValue>, b: ReadonlyArray<RespValue>): boolean =>
  a.length === b.length && a.every((item, index) => equals(item, b[index]))

const pairsEqual = (
  a: ReadonlyArray<readonly [RespValue, RespValue]>,
  b: ReadonlyArray<readonly [RespValue, RespValue]>
): boolean =>
  a.length === b.length &&
  a.every(([key, value], index) => equals(key, b[index][0]) && equals(value, b[index][1]))
