/**
 * Brings the arguments of the process into the one form that @effect/cli
 * parses without surprises: the command, then every option by its long name
 * with its value as an argument of its own, then `--` and the words.
 *
 * What that saves from (tried on @effect/cli 0.77.2): `-h` means help; `-hx`
 * and `-cd 5` fail; a repeated option refuses `--host=x`, trims its values,
 * and takes the value of another option for itself; a missing value goes
 * unnoticed and so does `--help` behind another option; words of `cli` that
 * look like options are taken for options; `-P` is the same as `-p`.
 *
 * Pure; values are never changed.
 */
import { badValue, CommandLineError, printable } from "./CommandLineError.ts"
import { BUILT_IN_OPTIONS, type CommandEntry, type OptionEntry, VALUE_SEPARATOR } from "./OptionTable.ts"
import { closest } from "./Suggestion.ts"

export type BuiltIn = "help" | "version" | "wizard" | "completions"

export interface NormalisedArgv {
  /** The command's own name; `undefined` when only a built-in option was given, or none was recognised. */
  readonly command: string | undefined
  /** What @effect/cli is to parse. */
  readonly argv: ReadonlyArray<string>
  /** The built-in option that is to be answered instead of running the command. */
  readonly builtIn: BuiltIn | undefined
  /** The value of `--log-level`, which is taken out of `argv`. */
  readonly logLevel: string | undefined
  /** Whether the command was told to print its result as JSON. */
  readonly json: boolean
  /** The first thing that is wrong; a built-in option is answered all the same. */
  readonly error: CommandLineError | undefined
}

/** The commands that argv is read by. */
export interface CommandNames {
  readonly commands: ReadonlyArray<CommandEntry>
}

/** Never throws; `normalise(normalise(argv).argv)` has the same `argv`. */
export const normalise = (argv: ReadonlyArray<string>, names: CommandNames): NormalisedArgv => {
  const reader = new Reader(argv, names)
  reader.readRoot()
  return reader.result()
}

interface Given {
  readonly entry: OptionEntry
  readonly values: Array<string>
}

class Reader {
  private readonly argv: ReadonlyArray<string>
  private readonly names: CommandNames
  private position = 0
  private command: CommandEntry | undefined
  private readonly given = new Map<string, Given>()
  private readonly builtIns = new Map<string, string>()
  private words: ReadonlyArray<string> | undefined
  private error: string | undefined
  private lastOption: string | undefined

  constructor(argv: ReadonlyArray<string>, names: CommandNames) {
    this.argv = argv
    this.names = names
  }

  readRoot(): void {
    while (this.position < this.argv.length) {
      const argument = this.argv[this.position++]
      if (argument.startsWith("--") && argument.length > 2) {
        this.readLong(argument, BUILT_IN_OPTIONS)
        continue
      }
      if (argument === "-h") {
        this.fail(`-h stands for --host, after a command; for help use --help. ${this.commandList()}`)
        return
      }
      this.command = this.names.commands.find(
        (command) => command.name === argument || command.otherNames?.includes(argument) === true
      )
      if (this.command === undefined) return this.fail(this.unknownCommand(argument))
      return this.readCommand(this.command)
    }
    if (this.builtIn() === undefined) this.fail(`a command is missing. ${this.commandList()}`)
  }

  private readCommand(command: CommandEntry): void {
    const options = [...command.options, ...BUILT_IN_OPTIONS]
    while (this.position < this.argv.length) {
      const argument = this.argv[this.position++]
      if (argument === "--") return this.readWords(command, this.position)
      if (argument.startsWith("--")) this.readLong(argument, options)
      else if (argument.startsWith("-") && argument.length > 1) this.readShort(argument, options)
      else if (command.words === "anywhere") this.words = [...(this.words ?? []), argument]
      else if (command.words === "from the first") return this.readWords(command, this.position - 1)
      else this.fail(this.strayWord(command))
    }
  }

  private readWords(command: CommandEntry, from: number): void {
    this.position = this.argv.length
    this.words = [...(this.words ?? []), ...this.argv.slice(from)]
    if (command.words === "none" && this.words.length > 0) this.fail(this.strayWord(command))
  }

