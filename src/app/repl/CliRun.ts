/** Connects, and does what `cli` was asked for. Each of its modes is loaded when it is needed. */
import * as Effect from "effect/Effect"
import { ClusterClient } from "../../client/ClusterClient.ts"
import type { CommandFailure, EndWith } from "../CommandFailure.ts"
import type { CommandLineError } from "../CommandLineError.ts"
import { type ConnectFailure, connectLayer } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import type { BuiltinContext } from "./builtin/Builtin.ts"
import type { CliSettings } from "./CliSettings.ts"

type RunFailure = CommandFailure | CommandLineError | EndWith

export const runCli = (
  connect: ConnectSettings,
  settings: CliSettings
): Effect.Effect<void, ConnectFailure> => {
  const client = connectLayer(connect, {
    clusterWithoutFlag: "notice",
    // Looking at what is wrong with a cluster is what this is for.
    uncoveredSlots: "allow",
    protocol: settings.protocol
  })
  const run = Effect.flatMap(ClusterClient, (client) =>
    runMode(settings, {
      client,
      format: settings.format,
      keys: settings.keys,
      top: settings.top,
      intervalMs: settings.intervalMs,
      repeat: settings.repeat,
      isPrompt: false
    })
  )
  return Effect.provide(run, client)
}

const runMode = (settings: CliSettings, context: BuiltinContext): Effect.Effect<void, RunFailure> => {
  const { mode } = settings
  switch (mode._tag) {
    case "Command":
      return Effect.flatMap(
        Effect.promise(() => import("./oneshot/OneShot.ts")),
        ({ runCommand }) => runCommand(mode.words, settings, context)
      )
    case "Script":
      return Effect.flatMap(
        Effect.promise(() => import("./oneshot/OneShot.ts")),
        ({ runScript }) => runScript(mode.file, mode.words, settings, context)
      )
    case "Inspection":
      return Effect.flatMap(
        Effect.promise(() => import("./builtin/Builtins.ts")),
        ({ builtinNamed }) => builtinNamed(`--${mode.name}`)!.run([mode.name], context)
      )
    case "Pipe":
      return Effect.flatMap(
        Effect.promise(() => import("./pipe/MassInsertion.ts")),
        ({ runMassInsertion }) => runMassInsertion(context)
      )
    case "Prompt":
      return Effect.flatMap(
        Effect.promise(() => import("./pipe/CommandLines.ts")),
        ({ runCommandLines }) => runCommandLines(context)
      )
  }
}
