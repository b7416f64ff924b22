import { describe, expect, it, vi } from "@effect/vitest"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../../src/client/ClusterConfig.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import * as StandaloneClient from "../../../src/client/StandaloneClient.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { FakeNode } from "../../support/FakeNode.ts"
import { makeTelemetryRecorder, type TelemetryRecorder } from "./TelemetryRecorder.ts"

type Options = Omit<ClusterOptions, "seeds">

const recordCluster = <A, E>(
  cluster: FakeCluster,
  options: Options,
  use: (client: RedisCommands) => Effect.Effect<A, E>
): Effect.Effect<TelemetryRecorder, unknown> => {
  const recorder = makeTelemetryRecorder()
  return Effect.scoped(Effect.flatMap(ClusterClient.make({ seeds: cluster.seeds, ...options }), use)).pipe(
    Effect.provide(recorder.layer),
    Effect.as(recorder)
  )
}

const recordStandalone = <A, E>(
  node: FakeNode,
  options: Options,
  use: (client: RedisCommands) => Effect.Effect<A, E>
): Effect.Effect<TelemetryRecorder, unknown> => {
  const recorder = makeTelemetryRecorder()
  return Effect.scoped(Effect.flatMap(StandaloneClient.make({ seeds: [node], ...options }), use)).pipe(
    Effect.provide(recorder.layer),
    Effect.as(recorder)
  )
}

const at = (node: FakeNode): Record<string, unknown> => ({
  "server.address": node.host,
  "server.port": node.port,
  "network.peer.address": node.host,
  "network.peer.port": node.port
})

const REDIS = { "db.system.name": "redis", "db.namespace": "0" }

describe("spans of the client's own work", () => {
  it.scopedLive("connecting: of whom, and where that was found", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const recorder = makeTelemetryRecorder()
      yield* Effect.scoped(
        StandaloneClient.make({ seeds: [{ host: "localhost", port: node.port }], database: 3 })
      ).pipe(Effect.withSpan("request"), Effect.provide(recorder.layer))
      expect(recorder.attributesOf("redis.connect")).toEqual({
        ...REDIS,
        "db.namespace": "3",
        "db.operation.name": "CONNECT",
        ...at(node),
        "server.address": "localhost"
      })
      const [span] = recorder.named("redis.connect")
      expect(span.kind).toBe("client")
      expect(span.wasEnded).toBe(true)
      expect(Option.getOrThrow(span.parent).spanId).toBe(recorder.named("request")[0].spanId)
    })
  )

  it.scopedLive("connecting in vain: the error's type", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      yield* node.stop
      const recorder = makeTelemetryRecorder()
      yield* Effect.scoped(StandaloneClient.make({ seeds: [node] })).pipe(
        Effect.flip,
        Effect.provide(recorder.layer)
      )
      expect(recorder.attributesOf("redis.connect")).toEqual({
        ...REDIS,
        "db.operation.name": "CONNECT",
        "server.address": node.host,
        "server.port": node.port,
        "error.type": "ConnectionError.Connect"
      })
    })
  )

  it.scopedLive("asking for the topology: a trace of its own, linked to where it was asked for", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const recorder = yield* recordCluster(cluster, {}, (client) =>
        client.refreshTopology.pipe(Effect.withSpan("request"))
      )
      const [first, second] = recorder.named("redis.refreshTopology")
      expect(Object.fromEntries(first.attributes)).toEqual({
        "db.system.name": "redis",
        "db.operation.name": "CLUSTER SLOTS"
      })
      expect(Option.isNone(second.parent)).toBe(true)
      expect(second.links.map(({ span }) => span.spanId)).toEqual([recorder.named("request")[0].spanId])
      // The first question opens the connection that it is asked on.
      expect(Option.getOrThrow(recorder.named("redis.connect")[0].parent).spanId).toBe(first.spanId)
    })
  )
})

describe("spans of batches", () => {
  it.scopedLive("name the command that all of them are, and their node when it is one", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const recorder = yield* recordCluster(cluster, {}, (client) =>
        client.executeMany([
          ["GET", "{a}1"],
          ["GET", "{a}2"]
        ])
      )
      expect(recorder.attributesOf("BATCH GET")).toEqual({
        ...REDIS,
        "db.operation.name": "BATCH GET",
        "db.operation.batch.size": 2,
        ...at(cluster.nodes[cluster.ownerOfKey("{a}1")])
      })
      expect(recorder.named("BATCH GET")[0].kind).toBe("client")
    })
  )

  it.scopedLive("name no command when they differ, and no node when there are several", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const keys = ["a", "b", "c", "d", "e"]
      expect(new Set(keys.map((key) => cluster.ownerOfKey(key))).size).toBeGreaterThan(1)
      const recorder = yield* recordCluster(cluster, {}, (client) =>
        client.executeMany([["SET", "a", "1"], ...keys.map((key) => ["GET", key])])
      )
      expect(recorder.attributesOf("BATCH")).toEqual({
        ...REDIS,
        "db.operation.name": "BATCH",
        "db.operation.batch.size": 6
      })
    })
  )

  it.scopedLive("have no size when there is one command, and are none when there is none", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? Resp.ok : undefined))
      const recorder = yield* recordStandalone(node, {}, (client) =>
        Effect.zipRight(client.executeMany([]), client.executeMany([["GET", "a"]]))
      )
      expect(recorder.spans.map(({ name }) => name)).toEqual(["redis.connect", "GET"])
      expect(recorder.attributesOf("GET")).toEqual({ ...REDIS, "db.operation.name": "GET", ...at(node) })
    })
  )

  it.scopedLive("tell of the first command that failed", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, key]) =>
        name !== "GET"
          ? undefined
          : key === "a"
            ? Resp.ok
            : Resp.simpleError(key === "b" ? "WRONGTYPE Operation" : "OOM command")
      )
      const recorder = yield* recordStandalone(node, {}, (client) =>
        client.executeMany([
          ["GET", "a"],
          ["GET", "b"],
          ["GET", "c"]
        ])
      )
      expect(recorder.attributesOf("BATCH GET")).toMatchObject({
        "error.type": "WRONGTYPE",
        "db.response.status_code": "WRONGTYPE"
      })
    })
  )

  it.scopedLive("stand beside no span of a single command, unless asked for", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? Resp.ok : undefined))
      const recorder = yield* recordStandalone(node, {}, (client) =>
        Effect.zipRight(client.execute("GET", "a"), client.executeOn(node.address, "PING"))
      )
      expect(recorder.spans.map(({ name }) => name)).toEqual(["redis.connect"])
    })
  )
})

