/** Asks the cluster who serves which slot: any node that is known, then the seeds, until one gives an answer that is one. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import {
  type ClusterTopology,
  formatAddress,
  masters,
  parseClusterShards,
  parseClusterSlots
} from "../protocol/ClusterTopology.ts"
import * as Resp from "../protocol/Resp.ts"
import type { ClusterConfig } from "./ClusterConfig.ts"
import { TopologyError } from "./ClusterError.ts"
import type { Node, NodeRegistry } from "./NodeRegistry.ts"

/** A node that says nothing for so long is not waited for: another will know. */
export const DISCOVERY_TIMEOUT: Duration.Duration = Duration.seconds(2)

/**
 * A topology, from an open connection if there is one. Fails with the error of
 * the first seed when no node could be connected to, and with `TopologyError`
 * when those that could gave no answer.
 */
export const discover = (
  config: ClusterConfig,
  registry: NodeRegistry
): Effect.Effect<ClusterTopology, TopologyError | ConnectionError> =>
  Effect.gen(function* () {
    const known = yield* Random.shuffle(registry.unsafeNodes())
    const isOpen = (node: Node): boolean => node.connection.pipelines().length > 0
    const addresses = new Set<string>()
    for (const node of known) if (isOpen(node) && !node.isSuspect) addresses.add(node.address)
    for (const node of known) if (!node.isSuspect) addresses.add(node.address)
    for (const seed of config.seeds) addresses.add(formatAddress(seed.host, seed.port))
    for (const node of known) addresses.add(node.address)
    const failures: Array<TopologyError | ConnectionError> = []
    for (const address of addresses) {
      const result = yield* Effect.either(Effect.suspend(() => ask(config, registry.unsafeGet(address))))
      if (result._tag === "Right") return result.right
      failures.push(result.left)
    }
    const refused = failures.find((failure) => failure._tag === "TopologyError")
    return yield* Effect.fail(refused ?? failures[failures.length - 1] ?? noSeeds)
  })

const noSeeds = new TopologyError({ reason: "no seed is given", node: "-" })

const ask = (
  config: ClusterConfig,
  node: Node
): Effect.Effect<ClusterTopology, TopologyError | ConnectionError> =>
  Effect.gen(function* () {
    const connection = yield* node.connection.get
    const slots = yield* connection.execute("CLUSTER", "SLOTS")
    // An ACL, or a managed service, may leave only the newer of the two commands.
    const reply = Resp.isError(slots) ? yield* connection.execute("CLUSTER", "SHARDS") : slots
    if (Resp.isError(reply)) return yield* unusable(node, (slots as Resp.SimpleError).value)
    const topology =
      reply === slots
        ? parseClusterSlots(reply, node)
        : parseClusterShards(reply, node, config.tls !== undefined)
    if ("_tag" in topology) return yield* unusable(node, topology.reason)
    if (masters(topology).length === 0) return yield* unusable(node, "no node serves any slot")
    return topology
  }).pipe(
    Effect.timeoutFail({
      duration: DISCOVERY_TIMEOUT,
      onTimeout: () =>
        new TopologyError({ reason: "CLUSTER SLOTS was not answered in time", node: node.address })
    })
  )

const unusable = (node: Node, reason: string): TopologyError =>
  new TopologyError({ reason, node: node.address })
