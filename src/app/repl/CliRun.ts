/** Connects, and does what `cli` was asked for. Each of its modes is loaded when it is needed. */
import * as Effect from "effect/Effect"
import type { CommandFailure, EndWith } from "../CommandFailure.ts"
import type { CommandLineError } from "../CommandLineError.ts"
import type { ConnectFailure } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import type { BuiltinContext } from "./builtin/Builtin.ts"
import { makeCliSession } from "./CliSession.ts"
import type { CliSettings } from "./CliSettings.ts"
import type { CommandSession } from "./session/CommandSession.ts"

type RunFailure = CommandFailure | CommandLineError | EndWith

export const runCli = (
  connect: ConnectSettings,
  settings: CliSettings
): Effect.Effect<void, ConnectFailure> =>
  settings.mode._tag === "Prompt" && isTerminal()
    ? Effect.flatMap(
        Effect.promise(() => import("./prompt/Prompt.ts")),
        ({ runPrompt }) => runPrompt(connect, settings)
      )
    : Effect.scoped(
        Effect.flatMap(makeCliSession({ connect, protocol: settings.protocol }), (session) =>
          runMode(settings, session, builtinContext(settings, session))
        )
      )

/** A person at both ends, who can move a cursor. */
const isTerminal = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && process.env["TERM"] !== "dumb"

const builtinContext = (settings: CliSettings, session: CommandSession): BuiltinContext => ({
  get client() {
    return session.client
  },
  format: settings.format,
  keys: settings.keys,
  top: settings.top,
  memorySamples: settings.memorySamples,
  intervalMs: settings.intervalMs,
  repeat: settings.repeat,
  isPrompt: false
})

const runMode = (
  settings: CliSettings,
  session: CommandSession,
  context: BuiltinContext
): Effect.Effect<void, RunFailure> => {
  const { mode } = settings
  switch (mode._tag) {
    case "Command":
      return Effect.flatMap(
        Effect.promise(() => import("./oneshot/OneShot.ts")),
        ({ runCommand }) => runCommand(mode.words, settings, session, context)
      )
    case "Script":
      return Effect.flatMap(
        Effect.promise(() => import("./oneshot/OneShot.ts")),
        ({ runScript }) => runScript(mode.file, mode.words, settings, session)
      )
    case "Inspection":
      return Effect.flatMap(
        Effect.promise(() => import("./builtin/Builtins.ts")),
        ({ builtinNamed }) => builtinNamed(`--${mode.name}`)!.run([mode.name], context)
      )
    case "Pipe":
      return Effect.flatMap(
        Effect.promise(() => import("./pipe/MassInsertion.ts")),
        ({ runMassInsertion }) => runMassInsertion(session, context)
      )
    case "Prompt":
      return Effect.flatMap(
        Effect.promise(() => import("./pipe/CommandLines.ts")),
        ({ runCommandLines }) => runCommandLines(session, context)
      )
  }
}
