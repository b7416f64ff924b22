/**
 * The client of a Redis Cluster, as a service.
 *
 * @example
 * const program = Effect.gen(function* () {
 *   const client = yield* ClusterClient
 *   yield* client.execute("SET", "key", "value")
 *   return yield* client.execute("GET", "key")
 * })
 * Effect.runPromise(
 *   Effect.provide(program, ClusterClient.layer({ seeds: [{ host: "127.0.0.1", port: 7000 }] }))
 * )
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import * as ConnectionPool from "../connection/ConnectionPool.ts"
import * as Backoff from "./Backoff.ts"
import * as ClusterConfig from "./ClusterConfig.ts"
import type { TopologyError } from "./ClusterError.ts"
import * as CommandDispatch from "./CommandDispatch.ts"
import * as CommandKnowledge from "./CommandKnowledge.ts"
import * as CommandSpan from "./telemetry/CommandSpan.ts"
import * as FailureCount from "./telemetry/FailureCount.ts"
import { makeBroadcast } from "./FanOut.ts"
import * as NodeRegistry from "./NodeRegistry.ts"
import * as NodeWatch from "./NodeWatch.ts"
import * as Recovery from "./Recovery.ts"
import type { RedisCommands } from "./RedisCommands.ts"
import * as Router from "./Router.ts"
import { makeFork, type Routing } from "./Routing.ts"
import * as Telemetry from "./telemetry/Telemetry.ts"
import { discover } from "./topology/TopologyDiscovery.ts"
import * as TopologyRef from "./topology/TopologyRef.ts"

/** Finds the cluster through the first seed that answers. Connections open on first use and end with the scope. */
export const make = (
  options: ClusterConfig.ClusterOptions
): Effect.Effect<RedisCommands, TopologyError | ConnectionError, Scope.Scope> =>
  Effect.gen(function* () {
    const config = ClusterConfig.make(options)
    const runtime = yield* Effect.runtime()
    const telemetry = yield* Telemetry.make
    let refreshSoon: Effect.Effect<void> = Effect.void
    let abandon: (node: string, detail: string) => void = () => {}
    const registry = yield* NodeRegistry.make(config, {
      onOpen: telemetry.onOpen,
      onLost: (node, failure) => {
        telemetry.onLost(node, failure)
        Runtime.runSync(runtime, refreshSoon)
      },
      onAbandoned: (node, detail) => abandon(node, detail)
    })
    const pool = yield* ConnectionPool.make(registry.connectionOptions, config.maxConnectionsPerNode)
    abandon = pool.abandon
    yield* telemetry.watch(registry)
    const table = yield* TopologyRef.make(config, registry, telemetry.refresh(discover(config, registry)))
    refreshSoon = table.refreshSoon
    yield* NodeWatch.make(registry, pool, table, telemetry.suspected)
    const { router, topology } = CommandSpan.withContacts(config, {
      router: Router.make(table, config.readFrom),
      topology: table
    })
    const routing: Routing = {
      isCluster: true,
      router,
      topology,
      recovery: Recovery.make(config, topology, router, telemetry),
      retryPolicy: Backoff.policyOf(config),
      broadcast: FailureCount.ofBroadcast(telemetry, makeBroadcast(config, topology)),
      knowledge: yield* CommandKnowledge.make,
      pool,
      fork: yield* makeFork
    }
    return CommandSpan.withSpans(
      FailureCount.ofCommands(telemetry, CommandDispatch.make(routing)),
      config,
      routing
    )
  })

/** The service: `StandaloneClient` provides it too, over one server. */
export class ClusterClient extends Context.Tag("effect-redis-client/ClusterClient")<
  ClusterClient,
  RedisCommands
>() {
  static readonly make = make

  static readonly layer = (
    options: ClusterConfig.ClusterOptions
  ): Layer.Layer<ClusterClient, TopologyError | ConnectionError> => Layer.scoped(this, make(options))

  /** @example ClusterClient.layerConfig(ClusterConfig.fromEnvironment) */
  static readonly layerConfig = (
    options: Config.Config.Wrap<ClusterConfig.ClusterOptions>
  ): Layer.Layer<ClusterClient, TopologyError | ConnectionError | ConfigError> =>
    Layer.scoped(this, Effect.flatMap(Config.unwrap(options), make))
}
