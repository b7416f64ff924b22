/** The client of one server, and of one that turns out to belong to a cluster. */
import { describe, expect, it as plain, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { STANDALONE, startTestServers, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const connect = (options: Partial<ClusterOptions> = {}) =>
  Effect.flatMap(TestCluster, ({ seed }) => StandaloneClient.make({ seeds: [seed], ...options }))

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true, timeout: "60 seconds" })(
  "on one server",
  (it) => {
    for (const protocol of [2, 3] as const) {
      it.scoped(`RESP${protocol}: one by one, and many at once`, () =>
        Effect.gen(function* () {
          const client = yield* connect({ protocol })
          yield* client.execute("FLUSHALL")
          const keys = Array.from({ length: 5000 }, (_, index) => `key:${index}`)
          const written = yield* client.executeMany(keys.map((key) => ["SET", key, key]))
          expect(written.every((result) => Either.isRight(result) && result.right === Resp.ok)).toBe(true)
          const read = yield* client.executeMany(keys.map((key) => ["GET", key]))
          expect(read.map((result) => Resp.text(Either.getOrThrow(result)))).toEqual(keys)
          expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(5000))
          const many = yield* client.execute("MGET", ...keys)
          expect(Resp.elements(many)?.map(Resp.text)).toEqual(keys)
        })
      )
    }

    it.scoped("survives CLIENT KILL: what is safe is done, INCR is not done twice", () =>
      Effect.gen(function* () {
        const client = yield* connect()
        yield* client.execute("DEL", "counter")
        const { address } = (yield* client.topology).nodes[0]
        const killer = yield* client.connectTo(address)
        let acknowledged = 0
        let unknown = 0
        for (let turn = 0; turn < 10; turn++) {
          const results = yield* Effect.zipRight(
            killer.execute("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
            client.executeMany(Array.from({ length: 50 }, () => ["INCR", "counter"])),
            { concurrent: true }
          )
          for (const result of results) {
            if (Either.isRight(result)) acknowledged++
            else {
              expect(result.left).toMatchObject({ _tag: "ConnectionError", sent: "maybe" })
              unknown++
            }
          }
        }
        const counter = Number(Resp.text(yield* client.execute("GET", "counter")))
        expect(acknowledged + unknown).toBe(500)
        expect(counter).toBeGreaterThanOrEqual(acknowledged)
        expect(counter).toBeLessThanOrEqual(acknowledged + unknown)
        yield* client.execute("PING")
      })
    )

    it.scoped("waits for a server that starts anew", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const client = yield* connect()
        yield* client.execute("SET", "a", "1")
        yield* cluster.kill(cluster.masters[0])
        const pending = yield* Effect.fork(client.execute("INCR", "n"))
        yield* cluster.restart(cluster.masters[0])
        expect(yield* pending).toEqual(Resp.integer(1))
      })
    )
  }
)

describe("on a member of a cluster", () => {
  plain.scopedLive("MOVED is an error that says where the key is", () =>
    Effect.gen(function* () {
      const cluster = yield* startTestServers(THREE_MASTERS)
      const [first] = cluster.masters
      const client = yield* StandaloneClient.make({ seeds: [first.server] })
      const [own, foreign] = [0, 1].map((wanted) =>
        Array.from({ length: 100 }, (_, index) => `key:${index}`).find(
          (key) => (cluster.masterOf(calculateSlot(key)) === first) === (wanted === 0)
        )!
      )
      expect(yield* client.execute("SET", own, "1")).toEqual(Resp.ok)
      const error = yield* Effect.flip(client.execute("SET", foreign, "1"))
      const slot = calculateSlot(foreign)
      const owner = cluster.masterOf(slot)
      expect(error).toMatchObject({
        _tag: "MovedError",
        node: first.address,
        redirection: { slot, host: owner.server.host, port: owner.server.port }
      })
      expect(error.message).toBe(`${first.address}: SET: slot ${slot} has moved to ${owner.address}`)
    })
  )
})
