/**
 * The help of @effect/cli, laid out in two columns. Its own rendering takes
 * five lines per option, repeats their types, always colours, and says that
 * `-h` is for help.
 */
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as Span from "@effect/cli/HelpDoc/Span"
import { BUILT_IN_OPTIONS, CONNECT_OPTIONS, type OptionEntry } from "./OptionTable.ts"

const INDENT = 2
const NAME_COLUMNS = 30
const MIN_WIDTH = 60
const MAX_WIDTH = 110

interface Definition {
  readonly names: string
  readonly description: string
}

/** The help of one command, from what @effect/cli knows of it. */
export const commandHelp = (
  program: string,
  command: string,
  doc: HelpDoc.HelpDoc,
  columns: number
): string => {
  const { definitions, paragraphs } = flatten(doc)
  const options = definitions.filter(({ names }) => names.startsWith("-"))
  const words = definitions.filter(({ names }) => !names.startsWith("-"))
  const connects = options.some(isAmong([CONNECT_OPTIONS[0]]))
  const general = options.filter(isAmong(BUILT_IN_OPTIONS))
  const connection = connects ? options.filter(isAmong(CONNECT_OPTIONS)) : []
  const own = options.filter((option) => !general.includes(option) && !connection.includes(option))
  const usage = [program, command, "[OPTIONS]", ...words.map(({ names }) => `[-- ${names}]`)].join(" ")
  return [
    ...paragraphs.map((paragraph) => wrap(paragraph, width(columns)).join("\n")),
    `USAGE\n  ${usage}`,
    section("WORDS", words, columns),
    section("OPTIONS", own, columns),
    section("CONNECTION", connection, columns),
    section("GENERAL", general.map(withoutShortHelp), columns)
  ]
    .filter((part) => part !== "")
    .join("\n\n")
}

/** The help of the program: its commands and what they are for. */
export const programHelp = (
  program: string,
  version: string,
  commands: ReadonlyArray<readonly [name: string, doc: HelpDoc.HelpDoc]>,
  columns: number
): string => {
  const listed = commands.map(([names, doc]) => ({ names, description: flatten(doc).paragraphs[0] ?? "" }))
  const general =
    commands.length === 0 ? [] : flatten(commands[0][1]).definitions.filter(isAmong(BUILT_IN_OPTIONS))
  return [
    `${program} ${version}: a client for Redis, standalone and cluster`,
    `USAGE\n  ${program} COMMAND [OPTIONS]`,
    section("COMMANDS", listed, columns),
    section("GENERAL", general.map(withoutShortHelp), columns),
    `${program} COMMAND --help lists the options of a command.`
  ].join("\n\n")
}

const flatten = (
  doc: HelpDoc.HelpDoc
): { readonly paragraphs: ReadonlyArray<string>; readonly definitions: ReadonlyArray<Definition> } => {
  switch (doc._tag) {
    case "Sequence": {
      const left = flatten(doc.left)
      const right = flatten(doc.right)
      return {
        paragraphs: [...left.paragraphs, ...right.paragraphs],
        definitions: [...left.definitions, ...right.definitions]
      }
    }
    case "Paragraph":
      return { paragraphs: [textOf(doc.value)], definitions: [] }
    case "DescriptionList":
      return { paragraphs: [], definitions: doc.definitions.map(([span, body]) => definition(span, body)) }
    default:
      return { paragraphs: [], definitions: [] }
  }
}

/** The first paragraph of a definition is its type, the second is ours, and the rest says whether it is optional. */
const definition = (span: Span.Span, body: HelpDoc.HelpDoc): Definition => ({
  names: textOf(span).replace(/^\(/, "").replace(/\)$/, "").replaceAll(" | ", "|").trim(),
  description: flatten(body).paragraphs[1] ?? ""
})

/** The words of a span, without its colours. */
export const textOf = (span: Span.Span): string => {
  switch (span._tag) {
    case "Text":
    case "URI":
      return span.value
    case "Sequence":
      return textOf(span.left) + textOf(span.right)
    default:
      return textOf(span.value)
  }
}

const isAmong =
  (entries: ReadonlyArray<OptionEntry>) =>
  ({ names }: Definition): boolean =>
    entries.some((entry) => names.split(/[ ,]+/).includes(`--${entry.name}`))

const withoutShortHelp = (definition: Definition): Definition => ({
  ...definition,
  names: definition.names.replace(/^-h, --help/, "--help")
})

const section = (title: string, definitions: ReadonlyArray<Definition>, columns: number): string =>
  definitions.length === 0
    ? ""
    : [title, ...definitions.flatMap((definition) => entryLines(definition, width(columns)))].join("\n")

const entryLines = ({ description, names }: Definition, columns: number): ReadonlyArray<string> => {
  // Long options stand below one another whether or not a letter precedes them.
  const name = " ".repeat(INDENT) + (names.startsWith("--") ? `    ${names}` : names)
  const lines = wrap(description, columns - NAME_COLUMNS).map((line) => " ".repeat(NAME_COLUMNS) + line)
  if (lines.length === 0) return [name]
  return name.length + 2 > NAME_COLUMNS
    ? [name, ...lines]
    : [name.padEnd(NAME_COLUMNS) + lines[0].trimStart(), ...lines.slice(1)]
}

const width = (columns: number): number => Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns))

const wrap = (paragraph: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of paragraph.split(/\s+/).filter((word) => word !== "")) {
    const last = lines.length - 1
    if (last >= 0 && lines[last].length + 1 + word.length <= columns) lines[last] += ` ${word}`
    else lines.push(word)
  }
  return lines
}
