/**
 * The names that a first word, and a second, can have: those of the command
 * table, and those that the server has beyond it (a module's, a newer version's).
 */
import { allCommands, lookupCommand } from "../../../../protocol/CommandTable.ts"

export class CommandNames {
  /** In upper case, in order. */
  private names: ReadonlyArray<string>
  private readonly foreign = new Set<string>()

  constructor(builtins: ReadonlyArray<string>) {
    this.builtins = builtins
    this.names = allCommands()
      .map(({ name }) => name)
      .filter((name) => !name.includes("|"))
      .map((name) => name.toUpperCase())
      .sort()
  }

  /** Words that this program answers itself, in lower case. */
  readonly builtins: ReadonlyArray<string>

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

  isBuiltin(word: string): boolean {
    return this.builtins.includes(word.toLowerCase())
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
