/** From the arguments that COMMAND DOCS describes to the syntax that the API has (src/client/commands/ArgumentSyntax.ts). */
import { syntaxCorrections } from "./command-syntax-corrections.mjs"

const corrections = new Map(syntaxCorrections)

/** The syntax of a command, named as in the table. */
export const commandSyntax = (command, documented = []) =>
  countKeys((corrections.get(command)?.(documented) ?? documented).map(normal))

const TYPES = {
  string: "string",
  pattern: "string",
  key: "key",
  integer: "integer",
  "unix-time": "integer",
  double: "double",
  spelled: "spelled",
  columns: "columns",
  "pure-token": "word",
  oneof: "choice",
  block: "block"
}

const isAny = (flags, name) => flags?.includes(name) || undefined

const normal = (documented) => {
  const parts = documented.arguments?.map(normal)
  const flags = {
    optional: isAny(documented.flags, "optional"),
    multiple: isAny(documented.flags, "multiple"),
    repeatsToken: isAny(documented.flags, "multiple_token")
  }
  if (flags.repeatsToken) flags.multiple = true
  const own = { token: documented.token, ...flags }
  if (documented.type === "block") {
    const [first, ...rest] = parts
    // A block of one is that one.
    if (rest.length === 0 && !first.optional && first.token === undefined)
      return syntax({ ...first, ...defined(own), name: own.token ?? first.plainName })
    // A word in front of a block's first part stands in front of the block.
    if (
      own.token === undefined &&
      first.token !== undefined &&
      !first.optional &&
      !first.multiple &&
      first.type !== "word"
    )
      return normal({
        ...documented,
        token: first.token,
        arguments: documented.arguments.map((part, index) =>
          index === 0 ? { ...part, token: undefined } : part
        )
      })
    if (flags.multiple && isPair(parts))
      return syntax({ ...own, name: own.token || documented.name, type: "pair" })
  }
  return syntax({
    ...own,
    name: own.token || documented.name,
    type: TYPES[documented.type],
    arguments: parts,
    plainName: documented.name
  })
}

/** What is optional in a choice is not: the choice is. */
const syntax = ({ plainName, ...argument }) => {
  const parts = argument.arguments ?? []
  const isChoice = argument.type === "choice"
  const words = isChoice ? parts.filter(({ type }) => type === "word").map(({ token }) => token) : []
  const others = isChoice
    ? parts.filter(({ type }) => type !== "word").map(({ optional: _, ...alternative }) => alternative)
    : parts
  const result = defined({
    ...argument,
    name: optionName(argument.name),
    words: words.length > 0 ? words : undefined,
    arguments: others.length > 0 && argument.type !== "columns" ? others : undefined
  })
  Object.defineProperty(result, "plainName", { value: plainName ?? argument.name })
  return result
}

const defined = (entries) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))

const isPair = (parts) =>
  parts.length === 2 &&
  parts.every(({ type, ...rest }) => (type === "string" || type === "key") && Object.keys(rest).length === 1)

/** `numkeys` is the length of the array of keys. */
const countKeys = (args) =>
  args.flatMap((argument, index) => {
    if (argument.name === "numkeys") return []
    return args[index - 1]?.name === "numkeys" ? [{ ...argument, counted: true }] : [argument]
  })

/** In camelCase: `min-idle-time`, `index_unit`, `MINMATCHLEN`, `ip:port`. */
const optionName = (name) =>
  name.toLowerCase().replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter) => letter.toUpperCase())
