/** `--wizard`: asks for every option of a command on the terminal. */
import * as Command from "@effect/cli/Command"
import type * as CliConfig from "@effect/cli/CliConfig"
import * as CommandDescriptor from "@effect/cli/CommandDescriptor"
import * as Prompt from "@effect/cli/Prompt"
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import { EndWith } from "./CommandFailure.ts"
import { CommandLineError } from "./CommandLineError.ts"
import { DONE, SIGNAL_STATUS } from "./ExitStatus.ts"
import type { OptionEntry } from "./OptionTable.ts"

/**
 * The arguments that a person chose, the command's name first.
 *
 * Without a terminal @effect/cli would wait for ever, so that is refused.
 * Leaving the wizard ends the program as Ctrl-C does.
 */
export const askForArguments = <Name extends string, R, E, A>(
  root: Command.Command<Name, R, E, A>,
  program: string,
  command: string | undefined,
  config: CliConfig.CliConfig
): Effect.Effect<
  ReadonlyArray<string>,
  CommandLineError | EndWith,
  FileSystem.FileSystem | Path.Path | Terminal.Terminal
> =>
  Effect.gen(function* () {
    if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
      return yield* new CommandLineError({ message: "--wizard: needs a terminal; give the options instead" })
    }
    const descriptor = command === undefined ? undefined : HashMap.get(Command.getSubcommands(root), command)
    const chosen =
      command === undefined || descriptor === undefined || descriptor._tag === "None"
        ? yield* Command.wizard(root, [program], config)
        : yield* CommandDescriptor.wizard(descriptor.value, [program, command], config)
    const isConfirmed = yield* Prompt.run(
      Prompt.toggle({ message: "Run the command?", initial: true, active: "yes", inactive: "no" })
    )
    return isConfirmed ? chosen.slice(1) : yield* new EndWith({ status: DONE })
  }).pipe(
    Effect.catchTag("QuitException", () => new EndWith({ status: SIGNAL_STATUS.SIGINT })),
    Effect.catchIf(
      (error): error is Exclude<typeof error, CommandLineError | EndWith> =>
        error._tag !== "CommandLineError" && error._tag !== "EndWith",
      () => new CommandLineError({ message: "--wizard: an answer is not a value of its option" })
    )
  )

/**
 * The wizard answers every option with a name and a value, flags with `true` or
 * `false`, and puts the words behind them: here as a person would write them.
 */
export const asTyped = (
  chosen: ReadonlyArray<string>,
  options: ReadonlyArray<OptionEntry>
): ReadonlyArray<string> => {
  const [command, ...rest] = chosen
  const typed = [command]
  let position = 0
  while (position < rest.length && rest[position].startsWith("-")) {
    const [name, value = ""] = rest.slice(position, position + 2)
    const option = options.find((entry) => `--${entry.name}` === name || `-${entry.alias}` === name)
    if (option?.takes !== "flag") typed.push(name, value)
    else if (value === "true") typed.push(name)
    position += 2
  }
  const words = rest.slice(position)
  return words.length === 0 ? typed : [...typed, "--", ...words]
}
