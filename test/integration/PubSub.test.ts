/** Subscriptions on real servers: received, restored after every kind of interruption, and ended without a trace. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as PubSub from "../../src/client/subscription/PubSub.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { elements, text } from "../../src/protocol/Resp.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  TestCluster,
  type TestServers,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"

/** Tries again until the condition holds; the time limit is that of the test. */
const eventually = (condition: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.asVoid(Effect.repeat(condition, { until: (holds) => holds, schedule: Schedule.spaced("20 millis") }))

/** What a subscriber has received: messages as their text, gaps as their channels. */
interface Received {
  readonly events: ReadonlyArray<string>
  readonly gaps: () => ReadonlyArray<string>
  readonly until: (event: string) => Effect.Effect<void>
}

const describeEvent = (event: PubSub.SubscriptionEvent): string =>
  event._tag === "Gap" ? `gap ${event.reason} ${[...event.channels].sort().join(" ")}` : event.text

/** Subscribes, and reads until the scope closes. */
const read = (
  pubSub: PubSub.Subscriptions,
  request: PubSub.SubscriptionRequest
): Effect.Effect<Received, never, Scope.Scope> =>
  Effect.gen(function* () {
    const stream = yield* Effect.orDie(pubSub.open(request))
    const events: Array<string> = []
    yield* Effect.forkScoped(
      Stream.runForEach(stream, (event) => Effect.sync(() => events.push(describeEvent(event))))
    )
    return {
      events,
      gaps: () => events.filter((event) => event.startsWith("gap")),
      until: (event) => eventually(Effect.sync(() => events.includes(event)))
    }
  })

const seedsOf = (cluster: TestServers) => cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))

const connect = (
  cluster: TestServers,
  protocol: 2 | 3 = 3
): Effect.Effect<RedisCommands, never, Scope.Scope> => {
  const { credentials, tls } = cluster.connectionOptions
  const options = { seeds: seedsOf(cluster), protocol, tls, credentials }
  return Effect.orDie(
    cluster.mode === "cluster" ? ClusterClient.make(options) : StandaloneClient.make(options)
  )
}

/** Connections to all servers that are up, without the one that asks. */
const clients = (cluster: TestServers, type: string): Effect.Effect<number> =>
  Effect.map(
    Effect.forEach(cluster.nodes, (node) => answerOf(node, "CLIENT", "LIST", "TYPE", type)),
    (replies) =>
      replies.flatMap((reply) => (text(reply) ?? "").split("\n").filter((line) => line !== "")).length
  )

const channelAt = (slot: number): string => `{${slotTag(slot)}}:news`

