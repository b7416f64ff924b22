/** The commands of the program. */
import * as Command from "@effect/cli/Command"
import type { CommandNames } from "./Argv.ts"
import { benchCommand } from "./bench/BenchCommand.ts"
import { fillCommand } from "./fill/FillCommand.ts"
import { cliCommand } from "./repl/CliCommand.ts"
import { COMMANDS } from "./OptionTable.ts"
import { PROGRAM_NAME } from "./Program.ts"
import { sandboxCommand } from "./sandbox/SandboxCommand.ts"
import { tunnelCommand } from "./tunnel/TunnelCommand.ts"
import { verifyCommand } from "./verify/VerifyCommand.ts"

export const root = Command.make(PROGRAM_NAME).pipe(
  Command.withSubcommands([
    sandboxCommand,
    fillCommand,
    verifyCommand,
    tunnelCommand,
    cliCommand,
    benchCommand
  ])
)

export const COMMAND_NAMES: CommandNames = { commands: COMMANDS }
