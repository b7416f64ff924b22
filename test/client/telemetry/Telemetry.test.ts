import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ClientMetrics from "../../../src/client/telemetry/ClientMetrics.ts"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import * as StandaloneClient from "../../../src/client/StandaloneClient.ts"
import { SAMPLE_INTERVAL } from "../../../src/connection/ConnectionMeter.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import type { CommandArguments } from "../../../src/protocol/Resp.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { type FakeCommand, FakeNode } from "../../support/FakeNode.ts"
import { countOf, gaugeOf, makeTelemetryRecorder, samplesOf } from "./TelemetryRecorder.ts"

const QUICK = { retryDelay: Duration.millis(1), unavailableSchedule: Schedule.spaced("1 millis") }

/** Runs with a client of its own, which is closed afterwards, so that all is counted. */
const withCluster = <A, E>(
  cluster: FakeCluster,
  use: (client: RedisCommands) => Effect.Effect<A, E>
): Effect.Effect<A, unknown> =>
  Effect.scoped(Effect.flatMap(ClusterClient.make({ seeds: cluster.seeds, ...QUICK }), use))

const withStandalone = <A, E>(
  node: FakeNode,
  use: (client: RedisCommands) => Effect.Effect<A, E>
): Effect.Effect<A, unknown> =>
  Effect.scoped(Effect.flatMap(StandaloneClient.make({ seeds: [node], ...QUICK }), use))

/** A test whose metrics bear its name: the registry is the process's, and a port may be that of an earlier test's node. */
const metered = <A, E>(name: string, test: () => Effect.Effect<A, E, Scope.Scope>): void =>
  it.scopedLive(name, () => Effect.tagMetrics(test(), "test", name))

/** More than a test takes: a time that was measured from elsewhere is days. */
const MOST_MS = 30_000

const isHandshake = ([name]: FakeCommand): boolean => name === "HELLO" || name === "CLIENT"

const answering = (reply: Resp.RespValue) => FakeNode.make(([name]) => (name === "GET" ? reply : undefined))

/** So many keys, `{tag}0`, `{tag}1` ... for one slot. */
const gets = (count: number, tag = "tag"): ReadonlyArray<CommandArguments> =>
  Array.from({ length: count }, (_, index) => ["GET", `{${tag}}${index}`])

const until = <A>(effect: Effect.Effect<A>, condition: (value: A) => boolean): Effect.Effect<A> =>
  Effect.repeat(effect, { until: condition, schedule: Schedule.spaced("20 millis") }).pipe(
    Effect.zipRight(effect)
  )

