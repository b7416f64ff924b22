/**
 * The arguments of a command in the order in which they are sent, and how a
 * method of the API is called for them. Made by scripts/generate-commands.mjs
 * from COMMAND DOCS; both the types of the methods (that script) and the
 * encoding of their calls (CommandEncoder) are derived from it.
 */

export interface ArgumentSyntax {
  /** As the API has it: the word in front of it, or its name in the documentation; in camelCase. */
  readonly name: string
  /**
   * `word`: nothing but its token. `choice`: one of its words or arguments. `block`: all
   * of them. `pair`: two values of a `NamedValues`; `columns`: the same, first
   * all the names, then all the values.
   */
  readonly type:
    "key" | "string" | "integer" | "double" | "spelled" | "word" | "choice" | "block" | "pair" | "columns"
  /** What stands in front of it, or what it is; may be several words. */
  readonly token?: string
  readonly optional?: boolean
  readonly multiple?: boolean
  /** Its token stands in front of each of many. */
  readonly repeatsToken?: boolean
  /** How many there are stands in front. */
  readonly counted?: boolean
  /** The alternatives of a choice that are nothing but a word. */
  readonly words?: ReadonlyArray<string>
  readonly arguments?: ReadonlyArray<ArgumentSyntax>
}

/** How a method is called: arguments by position, those that may be left out last, then the object of options. */
export interface CallSyntax {
  readonly positional: ReadonlyArray<ArgumentSyntax>
  readonly options: ReadonlyArray<ArgumentSyntax>
}

/**
 * What is required stands by position, in the order of the command. What is
 * optional and has no word in front of it follows (a count, further keys), and
 * so does a lone choice or block (`expire(key, 10, "NX")`). The rest is an
 * object of options.
 */
export const callSyntax = (syntax: ReadonlyArray<ArgumentSyntax>): CallSyntax => {
  const spoken = syntax.filter((argument) => !isFixed(argument))
  const required = spoken.filter(({ optional }) => optional !== true)
  const optional = spoken.filter((argument) => argument.optional === true)
  const isPlain = (argument: ArgumentSyntax): boolean =>
    argument.token === undefined &&
    (optional.length === 1 || (argument.type !== "choice" && argument.type !== "block"))
  return {
    positional: [...required, ...optional.filter(isPlain)],
    options: optional.filter((argument) => !isPlain(argument))
  }
}

/** A word that is always sent, and so never asked for. */
export const isFixed = (argument: ArgumentSyntax): boolean =>
  argument.type === "word" && argument.optional !== true

/** The name of a command's method: `config|set` is `configSet`, `eval_ro` is `evalRo`. */
export const methodName = (command: string): string =>
  command.replaceAll(/[^a-z0-9]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
