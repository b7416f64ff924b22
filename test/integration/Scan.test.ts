/** Walks over real servers: each key once where nothing happens, and none lost whatever does. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { hscan, scan, sscan, zscan } from "../../src/client/scan/Scan.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { parseClusterSlots } from "../../src/protocol/ClusterTopology.ts"
import { text, utf8 } from "../../src/protocol/Resp.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  TestCluster,
  type TestServers,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS
} from "../support/TestCluster.ts"

const connect = (
  cluster: TestServers,
  protocol: 2 | 3 = 3
): Effect.Effect<RedisCommands, never, Scope.Scope> => {
  const seeds = cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
  return Effect.orDie(
    (cluster.mode === "cluster" ? ClusterClient.make : StandaloneClient.make)({ seeds, protocol })
  )
}

const load = (
  client: RedisCommands,
  count: number,
  prefix = "key:"
): Effect.Effect<ReadonlyArray<string>> => {
  const keys = Array.from({ length: count }, (_, index) => `${prefix}${index}`)
  return Effect.as(client.executeMany(keys.map((key) => ["SET", key, "v"])), keys)
}

const collect = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<ReadonlyArray<A>, E> =>
  Effect.map(Stream.runCollect(stream), (chunk) => Array.from(chunk))

/** Waits until a replica of every master has said that it has all that was written. */
const replicated = (cluster: TestServers): Effect.Effect<void> =>
  Effect.forEach(cluster.masters, (node) =>
    Effect.map(answerOf(node, "INFO", "replication"), (reply) => {
      const info = text(reply) ?? ""
      const written = /^master_repl_offset:(\d+)/m.exec(info)?.[1]
      return written !== undefined && info.includes(`,offset=${written},`)
    })
  ).pipe(
    Effect.repeat({ until: (all) => all.every(Boolean), schedule: Schedule.spaced("100 millis") }),
    Effect.asVoid
  )

/** Waits until every master says the same of every slot's owner. */
const agreed = (cluster: TestServers): Effect.Effect<void> =>
  Effect.forEach(cluster.masters, (node) => answerOf(node, "CLUSTER", "SLOTS")).pipe(
    Effect.map((replies) => {
      const views = replies.map((reply) => {
        const topology = parseClusterSlots(reply, { host: "127.0.0.1", port: 0 })
        return "_tag" in topology
          ? topology.reason
          : Array.from(topology.slots, (owner) => topology.nodes[owner]?.id).join()
      })
      return views.every((view) => view === views[0])
    }),
    Effect.repeat({ until: (isAgreed) => isAgreed, schedule: Schedule.spaced("20 millis") }),
    Effect.asVoid
  )

