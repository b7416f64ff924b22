/** A reply as one line of comma-separated values, aggregates flattened: what redis-cli prints with --csv. */
import { type RespValue, text } from "../../../protocol/Resp.ts"
import { escaped } from "../../Quoting.ts"
import { type ByteSink, inParts } from "./ByteSink.ts"

/** Writes the reply without a line end. */
export const writeCsv = (sink: ByteSink, reply: RespValue): void => {
  switch (reply._tag) {
    case "SimpleString":
      return writeString(sink, Buffer.from(reply.value))
    case "SimpleError":
    case "BulkError":
      sink.ascii("ERROR,")
      return writeString(sink, Buffer.from(reply.value))
    case "BulkString":
    case "VerbatimString":
      return writeString(sink, reply.value)
    case "NullBulkString":
    case "NullArray":
    case "Null":
      return sink.ascii("NULL")
    case "Array":
    case "Set":
    case "Push":
      return writeItems(sink, reply.value)
    case "Map":
      return writeItems(sink, reply.value.flat())
    case "Attribute":
      return writeCsv(sink, reply.value)
    default:
      return sink.ascii(text(reply) ?? "")
  }
}

const writeItems = (sink: ByteSink, items: ReadonlyArray<RespValue>): void =>
  items.forEach((item, index) => {
    if (index > 0) sink.ascii(",")
    writeCsv(sink, item)
  })

const writeString = (sink: ByteSink, bytes: Uint8Array): void => {
  sink.ascii('"')
  inParts(bytes, (part) => sink.ascii(escaped(part)))
  sink.ascii('"')
}
