/**
 * What goes wrong in other clients (shared/peers.md), one test for each, named
 * after it: on scripted nodes, whose timing is the test's to choose, and where
 * it takes a server's own behaviour, on real ones.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { generate } from "selfsigned"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import * as PubSub from "../../src/client/subscription/PubSub.ts"
import { hscan, scan } from "../../src/client/scan/Scan.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { MINIMUM_PAUSE } from "../../src/client/topology/TopologyRefresh.ts"
import { calculateSlot, SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import type { FakeNode } from "../support/FakeNode.ts"
import { until } from "../support/SessionFixture.ts"
import { timedNet } from "../support/Stall.ts"
import { startTestServers, THREE_MASTERS } from "../support/TestCluster.ts"

const connect = (
  cluster: FakeCluster,
  options: Partial<ClusterOptions> = {}
): Effect.Effect<RedisCommands, never, Scope.Scope> =>
  Effect.orDie(ClusterClient.make({ seeds: cluster.seeds, ...options }))

/** The `index`th slot of a node that has slots from the start. */
const slotOn = (cluster: FakeCluster, node: number, index = 0): number => {
  let seen = 0
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    if (cluster.owner(slot) === node && seen++ === index) return slot
  }
  throw new RangeError(`node ${node} has no ${index + 1} slots`)
}

const keyOn = (cluster: FakeCluster, node: number, index = 0): string =>
  `{${slotTag(slotOn(cluster, node, index))}}:key`

const slotsOf = (cluster: FakeCluster, node: number): ReadonlyArray<number> =>
  Array.from({ length: SLOT_COUNT }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === node)

const questions = (cluster: FakeCluster): number =>
  cluster.received("CLUSTER").filter(([, subcommand]) => subcommand === "SLOTS").length

/** Tries again until the condition holds; the time limit is that of the test. */
const eventually = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.sync(condition), { until: (holds) => holds, schedule: Schedule.spaced("10 millis") })
  )

/** Every node says that this is its name. */
const announce = (cluster: FakeCluster, hostname: string): void => {
  for (const node of cluster.nodes) {
    node.slots = node.slots.map((range) => ({
      ...range,
      nodes: range.nodes.map((each) => ({ ...each, hostname }))
    }))
  }
}

const error = (reply: string): RespValue => Resp.simpleError(reply)

const moved = (slot: number, node: FakeNode): RespValue => error(`MOVED ${slot} ${node.address}`)

const texts = (reply: RespValue): ReadonlyArray<string | undefined> =>
  (Resp.elements(reply) ?? []).map((each) => Resp.text(each))

