/** Replies of one part: text, bytes, numbers, booleans. Part of `FromResp`. */
import { type RespValue, utf8 } from "../../protocol/Resp.ts"
import { type Decoder, make, Mismatch, mismatch, unfit } from "./Decoder.ts"

/** The reply as it is. */
export const reply: Decoder<RespValue> = make((reply) => reply)

/** Text, bytes read as UTF-8. */
export const text: Decoder<string> = make((reply) => {
  switch (reply._tag) {
    case "BulkString":
    case "VerbatimString":
      return utf8(reply.value)
    case "SimpleString":
      return reply.value
    default:
      return unfit(text, "text", reply)
  }
})

/** Bytes as they are, not copied. */
export const bytes: Decoder<Uint8Array> = make((reply) => {
  switch (reply._tag) {
    case "BulkString":
    case "VerbatimString":
      return reply.value
    case "SimpleString":
      return Buffer.from(reply.value)
    default:
      return unfit(bytes, "bytes", reply)
  }
})

/** An integer up to 2^53 - 1 in magnitude; one beyond is a mismatch rather than rounded. */
export const integer: Decoder<number> = make((reply) => {
  if (reply._tag === "Integer" && typeof reply.value === "number") return reply.value
  return reply._tag === "Integer"
    ? new Mismatch("an integer up to 2^53 - 1 in magnitude", "a greater one")
    : unfit(integer, "an integer", reply)
})

/** Any integer of 64 bits: a `number` up to 2^53 - 1 in magnitude, a `bigint` beyond. */
export const int64: Decoder<number | bigint> = make((reply) =>
  reply._tag === "Integer" ? reply.value : unfit(int64, "an integer", reply)
)

/** Any integer, always as a `bigint`. */
export const bigint: Decoder<bigint> = make((reply) =>
  reply._tag === "Integer" || reply._tag === "BigNumber"
    ? BigInt(reply.value)
    : unfit(bigint, "an integer", reply)
)

/** A number: RESP3's double, or the text that RESP2 sends in its place; `inf`, `-inf` and `nan` included. */
export const double: Decoder<number> = make((reply) => {
  switch (reply._tag) {
    case "Double":
      return reply.value
    case "Integer":
      return Number(reply.value)
    case "BulkString":
      return numberOf(utf8(reply.value)) ?? mismatch("a number", reply)
    case "SimpleString":
      return numberOf(reply.value) ?? mismatch("a number", reply)
    default:
      return unfit(double, "a number", reply)
  }
})

const SPELLED_NUMBERS: Readonly<Record<string, number>> = {
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  nan: NaN,
  "-nan": NaN
}

const DECIMAL = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/

const numberOf = (digits: string): number | undefined =>
  DECIMAL.test(digits) ? Number(digits) : SPELLED_NUMBERS[digits]

/** RESP3's boolean, or the integers 1 and 0. */
export const boolean: Decoder<boolean> = make((reply) => {
  if (reply._tag === "Boolean") return reply.value
  if (reply._tag === "Integer") {
    if (reply.value === 1) return true
    if (reply.value === 0) return false
  }
  return unfit(boolean, "0 or 1", reply)
})

/** `OK`, which says nothing more than that it was done. */
export const ok: Decoder<void> = make((reply) =>
  reply._tag === "SimpleString" && reply.value === "OK" ? undefined : unfit(ok, "OK", reply)
)

/** Whether it was done: `OK`, or nil. */
export const isDone: Decoder<boolean> = make((reply) => {
  if (reply._tag === "SimpleString" && reply.value === "OK") return true
  return reply.value === null ? false : unfit(isDone, "OK or nil", reply)
})
