/** The command `tunn`: local ports through which plain clients use TLS servers and clusters, until a signal ends it. */
import * as Command from "@effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { formatAddress, masters } from "../../protocol/ClusterTopology.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { CommandLineError } from "../CommandLineError.ts"
import { CommandRun } from "../CommandRun.ts"
import {
  connect as connectTo,
  type ConnectFailure,
  type ConnectPolicy,
  connectSettings,
  findServer
} from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { print, printJson } from "../Output.ts"
import { ClientCensus } from "./ClientCensus.ts"
import { type ListenAddress, LOOPBACK } from "./ListenAddress.ts"
import { listen } from "./Listener.ts"
import * as PinnedTunnel from "./pinned/PinnedTunnel.ts"
import * as SmartTunnel from "./SmartTunnel.ts"
import { serveStandalone } from "./StandaloneTunnel.ts"
import { type GivenTunnel, tunnelOptions, tunnelSettings } from "./TunnelOptions.ts"
import { tunnelDocument, type TunnelReport, tunnelText } from "./TunnelReport.ts"
import { DEFAULT_LISTEN_PORT, type TunnelSettings } from "./TunnelSettings.ts"

/** What a mode needs to open its ports. */
interface Opening {
  readonly connect: ConnectSettings
  readonly settings: TunnelSettings
  readonly census: ClientCensus
}

type OpenTunnel = (
  opening: Opening
) => Effect.Effect<Pick<TunnelReport, "mode" | "doors">, ConnectFailure | CommandFailure, Scope.Scope>

const DEFAULT_LISTEN: ListenAddress = { host: LOOPBACK, port: DEFAULT_LISTEN_PORT }

const POLICY: ConnectPolicy = {
  clusterWithoutFlag: "notice",
  uncoveredSlots: "allow",
  // Clients may log in by themselves.
  passwordWanting: "allow"
}

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
    const commandRun = yield* CommandRun
    commandRun.endsWithSignal()
    const census = new ClientCensus(settings.limits.maxClients)
    const opened = yield* open({ connect, settings, census })
    const report: TunnelReport = {
      ...opened,
      tls: connect.tls !== undefined,
      listenTls: settings.tls !== undefined,
      listenPassword: settings.password !== undefined,
      metrics: settings.metrics
    }
    yield* connect.json ? printJson(tunnelDocument(report)) : print(tunnelText(report))
    return yield* Effect.never
  })

const modeOf = (
  { mode }: GivenTunnel,
  { cluster, tls }: ConnectSettings
): Effect.Effect<OpenTunnel, CommandLineError> => {
  if (!cluster) {
    if (mode === "pinned") return wrong("--tunnel-mode: means nothing without --cluster (-c)")
    return tls === undefined
      ? wrong("tunn: leads to a TLS server with --tls (-t), or to a cluster with --cluster (-c); give one")
      : Effect.succeed(openStandalone)
  }
  return Effect.succeed(mode === "pinned" ? openPinned : openSmart)
}

const openStandalone: OpenTunnel = ({ census, connect, settings }) =>
  Effect.gen(function* () {
    const { options, seed } = yield* findServer(connect, POLICY)
    const serve = serveStandalone({ ...options, ...seed })
    const { address } = yield* listen({
      ...settings,
      listen: settings.listen ?? DEFAULT_LISTEN,
      census,
      serve
    })
    return {
      mode: "standalone",
      doors: [{ listen: address, node: formatAddress(seed.host, seed.port) }]
    }
  })

const openSmart: OpenTunnel = ({ census, connect, settings }) =>
  Effect.gen(function* () {
    // A client that blocks, watches or subscribes has a connection of its own.
    const policy = { ...POLICY, maxConnectionsPerNode: settings.limits.maxClients }
    const { client } = yield* connectTo(connect, policy)
    const tunnel = yield* SmartTunnel.make(client, settings)
    const { address } = yield* listen({
      ...settings,
      ...tunnel,
      listen: settings.listen ?? DEFAULT_LISTEN,
      // The proxy knows who may be silent.
      limits: { idleTimeout: Duration.zero },
      census
    })
    const topology = yield* client.topology
    const nodes = masters(topology).map((master) => master.address)
    return { mode: "smart", doors: [{ listen: address, node: nodes.join(", ") }] }
  })

const openPinned: OpenTunnel = ({ census, connect, settings }) =>
  Effect.gen(function* () {
    const { doors } = yield* PinnedTunnel.make(yield* connectTo(connect, POLICY), settings, census)
    return {
      mode: "pinned",
      doors: doors().map(({ listen, node }) => ({ listen, node: formatAddress(node.host, node.port) }))
    }
  })

const wrong = (message: string): Effect.Effect<never, CommandLineError> =>
  Effect.fail(new CommandLineError({ message }))
