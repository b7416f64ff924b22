/** A cluster that looks like one Redis server to each client connection that is handed in. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import * as Resp from "../../../protocol/Resp.ts"
import { parseServerInfo } from "../../../protocol/ServerInfo.ts"
import { TurnFlush } from "../../../connection/TurnFlush.ts"
import { ClientProfile } from "./client/ClientProfile.ts"
import { ClientRegistry } from "./client/ClientRegistry.ts"
import { ClientPause } from "./client/ClientPause.ts"
import { closeWhenIdle } from "./client/IdleTimeout.ts"
import { ProxyClient } from "./client/ProxyClient.ts"
import { makeHandlers } from "./dispatch/Handlers.ts"
import { OPEN, type ProxyAccess } from "./ProxyAccess.ts"
import type { ProxyContext, ServerKind } from "./ProxyContext.ts"
import { ProxyCounters } from "./ProxyCounters.ts"
import type { OnProxyEvent } from "./ProxyEvent.ts"
import { DEFAULT_LIMITS, type ProxyLimits } from "./ProxyLimits.ts"
import { type ProxyReadings, readingsOf } from "./ProxyReadings.ts"
import { CommandIndex } from "./request/CommandIndex.ts"
import { ScanOrder } from "./scan/ScanOrder.ts"
import { SlowLog } from "./slowlog/SlowLog.ts"
import { OwnCommands } from "./stats/OwnCommands.ts"
import { UnderWay } from "./client/UnderWay.ts"
import { MonitorFeed } from "./stream/MonitorFeed.ts"
import * as Recovery from "./upstream/Recovery.ts"
import * as Upstreams from "./upstream/Upstreams.ts"

export interface SmartProxyOptions {
  /**
   * The client of the cluster: it knows the topology and opens the connections.
   * Its `maxConnectionsPerNode` bounds the clients that block, watch or subscribe
   * at once, so give it as many as there may be clients.
   */
  readonly client: RedisCommands
  /** Default: open. */
  readonly access?: ProxyAccess
  /** What is not given has its default. */
  readonly limits?: Partial<ProxyLimits>
  /** Called synchronously; must not throw. */
  readonly onEvent?: OnProxyEvent
}

/** Where a client comes from. */
export interface ClientPeer {
  /** `host:port`, as CLIENT LIST shows it. */
  readonly address: string
  /** `host:port` of our side. */
  readonly localAddress: string
}

export interface SmartProxy {
  /**
   * Takes over a client's connection, TLS done: reads, writes, and destroys it.
   * The server should be made with `allowHalfOpen`, so that a client that has
   * said its last word still gets its replies, and with `noDelay`.
   */
  accept(socket: Duplex, peer: ClientPeer): void
  readings(): ProxyReadings
  /** No command is read any more; what has been read is answered, for so long at most; then every client is closed. */
  drain(most: Duration.DurationInput): Effect.Effect<void>
}

/** How often the last client is looked at, whether it has got its replies. */
const DRAIN_INTERVAL: Duration.Duration = Duration.millis(20)
const REFUSED = Buffer.from("-ERR max number of clients reached\r\n")

/** Everything ends with the scope: clients, connections to nodes, timers. */
export const make = (options: SmartProxyOptions): Effect.Effect<SmartProxy, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { access = OPEN, client, onEvent = () => {} } = options
    const limits = { ...DEFAULT_LIMITS, ...options.limits }
    const turn = new TurnFlush()
    const counters = new ProxyCounters()
    const sets = yield* Upstreams.make(client, turn, onEvent)
    const recovery = yield* Recovery.make(client, sets, counters)
    const clients = new ClientRegistry()
    const scanOrder = new ScanOrder()
    const { byName, handler } = makeHandlers(clients, scanOrder)
    const index = new CommandIndex((name) => byName.has(name))
    const refreshAll = (): void => {
      for (const each of clients.all()) each.refresh()
    }
    const pause = new ClientPause(refreshAll)
    const monitors = new MonitorFeed(refreshAll)
    const server = yield* identityOf(client)
    const context: ProxyContext = {
      access,
      counters,
      index,
      limits,
      monitors,
      subscribing: new UnderWay(),
      onEvent,
      ownCommands: new OwnCommands(),
      pause,
      recovery,
      server,
      sets,
      slowLog: new SlowLog(),
      turn
    }
    scanOrder.apply(sets.topology)
    sets.onChange(() => scanOrder.apply(sets.topology))
    let isDraining = false

    const closeAll = Effect.sync(() => {
      for (const each of clients.all()) each.close("drained")
    })
    yield* Effect.addFinalizer(() => closeAll)

    return {
      accept: (socket, peer) => {
        if (isDraining) return void socket.destroy()
        if (clients.size >= limits.clients) {
          counters.clientsRefused++
          onEvent({ kind: "ClientRefused", address: peer.address, clients: clients.size })
          socket.on("error", () => {})
          return void socket.end(REFUSED, () => socket.destroy())
        }
        counters.clientsAccepted++
        const profile = new ClientProfile(
          clients.nextId(),
          peer.address,
          peer.localAddress,
          knowsLibraries(server.version)
        )
        const set = sets.sharedSet({ protocol: 2, credentials: undefined })
        const added = new ProxyClient(socket, profile, set, context, handler)
        added.isAuthenticated = access.kind === "open"
        added.refresh()
        closeWhenIdle(added, socket, Duration.toMillis(limits.idle))
        clients.add(added)
        onEvent({ kind: "ClientConnected", id: profile.id, address: peer.address })
      },
      readings: () => readingsOf(context, clients),
      drain: (most) =>
        Effect.gen(function* () {
          isDraining = true
          for (const each of clients.all()) each.closeAfterReplies("drained", "")
          yield* Effect.sync(() => clients.size === 0).pipe(
            Effect.repeat({ until: (isEmpty) => isEmpty, schedule: Schedule.spaced(DRAIN_INTERVAL) }),
            Effect.timeoutOption(most)
          )
          yield* closeAll
        })
    }
  })

/** What servers say of themselves in HELLO; they are taken to be of one kind and version. */
const identityOf = (client: RedisCommands): Effect.Effect<ServerKind> =>
  Effect.map(
    client.executeMany([
      ["INFO", "server"],
      ["MODULE", "LIST"]
    ]),
    ([info, modules]) => {
      const text = Either.isRight(info) ? (Resp.text(info.right) ?? "") : ""
      const { name, version } = parseServerInfo(text)
      const isKnown = Either.isRight(modules) && Resp.elements(modules.right) !== undefined
      return {
        name: name || "redis",
        version: version || UNKNOWN_VERSION,
        modules: isKnown ? modules.right : Resp.array([])
      }
    }
  )
const UNKNOWN_VERSION = "7.0.0"

/** CLIENT SETINFO and CLIENT NO-TOUCH came with 7.2. */
const knowsLibraries = (version: string): boolean => {
  const [major, minor] = version.split(".").map(Number)
  return major > 7 || (major === 7 && minor >= 2)
}
