/**
 * How a reply is printed: for a person as redis-cli does on a terminal, raw,
 * or as CSV or JSON.
 *
 * The bytes are those of redis-cli 7.0.15, except where it has nothing to say
 * or says what no program can read: `test/integration/ReplyFormat.test.ts` has
 * the list of differences, each with its reason. Pure.
 */
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { ByteSink } from "./ByteSink.ts"
import { writeCsv } from "./ReplyCsv.ts"
import { type JsonStrings, writeJson } from "./ReplyJson.ts"
import { writeRaw } from "./ReplyRaw.ts"
import { writeText } from "./ReplyText.ts"
import { isReport } from "./Report.ts"

export type ReplyFormat =
  /** Numbered, indented, with the types: what a terminal shows. */
  | { readonly kind: "text" }
  /** What the strings hold, and nothing else. */
  | {
      readonly kind: "raw"
      /** Between the elements of an aggregate. */
      readonly delimiter: string
      /** After each reply. */
      readonly end: string
    }
  | { readonly kind: "csv" }
  /** One document to a line. `escaped`: strings as the text format spells them, so that no byte is lost. */
  | { readonly kind: "json"; readonly strings: JsonStrings }

export const TEXT: ReplyFormat = { kind: "text" }
export const RAW: ReplyFormat = { kind: "raw", delimiter: "\n", end: "\n" }
export const CSV: ReplyFormat = { kind: "csv" }
export const JSON_FORMAT: ReplyFormat = { kind: "json", strings: "utf8" }
export const QUOTED_JSON: ReplyFormat = { kind: "json", strings: "escaped" }

/** The reply, ready to be written, with the line end that belongs to it. */
export const formatReply = (reply: RespValue, format: ReplyFormat): Buffer => {
  const sink = new ByteSink()
  switch (format.kind) {
    case "text":
      writeText(sink, reply, "")
      sink.ascii("\n")
      break
    case "raw":
      writeRaw(sink, reply, format.delimiter)
      sink.utf8(format.end)
      break
    case "csv":
      writeCsv(sink, reply)
      sink.ascii("\n")
      break
    case "json":
      writeJson(sink, reply, format.strings)
      sink.ascii("\n")
  }
  return sink.take()
}

/**
 * What is printed for the reply of a command. A report (INFO, CLIENT LIST) is
 * printed as it is, without a line end of its own; in JSON it is a string like
 * any other.
 */
export const printedReply = (command: CommandArguments, reply: RespValue, format: ReplyFormat): Buffer =>
  format.kind !== "json" && isReport(command)
    ? formatReply(reply, { ...RAW, end: "" })
    : formatReply(reply, format)
