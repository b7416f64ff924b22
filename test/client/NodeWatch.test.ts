/** What is noticed of nodes that say nothing, on scripted nodes. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import * as ClusterConfig from "../../src/client/ClusterConfig.ts"
import * as NodeRegistry from "../../src/client/NodeRegistry.ts"
import * as NodeWatch from "../../src/client/NodeWatch.ts"
import { discover } from "../../src/client/topology/TopologyDiscovery.ts"
import * as TopologyRef from "../../src/client/topology/TopologyRef.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { FakeCluster } from "../support/FakeCluster.ts"

/** Tries again until the condition holds; the time limit is that of the test. */
const eventually = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.sync(condition), { until: (holds) => holds, schedule: Schedule.spaced("10 millis") })
  )

const LAST_SLOT_KEY = `{${slotTag(16_383)}}`

const setUp = Effect.gen(function* () {
  const cluster = yield* FakeCluster.make(2)
  const config = ClusterConfig.make({ seeds: [cluster.seeds[0]], connectTimeout: "3 seconds" })
  const registry = yield* NodeRegistry.make(config, {})
  const topology = yield* TopologyRef.make(config, registry, discover(config, registry))
  const suspected: Array<string> = []
  yield* NodeWatch.make(registry, topology, (address) => Effect.sync(() => suspected.push(address)))
  return { cluster, registry, suspected, node: registry.unsafeGet(cluster.nodes[1].address) }
})

describe("NodeWatch", () => {
  it.scopedLive("suspects a node whose connection does not come about, until it does", () =>
    Effect.gen(function* () {
      const { cluster, node, suspected } = yield* setUp
      cluster.nodes[1].pause()
      yield* Effect.forkScoped(Effect.ignore(node.connection.get))
      yield* eventually(() => node.isSuspect)
      expect(suspected).toEqual([node.address])
      // The attempt runs into its time limit, and there is another one.
      yield* eventually(() => cluster.nodes[1].connections.length >= 2)
      expect(node.isSuspect).toBe(true)
      cluster.nodes[1].resume()
      yield* eventually(() => !node.isSuspect)
      expect(node.connection.pipelines()).toHaveLength(1)
      expect(suspected).toEqual([node.address])
    })
  )

  it.scopedLive(
    "suspects a node that leaves commands unanswered, and one of them is enough to clear it",
    () =>
      Effect.gen(function* () {
        const { cluster, node, suspected } = yield* setUp
        const connection = yield* node.connection.get
        cluster.nodes[1].pause()
        const reply = yield* Effect.fork(connection.execute("PING"))
        yield* eventually(() => node.isSuspect)
        cluster.nodes[1].resume()
        yield* Fiber.join(reply)
        yield* eventually(() => !node.isSuspect)
        // It serves its slots: nobody gave the connection up.
        expect(cluster.nodes[1].connections).toHaveLength(1)
        expect(suspected).toEqual([node.address])
      })
  )

  it.scoped("closes an idle connection to a node that commands are not routed to, and keeps the others", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      const [zero, one] = cluster.nodes
      yield* client.execute("GET", LAST_SLOT_KEY)
      // Its slots are gone, but it is still known, as a replica is: MOVED does not say that a node has left.
      const replicas = [{ host: one.host, port: one.port, id: "1".padStart(40, "0") }]
      const all = { first: 0, last: 16_383, nodes: [...zero.slots[0].nodes, ...replicas] }
      for (const node of cluster.nodes) node.slots = [all]
      yield* client.refreshTopology
      expect([zero.openConnections, one.openConnections]).toEqual([1, 1])
      yield* TestClock.adjust("12 seconds")
      yield* one.awaitConnections((open) => open === 0)
      yield* TestClock.adjust("30 seconds")
      expect(zero.openConnections).toBe(1)
      expect(one.connections).toHaveLength(1)
    })
  )
})