const sorted = (items: Iterable<string>): ReadonlyArray<string> => Array.from(items).sort()

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("three masters", (it) => {
  const setting = Effect.gen(function* () {
    const cluster = yield* TestCluster
    yield* cluster.flush
    return { cluster, client: yield* connect(cluster) }
  })

  it.scoped("gives each of 100 000 keys exactly once", () =>
    Effect.gen(function* () {
      const { client } = yield* setting
      const keys = yield* load(client, 100_000)
      for (const concurrency of [1, 3]) {
        const seen = yield* collect(scan(client, { concurrency }))
        expect(seen).toHaveLength(keys.length)
        expect(new Set(seen).size).toBe(keys.length)
      }
      expect(sorted(yield* collect(scan(client, { match: "key:9999*", count: 10_000 })))).toEqual(
        sorted(keys.filter((key) => key.startsWith("key:9999")))
      )
      const [bytes] = yield* collect(Stream.take(scan(client, { match: "key:77", bytes: true }), 1))
      expect(utf8(bytes)).toBe("key:77")
      yield* client.execute("LPUSH", "list", "1")
      expect(yield* collect(scan(client, { type: "list" }))).toEqual(["list"])
    })
  )

  it.scoped("loses no key while slots move back and forth under it", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setting
      const [first, second, third] = cluster.masters
      const keys = yield* load(client, 20_000)
      // Not a slot again before everybody has heard of its last move, and no move left half done when the test ends:
      // a slot that two masters take for each other's is nobody's, and a walk rightly says so.
      const move = (from: SandboxNode, to: SandboxNode) =>
        Effect.uninterruptible(Effect.zipRight(cluster.reshard(15, from, to), agreed(cluster)))
      const moving = yield* Effect.forever(
        Effect.all([move(third, first), move(first, second), move(second, third)])
      ).pipe(Effect.fork)
      for (let round = 0; round < 4; round++) {
        const seen = new Set<string>()
        // Slowly enough for slots to move ahead of the walk and behind it.
        yield* scan(client, { count: 200 }).pipe(
          Stream.rechunk(500),
          Stream.mapChunksEffect((chunk) => Effect.as(Effect.sleep(5), chunk)),
          Stream.runForEach((key) => Effect.sync(() => seen.add(key)))
        )
        expect(keys.filter((key) => !seen.has(key))).toEqual([])
      }
      expect(Option.isNone(yield* Fiber.poll(moving))).toBe(true)
      yield* Fiber.interrupt(moving)
    })
  )

  it.scoped("sees both halves of a slot whose move stands still", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setting
      const [first, second] = cluster.masters
      const slot = second.slots[0][0] + 100
      const keys = yield* load(client, 100, `{${slotTag(slot)}}`)
      const move = yield* cluster.beginMove(slot, second, first)
      yield* move.migrateKeys(40)
      const seen = yield* collect(scan(client))
      expect(sorted(new Set(seen))).toEqual(sorted(keys))
      yield* move.finish
      expect(sorted(yield* collect(scan(client)))).toEqual(sorted(keys))
    })
  )

  it.scoped("goes on where it was when its connections are cut", () =>
    Effect.gen(function* () {
      const { client } = yield* setting
      const keys = yield* load(client, 5000)
      let pages = 0
      const seen = yield* scan(client, { count: 100 }).pipe(
        Stream.mapChunksEffect((chunk) =>
          ++pages % 10 === 0
            ? Effect.as(client.execute("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"), chunk)
            : Effect.succeed(chunk)
        ),
        collect
      )
      // Nothing twice: the same processes knew their cursors.
      expect(sorted(seen)).toEqual(sorted(keys))
    })
  )

  it.scoped("reads hashes, sets and sorted sets of any size, and follows them to another node", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setting
      const [first, second] = cluster.masters
      const slot = first.slots[0][0] + 200
      const key = (name: string): string => `{${slotTag(slot)}}${name}`
      const numbers = Array.from({ length: 3000 }, (_, index) => index)
      yield* client.execute("HSET", key("h"), ...numbers.flatMap((n) => [`f${n}`, `v${n}`]))
      yield* client.execute("SADD", key("s"), ...numbers.map((n) => `m${n}`))
      yield* client.execute("ZADD", key("z"), ...numbers.flatMap((n) => [n / 2, `m${n}`]))
      yield* client.execute("ZADD", key("small"), "inf", "last", "-1.5", "first")
      expect(new Map(yield* collect(hscan(client, key("h"))))).toEqual(
        new Map(numbers.map((n) => [`f${n}`, `v${n}`]))
      )
      expect(new Map(yield* collect(zscan(client, key("z"))))).toEqual(
        new Map(numbers.map((n) => [`m${n}`, n / 2]))
      )
      expect(yield* collect(zscan(client, key("small")))).toEqual([
        ["first", -1.5],
        ["last", Infinity]
      ])
      expect(yield* collect(sscan(client, key("none")))).toEqual([])
      expect(yield* Effect.flip(collect(sscan(client, key("h"))))).toMatchObject({ kind: "WRONGTYPE" })
      expect(yield* collect(hscan(client, key("h"), { match: "f2999", bytes: true }))).toEqual([
        [Buffer.from("f2999"), Buffer.from("v2999")]
      ])
      let pages = 0
      const members = yield* sscan(client, key("s"), { count: 100 }).pipe(
        Stream.mapChunksEffect((chunk) =>
          ++pages === 5 ? Effect.as(cluster.moveSlot(slot, first, second), chunk) : Effect.succeed(chunk)
        ),
        collect
      )
      expect(sorted(new Set(members))).toEqual(sorted(numbers.map((n) => `m${n}`)))
    })
  )
})

describe("failover", () => {
  it.scopedLive(
    "walks the slots of a master that was killed at the replica that took over, and no others again",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const client = yield* connect(cluster)
        const keys = yield* load(client, 6000)
        // Replicas have to have them before their masters go.
        yield* replicated(cluster)
        let pages = 0
        const seen = yield* scan(client, { count: 100 }).pipe(
          Stream.mapChunksEffect((chunk) =>
            ++pages === 30 ? Effect.as(cluster.kill(cluster.masters[1]), chunk) : Effect.succeed(chunk)
          ),
          collect
        )
        expect(sorted(new Set(seen))).toEqual(sorted(keys))
        expect(seen.length).toBeLessThan(keys.length * 1.4)
      }),
    60_000
  )
})

describe("one server", () => {
  it.scopedLive("is walked from the start again when it was restarted, and waited for", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers({ ...STANDALONE, config: [["appendonly", "yes"]] })
      const client = yield* connect(servers)
      const keys = yield* load(client, 5000)
      let pages = 0
      const seen = yield* scan(client, { count: 100 }).pipe(
        Stream.mapChunksEffect((chunk) =>
          ++pages === 20
            ? Effect.as(
                Effect.zipRight(servers.kill(servers.nodes[0], "SIGKILL"), servers.restart(servers.nodes[0])),
                chunk
              )
            : Effect.succeed(chunk)
        ),
        collect
      )
      expect(sorted(new Set(seen))).toEqual(sorted(keys))
      expect(seen.length).toBeGreaterThan(keys.length)
    })
  )

  it.scopedLive("is walked whole by a client that takes a cluster's node for the only server", () =>
    Effect.gen(function* () {
      const cluster = yield* startTestServers(THREE_MASTERS)
      const whole = yield* connect(cluster)
      yield* load(whole, 300)
      const [{ server }] = cluster.masters
      const client = yield* Effect.orDie(
        StandaloneClient.make({ seeds: [{ host: server.host, port: server.port }] })
      )
      const [count] = yield* cluster.keysPerMaster
      expect(yield* collect(scan(client))).toHaveLength(count)
    })
  )
})
