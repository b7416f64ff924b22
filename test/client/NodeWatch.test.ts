/** What is noticed of nodes that say nothing, on scripted nodes. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import * as ClusterConfig from "../../src/client/ClusterConfig.ts"
import * as NodeRegistry from "../../src/client/NodeRegistry.ts"
import * as ConnectionPool from "../../src/connection/ConnectionPool.ts"
import * as NodeWatch from "../../src/client/NodeWatch.ts"
import { discover } from "../../src/client/topology/TopologyDiscovery.ts"
import * as TopologyRef from "../../src/client/topology/TopologyRef.ts"
import { text } from "../../src/protocol/Resp.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import type { FakeNode } from "../support/FakeNode.ts"

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
  const pool = yield* ConnectionPool.make(registry.connectionOptions)
  const topology = yield* TopologyRef.make(config, registry, discover(config, registry))
  const suspected: Array<string> = []
  yield* NodeWatch.make(registry, pool, topology, (address) => Effect.sync(() => suspected.push(address)))
  return { cluster, registry, pool, topology, suspected, node: registry.unsafeGet(cluster.nodes[1].address) }
})

/** The second node has stopped answering a command, is suspect, and its slots are the first one's, whose replica it is now. */
const setUpRelieved = Effect.gen(function* () {
  const parts = yield* setUp
  const { cluster, node, topology } = parts
  const [zero, one] = cluster.nodes
  const connection = yield* node.connection.get
  one.pause()
  const reply = yield* Effect.fork(connection.execute("PING"))
  yield* Effect.yieldNow()
  yield* TestClock.adjust(Duration.sum(NodeRegistry.SUSPICION, NodeRegistry.WATCH_INTERVAL))
  expect(node.isSuspect).toBe(true)
  followBy(zero, one)
  yield* topology.refresh
  yield* TestClock.adjust(NodeRegistry.WATCH_INTERVAL)
  return { ...parts, reply, one }
})

/** The second node is a replica, and has not answered a command for longer than a node may without being suspect. */
const setUpReplica = (...command: readonly [string, ...Array<string>]) =>
  Effect.gen(function* () {
    const parts = yield* setUp
    const { cluster, node, topology } = parts
    const [zero, one] = cluster.nodes
    followBy(zero, one)
    yield* topology.refresh
    const connection = yield* node.connection.get
    one.pause()
    const reply = yield* Effect.fork(connection.execute(...command))
    yield* Effect.yieldNow()
    yield* TestClock.adjust(Duration.times(NodeRegistry.SUSPICION, 3))
    expect(node.isSuspect).toBe(true)
    one.resume()
    return reply
  })

/** The master serves every slot from now on, and says that the other is its replica. */
const followBy = (master: FakeNode, replica: FakeNode): void => {
  const id = "1".padStart(40, "0")
  const nodes = [...master.slots[0].nodes, { host: replica.host, port: replica.port, id }]
  for (const node of [master, replica]) node.slots = [{ first: 0, last: 16_383, nodes }]
}

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

  it.scoped(
    "waits one look for the answer of a node that has been relieved, as one that hands over gives it",
    () =>
      Effect.gen(function* () {
        const { one, reply } = yield* setUpRelieved
        one.resume()
        expect(text(yield* Fiber.join(reply))).toBe("PONG")
      })
  )

  it.scoped("gives up a node that has been relieved at the next look", () =>
    Effect.gen(function* () {
      const { one, reply } = yield* setUpRelieved
      yield* TestClock.adjust(NodeRegistry.WATCH_INTERVAL)
      const error = yield* Effect.flip(Fiber.join(reply))
      expect([error.reason, error.sent]).toEqual(["Timeout", "maybe"])
      one.resume()
    })
  )

  it.scoped("gives up a replica for the sake of what another node can be asked, and of nothing else", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.flatMap(setUpReplica("GET", "key"), Fiber.join))
      expect(error).toMatchObject({ reason: "Timeout", sent: "maybe" })
      const reply = yield* Effect.flatMap(setUpReplica("ECHO", "after a long time"), Fiber.join)
      expect(text(reply)).toBe("after a long time")
    })
  )

  it.scopedLive("suspects a node to which a dedicated connection does not come about", () =>
    Effect.gen(function* () {
      const { cluster, node, pool, suspected } = yield* setUp
      cluster.nodes[1].pause()
      yield* Effect.forkScoped(pool.get(node.address))
      yield* eventually(() => node.isSuspect)
      expect(suspected).toEqual([node.address])
    })
  )

  it.scopedLive("sees what a dedicated connection waits for, unless it may block", () =>
    Effect.gen(function* () {
      const { cluster, node, pool, suspected } = yield* setUp
      cluster.script = ([name]) => (name === "BLPOP" || name === "HSCAN" ? "silence" : undefined)
      const blocked = yield* pool.get(node.address)
      yield* Effect.forkScoped(blocked.executeBlocking(["BLPOP", LAST_SLOT_KEY, 0]))
      yield* cluster.nodes[1].awaitCommand("BLPOP")
      yield* Effect.sleep(Duration.times(NodeRegistry.SUSPICION, 2))
      expect(suspected).toEqual([])
      const reading = yield* pool.get(node.address)
      yield* Effect.forkScoped(reading.execute("HSCAN", LAST_SLOT_KEY, 0))
      yield* eventually(() => node.isSuspect)
      expect(suspected).toEqual([node.address])
    })
  )

  it.scoped("destroys an idle connection whose PING is not answered, and suspects its node", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* ClusterClient.make({ seeds: cluster.seeds, commandTimeout: "200 millis" })
      yield* client.execute("GET", LAST_SLOT_KEY)
      const [, one] = cluster.nodes
      one.script = ([name]) => (name === "PING" ? "silence" : undefined)
      const pinged = yield* Effect.fork(one.awaitCommand("PING"))
      yield* TestClock.adjust(Duration.sum(NodeWatch.IDLE_BEFORE_PING, NodeRegistry.WATCH_INTERVAL))
      yield* Fiber.join(pinged)
      // Its deadline is by the real clock.
      yield* one.awaitConnections((open) => open === 0)
      expect(one.connections).toHaveLength(1)
    })
  )

  it.scoped("closes an idle connection to a node that commands are not routed to, and keeps the others", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      const [zero, one] = cluster.nodes
      yield* client.execute("GET", LAST_SLOT_KEY)
      // Its slots are gone, but it is still known, as a replica is: MOVED does not say that a node has left.
      followBy(zero, one)
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
