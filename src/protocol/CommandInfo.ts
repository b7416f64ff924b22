/**
 * Reads COMMAND and COMMAND INFO, on RESP2 and RESP3, to learn what the
 * generated table does not know: a module's commands, a newer server's.
 *
 * Servers before 7.0 give the first key, the last and the step instead of key
 * specifications; that serves as well for all commands of that form.
 */
import { type CommandRow, type CommandSpec, type KeySpecRow, makeCommandSpec } from "./CommandSpec.ts"
import { elements, type RespValue, text } from "./Resp.ts"

/**
 * The command that a reply of `COMMAND INFO name` describes, with its
 * subcommands; `undefined` if the server does not know it either, or the reply
 * is no description.
 */
export const specFromCommandInfo = (reply: RespValue): CommandSpec | undefined => {
  const entry = elements(reply)?.[0]
  if (entry === undefined) return undefined
  const rows = rowsOfEntry(entry)
  return rows === undefined ? undefined : makeCommandSpec(rows)
}

/** All rows of a reply of COMMAND, subcommands included; entries that are no description are left out. */
export const rowsFromCommand = (reply: RespValue): ReadonlyArray<CommandRow> =>
  (elements(reply) ?? []).flatMap((entry) => rowsOfEntry(entry) ?? [])

const rowsOfEntry = (entry: RespValue): ReadonlyArray<CommandRow> | undefined => {
  const [name, arity, flags, first, last, step, , tips, keySpecs, subcommands] = elements(entry) ?? []
  const nameText = name === undefined ? undefined : text(name)
  const flagWords = wordsOf(flags)
  if (nameText === undefined || flagWords === undefined) return undefined
  const tipWords = wordsOf(tips) ?? []
  const row: CommandRow = [
    nameText.toLowerCase(),
    numberOf(arity),
    flagWords.sort().join(" "),
    keySpecs === undefined
      ? legacyKeySpecs(numberOf(first), numberOf(last), numberOf(step))
      : (elements(keySpecs) ?? []).map(keySpecRow),
    tipOf(tipWords, "request_policy:"),
    tipOf(tipWords, "response_policy:")
  ]
  return [row, ...(subcommands === undefined ? [] : rowsFromCommand(subcommands))]
}

const keySpecRow = (spec: RespValue): KeySpecRow => {
  const begin = field(spec, "begin_search")
  const find = field(spec, "find_keys")
  const search = field(begin, "spec")
  const keys = field(find, "spec")
  const flags = (wordsOf(field(spec, "flags")) ?? []).sort().join(" ")
  const beginKind = wordOf(field(begin, "type"))
  const findKind = wordOf(field(find, "type"))
  const number = (name: string): number => numberOf(field(keys, name))
  const isKeyword = beginKind === "keyword"
  if ((!isKeyword && beginKind !== "index") || (findKind !== "range" && findKind !== "keynum")) {
    return ["", 0, "unknown", 0, 0, 0, flags]
  }
  const keyword = isKeyword ? wordOf(field(search, "keyword")) : ""
  const from = numberOf(field(search, isKeyword ? "startfrom" : "index"))
  return findKind === "range"
    ? [keyword, from, findKind, number("lastkey"), number("keystep"), number("limit"), flags]
    : [keyword, from, findKind, number("keynumidx"), number("keystep"), number("firstkey"), flags]
}

/** Positions count from the name at 0; a last key of 3 is the argument 3, of -1 the last one. */
const legacyKeySpecs = (first: number, last: number, step: number): ReadonlyArray<KeySpecRow> =>
  first <= 0 ? [] : [["", first, "range", last < 0 ? last : last - first, step, 0, "RW"]]

/** A field of a map, which RESP2 sends as a flat array. */
const field = (map: RespValue | undefined, name: string): RespValue | undefined => {
  if (map === undefined) return undefined
  if (map._tag === "Map") return map.value.find(([key]) => text(key) === name)?.[1]
  const flat = elements(map) ?? []
  const index = flat.findIndex((item, position) => position % 2 === 0 && text(item) === name)
  return index < 0 ? undefined : flat[index + 1]
}

const wordOf = (value: RespValue | undefined): string => (value === undefined ? "" : (text(value) ?? ""))

const wordsOf = (value: RespValue | undefined): Array<string> | undefined =>
  value === undefined ? undefined : elements(value)?.map(wordOf)

/** 0 for what is no number. */
const numberOf = (value: RespValue | undefined): number =>
  value?._tag === "Integer" && Number.isSafeInteger(value.value) ? Number(value.value) : 0

const tipOf = (tips: ReadonlyArray<string>, prefix: string): string =>
  tips.find((tip) => tip.startsWith(prefix))?.slice(prefix.length) ?? ""
