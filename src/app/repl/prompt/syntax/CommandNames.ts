/**
 * The names that a first word, and a second, can have: those of the command
 * table, and those that the server has beyond it (a module's, a newer version's).
 */
import { allCommands, lookupCommand } from "../../../../protocol/CommandTable.ts"

/** A word that this program answers itself. */
export interface BuiltinName {
  /** In lower case. */
  readonly name: string
  /** What is typed behind it. */
  readonly syntax: string
}

export class CommandNames {
  /** In upper case, in order. */
  private names: ReadonlyArray<string>
  private readonly syntaxes: ReadonlyMap<string, string>
  private readonly foreign = new Set<string>()

  constructor(builtins: ReadonlyArray<BuiltinName>) {
    this.syntaxes = new Map(builtins.map(({ name, syntax }) => [name, syntax]))
    this.names = allCommands()
      .map(({ name }) => name)
      .filter((name) => !name.includes("|"))
      .map((name) => name.toUpperCase())
      .sort()
  }

  get builtins(): ReadonlyArray<string> {
    return [...this.syntaxes.keys()]
  }

  /** As COMMAND LIST has them. */
  learn(names: ReadonlyArray<string>): void {
    for (const name of names) {
      if (!name.includes("|") && lookupCommand([name]) === undefined) this.foreign.add(name.toUpperCase())
    }
    this.names = [...new Set([...this.names, ...this.foreign])].sort()
  }

  isCommand(word: string): boolean {
    return lookupCommand([word]) !== undefined || this.foreign.has(word.toUpperCase())
  }

  /** `undefined`: there is no such built-in. */
  builtinSyntax(word: string): string | undefined {
    return this.syntaxes.get(word.toLowerCase())
  }

  commands(prefix: string): ReadonlyArray<string> {
    const upper = prefix.toUpperCase()
    return this.names.filter((name) => name.startsWith(upper))
  }

  /** In upper case; none for a command that has none. */
  subcommands(container: string, prefix: string): ReadonlyArray<string> {
    const upper = prefix.toUpperCase()
    const { subcommands } = lookupCommand([container]) ?? {}
    return [...new Set(Array.from(subcommands?.keys() ?? [], (name) => name.toUpperCase()))]
      .filter((name) => name.startsWith(upper))
      .sort()
  }
}
