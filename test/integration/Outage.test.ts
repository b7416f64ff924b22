/** What callers see when more than one thing fails: a client that is closed, a cluster that is gone, a fan-out in the middle. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { timedNet } from "../support/Stall.ts"
import { startTestServers, THREE_MASTERS_WITH_REPLICAS } from "../support/TestCluster.ts"

const slotsOf = (cluster: FakeCluster, node: number): ReadonlyArray<number> =>
  Array.from({ length: SLOT_COUNT }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === node)

/** Tries again until the condition holds; the time limit is that of the test. */
const eventually = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.sync(condition), { until: (holds) => holds, schedule: Schedule.spaced("10 millis") })
  )

describe("an outage", () => {
  it.scopedLive("ends for waiting callers when the client is closed", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(ClusterClient.make({ seeds: cluster.seeds }), scope)
      cluster.script = ([name]) =>
        name === "GET" ? Resp.simpleError("CLUSTERDOWN Hash slot not served") : undefined
      const callers = yield* Effect.forEach(["a", "b", "c"], (key) =>
        Effect.fork(Effect.exit(client.execute("GET", key)))
      )
      yield* eventually(() => cluster.received("GET").length >= 9)
      const [time, exits] = yield* timedNet(
        Effect.zipRight(Scope.close(scope, Exit.void), Effect.forEach(callers, Fiber.join))
      )
      expect(exits.every(Exit.isFailure)).toBe(true)
      expect(Duration.toMillis(time)).toBeLessThan(1000)
    })
  )

  it.scopedLive("of all nodes ends when they are back", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      const keys = ["a", "b", "c", "d", "e"]
      yield* Effect.forEach(keys, (key) => client.execute("SET", key, key))
      yield* Effect.forEach(cluster.nodes, (node) => node.stop)
      const reads = yield* Effect.forEach(keys, (key) => Effect.fork(client.execute("GET", key)))
      yield* Effect.sleep("1500 millis")
      yield* Effect.forEach(cluster.nodes, (node) => node.restart)
      const [time, replies] = yield* timedNet(Effect.forEach(reads, Fiber.join))
      expect(replies.map(Resp.text)).toEqual(keys)
      // The waits have doubled to a second by then.
      expect(Duration.toMillis(time)).toBeLessThan(2000)
    })
  )

  it.scopedLive("of one node lets a fan-out read from its successor", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      cluster.stores.forEach((store, index) => {
        store.entries.set(`{${slotTag(slotsOf(cluster, index)[0])}}`, Buffer.from("x"))
      })
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(3))
      yield* cluster.nodes[0].stop
      const size = yield* Effect.fork(client.execute("DBSIZE"))
      yield* eventually(() => cluster.received("DBSIZE").length >= 5)
      cluster.assign(slotsOf(cluster, 0), 1)
      expect(yield* Fiber.join(size)).toEqual(Resp.integer(3))
    })
  )

  it.scopedLive("of one node does not have the others do a fan-out twice", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      expect(yield* client.execute("FLUSHALL")).toEqual(Resp.ok)
      const lost = cluster.nodes[0].commands.length
      yield* cluster.nodes[0].stop
      yield* eventually(() => cluster.received("CLUSTER").length > 1)
      const flush = yield* Effect.fork(client.execute("FLUSHALL"))
      yield* eventually(() => cluster.received("FLUSHALL").length >= 5)
      yield* cluster.nodes[0].restart
      expect(yield* Fiber.join(flush)).toEqual(Resp.ok)
      expect(cluster.nodes[0].commands.length).toBeGreaterThan(lost)
      expect(cluster.nodes.map((node) => node.received("FLUSHALL").length)).toEqual([2, 2, 2])
    })
  )

  it.scopedLive("of a connection is not seen by a fan-out that only reads", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      let isCut = false
      cluster.script = ([name], _, node) => {
        if (name !== "DBSIZE" || node !== 0 || isCut) return undefined
        isCut = true
        return "close"
      }
      const client = yield* ClusterClient.make({ seeds: cluster.seeds })
      expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(0))
      expect(cluster.nodes.map((node) => node.received("DBSIZE").length)).toEqual([2, 2])
    })
  )
})

describe("a failover that was asked for", () => {
  it.scopedLive("takes a blocking command along", () =>
    Effect.gen(function* () {
      const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
      const client = yield* ClusterClient.make({
        seeds: cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
      })
      const [master] = cluster.masters
      const key = `{${slotTag(master.slots[0][0])}}:list`
      const waiting = yield* Effect.fork(client.execute("BLPOP", key, 0))
      const blocked = Effect.map(cluster.command(master, "INFO", "clients"), (info) =>
        (Resp.text(info) ?? "").includes("blocked_clients:1")
      )
      yield* Effect.repeat(blocked, {
        until: (isBlocked) => isBlocked,
        schedule: Schedule.spaced("20 millis")
      })
      const replica = cluster.replicas.find(({ masterId }) => masterId === master.id)!
      expect(yield* cluster.command(replica, "CLUSTER", "FAILOVER")).toEqual(Resp.ok)
      const demoted = Effect.map(
        cluster.command(master, "ROLE"),
        (role) => Resp.text(Resp.elements(role)![0]) === "slave"
      )
      yield* Effect.repeat(demoted, {
        until: (isDemoted) => isDemoted,
        schedule: Schedule.spaced("20 millis")
      })
      yield* client.execute("RPUSH", key, "value")
      expect((Resp.elements(yield* Fiber.join(waiting)) ?? []).map(Resp.text)).toEqual([key, "value"])
    })
  )
})