for (const protocol of [3, 2] as const) {
  layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
    `three masters, RESP${protocol}`,
    (it) => {
      const setting = Effect.gen(function* () {
        const cluster = yield* TestCluster
        const client = yield* connect(cluster, protocol)
        return { cluster, client, pubSub: yield* PubSub.make(client) }
      })

      it.scoped("receives from channels, patterns and sharded channels of several slots", () =>
        Effect.gen(function* () {
          const { client, pubSub } = yield* setting
          const plain = yield* read(pubSub, { channels: ["news", "weather"] })
          const pattern = yield* read(pubSub, { patterns: ["new?"] })
          const sharded = yield* read(pubSub, { shardChannels: ["{a}s", "{b}s", "{c}s", "{d}s"] })
          const all = yield* read(pubSub, { channels: ["news"], patterns: ["*"], shardChannels: ["{a}s"] })
          yield* client.execute("PUBLISH", "news", "one")
          yield* client.execute("PUBLISH", "weather", "two")
          for (const tag of ["a", "b", "c", "d"])
            yield* client.execute("SPUBLISH", `{${tag}}s`, `shard ${tag}`)
          yield* plain.until("one")
          yield* plain.until("two")
          yield* pattern.until("one")
          yield* eventually(Effect.sync(() => sharded.events.length === 4 && all.events.length === 4))
          expect(plain.events).toHaveLength(2)
          expect(pattern.events).toEqual(["one"])
          expect([...sharded.events].sort()).toEqual(["shard a", "shard b", "shard c", "shard d"])
          expect([...all.events].sort()).toEqual(["one", "one", "shard a", "two"])
        })
      )

      it.scoped("gives the channel, the pattern and the bytes", () =>
        Effect.gen(function* () {
          const { client, pubSub } = yield* setting
          const stream = yield* pubSub.open({ patterns: ["caf*"] })
          const payload = Buffer.from([0, 0xff, 0x0d, 0x0a])
          yield* client.execute("PUBLISH", "café", payload)
          const [event] = yield* Stream.runCollect(Stream.take(stream, 1))
          expect(event).toEqual(new PubSub.Message("café", "caf*", payload))
        })
      )

      it.scoped("is subscribed again after CLIENT KILL, with exactly one gap each", () =>
        Effect.gen(function* () {
          const { client, cluster, pubSub } = yield* setting
          const plain = yield* read(pubSub, { channels: ["a", "b", "c"] })
          const pattern = yield* read(pubSub, { patterns: ["a*"] })
          const shards = ["{1}", "{2}", "{3}", "{4}", "{5}"]
          const sharded = yield* read(pubSub, { shardChannels: shards })
          let lostShards = 0
          for (let round = 1; round <= 3; round++) {
            // One node: of all, the last may be reached when the subscription has already moved there.
            const subscribers = yield* Effect.forEach(cluster.masters, ({ address }) =>
              client.executeOn(address, "PUBSUB", "NUMSUB", "a")
            )
            const home = cluster.masters[subscribers.findIndex((reply) => elements(reply)?.[1].value === 1)]
            yield* client.executeOn(home.address, "CLIENT", "KILL", "TYPE", "pubsub")
            lostShards += shards.filter((name) => cluster.masterOf(calculateSlot(name)) === home).length
            yield* eventually(
              Effect.sync(() => [plain, pattern].every(({ gaps }) => gaps().length === round))
            )
            yield* eventually(
              Effect.sync(
                () => sharded.gaps().flatMap((gap) => gap.split(" ").slice(2)).length === lostShards
              )
            )
            yield* client.execute("PUBLISH", "a", `round ${round}`)
            yield* client.execute("SPUBLISH", "{5}", `round ${round}`)
            for (const reader of [plain, pattern, sharded]) yield* reader.until(`round ${round}`)
          }
          expect(plain.gaps()).toEqual(Array.from({ length: 3 }, () => "gap Interrupted a b c"))
          expect(pattern.gaps()).toHaveLength(3)
        })
      )

      it.scoped("follows a sharded channel whose slot moves, with exactly one gap", () =>
        Effect.gen(function* () {
          const { client, cluster, pubSub } = yield* setting
          const [first, second] = cluster.masters
          const slot = first.slots[0][0] + (protocol === 3 ? 11 : 12)
          const moving = yield* read(pubSub, { shardChannels: [channelAt(slot)] })
          const staying = yield* read(pubSub, { shardChannels: [channelAt(slot + 10)], channels: ["plain"] })
          yield* client.execute("SPUBLISH", channelAt(slot), "before")
          yield* moving.until("before")
          yield* cluster.moveSlot(slot, first, second)
          yield* eventually(Effect.sync(() => moving.gaps().length > 0))
          yield* client.execute("SPUBLISH", channelAt(slot), "after")
          yield* moving.until("after")
          yield* cluster.moveSlot(slot, second, first)
          yield* eventually(Effect.sync(() => moving.gaps().length > 1))
          yield* client.execute("SPUBLISH", channelAt(slot), "back")
          yield* moving.until("back")
          yield* client.refreshTopology
          yield* client.execute("SPUBLISH", channelAt(slot + 10), "stayed")
          yield* staying.until("stayed")
          const gap = `gap Interrupted ${channelAt(slot)}`
          expect(moving.events).toEqual(["before", gap, "after", gap, "back"])
          expect(staying.events).toEqual(["stayed"])
        })
      )

      it.scoped(
        "gives nothing twice and one gap per move while a slot goes round and somebody publishes",
        () =>
          Effect.gen(function* () {
            const { client, cluster, pubSub } = yield* setting
            const { masters } = cluster
            const slot = masters[0].slots[0][0] + 20 + protocol
            const reader = yield* read(pubSub, { shardChannels: [channelAt(slot)] })
            let sent = 0
            yield* Effect.suspend(() => client.execute("SPUBLISH", channelAt(slot), sent++)).pipe(
              Effect.zipRight(Effect.sleep("1 millis")),
              Effect.forever,
              Effect.forkScoped
            )
            for (let move = 0; move < 9; move++) {
              yield* cluster.moveSlot(slot, masters[move % 3], masters[(move + 1) % 3])
              yield* eventually(Effect.sync(() => reader.gaps().length > move))
              const seen = reader.events.length
              yield* eventually(Effect.sync(() => reader.events.length > seen + 5))
            }
            expect(reader.gaps()).toHaveLength(9)
            const numbers = reader.events.filter((event) => !event.startsWith("gap")).map(Number)
            expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
          })
      )

      it.scoped("leaves no connection behind", () =>
        Effect.gen(function* () {
          const cluster = yield* TestCluster
          yield* eventually(Effect.map(clients(cluster, "pubsub"), (count) => count === 0))
          const before = yield* clients(cluster, "normal")
          const scope = yield* Scope.make()
          const { client, pubSub } = yield* Scope.extend(setting, scope)
          const own = yield* Scope.make()
          const shardChannels = cluster.masters.map(({ slots: [[first]] }) => channelAt(first))
          yield* Scope.extend(read(pubSub, { shardChannels, channels: ["a"] }), own)
          const other = yield* Scope.extend(read(pubSub, { channels: ["a", "b"] }), scope)
          expect(yield* clients(cluster, "pubsub")).toBe(3)
          yield* Scope.close(own, Exit.void)
          yield* eventually(Effect.map(clients(cluster, "pubsub"), (count) => count === 1))
          yield* client.execute("PUBLISH", "a", "still")
          yield* other.until("still")
          yield* Scope.close(scope, Exit.void)
          yield* eventually(Effect.map(clients(cluster, "pubsub"), (count) => count === 0))
          yield* eventually(Effect.map(clients(cluster, "normal"), (count) => count <= before))
        })
      )
    }
  )
}