describe("metrics", () => {
  metered("count what each node has answered, the handshake apart", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      yield* withCluster(cluster, (client) =>
        Effect.gen(function* () {
          for (const key of ["a", "b", "c", "d"]) yield* client.execute("SET", key, "1")
          yield* client.executeMany(gets(500))
          yield* client.executeOn(cluster.nodes[2].address, "PING")
        })
      )
      for (const node of cluster.nodes) {
        const received = node.commands.filter((command) => !isHandshake(command)).length
        expect(yield* countOf(ClientMetrics.commands, { node: node.address }), node.address).toBe(received)
      }
      expect(cluster.received("GET")).toHaveLength(500)
    })
  )

  metered("time one command in 64", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, key]) =>
        name !== "GET"
          ? undefined
          : key === "slow"
            ? new Promise((resolve) => setTimeout(() => resolve(Resp.ok), 60))
            : Resp.ok
      )
      yield* withStandalone(node, (client) =>
        Effect.gen(function* () {
          yield* client.execute("GET", "slow")
          for (let index = 0; index < 3 * SAMPLE_INTERVAL; index++) yield* client.execute("GET", "quick")
        })
      )
      const { count, max } = yield* samplesOf(ClientMetrics.latency, { node: node.address })
      expect(count).toBe(4)
      expect(max).toBeGreaterThan(50)
      expect(max).toBeLessThan(MOST_MS)
    })
  )

  metered(
    "keep the times of commands apart when they wait together, and drop those of a lost connection",
    () =>
      Effect.gen(function* () {
        let isSilent = true
        const node = yield* FakeNode.make(([name]) =>
          name !== "GET" ? undefined : isSilent ? "silence" : Resp.ok
        )
        yield* withStandalone(node, (client) =>
          Effect.gen(function* () {
            const waiting = yield* Effect.fork(client.executeMany(gets(3 * SAMPLE_INTERVAL)))
            yield* node.awaitCommand("GET", 3 * SAMPLE_INTERVAL)
            isSilent = false
            node.destroyConnections()
            yield* waiting
          })
        )
        const { count, max } = yield* samplesOf(ClientMetrics.latency, { node: node.address })
        expect(count).toBeGreaterThanOrEqual(3)
        expect(count).toBeLessThanOrEqual(3 * SAMPLE_INTERVAL)
        expect(max).toBeLessThan(MOST_MS)
        expect(yield* countOf(ClientMetrics.commands, { node: node.address })).toBe(3 * SAMPLE_INTERVAL)
      })
  )

  metered("count errors by kind, one per command that failed", () =>
    Effect.gen(function* () {
      const node = yield* answering(Resp.simpleError("WRONGTYPE Operation against a key"))
      yield* withStandalone(node, (client) =>
        Effect.gen(function* () {
          yield* Effect.flip(client.execute("GET", "a"))
          const results = yield* client.executeMany(gets(4))
          expect(results.every(Either.isLeft)).toBe(true)
          yield* Effect.flip(client.withOptions({ idempotent: true }).executeOn(node.address, "GET", "a"))
          const each = yield* client.executeOnEach("masters", "GET", "a")
          expect(each).toHaveLength(1)
        })
      )
      expect(yield* countOf(ClientMetrics.errors, { node: node.address, kind: "WRONGTYPE" })).toBe(7)
    })
  )

  metered("call an error reply OTHER whose first word Redis does not use", () =>
    Effect.gen(function* () {
      const node = yield* answering(Resp.simpleError("alice@example.org is not allowed"))
      yield* withStandalone(node, (client) => Effect.flip(client.execute("GET", "a")))
      expect(yield* countOf(ClientMetrics.errors, { node: node.address, kind: "OTHER" })).toBe(1)
    })
  )

  metered("count a lost connection as an error of its reason", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "INCR" ? "close" : undefined))
      const error = yield* withStandalone(node, (client) => Effect.flip(client.execute("INCR", "a")))
      expect(error).toMatchObject({ _tag: "ConnectionError", sent: "maybe" })
      const { address } = node
      expect(yield* countOf(ClientMetrics.errors, { node: address, kind: "ConnectionError.Closed" })).toBe(1)
      expect(yield* countOf(ClientMetrics.commands, { node: address })).toBe(0)
    })
  )

  metered("count what a broadcast fails with", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2, ([name], _, index) =>
        name === "DBSIZE" && index === 1 ? Resp.simpleError("NOPERM no") : undefined
      )
      yield* withCluster(cluster, (client) => Effect.flip(client.execute("DBSIZE")))
      const [first, second] = cluster.nodes
      expect(yield* countOf(ClientMetrics.errors, { node: first.address, kind: "NOPERM" })).toBe(0)
      expect(yield* countOf(ClientMetrics.errors, { node: second.address, kind: "NOPERM" })).toBe(1)
    })
  )

  metered("count redirections at the node that answered with them, and no error", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const slot = calculateSlot("tag")
      const source = cluster.owner(slot)
      const [from, to] = [cluster.nodes[source], cluster.nodes[1 - source]]
      yield* withCluster(cluster, (client) =>
        Effect.gen(function* () {
          yield* client.execute("SET", "{tag}0", "x")
          cluster.beginMigration(slot, 1 - source)
          cluster.migrateKey("{tag}0")
          yield* client.execute("GET", "{tag}0")
          yield* client.execute("GET", "{tag}0")
          cluster.finishMigration(slot)
          yield* client.execute("GET", "{tag}0")
        })
      )
      expect(yield* countOf(ClientMetrics.redirections, { node: from.address, kind: "asked" })).toBe(2)
      expect(yield* countOf(ClientMetrics.redirections, { node: from.address, kind: "moved" })).toBe(1)
      expect(yield* countOf(ClientMetrics.redirections, { node: to.address, kind: "moved" })).toBe(0)
      expect(yield* countOf(ClientMetrics.errors, { node: from.address, kind: "MOVED" })).toBe(0)
    })
  )

  metered("count the redirection that a caller of executeOn gets as an error", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const other = cluster.nodes[1 - cluster.ownerOfKey("a")]
      yield* withCluster(cluster, (client) => Effect.flip(client.executeOn(other.address, "GET", "a")))
      expect(yield* countOf(ClientMetrics.errors, { node: other.address, kind: "MOVED" })).toBe(1)
      expect(yield* countOf(ClientMetrics.redirections, { node: other.address, kind: "moved" })).toBe(0)
    })
  )

  metered("count retries by their reason; a command that succeeds in the end is no error", () =>
    Effect.gen(function* () {
      const recorder = makeTelemetryRecorder()
      let left = 2
      const node = yield* FakeNode.make(([name]) =>
        name === "GET" ? (left-- > 0 ? Resp.simpleError("LOADING Redis is loading") : Resp.ok) : undefined
      )
      yield* withStandalone(node, (client) => client.execute("GET", "a")).pipe(Effect.provide(recorder.layer))
      const tags = { node: node.address, kind: "LOADING" }
      expect(yield* countOf(ClientMetrics.retries, tags)).toBe(2)
      expect(yield* countOf(ClientMetrics.errors, tags)).toBe(0)
      expect(recorder.lines.filter(({ message }) => message === "sent again")).toEqual([
        { level: "DEBUG", message: "sent again", annotations: { ...tags, command: "GET", attempt: 1 } },
        { level: "DEBUG", message: "sent again", annotations: { ...tags, command: "GET", attempt: 2 } }
      ])
    })
  )

  metered("count an exhausted command by why it was tried again", () =>
    Effect.gen(function* () {
      const node = yield* answering(Resp.simpleError("TRYAGAIN Multiple keys request"))
      const error = yield* withStandalone(node, (client) => Effect.flip(client.execute("GET", "a")))
      expect(error).toMatchObject({ _tag: "MaxRetriesExceeded", attempts: 4 })
      const tags = { node: node.address, kind: "TRYAGAIN" }
      expect(yield* countOf(ClientMetrics.retries, tags)).toBe(3)
      expect(yield* countOf(ClientMetrics.errors, tags)).toBe(1)
    })
  )

  metered("count the parts of a divided command once each", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2, ([name, ...keys]) =>
        name === "MGET" && keys.length > 1
          ? Resp.simpleError("TRYAGAIN Multiple keys request")
          : name === "MGET"
            ? Resp.simpleError("OOM no room")
            : undefined
      )
      const node = cluster.nodes[cluster.ownerOfKey("tag")]
      yield* withCluster(cluster, (client) => Effect.flip(client.execute("MGET", "{tag}1", "{tag}2")))
      expect(yield* countOf(ClientMetrics.errors, { node: node.address, kind: "OOM" })).toBe(2)
      expect(yield* countOf(ClientMetrics.errors, { node: node.address, kind: "TRYAGAIN" })).toBe(0)
    })
  )

  metered("count reconnects, and not the first connection", () =>
    Effect.gen(function* () {
      const recorder = makeTelemetryRecorder()
      const node = yield* answering(Resp.ok)
      const tags = { node: node.address }
      yield* withStandalone(node, (client) =>
        Effect.gen(function* () {
          yield* client.execute("GET", "a")
          expect(yield* countOf(ClientMetrics.reconnects, tags)).toBe(0)
          node.destroyConnections()
          yield* until(
            Effect.sync(() => recorder.lines),
            (lines) => lines.some(({ message }) => message.startsWith("connection lost"))
          )
          yield* client.execute("GET", "a")
        })
      ).pipe(Effect.provide(recorder.layer))
      expect(yield* countOf(ClientMetrics.reconnects, tags)).toBe(1)
      expect(recorder.lines).toEqual([
        {
          level: "DEBUG",
          message: expect.stringContaining("connection lost: "),
          annotations: { ...tags, kind: "ConnectionError.Closed" }
        },
        { level: "DEBUG", message: "connected again", annotations: tags }
      ])
    })
  )

  metered("tell how many commands wait, and none once the client is closed", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined))
      const depth = gaugeOf(ClientMetrics.queueDepth, { node: node.address })
      yield* withStandalone(node, (client) =>
        Effect.gen(function* () {
          yield* Effect.fork(client.executeMany(gets(5)))
          expect(yield* until(depth, (value) => value > 0)).toBe(5)
        })
      )
      expect(yield* depth).toBe(0)
    })
  )

  metered("are there while the client is open", () =>
    Effect.gen(function* () {
      const node = yield* answering(Resp.ok)
      yield* withStandalone(node, (client) =>
        Effect.gen(function* () {
          yield* client.executeMany(gets(10))
          const count = yield* until(countOf(ClientMetrics.commands, { node: node.address }), (n) => n > 0)
          expect(count).toBe(10)
        })
      )
    })
  )

  metered("bear the labels of the fiber that made the client", () =>
    Effect.gen(function* () {
      const node = yield* answering(Resp.ok)
      const inShop = Effect.tagMetrics("app", "shop")
      const count = countOf(ClientMetrics.commands, { node: node.address })
      yield* inShop(withStandalone(node, (client) => client.execute("GET", "a")))
      expect(yield* inShop(count)).toBe(1)
      expect(yield* count).toBe(0)
    })
  )

  metered("name their unit", () =>
    Effect.gen(function* () {
      yield* samplesOf(ClientMetrics.latency, {})
      const names = (yield* Metric.snapshot).map(({ metricKey }) => metricKey.name)
      expect(names).toContain("redis_client_latency")
      expect(
        (yield* Metric.snapshot)
          .filter(({ metricKey }) => metricKey.name === "redis_client_latency")
          .every(({ metricKey }) =>
            metricKey.tags.some(({ key, value }) => key === "time_unit" && value === "milliseconds")
          )
      ).toBe(true)
    })
  )
})

