/**
 * The commands of the program. Each is loaded when it is named: to evaluate the
 * modules of all of them took 60 ms of every start.
 */
import * as Command from "@effect/cli/Command"
import { type CommandNames, normalise } from "./Argv.ts"
import { COMMANDS } from "./OptionTable.ts"
import { PROGRAM_NAME } from "./Program.ts"

const LOADERS = {
  sandbox: async () => (await import("./sandbox/SandboxCommand.ts")).sandboxCommand,
  fill: async () => (await import("./fill/FillCommand.ts")).fillCommand,
  verify: async () => (await import("./verify/VerifyCommand.ts")).verifyCommand,
  report: async () => (await import("./report/ReportCommand.ts")).reportCommand,
  tunn: async () => (await import("./tunnel/TunnelCommand.ts")).tunnelCommand,
  cli: async () => (await import("./repl/CliCommand.ts")).cliCommand,
  bench: async () => (await import("./bench/BenchCommand.ts")).benchCommand
}

export const COMMAND_NAMES: CommandNames = { commands: COMMANDS }

/** All commands, for what is said of all of them. */
export const loadAll = async () =>
  Command.make(PROGRAM_NAME).pipe(
    Command.withSubcommands([
      await LOADERS.sandbox(),
      await LOADERS.fill(),
      await LOADERS.verify(),
      await LOADERS.report(),
      await LOADERS.tunn(),
      await LOADERS.cli(),
      await LOADERS.bench()
    ])
  )

export type AllCommands = Awaited<ReturnType<typeof loadAll>>

/** What these arguments need: the one command that they name, if that is all. */
export const loadFor = async (argv: ReadonlyArray<string>): Promise<AllCommands> => {
  const { builtIn, command } = normalise(argv, COMMAND_NAMES)
  if (!isName(command) || builtIn === "completions" || builtIn === "wizard") return loadAll()
  const one = await LOADERS[command]()
  // To its caller the program is the same, whichever of its commands are there.
  return Command.make(PROGRAM_NAME).pipe(Command.withSubcommands([one])) as unknown as AllCommands
}

const isName = (name: string | undefined): name is keyof typeof LOADERS =>
  name !== undefined && Object.hasOwn(LOADERS, name)