describe("spans of single commands", () => {
  const COMMANDS = { spans: "commands" } as const

  it.scopedLive("name the command and the node", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const recorder = yield* recordCluster(cluster, COMMANDS, (client) =>
        Effect.forEach(
          ["a", "b", "c"],
          (key) => client.withOptions({ idempotent: true }).execute("SET", key, "1"),
          { concurrency: 3 }
        ).pipe(Effect.withSpan("request"))
      )
      const spans = recorder.named("SET")
      expect(spans.map(({ attributes }) => Object.fromEntries(attributes))).toEqual(
        ["a", "b", "c"].map((key) => ({
          ...REDIS,
          "db.operation.name": "SET",
          ...at(cluster.nodes[cluster.ownerOfKey(key)])
        }))
      )
      const [request] = recorder.named("request")
      expect(spans.map(({ parent }) => Option.getOrThrow(parent).spanId)).toEqual(
        spans.map(() => request.spanId)
      )
    })
  )

  it.scopedLive("name the node that was contacted last, of those that a redirection led to", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const slot = calculateSlot("a")
      const target = 1 - cluster.owner(slot)
      const recorder = yield* recordCluster(cluster, COMMANDS, (client) =>
        Effect.gen(function* () {
          cluster.beginMigration(slot, target)
          yield* client.execute("GET", "a")
          cluster.finishMigration(slot)
          yield* client.execute("INCR", "a")
        })
      )
      expect(recorder.attributesOf("GET")).toMatchObject(at(cluster.nodes[target]))
      expect(recorder.attributesOf("INCR")).toMatchObject(at(cluster.nodes[target]))
    })
  )

  it.scopedLive("name the node that the caller has named", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const recorder = yield* recordCluster(cluster, COMMANDS, (client) =>
        client.executeOn(cluster.nodes[1].address, "PING")
      )
      expect(recorder.attributesOf("PING")).toEqual({
        ...REDIS,
        "db.operation.name": "PING",
        ...at(cluster.nodes[1])
      })
    })
  )

  it.scopedLive("take the peer's address from the address map", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const seed = { host: "redis.internal", port: 1 }
      const recorder = makeTelemetryRecorder()
      yield* Effect.scoped(
        Effect.flatMap(
          StandaloneClient.make({ seeds: [seed], addressMap: () => node, ...COMMANDS }),
          (client) => client.execute("PING")
        )
      ).pipe(Effect.provide(recorder.layer))
      expect(recorder.attributesOf("PING")).toMatchObject({
        ...at(node),
        "server.address": "redis.internal",
        "server.port": 1
      })
    })
  )

  it.scopedLive("tell of a failure by its type", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) =>
        name === "GET"
          ? Resp.simpleError("WRONGTYPE Operation against a key")
          : name === "INCR"
            ? "close"
            : undefined
      )
      const recorder = yield* recordStandalone(node, COMMANDS, (client) =>
        Effect.gen(function* () {
          yield* Effect.flip(client.execute("GET", "a"))
          yield* Effect.flip(client.execute("INCR", "a"))
          yield* Effect.flip(client.execute("SUBSCRIBE", "a"))
        })
      )
      expect(recorder.attributesOf("GET")).toMatchObject({
        "error.type": "WRONGTYPE",
        "db.response.status_code": "WRONGTYPE"
      })
      expect(recorder.attributesOf("INCR")["error.type"]).toBe("ConnectionError.Closed")
      expect(recorder.attributesOf("INCR")["db.response.status_code"]).toBeUndefined()
      expect(recorder.attributesOf("SUBSCRIBE")["error.type"]).toBe("RoutingError")
      const [{ status }] = recorder.named("GET")
      expect(status).toMatchObject({ _tag: "Ended", exit: { _tag: "Failure" } })
    })
  )

  it.scopedLive("end when their command is interrupted", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined))
      const recorder = yield* recordStandalone(node, COMMANDS, (client) =>
        client.execute("GET", "a").pipe(Effect.raceFirst(node.awaitCommand("GET")))
      )
      const [span] = recorder.named("GET")
      expect(span.wasEnded).toBe(true)
      expect(span.attributes.has("error.type")).toBe(false)
    })
  )
})

describe("without a tracer of the program's own", () => {
  it.scopedLive("no span is made", () =>
    Effect.gen(function* () {
      const tracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)
      const made = vi.spyOn(tracer, "span")
      yield* Effect.addFinalizer(() => Effect.sync(() => made.mockRestore()))
      const node = yield* FakeNode.make()
      const seeds = [node]
      const client = yield* StandaloneClient.make({ seeds, spans: "commands" })
      yield* client.execute("PING")
      yield* client.executeMany([["PING"], ["PING"]])
      expect(made).not.toHaveBeenCalled()
      yield* Effect.withSpan(Effect.void, "of the program")
      expect(made).toHaveBeenCalledOnce()
    })
  )
})
