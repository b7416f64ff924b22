/** What happens to subscriptions when servers misbehave in ways that real ones seldom do. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import * as PubSub from "../../../src/client/subscription/PubSub.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { encodeValue } from "../../../src/protocol/RespEncoder.ts"
import { slotTag } from "../../../src/protocol/SlotTags.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { PubSubServer } from "./PubSubServer.ts"
import { questions } from "../ClientFixture.ts"

interface Setting {
  readonly cluster: FakeCluster
  readonly server: PubSubServer
  readonly client: RedisCommands
  readonly pubSub: PubSub.Subscriptions
}

const setUp = (
  nodes: number,
  options: PubSub.PubSubOptions = {},
  protocol: 2 | 3 = 3
): Effect.Effect<Setting, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cluster = yield* FakeCluster.make(nodes, undefined, { protocol })
    const server = new PubSubServer(cluster)
    const client = yield* Effect.orDie(
      ClusterClient.make({ seeds: cluster.seeds, connectTimeout: "500 millis" })
    )
    return { cluster, server, client, pubSub: yield* PubSub.make(client, options) }
  })

const eventually = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.sync(condition), { until: (holds) => holds, schedule: Schedule.spaced("5 millis") })
  )

const describeEvent = (event: PubSub.SubscriptionEvent): string =>
  event._tag === "Gap" ? `gap ${event.reason} ${[...event.channels].sort().join(" ")}` : event.text

const read = (
  pubSub: PubSub.Subscriptions,
  request: PubSub.SubscriptionRequest
): Effect.Effect<ReadonlyArray<string>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const stream = yield* Effect.orDie(pubSub.open(request))
    const events: Array<string> = []
    yield* Effect.forkScoped(
      Stream.runForEach(stream, (event) => Effect.sync(() => events.push(describeEvent(event))))
    )
    return events
  })

/** A sharded channel in the slots of the first of three nodes, of the second, of the third. */
const SHARDS = [0, 6000, 12000].map((slot) => `{${slotTag(slot)}}`)
const [FIRST] = SHARDS

