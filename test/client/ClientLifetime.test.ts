/** What the client opens, and that it closes all of it. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { timedNet } from "../support/Stall.ts"
import { connect, eventually, keyOn } from "./ClientFixture.ts"

const slotsOf = (cluster: FakeCluster, node: number): ReadonlyArray<number> =>
  Array.from({ length: SLOT_COUNT }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === node)

const useAll = (cluster: FakeCluster) =>
  Effect.flatMap(ClusterClient, (client) =>
    Effect.forEach(cluster.nodes, (_, node) => client.execute("SET", keyOn(cluster, node), "1"), {
      discard: true
    })
  )

const allClosed = (cluster: FakeCluster) =>
  Effect.forEach(cluster.nodes, (node) => node.awaitConnections((open) => open === 0), { discard: true })

describe("the client's scope", () => {
  it.scopedLive("closes every connection, shared and apart, with the layer", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      yield* Effect.gen(function* () {
        const client = yield* ClusterClient
        yield* useAll(cluster)
        yield* Effect.scoped(client.connectTo(cluster.nodes[0].address))
        expect(cluster.nodes.map(({ openConnections }) => openConnections)).toEqual([2, 1, 1])
      }).pipe(Effect.provide(ClusterClient.layer({ seeds: cluster.seeds })))
      yield* allClosed(cluster)
      // Nor is anything opened afterwards.
      yield* Effect.sleep("300 millis")
      expect(cluster.nodes.map(({ connections }) => connections.length)).toEqual([2, 1, 1])
    })
  )

  it.scopedLive("fails at its end what is under way, also what blocks, and does not wait for it", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, ([name]) =>
        name === "INCR" || name === "BLPOP" ? "silence" : undefined
      )
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(connect(cluster), scope)
      const shared = yield* Effect.fork(Effect.flip(client.execute("INCR", "n")))
      const apart = yield* Effect.fork(Effect.flip(client.execute("BLPOP", "list", 0)))
      yield* cluster.nodes[0].awaitCommand("INCR")
      yield* cluster.nodes[0].awaitCommand("BLPOP")
      const [elapsed] = yield* timedNet(Scope.close(scope, Exit.void))
      expect(Duration.toMillis(elapsed)).toBeLessThan(1000)
      expect(yield* Fiber.join(shared)).toMatchObject({ reason: "Closed", sent: "maybe" })
      expect(yield* Fiber.join(apart)).toMatchObject({ reason: "Closed", sent: "maybe" })
      yield* allClosed(cluster)
    })
  )

  it.scopedLive("ends a client for good: what is executed afterwards fails, and opens nothing", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(connect(cluster), scope)
      yield* client.execute("SET", "a", "1")
      yield* Scope.close(scope, Exit.void)
      yield* allClosed(cluster)
      const connections = cluster.nodes[0].connections.length
      expect(yield* Effect.flip(client.execute("INCR", "a"))).toMatchObject({ reason: "Closed", sent: "no" })
      expect((yield* client.executeMany([["GET", "a"]])).map(({ _tag }) => _tag)).toEqual(["Left"])
      yield* Effect.flip(client.refreshTopology)
      yield* Effect.flip(
        Effect.scoped(
          Effect.flatMap(client.connectTo(cluster.nodes[0].address), ({ execute }) => execute("PING"))
        )
      )
      yield* allClosed(cluster)
      expect(cluster.nodes[0].connections).toHaveLength(connections)
    })
  )

  it.scopedLive("leaves no sockets and no timers in the process", () =>
    Effect.gen(function* () {
      const held = (): number =>
        process
          .getActiveResourcesInfo()
          .filter((resource) => resource === "TCPSocketWrap" || resource === "Timeout").length
      const cluster = yield* FakeCluster.make(3)
      const before = held()
      for (let turn = 0; turn < 3; turn++) {
        yield* useAll(cluster).pipe(Effect.provide(ClusterClient.layer({ seeds: cluster.seeds })))
      }
      yield* allClosed(cluster)
      yield* Effect.repeat(Effect.sync(held), {
        until: (count) => count <= before,
        schedule: Schedule.spaced("5 millis")
      })
    })
  )
})

describe("a node that leaves", () => {
  it.scopedLive("is no longer connected to", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      yield* useAll(cluster).pipe(Effect.provideService(ClusterClient, client))
      cluster.assign(slotsOf(cluster, 2), 0)
      const topology = yield* client.refreshTopology
      expect(topology.nodes.map(({ port }) => port)).not.toContain(cluster.nodes[2].port)
      yield* cluster.nodes[2].awaitConnections((open) => open === 0)
      expect(cluster.nodes.map(({ openConnections }) => openConnections)).toEqual([1, 1, 0])
    })
  )

  it.scopedLive("still gives the replies that it owes", () =>
    Effect.gen(function* () {
      let answer = (_: Resp.RespValue): void => {}
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 1)
      cluster.script = ([name, asked]) =>
        name === "GET" && asked === key ? new Promise((resolve) => (answer = resolve)) : undefined
      const pending = yield* Effect.fork(client.execute("GET", key))
      yield* cluster.nodes[1].awaitCommand("GET")
      cluster.assign(slotsOf(cluster, 1), 0)
      yield* client.refreshTopology
      expect(pending.unsafePoll()).toBeNull()
      answer(Resp.bulkString("owed"))
      expect(Resp.text(yield* Fiber.join(pending))).toBe("owed")
      yield* cluster.nodes[1].awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("and comes back is connected to anew", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const slots = slotsOf(cluster, 1)
      const key = keyOn(cluster, 1)
      yield* client.execute("SET", key, "1")
      cluster.assign(slots, 0)
      yield* client.refreshTopology
      yield* cluster.nodes[1].awaitConnections((open) => open === 0)
      expect(Resp.text(yield* client.execute("GET", key))).toBe("1")
      cluster.assign(slots, 1)
      yield* client.refreshTopology
      expect(Resp.text(yield* client.execute("GET", key))).toBe("1")
      expect(cluster.nodes[1].openConnections).toBe(1)
    })
  )
})

describe("a hundred fibers", () => {
  it.scopedLive("on one client, while the slots go round and the topology is refreshed, see no error", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const run = { isOver: false }
      let done = 0
      const worker = (index: number) =>
        Effect.gen(function* () {
          for (let count = 1; !run.isOver; count++, done++) {
            const reply = yield* client.execute("INCR", `counter${index}`)
            // Exactly once each, wherever the counter was.
            expect(reply.value).toBe(count)
          }
        })
      const workers = yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index),
        (index) => Effect.fork(worker(index))
      )
      const slots = slotsOf(cluster, 0)
      for (let turn = 0; turn < 10; turn++) {
        cluster.assign(slots, (turn + 1) % 3)
        yield* client.refreshTopology
        // No faster than the callers: one who is sent on five times gives up.
        const next = done + 500
        yield* eventually(() => done >= next)
      }
      run.isOver = true
      yield* Fiber.joinAll(workers)
      expect(cluster.received("INCR").length).toBeGreaterThan(done)
    })
  )
})
