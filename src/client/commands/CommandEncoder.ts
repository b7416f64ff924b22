/**
 * Makes the arguments of a command out of a call of its method, as its syntax
 * says. A command's encoder is compiled when it is first used, so that a call
 * walks no tree.
 *
 * What the types rule out throws a TypeError: a defect of the program, found
 * before anything is sent.
 */
import type { CommandArgument, CommandArguments } from "../../protocol/Resp.ts"
import { type ArgumentSyntax, callSyntax, isFixed } from "./ArgumentSyntax.ts"

/** The parameters of a call, as they came; optional ones may be missing. */
export type Encode = (parameters: ReadonlyArray<unknown>) => CommandArguments

/** Adds what an argument has to say to the command. */
type Write = (out: Array<CommandArgument>, value: unknown) => void

type Fields = Readonly<Record<string, unknown>>
type Pair = readonly [CommandArgument, CommandArgument]

/** `command` is named as in the table: `config|set`. */
export const compileEncoder = (command: string, syntax: ReadonlyArray<ArgumentSyntax>): Encode => {
  const words = command.toUpperCase().split("|")
  const { positional } = callSyntax(syntax)
  const steps = syntax.map((argument) => ({
    write: compileArgument(spelled(command), argument),
    name: argument.name,
    index: isFixed(argument) ? FIXED : positional.indexOf(argument)
  }))
  return (parameters) => {
    const out: Array<CommandArgument> = words.slice()
    const options = parameters[positional.length] as Fields | undefined
    for (let step = 0; step < steps.length; step++) {
      const { index, name, write } = steps[step]
      if (index >= 0) write(out, parameters[index])
      else if (index === FIXED) write(out, true)
      else if (options !== undefined) write(out, options[name])
    }
    return out
  }
}

/** Instead of a position: said whatever the call. An option has -1. */
const FIXED = -2

/** An argument with what stands in front of it; nothing when it is optional and not given. */
const compileArgument = (command: string, argument: ArgumentSyntax): Write => {
  const write = compileGiven(command, argument)
  if (argument.optional !== true) return required(command, argument, write)
  const isFlag = argument.type === "word" || argument.type === "block"
  const isCounted = argument.counted === true
  return (out, value) => {
    if (value !== undefined && !(isFlag && value === false)) write(out, value)
    else if (isCounted) out.push(0)
  }
}

const required = (command: string, { name }: ArgumentSyntax, write: Write): Write => {
  const missing = `${command}: ${name} is missing`
  return (out, value) => {
    if (value === undefined || value === null) throw new TypeError(missing)
    write(out, value)
  }
}

const compileGiven = (command: string, argument: ArgumentSyntax): Write => {
  const { counted, multiple, optional, repeatsToken, token } = argument
  const words = token === undefined ? [] : token.split(" ")
  const one = compileOne(command, argument)
  if (multiple !== true) {
    if (token === undefined) return one
    return (out, value) => {
      out.push(...words)
      one(out, value)
    }
  }
  const each = required(
    command,
    argument,
    repeatsToken === true ? compileGiven(command, { ...argument, multiple: false }) : one
  )
  return (out, value) => {
    const values: ReadonlyArray<unknown> = listOf(argument, value)
    if (counted === true) out.push(values.length)
    else if (values.length === 0 && optional === true) return
    else if (repeatsToken !== true) out.push(...words)
    for (const item of values) each(out, item)
  }
}

const listOf = ({ type }: ArgumentSyntax, value: unknown): ReadonlyArray<unknown> =>
  type === "pair" || type === "columns" ? entriesOf(value) : Array.isArray(value) ? value : [value]

/** Of an object, a Map, or pairs. */
const entriesOf = (value: unknown): ReadonlyArray<Pair> => {
  const named = value as Readonly<Record<string, CommandArgument>> | Iterable<Pair>
  return Symbol.iterator in named ? [...(named as Iterable<Pair>)] : Object.entries(named)
}

/** One value of an argument, without what stands in front of it. */
const compileOne = (command: string, argument: ArgumentSyntax): Write => {
  switch (argument.type) {
    case "word":
      return () => {}
    case "choice":
      return compileChoice(command, argument)
    case "block":
      return compileBlock(command, argument)
    case "pair":
      return (out, value) => {
        out.push(...(value as Pair))
      }
    case "columns":
      return (out, value) => {
        const entries = entriesOf(value)
        for (const [first] of entries) out.push(first)
        for (const [, second] of entries) out.push(second)
      }
    default:
      return (out, value) => {
        out.push(value as CommandArgument)
      }
  }
}

/** An object with a field for each argument. */
const compileBlock = (command: string, { arguments: parts = [] }: ArgumentSyntax): Write => {
  const fields = parts.map((part) => ({ name: part.name, write: compileArgument(command, part) }))
  return (out, value) => {
    for (const { name, write } of fields) write(out, (value as Fields)[name])
  }
}

/** A word by itself, an object with the word as its one field, or the value of the alternative without a word. */
const compileChoice = (command: string, argument: ArgumentSyntax): Write => {
  const { arguments: alternatives = [], name, words = [] } = argument
  const texts = new Map(words.map((word) => [word, word.split(" ")]))
  const spoken = new Map<string, Write>()
  let block: Write | undefined
  let plain: Write | undefined
  for (const alternative of alternatives) {
    const write = compileArgument(command, alternative)
    if (alternative.token !== undefined) spoken.set(alternative.token, write)
    else if (alternative.type === "block") block = write
    else plain = write
  }
  const allowed = [...words, ...alternatives.map((each) => each.token ?? each.name)].join(", ")
  const refuse = (): never => {
    throw new TypeError(`${command}: ${name} is none of ${allowed}`)
  }
  return (out, value) => {
    if (typeof value === "string") {
      const text = texts.get(value)
      if (text !== undefined) return void out.push(...text)
    } else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
      for (const word in value) {
        const write = spoken.get(word)
        if (write !== undefined) return write(out, (value as Fields)[word])
      }
      return block === undefined ? refuse() : block(out, value)
    }
    return plain === undefined ? refuse() : plain(out, value)
  }
}

const spelled = (command: string): string => command.replace("|", " ").toUpperCase()
