/** One port behind which a cluster looks like one server: the proxy, and what it tells its operator. */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import { closed } from "./ClientSocket.ts"
import { DRAIN_LIMIT, type ServeClient } from "./Listener.ts"
import type { ProxyAccess } from "./smart/ProxyAccess.ts"
import type { ProxyEvent } from "./smart/ProxyEvent.ts"
import * as SmartProxy from "./smart/SmartProxy.ts"
import type { TunnelSettings } from "./TunnelSettings.ts"

export interface SmartTunnel {
  readonly proxy: SmartProxy.SmartProxy
  readonly serve: ServeClient
  readonly drain: Effect.Effect<void>
}

export const make = (
  client: RedisCommands,
  { limits, password }: TunnelSettings
): Effect.Effect<SmartTunnel, never, Scope.Scope> =>
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime()
    const access: ProxyAccess =
      password === undefined ? { kind: "open" } : { kind: "users", users: new Map([["default", password]]) }
    const proxy = yield* SmartProxy.make({
      client,
      access,
      limits: {
        clients: limits.maxClients,
        queryBuffer: limits.queryBuffer,
        outputBuffer: limits.outputBuffer,
        idle: limits.idleTimeout
      },
      onEvent: (event) => Runtime.runFork(runtime)(logged(event))
    })
    return {
      proxy,
      drain: proxy.drain(DRAIN_LIMIT),
      serve: ({ address, socket }) =>
        Effect.suspend(() => {
          const localAddress = formatAddress(socket.localAddress ?? "", socket.localPort ?? 0)
          proxy.accept(socket, { address, localAddress })
          return closed(socket)
        })
    }
  })

/** Clients come and go in their listener's log. */
const logged = (event: ProxyEvent): Effect.Effect<void> => {
  switch (event.kind) {
    case "ClientConnected":
    case "ClientRefused":
      return Effect.void
    case "ClientClosed":
      return isOrdinary(event.because)
        ? Effect.void
        : Effect.logWarning(`client ${event.address} closed: ${event.because}${detailOf(event.detail)}`)
    case "NodeConnected":
      return Effect.logDebug(`${event.node} connected (${event.purpose})`)
    case "NodeLost":
      return Effect.logWarning(
        `${event.node} lost: ${event.detail}; ${event.unanswered} commands may have been executed`
      )
    case "NodeUnreachable":
      return Effect.logWarning(`${event.node} cannot be reached: ${event.detail}`)
    case "TopologyChanged":
      return Effect.logInfo(`the cluster has ${event.masters} masters and ${event.replicas} replicas`)
    case "SessionRestored":
      return Effect.logInfo(`a client's subscriptions go on at ${event.node}; messages may have been missed`)
  }
}

const isOrdinary = (because: Extract<ProxyEvent, { kind: "ClientClosed" }>["because"]): boolean =>
  because === "left" || because === "quit" || because === "drained"

const detailOf = (detail: string): string => (detail === "" ? "" : ` (${detail})`)
