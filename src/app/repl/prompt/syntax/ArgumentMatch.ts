/**
 * Lays the words of a command beside its documented arguments: what each word
 * is, what may come next, and which words of the syntax that may be.
 *
 * Options in a row may come in any order, as Redis reads most of them. Where
 * the documentation leaves a choice (many keys and then a timeout), the words
 * so far are given to what can repeat. Nothing throws, whatever the words.
 * Pure.
 */
import type { CommandArgumentDoc } from "../../../../protocol/CommandDocs.ts"
import { againText, argumentText, isMultiple, isOptional, valueText } from "./ArgumentText.ts"

/** `wrong`: a number is asked for, and this is none. */
export type WordRole = "key" | "token" | "number" | "value" | "wrong"

export interface ArgumentMatch {
  /** One for each word that was laid beside an argument; those after it are too many. */
  readonly roles: ReadonlyArray<WordRole>
  /** What may follow, as people write it. */
  readonly rest: string
  /** The words of the syntax of which one may come next. */
  readonly tokens: ReadonlyArray<string>
  /** The names of the arguments, neither key nor word of the syntax, of which one may come next. */
  readonly names: ReadonlyArray<string>
  /** Whether a key may come next. */
  readonly isKeyNext: boolean
}

export const matchArguments = (
  args: ReadonlyArray<CommandArgumentDoc>,
  words: ReadonlyArray<string>
): ArgumentMatch => {
  const matcher = new Matcher(words)
  matcher.sequence(args, [])
  return {
    roles: matcher.roles,
    rest: matcher.rest.join(" "),
    tokens: [...new Set(matcher.tokens)],
    names: matcher.names,
    isKeyNext: matcher.isKeyNext
  }
}

type Arguments = ReadonlyArray<CommandArgumentDoc>

class Matcher {
  private readonly words: ReadonlyArray<string>
  private position = 0
  readonly roles: Array<WordRole> = []
  readonly rest: Array<string> = []
  readonly tokens: Array<string> = []
  readonly names: Array<string> = []
  isKeyNext = false

  constructor(words: ReadonlyArray<string>) {
    this.words = words
  }

  /** False when the words have come to their end; then `rest` says what may follow. `after`: what stands behind the sequence. */
  sequence(args: Arguments, after: Arguments): boolean {
    let index = 0
    while (index < args.length) {
      let end = index
      while (end < args.length && isOptional(args[end])) end++
      const following = args.slice(Math.max(end, index + 1))
      if (end > index) {
        if (!this.options(args.slice(index, end), args[index - 1], following, after)) return false
        index = end
      } else {
        if (!this.one(args[index], args[index - 1], [...following, ...after])) {
          this.mayFollow(following)
          return false
        }
        index++
      }
    }
    return true
  }

  private options(
    options: Arguments,
    previous: CommandArgumentDoc | undefined,
    following: Arguments,
    after: Arguments
  ): boolean {
    const open = [...options]
    for (;;) {
      const word = this.words[this.position]
      if (word === undefined) {
        this.expect([...open, ...following.slice(0, 1)])
        this.mayFollow([...open, ...following])
        return false
      }
      const found = open.findIndex((option) => hasToken(option) && canBegin(option, word))
      const index =
        found >= 0 ? found : open.findIndex((option) => !hasToken(option) && canBegin(option, word))
      if (index < 0 || (found < 0 && following.some((next) => hasToken(next) && canBegin(next, word))))
        return true
      const [option] = open.splice(index, 1)
      const before = options[options.indexOf(option) - 1] ?? previous
      const others = [...open, ...following]
      if (!this.one(option, before, [...others, ...after])) {
        this.mayFollow(others)
        return false
      }
    }
  }