describe("log lines", () => {
  metered("tell of a topology learnt, of one not to be had, and of a failover", () =>
    Effect.gen(function* () {
      const recorder = makeTelemetryRecorder()
      const cluster = yield* FakeCluster.make(2)
      const [first, second] = cluster.nodes
      const range = (master: FakeNode, replica: FakeNode) => [
        {
          first: 0,
          last: 16383,
          nodes: [
            { host: master.host, port: master.port, id: "a".repeat(40) },
            { host: replica.host, port: replica.port, id: "b".repeat(40) }
          ]
        }
      ]
      const announce = (master: FakeNode, replica: FakeNode): void => {
        for (const node of cluster.nodes) node.slots = range(master, replica)
      }
      announce(first, second)
      yield* withCluster(cluster, (client) =>
        Effect.gen(function* () {
          announce(second, first)
          yield* client.refreshTopology
          cluster.script = ([name]) => (name === "CLUSTER" ? Resp.simpleError("ERR not now") : undefined)
          yield* Effect.flip(client.refreshTopology)
        })
      ).pipe(Effect.provide(recorder.layer))
      const learnt = { level: "DEBUG", message: "topology learnt", annotations: { masters: 1, nodes: 2 } }
      expect(recorder.lines).toEqual([
        learnt,
        learnt,
        { level: "WARN", message: "a replica has taken over", annotations: { node: second.address } },
        {
          level: "DEBUG",
          message: "topology not to be had",
          annotations: { node: expect.stringContaining("127.0.0.1:"), kind: "TopologyError" }
        }
      ])
    })
  )

  metered("tell once of a node that has stopped answering", () =>
    Effect.gen(function* () {
      const recorder = makeTelemetryRecorder()
      const cluster = yield* FakeCluster.make(2, ([name]) => (name === "GET" ? "silence" : undefined))
      const node = cluster.nodes[cluster.ownerOfKey("a")]
      const told = () => recorder.lines.filter(({ message }) => message.startsWith("no reply for a while"))
      yield* withCluster(cluster, (client) =>
        Effect.gen(function* () {
          yield* Effect.fork(client.execute("GET", "a"))
          yield* until(Effect.sync(told), (lines) => lines.length > 0)
          // Two more looks at the node.
          yield* Effect.sleep("600 millis")
        })
      ).pipe(Effect.provide(recorder.layer))
      expect(told()).toEqual([
        {
          level: "DEBUG",
          message: expect.stringContaining("no reply for a while"),
          annotations: { node: node.address }
        }
      ])
    })
  )
})
