import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as fc from "fast-check"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import type { ClientError } from "../../src/client/ClusterError.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { connect, keyIn, keyOn, slotOn } from "./ClientFixture.ts"

type Result = Either.Either<RespValue, ClientError>

/** The reply's text, or the error's tag. */
const told = (result: Result): string | undefined =>
  Either.match(result, { onLeft: ({ _tag }) => _tag, onRight: (reply) => Resp.text(reply) })

const echo = (client: RedisCommands, count: number) =>
  client
    .executeMany(Array.from({ length: count }, (_, index) => ["SET", `key${index}`, String(index)]))
    .pipe(
      Effect.zipRight(client.executeMany(Array.from({ length: count }, (_, index) => ["GET", `key${index}`])))
    )

describe("executeMany", () => {
  it.scopedLive("gives the replies in the order of the commands, whichever node they come from", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      expect((yield* echo(client, 300)).map(told)).toEqual(
        Array.from({ length: 300 }, (_, index) => String(index))
      )
      for (const node of cluster.nodes) expect(node.received("GET").length).toBeGreaterThan(50)
      expect(yield* client.executeMany([])).toEqual([])
    })
  )

  it.scopedLive("takes fifty thousand, more than may await a reply at once, and loses none", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster, { maxPending: 20_000 })
      const count = 50_000
      const results = yield* client.executeMany(
        Array.from({ length: count }, (_, index) => ["SET", `key${index}`, String(index)])
      )
      expect(results).toHaveLength(count)
      expect(results.every((result) => Either.isRight(result) && result.right === Resp.ok)).toBe(true)
      expect(cluster.stores.reduce((sum, { entries }) => sum + entries.size, 0)).toBe(count)
      for (const { connections } of cluster.nodes) expect(connections.length).toBeLessThanOrEqual(1)
    })
  )

  it.scopedLive("fails one by one: errors are values beside the replies", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3, ([name, key]) =>
        name === "GET" && key === "bad" ? Resp.simpleError("WRONGTYPE wrong kind") : undefined
      )
      const client = yield* connect(cluster)
      const results = yield* client.executeMany([
        ["SET", "a", "1"],
        ["GET", "bad"],
        ["GET", "a"],
        ["RENAME", keyOn(cluster, 0), keyOn(cluster, 1)],
        ["SUBSCRIBE", "channel"],
        ["INCR", "a"]
      ])
      expect(results.map(told)).toEqual(["OK", "RedisError", "1", "CrossSlotError", "RoutingError", "2"])
      expect(cluster.received("RENAME")).toEqual([])
      expect(cluster.received("SUBSCRIBE")).toEqual([])
    })
  )

  it.scopedLive("sends those of one slot again in their order, whichever has to wait for longer", () =>
    Effect.gen(function* () {
      const refusals = new Map([
        ["SET", 2],
        ["INCR", 1]
      ])
      const cluster = yield* FakeCluster.make(2, ([name]) => {
        const left = refusals.get(name) ?? 0
        refusals.set(name, left - 1)
        return left > 0
          ? Resp.simpleError("TRYAGAIN Multiple keys request during rehashing of slot")
          : undefined
      })
      const client = yield* connect(cluster)
      const results = yield* client.executeMany([
        ["SET", "k", "1"],
        ["INCR", "k"]
      ])
      expect(results.map(told)).toEqual(["OK", "2"])
    })
  )

  it.scopedLive("commands of a slot that nobody serves wait together, and not each in its turn", () =>
    Effect.gen(function* () {
      const count = 100
      const cluster = yield* FakeCluster.make(2, ([name]) =>
        name === "INCR" ? Resp.simpleError("CLUSTERDOWN The cluster is down") : undefined
      )
      const client = yield* connect(cluster, { availabilityDeadline: "500 millis" })
      const [elapsed, results] = yield* Effect.timed(
        client.executeMany(Array.from({ length: count }, () => ["INCR", "k"]))
      )
      expect(results.map(told)).toEqual(new Array(count).fill("ClusterDownError"))
      expect(Duration.toSeconds(elapsed)).toBeLessThan(10)
    })
  )

  it.scopedLive("sends again only what has to be: the commands that were redirected", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const slots = Array.from({ length: 100 }, (_, index) => slotOn(cluster, 0, index))
      yield* client.executeMany(slots.map((slot) => ["SET", keyIn(slot), "0"]))
      const moving = slots.slice(0, 30)
      cluster.assign(moving, 1)
      cluster.beginMigration(slots[40], 1)
      cluster.migrateKey(keyIn(slots[40]))
      const results = yield* client.executeMany(slots.map((slot) => ["INCR", keyIn(slot)]))
      expect(results.map(told)).toEqual(Array(100).fill("1"))
      expect(cluster.nodes[0].received("INCR")).toHaveLength(100)
      expect(cluster.nodes[1].received("INCR")).toHaveLength(31)
    })
  )

  it.scopedLive("marks what may have been executed when a connection is lost, and repeats what may be", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const [lost, kept] = [slotOn(cluster, 0), slotOn(cluster, 1)]
      yield* client.executeMany([
        ["SET", keyIn(lost), "0"],
        ["SET", keyIn(kept), "0"]
      ])
      let isClosed = false
      cluster.script = ([name], _, node) => {
        if (name !== "INCR" || node !== 0 || isClosed) return undefined
        isClosed = true
        return "close"
      }
      const results = yield* client.executeMany([
        ["INCR", keyIn(kept)],
        ["INCR", keyIn(lost)],
        ["GET", keyIn(lost)],
        ["INCR", keyIn(kept)]
      ])
      expect(results.map(told)).toEqual(["1", "ConnectionError", "0", "2"])
      expect(Either.getLeft(results[1])).toMatchObject({ value: { sent: "maybe", command: "INCR" } })
      expect(cluster.nodes[0].received("INCR")).toHaveLength(1)
      isClosed = false
      const repeated = yield* client.withOptions({ idempotent: true }).executeMany([["INCR", keyIn(lost)]])
      expect(repeated.map(told)).toEqual(["1"])
    })
  )

  it.scopedLive("sends the commands for one node in their order", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 1)
      const results = yield* client.executeMany(
        Array.from({ length: 1000 }, (_, index): CommandArguments =>
          index % 2 === 0 ? ["INCR", key] : ["GET", key]
        )
      )
      expect(results.map(told)).toEqual(
        Array.from({ length: 1000 }, (_, index) => String(Math.floor(index / 2) + 1))
      )
    })
  )

  it.scopedLive("opens the connections it needs before it begins, once each", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      for (const node of cluster.nodes) node.destroyConnections()
      yield* echo(client, 100)
      for (const node of cluster.nodes) expect(node.openConnections).toBe(1)
    })
  )

  it.scopedLive("may itself be run many times at once", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const batches = yield* Effect.replicateEffect(echo(client, 50), 20, { concurrency: "unbounded" })
      for (const batch of batches) {
        expect(batch.map(told)).toEqual(Array.from({ length: 50 }, (_, index) => String(index)))
      }
    })
  )

  it.scopedLive("does what the commands one by one would do", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const key = fc.constantFrom("a", "b", "c", "d", "{a}e")
      const command: fc.Arbitrary<ReadonlyArray<string>> = fc.oneof(
        fc.tuple(fc.constant("INCR"), key),
        fc.tuple(fc.constant("GET"), key),
        fc.tuple(fc.constant("SET"), key, fc.constantFrom("1", "x")),
        fc.tuple(fc.constant("DEL"), key),
        fc.tuple(fc.constant("NOPE"), key)
      )
      const clear = (): void => cluster.stores.forEach(({ entries }) => entries.clear())
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
            clear()
            const single: Array<string | undefined> = []
            for (const [name, ...args] of commands) {
              single.push(told(await Effect.runPromise(Effect.either(client.execute(name, ...args)))))
            }
            clear()
            const many = await Effect.runPromise(client.executeMany(commands))
            expect(many.map(told)).toEqual(single)
          }),
          { numRuns: 40 }
        )
      )
    })
  )
})