  /** An argument as often as it may come. */
  private one(
    argument: CommandArgumentDoc,
    before: CommandArgumentDoc | undefined,
    after: Arguments
  ): boolean {
    const most = before?.name === "numkeys" ? Number(this.words[this.position - 1]) : Infinity
    for (let count = 0; ;) {
      if (this.words[this.position] === undefined) {
        this.expect([argument])
        this.rest.push(argumentText(required(argument)))
        return false
      }
      if (!this.single(argument, count === 0 || repeatsToken(argument), after)) {
        if (isMultiple(argument)) this.rest.push(againText(argument))
        return false
      }
      count++
      const word = this.words[this.position]
      if (!isMultiple(argument) || count >= most) return true
      if (word === undefined) {
        this.expect([argument, ...after.slice(0, 1)])
        this.rest.push(againText(argument))
        return false
      }
      if (repeatsToken(argument) && !canBegin(argument, word)) return true
      if (
        after.some((next) => hasToken(next) && canBegin(next, word)) ||
        !canBegin(withoutToken(argument), word)
      ) {
        if (!(repeatsToken(argument) && canBegin(argument, word))) return true
      }
    }
  }

  private single(argument: CommandArgumentDoc, isTokenDue: boolean, after: Arguments): boolean {
    if (argument.token !== undefined && isTokenDue) {
      this.take("token")
      if (argument.type === "pure-token") return true
      if (this.words[this.position] === undefined) {
        this.expect([withoutToken(argument)])
        this.rest.push(valueText(argument))
        return false
      }
    }
    const word = this.words[this.position]
    switch (argument.type) {
      case "oneof": {
        const choices = argument.arguments ?? []
        const chosen =
          choices.find((each) => hasToken(each) && canBegin(each, word)) ??
          choices.find((each) => canBegin(each, word))
        if (chosen === undefined) return this.take("value")
        return this.one(required(chosen), undefined, after)
      }
      case "block":
        return this.sequence(argument.arguments ?? [], after)
      case "key":
        return this.take("key")
      case "integer":
      case "double":
      case "unix-time":
        return this.take(canBegin(withoutToken(argument), word) ? "number" : "wrong")
      case "pure-token":
        return this.take("token")
      default:
        return this.take("value")
    }
  }

  private take(role: WordRole): true {
    this.roles.push(role)
    this.position++
    return true
  }

  private mayFollow(args: Arguments): void {
    for (const argument of args) this.rest.push(argumentText(argument))
  }

  private expect(args: Arguments): void {
    for (const argument of args) this.expectOne(argument)
  }

  private expectOne(argument: CommandArgumentDoc): void {
    if (argument.token !== undefined) {
      if (argument.token !== "") this.tokens.push(argument.token)
    } else if (argument.type === "oneof") this.expect(argument.arguments ?? [])
    else if (argument.type === "block") {
      for (const part of argument.arguments ?? []) {
        this.expectOne(part)
        if (!isOptional(part)) break
      }
    } else if (argument.type === "key") this.isKeyNext = true
    else this.names.push(argument.name)
  }
}

const repeatsToken = ({ flags }: CommandArgumentDoc): boolean => flags?.includes("multiple_token") === true

/** Once an option has begun it is none any more. */
const required = ({ flags = [], ...argument }: CommandArgumentDoc): CommandArgumentDoc => ({
  ...argument,
  flags: flags.filter((flag) => flag !== "optional")
})

const withoutToken = ({ token: _, ...argument }: CommandArgumentDoc): CommandArgumentDoc => argument

/** Whether nothing but a word of the syntax can begin it. */
const hasToken = (argument: CommandArgumentDoc): boolean =>
  argument.token !== undefined ||
  (argument.type === "oneof" && (argument.arguments ?? []).every(hasToken)) ||
  (argument.type === "block" && argument.arguments?.[0] !== undefined && hasToken(argument.arguments[0]))

const INTEGER = /^[-+]?\d+$/
const DOUBLE = /^[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|inf|infinity)$/i

const canBegin = (argument: CommandArgumentDoc, word: string): boolean => {
  if (argument.token !== undefined) return argument.token.toUpperCase() === word.toUpperCase()
  switch (argument.type) {
    case "oneof":
      return (argument.arguments ?? []).some((each) => canBegin(each, word))
    case "block": {
      const parts = argument.arguments ?? []
      const required = parts.findIndex((part) => !isOptional(part))
      return parts.slice(0, required < 0 ? parts.length : required + 1).some((part) => canBegin(part, word))
    }
    case "integer":
    case "unix-time":
      return INTEGER.test(word)
    case "double":
      return DOUBLE.test(word)
    case "pure-token":
      return false
    default:
      return true
  }
}