  /** `--name`, `--name value` or `--name=value`. */
  private readLong(argument: string, options: ReadonlyArray<OptionEntry>): void {
    const equals = argument.indexOf("=")
    const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals)
    const option = options.find((entry) => entry.name === name || entry.otherNames?.includes(name) === true)
    if (option === undefined) return this.fail(this.unknownOption(name, options))
    this.lastOption = `--${option.name}`
    if (option.takes !== "flag")
      return this.take(option, equals < 0 ? this.next(option) : argument.slice(equals + 1))
    if (equals >= 0) this.fail(`--${option.name}: takes no value`)
    this.take(option, "")
  }

  /** `-p7000`, `-p 7000`, `-cft`, `-cd 5`: flags, the last of which may be an option with its value. */
  private readShort(argument: string, options: ReadonlyArray<OptionEntry>): void {
    for (let index = 1; index < argument.length; index++) {
      const letter = argument[index]
      const option = options.find((entry) => entry.alias === letter)
      if (option === undefined) return this.fail(`-${printable(letter)}: ${this.unknown()}`)
      this.lastOption = `-${letter}`
      if (option.takes !== "flag") {
        const rest = argument.slice(index + 1)
        return this.take(option, rest === "" ? this.next(option) : rest)
      }
      this.take(option, "")
    }
  }

  /** The word after an option is its value whatever it looks like, as in redis-cli. */
  private next(option: OptionEntry): string | undefined {
    if (this.position < this.argv.length) return this.argv[this.position++]
    const help = option.alias === "h" ? "; for help use --help" : ""
    this.fail(`--${option.name}: a value is missing${help}`)
    return undefined
  }

  private take(option: OptionEntry, value: string | undefined): void {
    if (value === undefined) return
    if (option.choices?.includes(value) === false) {
      const allowed = option.choices.join(", ")
      this.fail(
        badValue({ option: `--${option.name}`, given: value, problem: "not one of its values", allowed })
      )
      return
    }
    if (BUILT_IN_OPTIONS.includes(option)) {
      this.builtIns.set(option.name, value)
      return
    }
    const given = this.given.get(option.name)
    if (given === undefined) this.given.set(option.name, { entry: option, values: [value] })
    else if (option.takes === "values") given.values.push(value)
    else if (option.takes === "value") this.fail(`--${option.name}: given more than once; allowed: once`)
  }

  private fail(message: string): void {
    this.error ??= message
  }

  private unknown(): string {
    const command = this.command === undefined ? "" : ` of ${this.command.name}`
    return `not an option${command}; ${this.command === undefined ? "" : `${this.command.name} `}--help lists them`
  }

  private unknownOption(name: string, options: ReadonlyArray<OptionEntry>): string {
    const meant = closest(
      name,
      options.flatMap((entry) => [entry.name, ...(entry.otherNames ?? [])])
    )
    return `--${printable(name)}: ${meant === undefined ? "" : `did you mean --${meant}? It is `}${this.unknown()}`
  }

  private unknownCommand(argument: string): string {
    const meant = closest(
      argument,
      this.names.commands.map((command) => command.name)
    )
    return `'${printable(argument)}' is not a command${meant === undefined ? "." : `; did you mean ${meant}?`} ${this.commandList()}`
  }

  private commandList(): string {
    return `Commands: ${this.names.commands.map((command) => command.name).join(", ")}`
  }

  /** Does not repeat the word: it may be the rest of a password. */
  private strayWord(command: CommandEntry): string {
    const after =
      this.lastOption === undefined ? "" : `, but a word that belongs to none follows ${this.lastOption}`
    const how = command.words === "after --" ? "options, and a command after --" : "options only"
    return `${command.name}: takes ${how}${after}; ${command.name} --help lists them`
  }

  private builtIn(): BuiltIn | undefined {
    return BUILT_INS_BY_PRIORITY.find((name) => this.builtIns.has(name))
  }

  result(): NormalisedArgv {
    const builtIn = this.builtIn()
    return {
      command: this.command?.name,
      argv: this.canonical(builtIn),
      builtIn,
      logLevel: this.builtIns.get("log-level"),
      json: this.given.has("json"),
      error: this.error === undefined ? undefined : new CommandLineError({ message: this.error })
    }
  }

  private canonical(builtIn: BuiltIn | undefined): ReadonlyArray<string> {
    const command = this.command === undefined ? [] : [this.command.name]
    if (builtIn === "completions") return ["--completions", this.builtIns.get("completions")!]
    if (builtIn !== undefined) return [...command, `--${builtIn}`]
    const canonical = command
    for (const { entry, values } of this.given.values()) {
      if (entry.takes === "flag") canonical.push(`--${entry.name}`)
      else canonical.push(...withValue(entry.name, values.join(VALUE_SEPARATOR)))
    }
    return this.words === undefined ? canonical : [...canonical, "--", ...this.words]
  }
}

const BUILT_INS_BY_PRIORITY: ReadonlyArray<BuiltIn> = ["help", "version", "completions", "wizard"]

/** `--` as a value has to stay attached: on its own it would end the options. */
const withValue = (name: string, value: string): ReadonlyArray<string> =>
  value === "--" ? [`--${name}=--`] : [`--${name}`, value]
