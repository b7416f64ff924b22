/**
 * A reply as one JSON document: what redis-cli prints with --json and
 * --quoted-json, but always a document. Where redis-cli's output is none (an
 * error, an infinite double, a key that is an aggregate, a quotation mark with
 * --quoted-json, bytes that are not UTF-8), this says it in JSON.
 */
import { doubleText, type RespValue, utf8 } from "../../../protocol/Resp.ts"
import { escaped } from "../../Quoting.ts"
import { ByteSink, inParts } from "./ByteSink.ts"

/**
 * What stands in a string: the bytes read as UTF-8, what is none as U+FFFD; or
 * the bytes escaped as in the text format, none lost.
 */
export type JsonStrings = "utf8" | "escaped"

/** Writes the reply without a line end. */
export const writeJson = (sink: ByteSink, reply: RespValue, strings: JsonStrings): void => {
  switch (reply._tag) {
    case "SimpleString":
      return writeString(sink, Buffer.from(reply.value), strings)
    case "BulkString":
    case "VerbatimString":
      return writeString(sink, reply.value, strings)
    case "SimpleError":
    case "BulkError":
      sink.ascii('{"error":{"tag":"RedisError","message":')
      writeString(sink, Buffer.from(reply.value), strings)
      return sink.ascii("}}")
    case "Integer":
    case "BigNumber":
      return sink.ascii(String(reply.value))
    case "Double":
      return sink.ascii(
        Number.isFinite(reply.value) ? doubleText(reply.value) : `"${doubleText(reply.value)}"`
      )
    case "Boolean":
      return sink.ascii(reply.value ? "true" : "false")
    case "NullBulkString":
    case "NullArray":
    case "Null":
      return sink.ascii("null")
    case "Array":
    case "Set":
    case "Push":
      sink.ascii("[")
      reply.value.forEach((item, index) => {
        if (index > 0) sink.ascii(",")
        writeJson(sink, item, strings)
      })
      return sink.ascii("]")
    case "Map":
      sink.ascii("{")
      reply.value.forEach(([key, value], index) => {
        if (index > 0) sink.ascii(",")
        writeKey(sink, key, strings)
        sink.ascii(":")
        writeJson(sink, value, strings)
      })
      return sink.ascii("}")
    case "Attribute":
      return writeJson(sink, reply.value, strings)
  }
}

/** JSON wants strings as keys: what is none is written as JSON, and that as a string. */
const writeKey = (sink: ByteSink, key: RespValue, strings: JsonStrings): void => {
  const part = new ByteSink()
  writeJson(part, key, strings)
  const json = part.take()
  if (json[0] === QUOTE) sink.bytes(json)
  else sink.utf8(JSON.stringify(json.toString()))
}

const QUOTE = 0x22

const writeString = (sink: ByteSink, bytes: Uint8Array, strings: JsonStrings): void => {
  if (strings === "utf8") return sink.utf8(JSON.stringify(utf8(bytes)))
  sink.ascii('"')
  inParts(bytes, (part) => sink.ascii(JSON.stringify(escaped(part)).slice(1, -1)))
  sink.ascii('"')
}
