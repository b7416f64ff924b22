/** What is typed so far, read as a command: the role of each word, and what may come next. Pure. */
import { commandDoc, type CommandDoc } from "../../../../protocol/CommandDocs.ts"
import { commandSlot, CROSS_SLOT, keyIndexes, lookupCommand } from "../../../../protocol/CommandTable.ts"
import { calculateSlot } from "../../../../protocol/HashSlot.ts"
import { scanWords, type Word } from "../../../Words.ts"
import { matchArguments, type WordRole } from "./ArgumentMatch.ts"
import { argumentsText } from "./ArgumentText.ts"
import { isParameterNext, valuesOf } from "./ArgumentValues.ts"
import type { CommandNames } from "./CommandNames.ts"

export type LineRole = WordRole | "command" | "prefix" | "foreign slot"

export interface ReadWord {
  readonly word: Word
  readonly role: LineRole
}

export interface LineReading {
  readonly words: ReadonlyArray<ReadWord>
  /** The word that is being typed, empty after a blank: what a completion replaces. */
  readonly current: Word | undefined
  /** What may follow, as people write it; empty while a word is being typed that could be another. */
  readonly hint: string
  /** What the word being typed may become. */
  readonly candidates: Candidates
}

export type Candidates =
  | { readonly _tag: "Commands"; readonly hasBuiltins: boolean }
  | { readonly _tag: "Subcommands"; readonly container: string }
  | ArgumentCandidates

export interface ArgumentCandidates {
  readonly _tag: "Arguments"
  readonly tokens: ReadonlyArray<string>
  readonly isKey: boolean
  /** It is the name of a setting of the server. */
  readonly isParameter: boolean
}

export interface LineContext {
  readonly names: CommandNames
  /** In a cluster's transaction: the slot that keys have to be of. */
  readonly transactionSlot: number | undefined
  readonly isCluster: boolean
}

/** Words in front of a command that is then read as such. */
const CARRIERS: ReadonlySet<string> = new Set(["explain", "help", "--", "?"])
const REPEAT = /^\+?[0-9]+$/

export const readLine = (line: string, context: LineContext): LineReading => {
  const { error, words } = scanWords(line, "utf8")
  const last = words[words.length - 1]
  const isTyping =
    last !== undefined && last.end === line.length && !(last.quote !== undefined && last.isClosed)
  const first = words.findIndex((word, index) => !isPrefix(word, index === words.length - 1 && isTyping))
  const start = first < 0 ? words.length : first
  const own = words.slice(start)
  const read = readCommand(own, isTyping, context)
  const roles: ReadonlyArray<LineRole> = [
    ...words.slice(0, start).map(() => "prefix" as const),
    ...read.roles
  ]
  return {
    words: words.map((word, index) => ({
      word,
      role: error !== undefined && index === words.length - 1 && last.isClosed ? "wrong" : roles[index]
    })),
    current: isTyping ? last : undefined,
    hint: read.hint,
    candidates: read.candidates
  }
}

const isPrefix = ({ value }: Word, isBeingTyped: boolean): boolean => {
  if (isBeingTyped) return false
  const text = value.toString()
  return REPEAT.test(text) || text.startsWith("@") || CARRIERS.has(text.toLowerCase())
}

interface CommandReading {
  readonly roles: ReadonlyArray<LineRole>
  readonly hint: string
  readonly candidates: Candidates
}

const readCommand = (words: ReadonlyArray<Word>, isTyping: boolean, context: LineContext): CommandReading => {
  const texts = words.map(({ value }) => value.toString())
  const [name] = texts
  if (name === undefined || (texts.length === 1 && isTyping)) {
    return {
      roles: texts.map(() => "command"),
      hint: name === undefined ? "" : commandHint(name, context.names),
      candidates: { _tag: "Commands", hasBuiltins: true }
    }
  }
  if (!context.names.isCommand(name)) {
    const syntax = context.names.builtinSyntax(name)
    return {
      roles: texts.map((_, index) => (index > 0 ? "value" : syntax === undefined ? "wrong" : "command")),
      hint: texts.length === 1 ? (syntax ?? "") : "",
      candidates: NOTHING
    }
  }
  const container = lookupCommand([name])
  if (container?.subcommands !== undefined) return readSubcommand(name, texts, isTyping, context)
  return readArguments(name.toLowerCase(), texts, 1, isTyping, context)
}

