/**
 * The answers of several nodes as one table, where that reads better than one
 * below the other: numbers and short words by node, and fields (INFO, CONFIG
 * GET) with a column per node. Pure.
 */
import { lookupCommand } from "../../../protocol/CommandTable.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { tableWidth, textTable } from "../../TextTable.ts"
import { number } from "../../KeyProgress.ts"
import { infoFields } from "../topology/InfoText.ts"
import { escaped } from "../../Quoting.ts"
import type { NodeAnswer } from "./NodeAnswers.ts"

/** Nodes that differ in a field of CONFIG GET. */
const DIFFERENT = "*"
/** A longer word makes a row that cannot be read. */
const LONGEST_CELL = 60

/** `undefined`: they are better printed one by one. */
export const answerTable = (
  command: CommandArguments,
  answers: ReadonlyArray<NodeAnswer>,
  columns: number
): string | undefined => {
  if (answers.length < 2) return undefined
  const table = cellTable(command, answers) ?? fieldTable(command, answers)
  return table === undefined || tableWidth(table) > columns ? undefined : table
}

/** A row per node, when all replies are short. */
const cellTable = (command: CommandArguments, answers: ReadonlyArray<NodeAnswer>): string | undefined => {
  const cells = answers.map(({ reply }) => cellOf(reply))
  if (!cells.every((cell) => cell !== undefined)) return undefined
  const isNumeric = answers.every(({ reply }) => reply._tag === "Integer" || Resp.isError(reply))
  const rows = answers.map(({ node }, index) => [node.address, node.role, cells[index]])
  if (isNumeric && isSummed(command)) {
    const counted = answers.filter(({ node, reply }) => reply._tag === "Integer" && node.role === "master")
    rows.push(["masters", "", number(counted.reduce((sum, { reply }) => sum + Number(reply.value), 0))])
  }
  return textTable(
    [{ title: "NODE" }, { title: "ROLE" }, { title: "REPLY", align: isNumeric ? "right" : "left" }],
    rows
  )
}

const cellOf = (reply: RespValue): string | undefined => {
  const cell = Resp.isNull(reply)
    ? "(nil)"
    : Resp.isError(reply)
      ? `(error) ${reply.value}`
      : reply._tag === "Integer"
        ? number(Number(reply.value))
        : reply._tag === "BulkString"
          ? lineOf(reply.value)
          : Resp.text(reply)
  return cell === undefined || cell.includes("\n") || (cell.length > LONGEST_CELL && !Resp.isError(reply))
    ? undefined
    : cell
}

/** What has several lines is no cell. */
const lineOf = (bytes: Uint8Array): string | undefined =>
  bytes.includes(LINE_FEED) ? undefined : escaped(bytes)

const LINE_FEED = 0x0a

/** What the nodes of a cluster hold adds up, such as DBSIZE. */
const isSummed = (command: CommandArguments): boolean => lookupCommand(command)?.responsePolicy === "agg-sum"

/** A row per field, in the order in which the nodes name them, when all replies are made of fields. */
const fieldTable = (command: CommandArguments, answers: ReadonlyArray<NodeAnswer>): string | undefined => {
  const hasPairs = PAIRS.has(lookupCommand(command)?.name ?? "")
  const fields = answers.map(({ reply }) =>
    Resp.isError(reply) ? new Map<string, string>() : fieldsOf(reply, hasPairs)
  )
  if (!fields.every((each) => each !== undefined) || fields.every(({ size }) => size === 0)) return undefined
  const names = new Set(fields.flatMap((each) => Array.from(each.keys())))
  const isConfig = answers.every(({ reply }) => Resp.text(reply) === undefined)
  const rows = Array.from(names, (name) => {
    const values = fields.map((each, index) => each.get(name) ?? missing(answers[index].reply))
    const differs = isConfig && values.some((value) => value !== values[0])
    return [`${differs ? DIFFERENT : ""}${name}`, ...values]
  })
  if (rows.some((row) => row.some((cell) => cell.length > LONGEST_CELL))) return undefined
  return textTable([{ title: "FIELD" }, ...answers.map(({ node }) => ({ title: node.address }))], rows)
}

const missing = (reply: RespValue): string => (Resp.isError(reply) ? "(error)" : "-")

const fieldsOf = (reply: RespValue, hasPairs: boolean): ReadonlyMap<string, string> | undefined => {
  const text = reply._tag === "BulkString" || reply._tag === "VerbatimString" ? Resp.text(reply) : undefined
  if (text !== undefined) return isFieldText(text) ? infoFields(text) : undefined
  const pairs = reply._tag === "Map" ? reply.value : hasPairs ? pairsOf(reply) : undefined
  if (pairs === undefined) return undefined
  const fields = new Map<string, string>()
  for (const [name, value] of pairs) {
    const [nameText, cell] = [Resp.text(name), cellOf(value)]
    if (nameText === undefined || cell === undefined) return undefined
    fields.set(nameText, cell)
  }
  return fields
}

/** Every line is a field, a title or empty. */
const isFieldText = (text: string): boolean =>
  text.split(/\r?\n/).every((line) => line === "" || line.startsWith("#") || /^[\w%.-]+:/.test(line))

/** Commands whose arrays are names and values in turn, on RESP2. */
const PAIRS: ReadonlySet<string> = new Set(["config|get", "hgetall"])

const pairsOf = (reply: RespValue): ReadonlyArray<readonly [RespValue, RespValue]> | undefined => {
  const items = reply._tag === "Array" ? reply.value : undefined
  if (items === undefined || items.length % 2 !== 0) return undefined
  return Array.from({ length: items.length / 2 }, (_, index) => [items[2 * index], items[2 * index + 1]])
}