describe("what goes wrong in other clients", () => {
  describe("1: a hung master stalls the client", () => {
    it.scopedLive("its oldest unanswered command is noticed, others are asked, its socket is destroyed", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const client = yield* connect(cluster)
        const key = keyOn(cluster, 0)
        yield* client.withOptions({ idempotent: true }).execute("SET", key, "value")
        yield* client.execute("GET", keyOn(cluster, 1))
        cluster.nodes[0].pause()
        const read = yield* Effect.fork(client.execute("GET", key))
        const increment = yield* Effect.fork(Effect.flip(client.execute("INCR", `${key}:counter`)))
        cluster.assign(slotsOf(cluster, 0), 1)
        expect(Resp.text(yield* Fiber.join(read))).toBe("value")
        expect(yield* Fiber.join(increment)).toMatchObject({ reason: "Timeout", sent: "maybe" })
        cluster.nodes[0].resume()
        yield* cluster.nodes[0].awaitConnections((open) => open === 0)
      })
    )

    it.scopedLive("a node that hangs while it is connected to is left as well", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const [, one, two] = cluster.seeds
        const client = yield* connect(cluster, { seeds: [one, two] })
        const key = keyOn(cluster, 0)
        cluster.nodes[0].pause()
        const read = yield* Effect.fork(client.execute("GET", key))
        yield* cluster.nodes[0].awaitConnections((open) => open === 1)
        cluster.assign(slotsOf(cluster, 0), 1)
        const [elapsed] = yield* timedNet(Fiber.join(read))
        // Well within the connect timeout of 5 s.
        expect(Duration.toMillis(elapsed)).toBeLessThan(3000)
      })
    )

    it.scopedLive("a page of a walk does not wait for a node that hangs and was replaced", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster, { commandTimeout: "1 minute" })
        const key = keyOn(cluster, 0)
        const page = (cursor: string, field: string) =>
          Resp.array([
            Resp.bulkString(cursor),
            Resp.array([Resp.bulkString(field), Resp.bulkString("value")])
          ])
        cluster.script = ([name, , cursor], _, node) => {
          if (name === "INFO") return Resp.bulkString(`run_id:${node}\r\n`)
          if (name !== "HSCAN") return undefined
          if (node === 1) return page("0", "second")
          return cursor === "0" ? page("5", "first") : "silence"
        }
        const fields = yield* Effect.fork(Stream.runCollect(hscan(client, key)))
        yield* cluster.nodes[0].awaitCommand("HSCAN", 2)
        cluster.assign(slotsOf(cluster, 0), 1)
        expect(Array.from(yield* Fiber.join(fields), ([field]) => field)).toEqual(["first", "second"])
      })
    )

    it.scoped("an idle connection is sent a PING", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(1)
        yield* connect(cluster)
        const pinged = yield* Effect.fork(cluster.nodes[0].awaitCommand("PING"))
        yield* TestClock.adjust("12 seconds")
        expect(yield* Fiber.join(pinged)).toEqual(["PING"])
      })
    )

    it.scopedLive("a blocking command does not wait for a node that hangs and was replaced", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        cluster.script = ([name]) => (name === "BLPOP" ? "silence" : undefined)
        const client = yield* connect(cluster)
        const waiting = yield* Effect.fork(Effect.flip(client.execute("BLPOP", keyOn(cluster, 0), 0)))
        yield* cluster.nodes[0].awaitCommand("BLPOP")
        cluster.nodes[0].pause()
        cluster.assign(slotsOf(cluster, 0), 1)
        yield* client.refreshTopology
        expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Timeout", sent: "maybe" })
      })
    )
  })

  it.scopedLive("2: a command that may have been executed is not done twice by a retry", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 0)
      cluster.script = ([name]) => (name === "INCR" ? "close" : undefined)
      expect(yield* Effect.flip(client.execute("INCR", key))).toMatchObject({
        reason: "Closed",
        sent: "maybe"
      })
      expect(cluster.received("INCR")).toHaveLength(1)
      // What the caller says is safe is sent again,
      const connections = cluster.nodes[0].connections.length
      cluster.script = ([name], { index }) => (name === "SET" && index === connections ? "close" : undefined)
      yield* client.withOptions({ idempotent: true }).execute("SET", `${key}:other`, "x")
      expect(cluster.received("SET")).toHaveLength(2)
      // and so is what was never sent.
      const before = questions(cluster)
      yield* cluster.nodes[0].stop
      yield* eventually(() => questions(cluster) > before)
      const unsent = yield* Effect.fork(client.execute("INCR", key))
      yield* eventually(() => questions(cluster) > before + 1)
      yield* cluster.nodes[0].restart
      yield* Fiber.join(unsent)
      expect(cluster.received("INCR")).toHaveLength(2)
    })
  )

  describe("3: the topology is refreshed only on MOVED", () => {
    /** Whether the cluster is asked because of what happens. */
    const isAskedAfter = (
      happening: (cluster: FakeCluster, client: RedisCommands) => Effect.Effect<unknown, never, Scope.Scope>
    ) =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster)
        yield* Effect.forEach([0, 1], (node) => client.execute("GET", keyOn(cluster, node)))
        const before = questions(cluster)
        yield* happening(cluster, client)
        yield* eventually(() => questions(cluster) > before)
      })

    const afterReply = (reply: string) =>
      isAskedAfter((cluster, client) => {
        let isSaid = false
        cluster.script = ([name]) => {
          if (name !== "SET" || isSaid) return undefined
          isSaid = true
          return error(reply)
        }
        return Effect.forkScoped(client.execute("SET", keyOn(cluster, 0), "x"))
      })

    it.scopedLive("a disconnect", () =>
      isAskedAfter((cluster) => Effect.sync(() => cluster.nodes[1].destroyConnections()))
    )
    it.scopedLive("a failed connect", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster, { seeds: [cluster.seeds[0]] })
        yield* cluster.nodes[1].stop
        const before = questions(cluster)
        yield* Effect.forkScoped(client.execute("GET", keyOn(cluster, 1)))
        yield* eventually(() => questions(cluster) > before)
      })
    )
    it.scopedLive("an uncovered slot", () =>
      isAskedAfter((cluster, client) =>
        Effect.gen(function* () {
          const slots = cluster.nodes[0].slots
          for (const node of cluster.nodes) node.slots = slots.slice(0, 1)
          yield* Effect.orDie(client.refreshTopology)
          yield* Effect.forkScoped(client.execute("GET", keyOn(cluster, 1)))
        })
      )
    )
    it.scopedLive("READONLY", () => afterReply("READONLY You can't write against a read only replica."))
    it.scopedLive("CLUSTERDOWN", () => afterReply("CLUSTERDOWN The cluster is down"))
  })

  it.scopedLive("4: a storm of refreshes", () =>
    Effect.gen(function* () {
      let asking = 0
      let mostAtOnce = 0
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const keys = Array.from({ length: 1000 }, (_, index) => keyOn(cluster, 0, index))
      const old = cluster.nodes[0].slots
      cluster.assign(slotsOf(cluster, 0), 1)
      // Nobody has heard of it but the nodes concerned: every command is redirected, and no answer helps.
      for (const node of cluster.nodes) node.slots = old
      cluster.script = async ([name, subcommand]) => {
        if (name !== "CLUSTER" || subcommand !== "SLOTS") return undefined
        mostAtOnce = Math.max(mostAtOnce, ++asking)
        await new Promise((resolve) => setTimeout(resolve, 20))
        asking--
        return undefined
      }
      const before = questions(cluster)
      const startedAt = performance.now()
      yield* Effect.forEach(keys, (key) => client.execute("GET", key), { concurrency: "unbounded" })
      yield* Effect.sleep("1 second")
      const pauses = (performance.now() - startedAt) / Duration.toMillis(MINIMUM_PAUSE)
      expect(questions(cluster) - before).toBeGreaterThan(0)
      // A second opinion is had where the first takes long, as on a busy machine.
      expect(questions(cluster) - before).toBeLessThanOrEqual(2 * (1 + pauses))
      expect(mostAtOnce).toBeLessThanOrEqual(2)
    })
  )

  describe("5: a refresh that is throttled too hard", () => {
    it.scopedLive("the slot of a MOVED is patched at once, and an older answer does not undo it", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster)
        const [slot, key] = [slotOn(cluster, 0), keyOn(cluster, 0)]
        yield* client.execute("GET", key)
        const old = cluster.nodes[0].slots
        cluster.assign([slot], 1)
        for (const node of cluster.nodes) node.slots = old
        yield* client.execute("GET", key)
        yield* client.refreshTopology
        yield* client.execute("GET", key)
        expect(cluster.nodes[0].received("GET")).toHaveLength(2)
        expect(cluster.nodes[1].received("GET")).toHaveLength(2)
      })
    )

    it.scopedLive("known nodes are asked when the seeds are dead", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const client = yield* connect(cluster, { seeds: [cluster.seeds[0]] })
        yield* client.execute("GET", keyOn(cluster, 1))
        const key = keyOn(cluster, 0)
        cluster.assign(slotsOf(cluster, 0), 2)
        yield* cluster.nodes[0].stop
        yield* client.execute("GET", key)
        expect(cluster.nodes[2].received("GET")).toHaveLength(1)
      })
    )
  })

  it.scopedLive("6: one dead shard stalls all", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const [, one, two] = cluster.seeds
      const client = yield* connect(cluster, { seeds: [one, two] })
      yield* client.execute("GET", keyOn(cluster, 1))
      // One hangs in the handshake, before there is a connection; the other on its connection.
      cluster.nodes[0].pause()
      cluster.nodes[1].pause()
      yield* Effect.forkScoped(
        Effect.forEach([0, 1], (node) => client.execute("GET", keyOn(cluster, node)), {
          concurrency: "unbounded"
        })
      )
      yield* cluster.nodes[0].awaitConnections((open) => open === 1)
      for (let index = 0; index < 20; index++) {
        const [time] = yield* timedNet(client.execute("GET", keyOn(cluster, 2, index)))
        expect(Duration.toMillis(time)).toBeLessThan(500)
        yield* Effect.sleep("100 millis")
      }
    })
  )

  describe("7: routing that throws while the topology changes", () => {
    it.scopedLive("a slot without an owner waits for one, or is a typed error", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster, { availabilityDeadline: "1 second" })
        const slots = cluster.nodes[0].slots
        for (const node of cluster.nodes) node.slots = slots.slice(0, 1)
        yield* client.refreshTopology
        const key = keyOn(cluster, 1)
        const failed = yield* Effect.flip(client.execute("GET", key))
        expect(failed).toMatchObject({ _tag: "TopologyError" })
        expect(failed.message).toContain(`no node serves slot ${calculateSlot(key)}`)
        const read = yield* Effect.fork(client.execute("GET", key))
        for (const node of cluster.nodes) node.slots = slots
        yield* Fiber.join(read)
      })
    )

    it.scopedLive("a hundred callers, while slots go back and forth", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const client = yield* connect(cluster)
        const contested = slotsOf(cluster, 0).slice(0, 200)
        const keys = contested.slice(0, 100).map((slot) => `{${slotTag(slot)}}:counter`)
        const answered = keys.map(() => 0)
        let isOver = false
        const callers = yield* Effect.fork(
          Effect.forEach(
            keys,
            (key, index) =>
              Effect.repeat(
                Effect.tap(client.execute("INCR", key), () => void answered[index]++),
                { while: () => !isOver }
              ),
            { concurrency: "unbounded" }
          )
        )
        for (let round = 0; round < 20; round++) {
          cluster.assign(contested, round % 3)
          yield* Effect.either(client.refreshTopology)
          // Every caller gets on: one that is redirected as often as slots move gives up in the end, and has to.
          const before = answered.slice()
          yield* Effect.raceFirst(
            until(() => answered.every((count, index) => count > before[index])),
            Fiber.join(callers)
          )
        }
        isOver = true
        yield* Fiber.join(callers)
      })
    )
  })

  describe("8: MOVED to the address just asked", () => {
    it.scopedLive("the connection is replaced, once for all that it misled", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster)
        const keys = Array.from({ length: 2000 }, (_, index) => keyOn(cluster, 0, index))
        yield* client.execute("GET", keys[0])
        const [node] = cluster.nodes
        const before = node.connections.length
        cluster.script = ([name, key], connection, index) =>
          name === "GET" && index === 0 && connection.index < before
            ? moved(calculateSlot(key), node)
            : undefined
        const replies = yield* client.executeMany(keys.map((key) => ["GET", key]))
        expect(replies.every(Either.isRight)).toBe(true)
        expect(node.connections.length).toBe(before + 1)
        yield* node.awaitConnections((open) => open === 1)
      })
    )

    it.scopedLive("a node is the same under its name and its address", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        announce(cluster, "localhost")
        const client = yield* connect(cluster)
        const key = keyOn(cluster, 0)
        yield* client.execute("GET", keyOn(cluster, 1))
        const before = cluster.nodes[1].connections.length
        cluster.script = ([name], _, index) =>
          name === "GET" && index === 0
            ? error(`MOVED ${calculateSlot(key)} localhost:${cluster.nodes[1].port}`)
            : name === "GET"
              ? Resp.bulkString("found")
              : undefined
        expect(Resp.text(yield* client.execute("GET", key))).toBe("found")
        expect(cluster.nodes[1].connections.length).toBe(before)
      })
    )
  })

  it.scopedLive("9: pipelining by slot group picks wrong keys and mixes groups", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      cluster.script = ([name, ...args], _, index) =>
        name === "EVALSHA" || name === "GET" ? Resp.bulkString(`${index} ${args.join(" ")}`) : undefined
      const client = yield* connect(cluster)
      const commands = Array.from({ length: 300 }, (_, index) => {
        const node = index % 3
        const key = keyOn(cluster, node, index)
        // A digest and an argument that are keys of other nodes, were they keys.
        const args =
          index % 2 === 0 ? ["GET", key] : ["EVALSHA", keyOn(cluster, (node + 1) % 3), 1, key, "argument"]
        return { node, args }
      })
      const one = ([name, ...args]: ReadonlyArray<string | number>) => client.execute(String(name), ...args)
      const replies = yield* Effect.forEach(commands, ({ args }) => one(args), { concurrency: "unbounded" })
      const batch = yield* client.executeMany(commands.map(({ args }) => args as [string]))
      for (const [index, { args, node }] of commands.entries()) {
        const expected = `${node} ${args.slice(1).join(" ")}`
        expect(Resp.text(replies[index])).toBe(expected)
        expect(Either.map(batch[index], Resp.text)).toEqual(Either.right(expected))
      }
    })
  )

  it.scopedLive("10: CROSSSLOT surprises", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const keys = [2, 0, 1, 0, 2].map((node, index) => keyOn(cluster, node, index))
      yield* client.execute("MSET", ...keys.flatMap((key, index) => [key, `value ${index}`]))
      expect(texts(yield* client.execute("MGET", ...keys, keyOn(cluster, 1, 99)))).toEqual([
        ...keys.map((_, index) => `value ${index}`),
        undefined
      ])
      expect(yield* client.execute("EXISTS", ...keys)).toEqual(Resp.integer(5))
      expect(yield* client.execute("DEL", ...keys)).toEqual(Resp.integer(5))
      const refused = yield* Effect.flip(client.execute("MSETNX", ...keys.flatMap((key) => [key, "x"])))
      expect(refused._tag).toBe("CrossSlotError")
      expect(cluster.received("MSETNX")).toEqual([])
    })
  )

  it.scopedLive("11: no SCAN of the cluster", () =>
    Effect.gen(function* () {
      const cluster = yield* startTestServers(THREE_MASTERS)
      const client = yield* ClusterClient.make({
        seeds: cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
      })
      const keys = Array.from({ length: 3000 }, (_, index) => `key ${index}`)
      yield* client.executeMany(keys.map((key) => ["SET", key, "x"]))
      const found = Array.from(yield* Stream.runCollect(scan(client)))
      expect(found.toSorted()).toEqual(keys.toSorted())
      const some = Array.from(yield* Stream.runCollect(scan(client, { match: "key 29??" })))
      expect(some.toSorted()).toEqual(keys.slice(2900).toSorted())
    })
  )

  it.scopedLive("12: a sharded subscription dies silently when its slot moves", () =>
    Effect.gen(function* () {
      const cluster = yield* startTestServers(THREE_MASTERS)
      const client = yield* ClusterClient.make({
        seeds: cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
      })
      const pubSub = yield* PubSub.make(client)
      const slot = 77
      const channel = `{${slotTag(slot)}}:news`
      const stream = yield* pubSub.open({ shardChannels: [channel] })
      const [from, to] = cluster.masters
      yield* client.execute("SPUBLISH", channel, "before")
      yield* cluster.moveSlot(slot, from, to)
      const publishing = yield* Effect.fork(
        Effect.forever(Effect.delay(client.execute("SPUBLISH", channel, "after"), "50 millis"))
      )
      const events = yield* stream.pipe(
        Stream.takeUntil((event) => event._tag === "Message" && event.text === "after"),
        Stream.runCollect
      )
      yield* Fiber.interrupt(publishing)
      expect(Array.from(events, (event) => (event._tag === "Gap" ? "gap" : event.text))).toEqual([
        "before",
        "gap",
        "after"
      ])
    })
  )

  it.scopedLive("13: a blocking command blocks the shared socket", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      cluster.script = ([name]) => (name === "BLPOP" ? new Promise(() => {}) : undefined)
      const client = yield* connect(cluster)
      const [slot, key] = [slotOn(cluster, 0), keyOn(cluster, 0)]
      yield* Effect.forkScoped(client.execute("BLPOP", key, 0))
      yield* cluster.nodes[0].awaitCommand("BLPOP")
      yield* client.execute("GET", key)
      // Nor does it when it is redirected.
      cluster.assign([slot], 1)
      cluster.script = ([name], _, index) =>
        name === "BLPOP" ? (index === 0 ? moved(slot, cluster.nodes[1]) : new Promise(() => {})) : undefined
      yield* Effect.forkScoped(client.execute("BLPOP", key, 0))
      yield* cluster.nodes[1].awaitCommand("BLPOP")
      const [time] = yield* timedNet(client.execute("GET", keyOn(cluster, 1)))
      expect(Duration.toMillis(time)).toBeLessThan(1000)
    })
  )

  describe("14: one TLS server name for every node, fixed credentials", () => {
    /** Nodes that are known by their address, with a certificate for their name. */
    const secureCluster = Effect.gen(function* () {
      const pair = yield* Effect.promise(() =>
        generate([{ name: "commonName", value: "localhost" }], {
          extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }]
        })
      )
      const cluster = yield* FakeCluster.make(2, undefined, { tls: { key: pair.private, cert: pair.cert } })
      const seeds = [{ host: "localhost", port: cluster.nodes[0].port }]
      return { cluster, options: { seeds, tls: { ca: pair.cert }, availabilityDeadline: 0 } }
    })

    it.scopedLive("a node's certificate is checked for the name that it announces", () =>
      Effect.gen(function* () {
        const { cluster, options } = yield* secureCluster
        announce(cluster, "localhost")
        const client = yield* connect(cluster, options)
        yield* Effect.forEach([0, 1], (node) => client.execute("GET", keyOn(cluster, node)))
      })
    )

    it.scopedLive("and for its address when it announces none", () =>
      Effect.gen(function* () {
        const { cluster, options } = yield* secureCluster
        const client = yield* connect(cluster, options)
        const failed = yield* Effect.flip(client.execute("GET", keyOn(cluster, 1)))
        expect(failed).toMatchObject({ _tag: "ConnectionError", reason: "Tls" })
      })
    )

    it.scopedLive("credentials are evaluated at each connect, and again before they expire", () =>
      Effect.gen(function* () {
        let count = 0
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster, {
          credentials: Effect.sync(() => ({
            password: Redacted.make(`token ${count++}`),
            timeToLive: "500 millis"
          }))
        })
        yield* Effect.forEach([0, 1], (node) => client.execute("GET", keyOn(cluster, node)))
        expect(cluster.received("HELLO").map((words) => words[4])).toEqual(["token 0", "token 1"])
        yield* eventually(() => cluster.received("AUTH").length >= 2)
        const renewed = cluster.received("AUTH").map((words) => words[2])
        expect(renewed.slice(0, 2)).toEqual(["token 2", "token 3"])
      })
    )
  })

  describe("15: leaks", () => {
    it.scopedLive("the connection to a node that has left is closed", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const client = yield* connect(cluster)
        yield* Effect.forEach([0, 1, 2], (node) => client.execute("GET", keyOn(cluster, node)))
        cluster.assign(slotsOf(cluster, 0), 1)
        yield* client.refreshTopology
        yield* cluster.nodes[0].awaitConnections((open) => open === 0)
        expect(cluster.nodes.map(({ openConnections }) => openConnections)).toEqual([0, 1, 1])
      })
    )

    it.scopedLive("the queue is bounded, and what finds no room fails at once", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(1)
        const client = yield* connect(cluster, { maxPending: 10 })
        const key = keyOn(cluster, 0)
        yield* client.execute("GET", key)
        cluster.nodes[0].pause()
        const failures: Array<unknown> = []
        for (let count = 0; count < 30; count++) {
          yield* Effect.forkScoped(
            Effect.tapError(client.execute("GET", key), (failure) =>
              Effect.sync(() => failures.push(failure))
            )
          )
        }
        yield* eventually(() => failures.length >= 20)
        expect(failures).toHaveLength(20)
        for (const failure of failures) expect(failure).toMatchObject({ reason: "QueueFull", sent: "no" })
      })
    )
  })

  describe("also", () => {
    it.scopedLive("a topology is published after it applies", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const client = yield* connect(cluster)
        const key = keyOn(cluster, 0)
        const published = yield* client.topologyChanges.pipe(
          Stream.take(1),
          Stream.mapEffect((topology) =>
            Effect.zipRight(
              client.execute("GET", key),
              Effect.map(client.topology, (now) => now === topology)
            )
          ),
          Stream.runCollect,
          Effect.fork
        )
        yield* Effect.sleep("50 millis")
        cluster.assign(slotsOf(cluster, 0), 1)
        yield* client.refreshTopology
        expect(Array.from(yield* Fiber.join(published))).toEqual([true])
        expect(cluster.nodes[0].received("GET")).toEqual([])
      })
    )

    it.scopedLive("an interrupted command keeps its place, and its reply is dropped", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(1)
        const held: Array<() => void> = []
        cluster.script = ([name, key]) =>
          name === "GET"
            ? new Promise((resolve) => held.push(() => resolve(Resp.bulkString(`value of ${key}`))))
            : undefined
        const client = yield* connect(cluster)
        const first = yield* Effect.fork(client.execute("GET", "first"))
        yield* cluster.nodes[0].awaitCommand("GET")
        const second = yield* Effect.fork(client.execute("GET", "second"))
        yield* cluster.nodes[0].awaitCommand("GET", 2)
        yield* Fiber.interrupt(first)
        for (const answer of held) answer()
        expect(Resp.text(yield* Fiber.join(second))).toBe("value of second")
      })
    )

    it.scopedLive("hash tags anywhere in the key, and keys where the command table has them", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(5)
        cluster.script = ([name], _, index) =>
          name === "CLUSTER" || name === "HELLO" || name === "CLIENT" ? undefined : Resp.integer(index)
        const client = yield* connect(cluster)
        for (let node = 0; node < 5; node++) {
          const key = keyOn(cluster, node)
          const tag = slotTag(slotOn(cluster, node))
          const other = keyOn(cluster, (node + 1) % 5)
          const commands: ReadonlyArray<readonly [string, ...Array<string | number>]> = [
            ["GET", `before{${tag}}after{${other}}`],
            ["EVAL", "return 1", 1, key, other],
            ["XREAD", "COUNT", 1, "STREAMS", key, "0"],
            ["OBJECT", "ENCODING", key],
            ["BITOP", "NOT", key, key]
          ]
          for (const command of commands) {
            expect([command[0], yield* client.execute(...command)]).toEqual([command[0], Resp.integer(node)])
          }
        }
      })
    )

    it.scopedLive("a MOVED with an IPv6 address or an empty host", () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(2)
        const [from, to] = cluster.nodes
        const client = yield* connect(cluster, {
          addressMap: ({ host, port }) => ({ host: host === "::1" ? "127.0.0.1" : host, port })
        })
        for (const [index, host] of ["::1", ""].entries()) {
          const key = keyOn(cluster, 0, index)
          cluster.script = ([name], _, node) =>
            name !== "GET"
              ? undefined
              : node === 0
                ? error(`MOVED ${calculateSlot(key)} ${host}:${to.port}`)
                : Resp.bulkString("found")
          expect(Resp.text(yield* client.execute("GET", key))).toBe("found")
        }
        expect(from.received("GET")).toHaveLength(2)
      })
    )
  })
})
