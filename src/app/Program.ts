/**
 * The command tree of @effect/cli, driven by normalised arguments: built-in
 * options are answered, everything else is parsed and run.
 */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import type * as HelpDoc from "@effect/cli/HelpDoc"
import type * as ValidationError from "@effect/cli/ValidationError"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import { type CommandNames, type NormalisedArgv, normalise } from "./Argv.ts"
import type { EndWith } from "./CommandFailure.ts"
import { CommandLineError } from "./CommandLineError.ts"
import { completionScript, type Shell } from "./Completions.ts"
import { commandHelp, programHelp, textOf } from "./HelpText.ts"
import { print } from "./Output.ts"
import { askForArguments, asTyped } from "./Wizard.ts"

export const PROGRAM_NAME = "redis-client"

/** Any command of @effect/cli with its subcommands. */
export type Root<R, E, A> = Command.Command<typeof PROGRAM_NAME, R, E, A>

/** What @effect/cli's parser may ask for. */
export type ParserEnvironment = FileSystem.FileSystem | Path.Path | Terminal.Terminal

/**
 * Names are compared as they are (`-p` is not `-P`), and nothing is corrected
 * on the way: Argv.ts has done both.
 */
export const CLI_CONFIG: CliConfig.CliConfig = CliConfig.make({ isCaseSensitive: true, autoCorrectLimit: 0 })

const DEFAULT_COLUMNS = 80

export const program = <R, E, A>(
  root: Root<R, E, A>,
  argv: NormalisedArgv,
  names: CommandNames,
  version: string
): Effect.Effect<void, E | CommandLineError | EndWith, R | ParserEnvironment> => {
  switch (argv.builtIn) {
    case "help":
      return print(helpText(root, argv.command, version, process.stdout.columns ?? DEFAULT_COLUMNS))
    case "version":
      return print(version)
    case "completions":
      return Effect.flatMap(completionScript(root, PROGRAM_NAME, shellOf(argv.argv[1])), print)
    case "wizard":
      return wizard(root, argv.command, names)
    default:
      return argv.error === undefined ? runCommand(root, argv.argv) : Effect.fail(argv.error)
  }
}

/** `sh` is @effect/cli's other name for bash. */
const shellOf = (shell: string): Shell => (shell === "fish" || shell === "zsh" ? shell : "bash")

const wizard = <R, E, A>(
  root: Root<R, E, A>,
  command: string | undefined,
  names: CommandNames
): Effect.Effect<void, E | CommandLineError | EndWith, R | ParserEnvironment> =>
  Effect.flatMap(askForArguments(root, PROGRAM_NAME, command, CLI_CONFIG), (chosen) => {
    const options = names.commands.find(({ name }) => name === chosen[0])?.options ?? []
    const argv = normalise(asTyped(chosen, options), names)
    return argv.error === undefined ? runCommand(root, argv.argv) : Effect.fail(argv.error)
  })

const runCommand = <R, E, A>(
  root: Root<R, E, A>,
  argv: ReadonlyArray<string>
): Effect.Effect<void, E | CommandLineError, R | ParserEnvironment> =>
  Effect.flatMap(parseCommand(root, argv), (value) => root.transform(root.handler(value), value))

/** What the command line says, or the one line that is wrong with it. */
export const parseCommand = <R, E, A>(
  root: Root<R, E, A>,
  argv: ReadonlyArray<string>
): Effect.Effect<A, CommandLineError, ParserEnvironment> =>
  CommandDescriptor.parse(root.descriptor, [PROGRAM_NAME, ...argv], CLI_CONFIG).pipe(
    Effect.mapError((error) => new CommandLineError({ message: firstLine(error) })),
    Effect.flatMap((directive) =>
      directive._tag === "UserDefined" && directive.leftover.length === 0
        ? Effect.succeed(directive.value)
        : Effect.fail(
            new CommandLineError({
              message: `${argv[0]}: too many words; ${argv[0]} --help lists its options`
            })
          )
    )
  )

/** Several bad options come as several paragraphs; one line names the first. */
const firstLine = (error: ValidationError.ValidationError): string =>
  firstParagraph(error.error) ?? error._tag

const firstParagraph = (doc: HelpDoc.HelpDoc): string | undefined => {
  if (doc._tag === "Sequence") return firstParagraph(doc.left) ?? firstParagraph(doc.right)
  return doc._tag === "Paragraph" ? textOf(doc.value) : undefined
}

/** The help of a command, or of the program when none is named. */
export const helpText = <R, E, A>(
  root: Root<R, E, A>,
  command: string | undefined,
  version: string,
  columns: number
): string => {
  const docs = Array.from(
    Command.getSubcommands(root),
    ([name, descriptor]) => [name, CommandDescriptor.getHelp(descriptor, CLI_CONFIG)] as const
  ).sort(([a], [b]) => (a < b ? -1 : 1))
  const doc = docs.find(([name]) => name === command)?.[1]
  return doc === undefined || command === undefined
    ? programHelp(PROGRAM_NAME, version, docs, columns)
    : commandHelp(PROGRAM_NAME, command, doc, columns)
}