describe("failover", () => {
  it.scopedLive(
    "receives what is published after a replica was promoted, with exactly one gap",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const client = yield* connect(cluster)
        const pubSub = yield* PubSub.make(client)
        const [victim] = cluster.masters
        const slot = victim.slots[0][0]
        const sharded = yield* read(pubSub, { shardChannels: [channelAt(slot), channelAt(slot + 1)] })
        const plain = yield* read(pubSub, { channels: ["plain"] })
        yield* cluster.kill(victim)
        yield* eventually(Effect.sync(() => sharded.gaps().length > 0))
        yield* client.execute("SPUBLISH", channelAt(slot), "after")
        yield* client.execute("PUBLISH", "plain", "after")
        yield* sharded.until("after")
        yield* plain.until("after")
        expect(sharded.gaps()).toEqual([
          `gap Interrupted ${[channelAt(slot), channelAt(slot + 1)].sort().join(" ")}`
        ])
        expect(plain.gaps().length).toBeLessThanOrEqual(1)
      }),
    60_000
  )

  it.scopedLive(
    "leaves a master that was stopped, with exactly one gap",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const client = yield* connect(cluster)
        const pubSub = yield* PubSub.make(client)
        const slots = cluster.masters.map(({ slots }) => slots[0][0])
        const sharded = yield* read(pubSub, { shardChannels: slots.map((slot) => channelAt(slot)) })
        const plain = yield* read(pubSub, { channels: ["plain"] })
        yield* cluster.pause(cluster.masters[0])
        yield* eventually(Effect.sync(() => sharded.gaps().length > 0))
        yield* client.execute("SPUBLISH", channelAt(slots[0]), "after")
        yield* sharded.until("after")
        yield* eventually(
          Effect.map(Effect.ignore(client.execute("PUBLISH", "plain", "after")), () =>
            plain.events.includes("after")
          )
        )
        expect(sharded.gaps()).toEqual([`gap Interrupted ${channelAt(slots[0])}`])
        expect(plain.gaps().length).toBeLessThanOrEqual(1)
        yield* cluster.resume(cluster.masters[0])
      }),
    60_000
  )
})

describe("one server", () => {
  it.scopedLive("serves sharded channels, and is found again after a restart", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE)
      const client = yield* connect(servers)
      const pubSub = yield* PubSub.make(client)
      const reader = yield* read(pubSub, { channels: ["a"], shardChannels: ["s"], patterns: ["p*"] })
      yield* servers.kill(servers.nodes[0])
      yield* servers.restart(servers.nodes[0])
      yield* eventually(Effect.sync(() => reader.gaps().length > 0))
      yield* client.execute("SPUBLISH", "s", "after")
      yield* reader.until("after")
      expect(reader.events).toEqual(["gap Interrupted a p* s", "after"])
    })
  )

  it.scopedLive("refuses by its access rules, and serves a user who may do nothing but subscribe", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE)
      const [node] = servers.nodes
      yield* answerOf(node, "ACL", "SETUSER", "default", "resetchannels", "&allowed:*")
      const client = yield* connect(servers)
      const pubSub = yield* PubSub.make(client)
      const refused = yield* Effect.flip(pubSub.open({ channels: ["allowed:1", "forbidden"] }))
      expect(refused).toMatchObject({ _tag: "RedisError", kind: "NOPERM" })
      yield* answerOf(node, "ACL", "SETUSER", "default", "-ping")
      const reader = yield* read(pubSub, { channels: ["allowed:1"] })
      yield* client.execute("PUBLISH", "allowed:1", "hello")
      yield* reader.until("hello")
    })
  )
})

describe("TLS and a password", () => {
  it.scopedLive("subscribes like any other connection", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers({ ...STANDALONE, ...TLS_AND_PASSWORD })
      const client = yield* connect(servers)
      const pubSub = yield* PubSub.make(client)
      const reader = yield* read(pubSub, { channels: ["a"] })
      yield* client.execute("PUBLISH", "a", "hello")
      yield* reader.until("hello")
    })
  )
})
