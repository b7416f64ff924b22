/** The interface of `ClusterClient` over one server, whose topology is one node that serves every slot. */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import * as ConnectionPool from "../connection/ConnectionPool.ts"
import type { ServerIdentity } from "../connection/Handshake.ts"
import { formatAddress, singleNodeTopology } from "../protocol/ClusterTopology.ts"
import { ClusterClient } from "./ClusterClient.ts"
import * as Backoff from "./Backoff.ts"
import * as ClusterConfig from "./ClusterConfig.ts"
import * as CommandDispatch from "./CommandDispatch.ts"
import * as CommandKnowledge from "./CommandKnowledge.ts"
import * as CommandSpan from "./telemetry/CommandSpan.ts"
import * as FailureCount from "./telemetry/FailureCount.ts"
import { makeBroadcast } from "./FanOut.ts"
import * as NodeRegistry from "./NodeRegistry.ts"
import * as Recovery from "./Recovery.ts"
import type { RedisCommands } from "./RedisCommands.ts"
import { makeFork, type Routing } from "./Routing.ts"
import * as Telemetry from "./telemetry/Telemetry.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

export interface Connected {
  readonly client: RedisCommands
  /** What the server has said of itself. */
  readonly server: ServerIdentity
}

/**
 * Connects to the first seed; fails when it cannot. A server that belongs to a
 * cluster answers with `MovedError` for the keys of other nodes.
 */
export const make = (
  options: ClusterConfig.ClusterOptions
): Effect.Effect<RedisCommands, ConnectionError, Scope.Scope> =>
  Effect.map(connect(options), ({ client }) => client)

/** As `make`, for who wants to know what kind of server it is. */
export const connect = (
  options: ClusterConfig.ClusterOptions
): Effect.Effect<Connected, ConnectionError, Scope.Scope> =>
  Effect.gen(function* () {
    const config: ClusterConfig.ClusterConfig = {
      ...ClusterConfig.make(options),
      maxRedirections: 0,
      // READONLY is a command of cluster nodes.
      readFrom: "master"
    }
    const [{ host, port }] = config.seeds
    const telemetry = yield* Telemetry.make
    const registry = yield* NodeRegistry.make(config, telemetry)
    yield* telemetry.watch(registry)
    const node = registry.unsafeGet(formatAddress(host, port))
    const server: ServerIdentity = yield* node.connection.get
    const { router, topology } = CommandSpan.withContacts(config, {
      router: { route: () => node, reroute: () => node },
      topology: yield* fixedTopology(node, registry)
    })
    const routing: Routing = {
      isCluster: false,
      router,
      topology,
      recovery: Recovery.make(config, topology, router, telemetry),
      retryPolicy: Backoff.policyOf(config),
      broadcast: FailureCount.ofBroadcast(telemetry, makeBroadcast(config, topology)),
      knowledge: yield* CommandKnowledge.make,
      pool: yield* ConnectionPool.make(registry.connectionOptions, config.maxConnectionsPerNode),
      fork: yield* makeFork
    }
    const commands = FailureCount.ofCommands(telemetry, CommandDispatch.make(routing))
    return { client: CommandSpan.withSpans(commands, config, routing), server }
  })

const fixedTopology = (
  node: NodeRegistry.Node,
  registry: NodeRegistry.NodeRegistry
): Effect.Effect<TopologyRef, never, Scope.Scope> =>
  Effect.gen(function* () {
    let isClosed = false
    const closed = yield* Deferred.make<void>()
    yield* Effect.addFinalizer(() => {
      isClosed = true
      return Deferred.succeed(closed, undefined)
    })
    const table = {
      topology: singleNodeTopology(node.host, node.port),
      nodes: [node],
      masters: [node],
      replicas: [[]]
    }
    return {
      unsafeGet: () => table,
      isClosed: () => isClosed,
      get: Effect.succeed(table),
      moved: () => Effect.succeed(node),
      nodeAt: (address) => Effect.sync(() => registry.unsafeGet(address)),
      refresh: Effect.succeed(table.topology),
      refreshSoon: Effect.void,
      nextChange: Deferred.await(closed),
      changes: Stream.empty
    }
  })

/** Provides `ClusterClient`, so that a program need not know what it runs on. */
export const layer = (options: ClusterConfig.ClusterOptions): Layer.Layer<ClusterClient, ConnectionError> =>
  Layer.scoped(ClusterClient, make(options))

export const layerConfig = (
  options: Config.Config.Wrap<ClusterConfig.ClusterOptions>
): Layer.Layer<ClusterClient, ConnectionError | ConfigError> =>
  Layer.scoped(ClusterClient, Effect.flatMap(Config.unwrap(options), make))
