/** `help`: what a command does, in the words of COMMAND DOCS; a group's commands; and how the prompt is used. Pure. */
import { commandDocTexts } from "../../../../protocol/CommandDocs.generated.ts"
import { commandDoc, type CommandDoc } from "../../../../protocol/CommandDocs.ts"
import { coloured } from "../../../TerminalText.ts"
import type { Builtin } from "../../builtin/Builtins.ts"
import { argumentsText } from "../syntax/ArgumentText.ts"

/** `undefined` for a command that is not in the documentation here. */
export const helpOf = (
  words: ReadonlyArray<string>,
  builtins: ReadonlyArray<Builtin>
): string | undefined => {
  const [name, subcommand] = words.map((word) => word.toLowerCase())
  if (name === undefined) return overview(builtins)
  if (name.startsWith("@")) return groupHelp(name.slice(1))
  const builtin = builtins.find((each) => each.name === name)
  if (builtin !== undefined) return builtinHelp(builtin)
  const full = subcommand === undefined ? name : `${name}|${subcommand}`
  const doc = commandDoc(full) ?? commandDoc(name)
  return doc === undefined ? undefined : docHelp(commandDoc(full) === undefined ? name : full, doc)
}

/** One command; of a container also its subcommands. */
export const docHelp = (name: string, doc: CommandDoc): string => {
  const title = `${bold(name.replace("|", " ").toUpperCase())} ${argumentsText(doc.arguments ?? [])}`
  const deprecated =
    doc.deprecatedSince === undefined
      ? undefined
      : `${doc.deprecatedSince}${doc.replacedBy === undefined ? "" : `; instead: ${doc.replacedBy.replaceAll("`", "")}`}`
  const lines = [
    field("summary", doc.summary),
    field("since", doc.since),
    field("group", doc.group),
    field("complexity", doc.complexity),
    field("deprecated", deprecated)
  ].filter((line) => line !== undefined)
  const subcommands = namesOf((each) => each.startsWith(`${name}|`))
  return ["", `  ${title.trimEnd()}`, ...lines, ...subcommands.map(summaryLine), ""].join("\n")
}

const builtinHelp = ({ name, summary, syntax }: Builtin): string =>
  ["", `  ${bold(name)} ${syntax}`.trimEnd(), `  ${summary}`, ""].join("\n")

const groupHelp = (group: string): string => {
  const names = namesOf((name) => commandDoc(name)?.group === group)
  return names.length === 0
    ? `There is no group '${group}'; there are ${groups()
        .map((each) => `@${each}`)
        .join(", ")}`
    : ["", ...names.map(summaryLine), ""].join("\n")
}

const summaryLine = (name: string): string =>
  `  ${bold(name.replace("|", " ").toUpperCase().padEnd(NAME_WIDTH))} ${commandDoc(name)?.summary ?? ""}`

const NAME_WIDTH = 22

const overview = (builtins: ReadonlyArray<Builtin>): string =>
  [
    "",
    "  help COMMAND     what it does, its arguments, its cost",
    "  help @GROUP      a group's commands: " + groups().join(", "),
    "  :set [NAME VALUE]  format, pager, hints, colours",
    "  :history [N]     the lines typed lately",
    "  clear, exit, quit",
    "",
    "  Tab completes names, options and keys; Ctrl-R searches what was typed before;",
    "  Ctrl-C ends a command, Ctrl-D the prompt; a number in front repeats a command.",
    "",
    "  Beside the commands of Redis:",
    ...builtins.map(
      ({ name, summary, syntax }) =>
        `  ${`${name === "@" ? `@${syntax}` : `${name} ${syntax}`}`.padEnd(BUILTIN_WIDTH)} ${summary}`
    ),
    ""
  ].join("\n")

const BUILTIN_WIDTH = 24

const groups = (): ReadonlyArray<string> =>
  [...new Set(Object.keys(commandDocTexts).map((name) => commandDoc(name)!.group))].sort()

const namesOf = (isWanted: (name: string) => boolean): ReadonlyArray<string> =>
  Object.keys(commandDocTexts).filter(isWanted)

const field = (name: string, text: string | undefined): string | undefined =>
  text === undefined ? undefined : `  ${coloured(`${name}:`, "yellow")} ${text}`

const bold = (text: string): string => coloured(text, "green")
