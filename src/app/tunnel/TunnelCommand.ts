/** The command `tunn`: local ports through which plain clients use TLS servers and clusters, until a signal ends it. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { CommandLineError } from "../CommandLineError.ts"
import { CommandRun } from "../CommandRun.ts"
import { type ConnectFailure, connectSettings } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { print, printJson } from "../Output.ts"
import { ClientCensus } from "./ClientCensus.ts"
import * as MetricsServer from "./metrics/MetricsServer.ts"
import { openPinned, openSmart, openStandalone, type OpenTunnel } from "./TunnelModes.ts"
import { type GivenTunnel, tunnelOptions, tunnelSettings } from "./TunnelOptions.ts"
import { tunnelDocument, type TunnelReport, tunnelText } from "./TunnelReport.ts"

export const tunnelCommand: Command.Command<"tunn", never, ConnectFailure, GivenTunnel> = Command.make(
  "tunn",
  tunnelOptions,
  (given) => Effect.scoped(run(given))
).pipe(
  Command.withDescription(
    "Opens local ports through which clients that know neither TLS nor clusters use both."
  )
)

const run = (given: GivenTunnel): Effect.Effect<void, ConnectFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const connect = yield* connectSettings(given.connect)
    const open = yield* modeOf(given, connect)
    const settings = yield* tunnelSettings(given)
    ;(yield* CommandRun).endsWithSignal()
    const census = new ClientCensus(settings.limits.maxClients)
    const doors = yield* Effect.acquireRelease(Scope.make(), (scope, exit) => Scope.close(scope, exit))
    const tunnel = yield* open({ connect, settings, census, doors })
    const { metrics } = settings
    const report: TunnelReport = {
      ...tunnel,
      tls: connect.tls !== undefined,
      listenTls: settings.tls !== undefined,
      listenPassword: settings.password !== undefined,
      metrics: metrics === undefined ? undefined : yield* MetricsServer.serve(metrics, tunnel)
    }
    yield* connect.json ? printJson(tunnelDocument(report)) : print(tunnelText(report))
    return yield* Effect.ensuring(Effect.never, Scope.close(doors, Exit.void))
  })

const modeOf = (
  { mode }: GivenTunnel,
  { cluster, tls }: ConnectSettings
): Effect.Effect<OpenTunnel, CommandLineError> => {
  if (cluster) return Effect.succeed(mode === "pinned" ? openPinned : openSmart)
  if (mode === "pinned") return wrong("--tunnel-mode: means nothing without --cluster (-c)")
  return tls === undefined
    ? wrong("tunn: leads to a TLS server with --tls (-t), or to a cluster with --cluster (-c); give one")
    : Effect.succeed(openStandalone)
}

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
