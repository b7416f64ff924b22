/** A reply as redis-cli shows it on a terminal: strings between quotes, aggregates numbered and indented. */
import { doubleText, type RespValue } from "../../../protocol/Resp.ts"
import { escaped } from "../../Quoting.ts"
import { type ByteSink, inParts } from "./ByteSink.ts"

/**
 * Writes the reply without a line end.
 *
 * @param indent stands in front of every line but the first, on which the caller has written already
 */
export const writeText = (sink: ByteSink, reply: RespValue, indent: string): void => {
  switch (reply._tag) {
    case "SimpleString":
      return sink.utf8(reply.value)
    case "SimpleError":
    case "BulkError":
      return sink.utf8(`(error) ${reply.value}`)
    case "Integer":
      return sink.ascii(`(integer) ${reply.value}`)
    case "BigNumber":
      return sink.ascii(`(big number) ${reply.value}`)
    case "Double":
      return sink.ascii(`(double) ${doubleText(reply.value)}`)
    case "Boolean":
      return sink.ascii(reply.value ? "(true)" : "(false)")
    case "NullBulkString":
    case "NullArray":
    case "Null":
      return sink.ascii("(nil)")
    case "BulkString":
      sink.ascii('"')
      inParts(reply.value, (part) => sink.ascii(escaped(part)))
      return sink.ascii('"')
    case "VerbatimString":
      return sink.bytes(reply.value)
    case "Array":
      return writeItems(sink, reply.value, "array", ")", indent)
    case "Set":
      return writeItems(sink, reply.value, "set", "~", indent)
    case "Push":
      return writeItems(sink, reply.value, "push", ")", indent)
    case "Map":
      return writePairs(sink, reply.value, "#", indent)
    case "Attribute":
      writePairs(sink, reply.attributes, "|", indent)
      sink.ascii(`\n${indent}`)
      return writeText(sink, reply.value, indent)
  }
}

const writeItems = (
  sink: ByteSink,
  items: ReadonlyArray<RespValue>,
  type: string,
  mark: string,
  indent: string
): void => {
  if (items.length === 0) return sink.ascii(`(empty ${type})`)
  writeNumbered(sink, items, mark, indent, (item, inner) => writeText(sink, item, inner))
}

const writePairs = (
  sink: ByteSink,
  pairs: ReadonlyArray<readonly [RespValue, RespValue]>,
  mark: string,
  indent: string
): void => {
  if (pairs.length === 0) return sink.ascii("(empty hash)")
  writeNumbered(sink, pairs, mark, indent, ([key, value], inner) => {
    writeText(sink, key, inner)
    sink.ascii(isOnManyLines(value) ? ` => \n${inner}` : " => ")
    writeText(sink, value, inner)
  })
}

/** Each entry behind its number, all numbers as wide as the last. */
const writeNumbered = <A>(
  sink: ByteSink,
  entries: ReadonlyArray<A>,
  mark: string,
  indent: string,
  write: (entry: A, indent: string) => void
): void => {
  const width = String(entries.length).length
  const inner = indent + " ".repeat(width + `${mark} `.length)
  entries.forEach((entry, index) => {
    sink.ascii(`${index === 0 ? "" : `\n${indent}`}${String(index + 1).padStart(width)}${mark} `)
    write(entry, inner)
  })
}

/** Such a value of a map begins on a line of its own. */
const isOnManyLines = (reply: RespValue): boolean => {
  switch (reply._tag) {
    case "Array":
    case "Set":
    case "Push":
      return reply.value.length > 1 || (reply.value.length === 1 && isOnManyLines(reply.value[0]))
    case "Map":
      return reply.value.length > 1 || (reply.value.length === 1 && isOnManyLines(reply.value[0][1]))
    default:
      return reply._tag === "Attribute"
  }
}
