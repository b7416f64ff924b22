/** A reply as the bytes that its strings hold: what redis-cli prints with --raw, or into a pipe. */
import { type RespValue, text } from "../../../protocol/Resp.ts"
import type { ByteSink } from "./ByteSink.ts"

/** Writes the reply without what stands after it. */
export const writeRaw = (sink: ByteSink, reply: RespValue, delimiter: string): void => {
  switch (reply._tag) {
    case "BulkString":
    case "VerbatimString":
      return sink.bytes(reply.value)
    case "SimpleError":
    case "BulkError":
      // The line end belongs to the error, so that one stands out among others.
      return sink.utf8(`${reply.value}\n`)
    case "Boolean":
      return sink.ascii(reply.value ? "(true)" : "(false)")
    case "Array":
    case "Set":
    case "Push":
      return reply.value.forEach((item, index) => {
        if (index > 0) sink.utf8(delimiter)
        writeRaw(sink, item, delimiter)
      })
    case "Map":
      return reply.value.forEach(([key, value], index) => {
        if (index > 0) sink.utf8(delimiter)
        writeRaw(sink, key, delimiter)
        sink.ascii(" ")
        writeRaw(sink, value, delimiter)
      })
    case "Attribute":
      return writeRaw(sink, reply.value, delimiter)
    default:
      return sink.utf8(text(reply) ?? "")
  }
}
