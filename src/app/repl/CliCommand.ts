/** The command `cli`: a prompt, one command, or many from standard input; and tools that look at a whole cluster. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { type ConnectFailure, connectSettings } from "../ConnectLayer.ts"
import { cliSettings } from "./CliChoice.ts"
import { cliOptions, type GivenCli } from "./CliOptions.ts"

export const cliCommand: Command.Command<"cli", never, ConnectFailure, GivenCli> = Command.make(
  "cli",
  cliOptions,
  (given) =>
    Effect.gen(function* () {
      const connect = yield* connectSettings(given.connect)
      const settings = yield* cliSettings(given)
      // Loaded when it is run: other commands start without it.
      const { runCli } = yield* Effect.promise(() => import("./CliRun.ts"))
      yield* runCli(connect, settings)
    })
).pipe(
  Command.withDescription(
    "A prompt, one command, or many from standard input; and tools that look at a whole cluster."
  )
)