describe("PubSub", () => {
  it.scopedLive("keeps one connection per node that is needed, and none when nobody subscribes", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(3)
      const before = cluster.nodes.map(({ openConnections }) => openConnections)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* read(pubSub, { shardChannels: SHARDS, channels: ["a"], patterns: ["p*"] })
          yield* read(pubSub, { shardChannels: SHARDS, channels: ["b"] })
          expect(cluster.received("SSUBSCRIBE")).toHaveLength(3)
          expect(cluster.nodes.map(({ openConnections }, index) => openConnections - before[index])).toEqual([
            1, 1, 1
          ])
        })
      )
      for (const [index, node] of cluster.nodes.entries()) {
        yield* node.awaitConnections((open) => open === before[index])
      }
      expect(server.holders(" a")).toBe(0)
    })
  )

  it.scopedLive("ends a subscription at the server when its last stream ends, and starts it anew", () =>
    Effect.gen(function* () {
      const { pubSub, server } = yield* setUp(1)
      yield* read(pubSub, { channels: ["kept"] })
      for (let round = 0; round < 3; round++) {
        const taken = yield* pubSub
          .subscribe("a")
          .pipe(
            Stream.take(1),
            Stream.runCollect,
            Effect.zipLeft(eventually(() => server.holders(" a") === 0)),
            Effect.fork
          )
        yield* eventually(() => server.holders(" a") === 1)
        server.publish("message", "a", "only")
        expect(Array.from(yield* Fiber.join(taken)).map(describeEvent)).toEqual(["only"])
      }
    })
  )

  it.scopedLive("believes the server that confirmed, whatever an old topology says", () =>
    Effect.gen(function* () {
      const { client, cluster, pubSub, server } = yield* setUp(2)
      const events = yield* read(pubSub, { shardChannels: [FIRST] })
      // CLUSTER SLOTS says 1 from here on, and both nodes know better.
      cluster.assign([0], 1)
      server.ownerOf = () => 0
      // Beyond the two seconds in which a confirmation is not questioned.
      yield* Effect.sleep("2100 millis")
      yield* client.refreshTopology
      yield* cluster.nodes[1].awaitCommand("SSUBSCRIBE")
      yield* client.refreshTopology
      server.publish("smessage", FIRST, "still")
      yield* eventually(() => events.length > 0)
      expect(events).toEqual(["still"])
      expect(server.holders(`S ${FIRST}`)).toBe(1)
    })
  )

  it.scopedLive(
    "moves where the topology says when that node confirms, and listens to one of them only",
    () =>
      Effect.gen(function* () {
        const { client, cluster, pubSub, server } = yield* setUp(2)
        const events = yield* read(pubSub, { shardChannels: [FIRST] })
        // As in a failover: the old owner is cut off, so it neither hears of the move nor confirms an end.
        cluster.assign([0], 1)
        server.ownerOf = (_, node) => node
        server.override = ([name], _, node) => (node === 0 && name === "SUNSUBSCRIBE" ? "silence" : undefined)
        yield* Effect.sleep("2100 millis")
        yield* client.refreshTopology
        yield* eventually(() => events.length > 0)
        server.publish("smessage", FIRST, "once")
        yield* eventually(() => events.length > 1)
        expect(events).toEqual([`gap Interrupted ${FIRST}`, "once"])
      })
  )

  it.scopedLive("follows MOVED at once, before the topology knows", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(2)
      const events = yield* read(pubSub, { shardChannels: [FIRST] })
      const before = questions(cluster)
      server.ownerOf = () => 1
      server.revoke(FIRST)
      yield* eventually(() => events.length > 0)
      server.publish("smessage", FIRST, "there")
      yield* eventually(() => events.length > 1)
      expect(events).toEqual([`gap Interrupted ${FIRST}`, "there"])
      // At first, when it was revoked, and once more after each answer that still names this node.
      const answers = questions(cluster) - before
      expect(cluster.nodes[0].received("SSUBSCRIBE").length).toBeLessThanOrEqual(2 + answers)
    })
  )

  it.scopedLive("does not chase a slot that two nodes refer to each other", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(2)
      const events = yield* read(pubSub, { shardChannels: [FIRST] })
      server.ownerOf = (_, node) => 1 - node
      server.revoke(FIRST)
      yield* Effect.sleep("600 millis")
      // Six per round, and a wait that doubles between them: four rounds, and two more when it took four times as long.
      expect(cluster.received("SSUBSCRIBE").length).toBeLessThanOrEqual(1 + 6 * 6)
      server.ownerOf = () => 1
      yield* eventually(() => events.length > 0)
      expect(events).toEqual([`gap Interrupted ${FIRST}`])
    })
  )

  it.scopedLive("tells of a gap that is over although another channel has to wait", () =>
    Effect.gen(function* () {
      const { cluster, pubSub } = yield* setUp(3)
      const events = yield* read(pubSub, { shardChannels: SHARDS })
      yield* cluster.nodes[1].stop
      cluster.nodes[0].destroyConnections()
      yield* eventually(() => events.length > 0)
      expect(events).toEqual([`gap Interrupted ${SHARDS[0]}`])
      yield* cluster.nodes[1].restart
      yield* eventually(() => events.length > 1)
      expect(events).toEqual([`gap Interrupted ${SHARDS[0]}`, `gap Interrupted ${SHARDS[1]}`])
    })
  )

  it.scopedLive("tells of an interruption once, when the last of several nodes has confirmed", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(3)
      const events = yield* read(pubSub, { shardChannels: SHARDS })
      const latch = () => {
        let open = (): void => {}
        const held = new Promise<undefined>((resolve) => {
          open = () => resolve(undefined)
        })
        return { held, open: () => open() }
      }
      const [one, others] = [latch(), latch()]
      server.override = ([name], _, node) =>
        name === "SSUBSCRIBE" ? (node === 1 ? one.held : others.held) : undefined
      for (const node of cluster.nodes) node.destroyConnections()
      // Nobody is restored before all are lost, however the losses are spread over time.
      for (const node of cluster.nodes) yield* node.awaitCommand("SSUBSCRIBE", 2)
      others.open()
      yield* eventually(() => [0, 2].every((index) => server.holders(`S ${SHARDS[index]}`) === 1))
      yield* cluster.nodes[0].awaitCommand("PING", 2)
      expect(events).toEqual([])
      one.open()
      yield* eventually(() => events.length > 0)
      expect(events).toEqual([`gap Interrupted ${[...SHARDS].sort().join(" ")}`])
    })
  )

  it.scopedLive("ends at a node what that confirms too late", () =>
    Effect.gen(function* () {
      const { client, cluster, pubSub, server } = yield* setUp(2)
      // Keeps the connection to the first node in use.
      yield* read(pubSub, { shardChannels: [`{${slotTag(1)}}`] })
      let confirm = (): void => {}
      const held = new Promise<undefined>((resolve) => {
        confirm = () => resolve(undefined)
      })
      server.override = ([name], _, node) => (name === "SSUBSCRIBE" && node === 0 ? held : undefined)
      const opened = yield* Effect.fork(Effect.asVoid(pubSub.open({ shardChannels: [FIRST] })))
      yield* cluster.nodes[0].awaitCommand("SSUBSCRIBE", 2)
      cluster.assign([0], 1)
      server.ownerOf = (channel, node) => (channel === FIRST ? node : 0)
      yield* client.refreshTopology
      yield* Fiber.join(opened)
      confirm()
      yield* cluster.nodes[0].awaitCommand("SUNSUBSCRIBE")
      yield* eventually(() => server.holders(`S ${FIRST}`) === 1)
    })
  )

  for (const protocol of [3, 2] as const) {
    it.scopedLive(`leaves a node that no longer answers, RESP${protocol}`, () =>
      Effect.gen(function* () {
        const { cluster, pubSub, server } = yield* setUp(2, { pingInterval: "40 millis" }, protocol)
        const events = yield* read(pubSub, { channels: ["a"] })
        const home = cluster.nodes.find((node) => node.received("SUBSCRIBE").length > 0)!
        // An idle connection that answers is left alone.
        yield* home.awaitCommand("PING", 4)
        expect(events).toEqual([])
        home.pause()
        yield* eventually(() => events.length > 0)
        server.publish("message", "a", "elsewhere")
        yield* eventually(() => events.length > 1)
        expect(events).toEqual(["gap Interrupted a", "elsewhere"])
      })
    )
  }

  it.scopedLive("does not storm a server that hangs up on every subscriber", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(1)
      const events = yield* read(pubSub, { channels: ["a"] })
      server.override = ([name]) => (name === "SUBSCRIBE" ? "close" : undefined)
      const before = cluster.nodes[0].connections.length
      cluster.nodes[0].destroyConnections()
      yield* Effect.sleep("1 second")
      expect(cluster.nodes[0].connections.length - before).toBeLessThanOrEqual(16)
      server.override = () => undefined
      yield* eventually(() => events.length > 0)
      expect(events).toEqual(["gap Interrupted a"])
    })
  )

  it.scopedLive("waits as it is told to before a topic is asked for again", () =>
    Effect.gen(function* () {
      const failures: Array<number> = []
      const { cluster, pubSub, server } = yield* setUp(1, {
        waitAfter: (count) => {
          failures.push(count)
          return count < 4 ? 0 : "1 hour"
        }
      })
      const events = yield* read(pubSub, { channels: ["a"] })
      server.override = ([name]) => (name === "SUBSCRIBE" ? Resp.simpleError("LOADING wait") : undefined)
      cluster.nodes[0].destroyConnections()
      yield* eventually(() => failures.includes(4))
      expect(failures.filter((count, index) => count !== failures[index - 1])).toEqual([1, 2, 3, 4])
      expect(events).toEqual([])
    })
  )

  it.scopedLive("connects again after garbage", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(1)
      const events = yield* read(pubSub, { channels: ["a"] })
      const connection = cluster.nodes[0].connections.find(({ commands }) =>
        commands.some(([name]) => name === "SUBSCRIBE")
      )!
      connection.push(Buffer.from("?what\r\n"))
      yield* eventually(() => events.length > 0)
      server.publish("message", "a", "sense")
      yield* eventually(() => events.length > 1)
      expect(events).toEqual(["gap Interrupted a", "sense"])
    })
  )

  it.scopedLive("fails whoever wishes for what is refused, and nobody else", () =>
    Effect.gen(function* () {
      const { pubSub, server } = yield* setUp(1)
      server.override = ([name, ...channels]) =>
        name === "SUBSCRIBE" && channels.includes("secret")
          ? Resp.simpleError(
              "NOPERM this user has no permissions to access one of the channels used as arguments"
            )
          : undefined
      const events = yield* read(pubSub, { channels: ["open"] })
      const [refused, allowed] = yield* Effect.all(
        [Effect.flip(pubSub.open({ channels: ["a", "secret", "b"] })), read(pubSub, { channels: ["a"] })],
        { concurrency: "unbounded" }
      )
      expect(refused).toMatchObject({ _tag: "RedisError", kind: "NOPERM", command: "SUBSCRIBE" })
      server.publish("message", "a", "hello")
      server.publish("message", "open", "hello")
      yield* eventually(() => allowed.length > 0 && events.length > 0)
      yield* eventually(() => server.holders(" b") === 0)
    })
  )

  it.scopedLive("ends a stream with the error when the server refuses to restore it", () =>
    Effect.gen(function* () {
      const { cluster, pubSub, server } = yield* setUp(1)
      const stream = yield* pubSub.open({ channels: ["a"] })
      server.publish("message", "a", "last")
      server.override = ([name]) => (name === "SUBSCRIBE" ? Resp.simpleError("NOPERM no more") : undefined)
      cluster.nodes[0].destroyConnections()
      const events: Array<string> = []
      const error = yield* stream.pipe(
        Stream.runForEach((event) => Effect.sync(() => events.push(describeEvent(event)))),
        Effect.flip
      )
      expect(error._tag).toBe("RedisError")
    })
  )

  it.scopedLive("gives up a first subscription at the deadline, and says why", () =>
    Effect.gen(function* () {
      const { cluster, pubSub } = yield* setUp(1, { availabilityDeadline: "300 millis" })
      yield* cluster.nodes[0].stop
      const error = yield* Effect.flip(Stream.runDrain(pubSub.subscribe("a")))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "Connect", sent: "no" })
    })
  )

  it.scopedLive("is a layer over the client's", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const server = new PubSubServer(cluster)
      const layer = Layer.provide(
        PubSub.PubSub.layer({ capacity: 1 }),
        ClusterClient.ClusterClient.layer({ seeds: cluster.seeds })
      )
      const first = yield* PubSub.PubSub.pipe(
        Effect.flatMap((pubSub) => Stream.runHead(pubSub.psubscribe("a*"))),
        Effect.provide(layer),
        Effect.fork
      )
      yield* eventually(() => server.holders("P a*") === 1)
      const [connection] = cluster.nodes[0].connections.slice(-1)
      connection.push(
        encodeValue(Resp.push(["pmessage", "a*", "abc", "hi"].map((word) => Resp.bulkString(word))), 3)
      )
      expect(yield* Fiber.join(first)).toEqual(
        Option.some(new PubSub.Message("abc", "a*", Buffer.from("hi")))
      )
      yield* cluster.nodes[0].awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("ends every stream with its scope", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      const fiber = yield* Effect.scoped(
        Effect.gen(function* () {
          const pubSub = yield* PubSub.make(client)
          const fiber = yield* Effect.forkDaemon(Stream.runCollect(pubSub.subscribe("a")))
          yield* eventually(() => server.holders(" a") === 1)
          return fiber
        })
      )
      expect(Array.from(yield* Fiber.join(fiber))).toEqual([])
      yield* eventually(() => server.holders(" a") === 0)
      // Also one that has not been confirmed yet.
      server.override = ([name]) => (name === "SUBSCRIBE" ? "silence" : undefined)
      const early = yield* Effect.scoped(
        Effect.gen(function* () {
          const pubSub = yield* PubSub.make(client)
          const early = yield* Effect.forkDaemon(Stream.runCollect(pubSub.subscribe("b")))
          yield* cluster.nodes[0].awaitCommand(([name, channel]) => name === "SUBSCRIBE" && channel === "b")
          return early
        })
      )
      expect(Array.from(yield* Fiber.join(early))).toEqual([])
    })
  )

  it.scopedLive("puts a gap in the place of what a slow subscriber has lost", () =>
    Effect.gen(function* () {
      const { pubSub, server } = yield* setUp(1, { capacity: 3 })
      const stream = yield* pubSub.open({ channels: ["a", "b"] })
      const quick = yield* read(pubSub, { channels: ["a"] })
      for (let index = 0; index < 6; index++) {
        server.publish("message", "a", `a${index}`)
        yield* eventually(() => quick.length === index + 1)
      }
      const taken = yield* Stream.runCollect(Stream.take(stream, 4))
      expect(Array.from(taken).map(describeEvent)).toEqual(["a0", "a1", "a2", "gap Overflow a"])
      expect(quick).toEqual(["a0", "a1", "a2", "a3", "a4", "a5"])
    })
  )
})
