/** MOVED and ASK: what the client does with them, seen from the nodes. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type { Seed } from "../../src/client/ClusterConfig.ts"
import { findNodeForSlot } from "../../src/protocol/ClusterTopology.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { FakeNode } from "../support/FakeNode.ts"
import { connect, eventually, isQuestion, keyIn, keyOn, questions, slotOn } from "./ClientFixture.ts"

const moved = (slot: number, place: string): Resp.RespValue => Resp.simpleError(`MOVED ${slot} ${place}`)

describe("MOVED", () => {
  it.scopedLive("is followed to the node named, and its slot is that node's at once", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const slot = slotOn(cluster, 0)
      yield* client.execute("SET", keyIn(slot), "value")
      // From here on the cluster does not say who serves what.
      cluster.script = (command) => (isQuestion(command) ? new Promise(() => {}) : undefined)
      cluster.assign([slot], 2)
      expect(Resp.text(yield* client.execute("GET", keyIn(slot)))).toBe("value")
      expect(findNodeForSlot(yield* client.topology, slot)?.address).toBe(cluster.nodes[2].address)
      expect(findNodeForSlot(yield* client.topology, slot + 1)?.address).toBe(cluster.nodes[0].address)
      yield* client.execute("GET", keyIn(slot))
      expect(cluster.nodes.map((node) => node.received("GET").length)).toEqual([1, 0, 2])
    })
  )

  it.scopedLive("has the cluster asked once, however many there are", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const slots = Array.from({ length: 200 }, (_, index) => slotOn(cluster, 0, index))
      expect(questions(cluster)).toBe(1)
      cluster.assign(slots, 1)
      const read = Effect.forEach(slots, (slot) => client.execute("GET", keyIn(slot)), {
        concurrency: "unbounded"
      })
      yield* read
      expect(cluster.nodes.map((node) => node.received("GET").length)).toEqual([200, 200, 0])
      yield* eventually(() => questions(cluster) >= 2)
      yield* read
      expect(cluster.nodes.map((node) => node.received("GET").length)).toEqual([200, 400, 0])
      // Longer than the pause between two questions.
      yield* Effect.sleep("500 millis")
      // Twice when some came while the question was under way: its answer may be older than they are. And each of
      // two nodes when the first took long, as on a busy machine.
      expect(questions(cluster)).toBeLessThanOrEqual(5)
    })
  )

  it.scopedLive("in a circle ends after five hops", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const slot = slotOn(cluster, 0)
      cluster.script = ([name], _, node) =>
        name === "INCR" ? moved(slot, cluster.nodes[(node + 1) % 3].address) : undefined
      const error = yield* Effect.flip(client.execute("INCR", keyIn(slot)))
      expect(error).toMatchObject({
        _tag: "MaxRetriesExceeded",
        attempts: 6,
        command: "INCR",
        lastCause: { _tag: "MovedError", redirection: { kind: "MOVED", slot } }
      })
      expect(cluster.nodes.map((node) => node.received("INCR").length)).toEqual([2, 2, 2])
    })
  )

  it.scopedLive("with an empty host means the host that answered", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const slot = slotOn(cluster, 0)
      cluster.script = ([name], _, node) =>
        name === "GET" ? (node === 0 ? moved(slot, `:${cluster.nodes[1].port}`) : Resp.ok) : undefined
      expect(yield* client.execute("GET", keyIn(slot))).toEqual(Resp.ok)
      expect(findNodeForSlot(yield* client.topology, slot)?.address).toBe(cluster.nodes[1].address)
      const error = yield* Effect.flip(client.executeOn(cluster.nodes[0].address, "GET", keyIn(slot)))
      expect(error).toMatchObject({ redirection: { host: "127.0.0.1", port: cluster.nodes[1].port } })
    })
  )

  it.scopedLive("to an IPv6 address is followed to that address", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const sixth = yield* FakeNode.make(([name]) => (name === "GET" ? Resp.ok : undefined), {
        mode: "cluster"
      })
      const asked: Array<Seed> = []
      const client = yield* connect(cluster, {
        // The scripted node has no IPv6 address: it is reached at the one it has.
        addressMap: (place) => {
          asked.push(place)
          return place.host === "2001:db8::7" ? sixth : place
        }
      })
      cluster.script = ([name, key]) =>
        name === "GET" ? moved(calculateSlot(key), "2001:db8::7:7006") : undefined
      expect(yield* client.execute("GET", "a")).toEqual(Resp.ok)
      expect(asked).toContainEqual({ host: "2001:db8::7", port: 7006 })
      expect(findNodeForSlot(yield* client.topology, calculateSlot("a"))?.address).toBe("[2001:db8::7]:7006")
    })
  )

  it.scopedLive("that cannot be read is an error like any other", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster)
      cluster.script = ([name]) => (name === "GET" ? moved(99_999, "nowhere") : undefined)
      const error = yield* Effect.flip(client.execute("GET", "a"))
      expect(error).toMatchObject({ _tag: "RedisError", kind: "MOVED", reply: "MOVED 99999 nowhere" })
    })
  )
})

describe("ASK", () => {
  it.scopedLive("sends ASKING and the command as a pair, and leaves the topology alone", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const slot = slotOn(cluster, 0)
      const key = keyIn(slot)
      yield* client.execute("SET", key, "value")
      const before = yield* client.topology
      cluster.beginMigration(slot, 1)
      cluster.migrateKey(key)
      expect(Resp.text(yield* client.execute("GET", key))).toBe("value")
      expect(Resp.text(yield* client.execute("GET", key))).toBe("value")
      // The second asked at the source again: an ASK is for this once.
      expect(cluster.nodes[0].received("GET")).toHaveLength(2)
      expect(cluster.nodes[1].commands.slice(-4)).toEqual([
        ["ASKING"],
        ["GET", key],
        ["ASKING"],
        ["GET", key]
      ])
      expect(yield* client.topology).toBe(before)
      cluster.finishMigration(slot)
      expect(Resp.text(yield* client.execute("GET", key))).toBe("value")
      expect(findNodeForSlot(yield* client.topology, slot)?.address).toBe(cluster.nodes[1].address)
    })
  )

  it.scopedLive("lets nothing come between ASKING and its command, whatever else is sent there", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const slot = slotOn(cluster, 0)
      cluster.beginMigration(slot, 1)
      const names = Array.from({ length: 200 }, (_, index) => String(index))
      const asked = yield* Effect.fork(
        Effect.forEach(names, (name) => client.execute("SET", keyIn(slot, name), name), {
          concurrency: "unbounded"
        })
      )
      const others = yield* Effect.fork(
        Effect.forEach(names, (name) => client.execute("SET", keyIn(slotOn(cluster, 1), name), name), {
          concurrency: "unbounded"
        })
      )
      yield* Fiber.joinAll([asked, others])
      const { commands } = cluster.nodes[1].connections.find(({ commands }) =>
        commands.some(([name]) => name === "ASKING")
      )!
      const pairs = commands.flatMap(([name], index) => (name === "ASKING" ? [commands[index + 1]] : []))
      expect(pairs.map(([name, key]) => `${name} ${key}`).sort()).toEqual(
        names.map((name) => `SET ${keyIn(slot, name)}`).sort()
      )
      expect(cluster.stores[1].entries.size).toBe(400)
    })
  )

  it.scopedLive("to a node that nobody has mentioned is followed too", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const fresh = yield* FakeNode.make(([name]) => (name === "GET" ? Resp.ok : undefined), {
        mode: "cluster"
      })
      const client = yield* connect(cluster)
      const before = yield* client.topology
      cluster.script = ([name, key]) =>
        name === "GET" ? Resp.simpleError(`ASK ${calculateSlot(key)} ${fresh.address}`) : undefined
      expect(yield* client.execute("GET", "a")).toEqual(Resp.ok)
      expect(fresh.commands.slice(-2)).toEqual([["ASKING"], ["GET", "a"]])
      expect(yield* client.topology).toBe(before)
    })
  )

  it.scopedLive("back and forth ends after five hops", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 0)
      cluster.script = ([name], _, node) =>
        name === "GET"
          ? Resp.simpleError(`ASK ${calculateSlot(key)} ${cluster.nodes[1 - node].address}`)
          : undefined
      const error = yield* Effect.flip(client.execute("GET", key))
      expect(error).toMatchObject({
        _tag: "MaxRetriesExceeded",
        attempts: 6,
        lastCause: { _tag: "AskError" }
      })
    })
  )
})

describe("executeOn", () => {
  it.scopedLive("follows nothing: MOVED and ASK are for the caller", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const [first, second] = cluster.nodes
      const slot = slotOn(cluster, 0)
      expect(Resp.isNull(yield* client.executeOn(first.address, "GET", keyIn(slot)))).toBe(true)
      const elsewhere = yield* Effect.flip(client.executeOn(second.address, "GET", keyIn(slot)))
      expect(elsewhere).toMatchObject({
        _tag: "MovedError",
        node: second.address,
        command: "GET",
        redirection: { kind: "MOVED", slot, host: first.host, port: first.port }
      })
      cluster.beginMigration(slot, 1)
      const leaving = yield* Effect.flip(client.executeOn(first.address, "GET", keyIn(slot)))
      expect(leaving).toMatchObject({ _tag: "AskError", redirection: { port: second.port } })
      expect(second.received("ASKING")).toEqual([])
    })
  )

  it.scopedLive("fails at once where other commands would wait", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster)
      const { address } = cluster.nodes[0]
      for (const [reply, tag] of [
        ["CLUSTERDOWN The cluster is down", "ClusterDownError"],
        ["TRYAGAIN Multiple keys request during rehashing of slot", "TryAgainError"],
        ["ERR no", "RedisError"]
      ]) {
        cluster.script = ([name]) => (name === "GET" ? Resp.simpleError(reply) : undefined)
        expect(yield* Effect.flip(client.executeOn(address, "GET", "a"))).toMatchObject({
          _tag: tag,
          node: address
        })
      }
      yield* cluster.nodes[0].stop
      const error = yield* Effect.flip(client.executeOn(address, "INCR", "a"))
      expect(error).toMatchObject({ _tag: "ConnectionError", node: address })
      expect(yield* Effect.flip(client.executeOn("nowhere", "GET", "a"))).toMatchObject({
        _tag: "ConnectionError",
        detail: "not an address: expected host:port"
      })
    })
  )
})
