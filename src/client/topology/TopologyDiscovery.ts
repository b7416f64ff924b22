/** Asks the cluster who serves which slot: any node that is known, then the seeds, until one gives an answer that is one. */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import {
  type ClusterTopology,
  formatAddress,
  masters,
  parseClusterShards,
  parseClusterSlots
} from "../../protocol/ClusterTopology.ts"
import * as Resp from "../../protocol/Resp.ts"
import type { ClusterConfig } from "../ClusterConfig.ts"
import { TopologyError } from "../ClusterError.ts"
import type { Node, NodeRegistry } from "../NodeRegistry.ts"

/** A node that says nothing for so long is not waited for any longer. */
export const DISCOVERY_TIMEOUT: Duration.Duration = Duration.seconds(2)
/** When it has said nothing for so long, the next node is asked as well: a node that hangs looks like any other at first. */
export const SECOND_OPINION_DELAY: Duration.Duration = Duration.millis(300)

/** The delay, in parts: a process that was kept from running finds the answer that came meanwhile before the last of them has passed. */
const silence: Effect.Effect<void> = Effect.repeatN(
  Effect.sleep(Duration.times(SECOND_OPINION_DELAY, 1 / 3)),
  2
)

type Failure = TopologyError | ConnectionError

/**
 * A topology, from an open connection if there is one. Fails with the error of
 * the last seed when no node could be connected to, and with `TopologyError`
 * when those that could gave no answer.
 */
export const discover = (
  config: ClusterConfig,
  registry: NodeRegistry
): Effect.Effect<ClusterTopology, Failure> =>
  Effect.gen(function* () {
    const addresses = candidates(config, yield* Random.shuffle(registry.unsafeNodes()))
    const failures: Array<Failure> = []
    const askFrom = (index: number): Effect.Effect<ClusterTopology, void> =>
      index === addresses.length
        ? Effect.fail(undefined)
        : Effect.gen(function* () {
            const failed = yield* Deferred.make<void>()
            const answer = Effect.suspend(() => ask(config, registry.unsafeGet(addresses[index]))).pipe(
              Effect.catchAll((failure) => {
                failures[index] = failure
                return Effect.zipRight(Deferred.succeed(failed, undefined), Effect.fail(undefined))
              })
            )
            const second = Effect.raceFirst(Deferred.await(failed), silence)
            return yield* Effect.race(answer, Effect.zipRight(second, askFrom(index + 1)))
          })
    return yield* Effect.catchAll(askFrom(0), () =>
      Effect.fail(
        failures.find((failure) => failure._tag === "TopologyError") ??
          failures[failures.length - 1] ??
          noSeeds
      )
    )
  })

/**
 * Nodes that are connected to, first those that commands are routed to, since
 * connections to others are only waiting to be closed; then those that are not
 * connected to, the seeds, and last who has stopped answering.
 */
const candidates = (config: ClusterConfig, known: Iterable<Node>): ReadonlyArray<string> => {
  const nodes = Array.from(known)
  const isOpen = (node: Node): boolean => node.connection.pipelines().length > 0
  const addresses = new Set<string>()
  for (const node of nodes) if (isOpen(node) && node.isRouted && !node.isSuspect) addresses.add(node.address)
  for (const node of nodes) if (isOpen(node) && !node.isSuspect) addresses.add(node.address)
  for (const node of nodes) if (node.isRouted && !node.isSuspect) addresses.add(node.address)
  for (const node of nodes) if (!node.isSuspect) addresses.add(node.address)
  for (const seed of config.seeds) addresses.add(formatAddress(seed.host, seed.port))
  for (const node of nodes) addresses.add(node.address)
  return Array.from(addresses)
}

const noSeeds = new TopologyError({ reason: "no seed is given", node: "-" })

const ask = (config: ClusterConfig, node: Node): Effect.Effect<ClusterTopology, Failure> =>
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
