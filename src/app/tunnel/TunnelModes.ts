/** The three ways to be a tunnel, each opened the same way: ports, readings, health. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { formatAddress, masters, uncoveredSlots } from "../../protocol/ClusterTopology.ts"
import { connect as connectTo, type ConnectFailure, type ConnectPolicy, findServer } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import type { ClientCensus } from "./ClientCensus.ts"
import { type ListenAddress, LOOPBACK } from "./ListenAddress.ts"
import { listen } from "./Listener.ts"
import type { Watched } from "./metrics/MetricsServer.ts"
import type { TunnelReadings } from "./metrics/TunnelReadings.ts"
import * as PinnedTunnel from "./pinned/PinnedTunnel.ts"
import * as SmartTunnel from "./SmartTunnel.ts"
import { serveStandalone } from "./StandaloneTunnel.ts"
import { TrafficMeter } from "./traffic/TrafficMeter.ts"
import type { TunnelReport } from "./TunnelReport.ts"
import { DEFAULT_LISTEN_PORT, type TunnelSettings } from "./TunnelSettings.ts"
import { openUpstream } from "./Upstream.ts"

export interface Opening {
  readonly connect: ConnectSettings
  readonly settings: TunnelSettings
  readonly census: ClientCensus
  /** Of the ports: it closes first, so that what serves clients is there until they have been served. */
  readonly doors: Scope.Scope
}

export interface OpenedTunnel extends Pick<TunnelReport, "mode" | "doors">, Watched {}

/** Connects, and listens until the scope closes. */
export type OpenTunnel = (opening: Opening) => Effect.Effect<OpenedTunnel, ConnectFailure, Scope.Scope>

const POLICY: ConnectPolicy = {
  clusterWithoutFlag: "notice",
  uncoveredSlots: "allow",
  // Clients may log in by themselves.
  passwordWanting: "allow"
}

const DEFAULT_LISTEN: ListenAddress = { host: LOOPBACK, port: DEFAULT_LISTEN_PORT }

export const openStandalone: OpenTunnel = ({ census, connect, doors, settings }) =>
  Effect.gen(function* () {
    const known = yield* findServer(connect, POLICY)
    const meter = meterOf(settings)
    const serve = serveStandalone(known, settings, meter)
    const where = settings.listen ?? DEFAULT_LISTEN
    const { address } = yield* listen({ ...settings, listen: where, census, serve }).pipe(Scope.extend(doors))
    const { options, seed } = known
    const node = formatAddress(seed.host, seed.port)
    return {
      mode: "standalone",
      doors: [{ listen: address, node }],
      readings: () => trafficReadings(census, meter, [node]),
      ailment: Effect.scoped(openUpstream({ ...options, ...seed })).pipe(
        Effect.match({ onSuccess: () => undefined, onFailure: ({ message }) => message })
      )
    }
  })

export const openSmart: OpenTunnel = ({ census, connect, doors, settings }) =>
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
    }).pipe(Scope.extend(doors))
    const nodes = masters(yield* client.topology).map((master) => master.address)
    return {
      mode: "smart",
      doors: [{ listen: address, node: nodes.join(", ") }],
      readings: () => ({ ...tunnel.proxy.readings(), clientsRefused: census.refused }),
      ailment: clusterAilment(client)
    }
  })

export const openPinned: OpenTunnel = ({ census, connect, doors, settings }) =>
  Effect.gen(function* () {
    const connected = yield* connectTo(connect, POLICY)
    const meter = meterOf(settings)
    const tunnel = yield* PinnedTunnel.make(connected, settings, census, meter).pipe(Scope.extend(doors))
    const present = () =>
      tunnel.doors().map(({ listen, node }) => ({ listen, node: formatAddress(node.host, node.port) }))
    return {
      mode: "pinned",
      doors: present(),
      readings: () =>
        trafficReadings(
          census,
          meter,
          present().map(({ node }) => node)
        ),
      ailment: clusterAilment(connected.client)
    }
  })

/** Bytes are only looked at when somebody asks for the figures. */
const meterOf = ({ metrics }: TunnelSettings): TrafficMeter | undefined =>
  metrics === undefined ? undefined : new TrafficMeter()

const trafficReadings = (
  census: ClientCensus,
  meter: TrafficMeter = new TrafficMeter(),
  nodes: ReadonlyArray<string>
): TunnelReadings => ({
  startedAt: meter.startedAt,
  clients: census.connected,
  clientsAccepted: census.accepted,
  clientsRefused: census.refused,
  bytesReceived: meter.bytesReceived,
  bytesSent: meter.bytesSent,
  moved: meter.moved,
  asked: meter.asked,
  commands: meter.commandReadings,
  nodes: meter.nodeReadings(nodes)
})

const clusterAilment = (client: RedisCommands): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const uncovered = uncoveredSlots(yield* client.topology)
    if (uncovered > 0) return `${uncovered} slots have no owner`
    yield* client.execute("PING")
    return undefined
  }).pipe(Effect.catchAll(({ message }) => Effect.succeed(message)))