const readSubcommand = (
  name: string,
  texts: ReadonlyArray<string>,
  isTyping: boolean,
  context: LineContext
): CommandReading => {
  const candidates: Candidates = { _tag: "Subcommands", container: name }
  const sub = texts[1]
  if (sub === undefined) {
    const names = context.names.subcommands(name, "").map((each) => each.toLowerCase())
    return { roles: ["command"], hint: names.join("|"), candidates }
  }
  const full = `${name}|${sub}`.toLowerCase()
  const isKnown = context.names.subcommands(name, sub).includes(sub.toUpperCase())
  if (texts.length === 2 && isTyping) {
    return { roles: ["command", "command"], hint: isKnown ? syntaxHint(full) : "", candidates }
  }
  return isKnown
    ? readArguments(full, texts, 2, isTyping, context)
    : {
        roles: texts.map((_, index) => (index === 0 ? "command" : index === 1 ? "wrong" : "value")),
        hint: "",
        candidates: NOTHING
      }
}

const NOTHING: Candidates = { _tag: "Arguments", tokens: [], isKey: false, isParameter: false }

const readArguments = (
  name: string,
  texts: ReadonlyArray<string>,
  from: number,
  isTyping: boolean,
  context: LineContext
): CommandReading => {
  const spec = lookupCommand(texts)
  const doc: CommandDoc | undefined = commandDoc(name)
  const args = doc?.arguments ?? []
  const typed = texts.slice(from)
  // The hint is about what comes after the word being typed, the candidates about that word.
  const whole = matchArguments(args, typed)
  const before = isTyping ? matchArguments(args, typed.slice(0, -1)) : whole
  const isTooLong = spec !== undefined && spec.arity > 0 && texts.length > spec.arity
  const roles: Array<LineRole> = texts.map((_, index) => {
    if (index < from) return "command"
    if (isTooLong && index >= spec.arity) return "wrong"
    return whole.roles[index - from] ?? "value"
  })
  // A number that is still being typed is not wrong yet.
  if (isTyping && roles[roles.length - 1] === "wrong" && !isTooLong) roles[roles.length - 1] = "value"
  for (const index of foreignKeys(texts, context)) roles[index] = "foreign slot"
  return {
    roles,
    hint: whole.rest,
    candidates: {
      _tag: "Arguments",
      tokens: [...before.tokens, ...valuesOf(name, before.names)],
      isKey: before.isKeyNext,
      isParameter: isParameterNext(name, before.names)
    }
  }
}

/** Keys that the command or the transaction cannot have, since they are of another slot. */
const foreignKeys = (texts: ReadonlyArray<string>, context: LineContext): ReadonlyArray<number> => {
  const spec = lookupCommand(texts)
  if (spec === undefined || !context.isCluster) return []
  const slot = context.transactionSlot
  const isDivided = spec.requestPolicy !== "multi-shard" && commandSlot(spec, texts) === CROSS_SLOT
  if (slot === undefined && !isDivided) return []
  const indexes = keyIndexes(spec, texts)
  const wanted = slot ?? calculateSlot(texts[indexes[0]])
  return indexes.filter((index) => calculateSlot(texts[index]) !== wanted)
}

const syntaxHint = (name: string): string => argumentsText(commandDoc(name)?.arguments ?? [])

/** While the name is typed: its arguments, if it is one already. */
const commandHint = (name: string, names: CommandNames): string => {
  if (!names.isCommand(name)) return ""
  const subcommands = names.subcommands(name, "")
  return subcommands.length > 0
    ? subcommands.map((each) => each.toLowerCase()).join("|")
    : syntaxHint(name.toLowerCase())
}
