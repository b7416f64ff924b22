/** The client of a real cluster: every key where it belongs, through lost connections. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import { slotRanges, uncoveredSlots } from "../../src/protocol/ClusterTopology.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { answerOf, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const connect = (options: Partial<ClusterOptions> = {}) =>
  Effect.flatMap(TestCluster, ({ seed }) => ClusterClient.make({ seeds: [seed], ...options }))

const KEYS = Array.from({ length: 3000 }, (_, index) => `key:${index}`)

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true, timeout: "60 seconds" })(
  "on three masters",
  (it) => {
    it.scoped("finds out who serves what", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const client = yield* connect()
        const topology = yield* client.topology
        expect(uncoveredSlots(topology)).toBe(0)
        for (const master of cluster.masters) {
          const node = topology.nodes.find(({ id }) => id === master.id)!
          expect(node).toMatchObject({ address: master.address, role: "master" })
          expect(slotRanges(topology, node)).toEqual(master.slots)
        }
      })
    )

    for (const protocol of [2, 3] as const) {
      it.scoped(`RESP${protocol}: each key is at its master, and read back`, () =>
        Effect.gen(function* () {
          const cluster = yield* TestCluster
          yield* cluster.flush
          const client = yield* connect({ protocol })
          const written = yield* client.executeMany(KEYS.map((key) => ["SET", key, key]))
          expect(written.filter(Either.isLeft)).toEqual([])
          const expected = cluster.masters.map(
            (master) => KEYS.filter((key) => cluster.masterOf(calculateSlot(key)) === master).length
          )
          expect(yield* cluster.keysPerMaster).toEqual(expected)
          const read = yield* Effect.forEach(KEYS, (key) => client.execute("GET", key), {
            concurrency: "unbounded"
          })
          expect(read.map(Resp.text)).toEqual(KEYS)
        })
      )
    }

    it.scoped("asks for CLUSTER SHARDS where it may not ask for CLUSTER SLOTS", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const rules = ["on", ">secret", "~*", "&*", "+@all", "-cluster|slots"]
        for (const master of cluster.masters) yield* answerOf(master, "ACL", "SETUSER", "shards", ...rules)
        const client = yield* connect({
          credentials: { username: "shards", password: Redacted.make("secret") }
        })
        expect((yield* client.topology).nodes.map(({ id }) => id).sort()).toEqual(
          cluster.masters.map(({ id }) => id).sort()
        )
        const written = yield* client.executeMany(KEYS.map((key) => ["SET", key, key]))
        expect(written.filter(Either.isLeft)).toEqual([])
        expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(KEYS.length))
      })
    )

    it.scoped("routes by where the server has the keys", () =>
      Effect.gen(function* () {
        const client = yield* connect()
        for (let index = 0; index < 30; index++) {
          const key = `list:${index}`
          yield* client.execute("DEL", key)
          yield* client.execute("RPUSH", key, "a", "b")
          expect(yield* client.execute("EVAL", "return redis.call('LLEN', KEYS[1])", 1, key)).toEqual(
            Resp.integer(2)
          )
          expect(Resp.text(yield* client.execute("OBJECT", "ENCODING", key))).toMatch(/list/)
          expect((yield* client.execute("MEMORY", "USAGE", key))._tag).toBe("Integer")
          const stream = `stream:${index}`
          yield* client.execute("XADD", stream, "*", "field", "value")
          expect(Resp.isNull(yield* client.execute("XREAD", "COUNT", 1, "STREAMS", stream, 0))).toBe(false)
        }
      })
    )

    it.scoped("connects again after CLIENT KILL, and does no INCR twice", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        yield* cluster.flush
        const client = yield* connect()
        const counters = Array.from({ length: 30 }, (_, index) => `counter:${index}`)
        const outcome = { acknowledged: 0, unknown: 0, isOver: false }
        const worker = (counter: string) =>
          Effect.gen(function* () {
            while (!outcome.isOver) {
              const result = yield* Effect.either(client.execute("INCR", counter))
              if (Either.isRight(result)) outcome.acknowledged++
              else {
                expect(result.left).toMatchObject({ _tag: "ConnectionError", sent: "maybe" })
                outcome.unknown++
              }
            }
          })
        const workers = yield* Effect.forEach(counters, (counter) => Effect.fork(worker(counter)))
        for (let turn = 0; turn < 10; turn++) {
          yield* Effect.sleep("20 millis")
          for (const master of cluster.masters) yield* answerOf(master, "CLIENT", "KILL", "TYPE", "normal")
        }
        yield* Effect.sleep("1 millis").pipe(Effect.repeat({ until: () => outcome.acknowledged > 100 }))
        outcome.isOver = true
        yield* Fiber.joinAll(workers)
        const values = yield* client.executeMany(counters.map((counter) => ["GET", counter]))
        const total = values.reduce((sum, value) => sum + Number(Resp.text(Either.getOrThrow(value))), 0)
        expect(total).toBeGreaterThanOrEqual(outcome.acknowledged)
        expect(total).toBeLessThanOrEqual(outcome.acknowledged + outcome.unknown)
      })
    )

    it.scoped("leaves no connection at the servers when its layer closes", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const connections = Effect.forEach(cluster.masters, (master) =>
          Effect.map(
            answerOf(master, "CLIENT", "LIST", "TYPE", "normal"),
            (list) =>
              (Resp.text(list) ?? "").split("\n").filter((line) => line.includes("name=lifetime")).length
          )
        )
        yield* Effect.gen(function* () {
          const client = yield* ClusterClient
          yield* client.executeMany(KEYS.map((key) => ["GET", key]))
          yield* Effect.scoped(client.connectTo(cluster.masters[1].address))
          expect(yield* connections).toEqual([1, 2, 1])
        }).pipe(Effect.provide(ClusterClient.layer({ seeds: [cluster.seed], clientName: "lifetime" })))
        yield* Effect.repeat(connections, { until: (counts) => counts.every((count) => count === 0) })
      })
    )
  }
)
