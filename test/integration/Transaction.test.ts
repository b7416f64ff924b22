/** Transactions and sessions on real servers. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as Redis from "../../src/client/Redis.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { session } from "../../src/client/transaction/Session.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { transaction } from "../../src/client/transaction/Transaction.ts"
import { text } from "../../src/protocol/Resp.ts"
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

const eventually = (condition: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.asVoid(Effect.repeat(condition, { until: (holds) => holds, schedule: Schedule.spaced("20 millis") }))

const connect = (
  cluster: TestServers,
  protocol: 2 | 3 = 3
): Effect.Effect<RedisCommands, never, Scope.Scope> => {
  const seeds = cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
  return Effect.orDie(
    (cluster.mode === "cluster" ? ClusterClient.make : StandaloneClient.make)({ seeds, protocol })
  )
}

/** Connections that are in the middle of MULTI, on all servers: by their flag, since Valkey says multi=0 ever after. */
const inMulti = (cluster: TestServers): Effect.Effect<number> =>
  Effect.map(
    Effect.forEach(cluster.nodes, (node) => answerOf(node, "CLIENT", "LIST")),
    (replies) => replies.flatMap((reply) => (text(reply) ?? "").match(/ flags=\w*x/g) ?? []).length
  )

for (const protocol of [3, 2] as const) {
  layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
    `three masters, RESP${protocol}`,
    (it) => {
      const setting = Effect.gen(function* () {
        const cluster = yield* TestCluster
        yield* cluster.flush
        return { cluster, client: yield* connect(cluster, protocol) }
      })

      it.scoped("commits, with typed results in order, and an error where one failed", () =>
        Effect.gen(function* () {
          const { client } = yield* setting
          const redis = Redis.make(client)
          const outcome = yield* transaction(client, { key: "{a}" }, () =>
            Effect.succeed([
              redis.set("{a}s", "text"),
              redis.incr("{a}n"),
              redis.lpush("{a}s", "x"),
              redis.get("{a}s"),
              redis.get("{a}none")
            ] as const)
          )
          if (outcome._tag === "Aborted") return expect.fail("aborted")
          const [, count, pushed, value, none] = outcome.results
          expect(count).toEqual(Either.right(1))
          expect(Either.isLeft(pushed) && pushed.left).toMatchObject({
            _tag: "RedisError",
            kind: "WRONGTYPE"
          })
          expect(value).toEqual(Either.right(Option.some("text")))
          expect(none).toEqual(Either.right(Option.none()))
        })
      )

      it.scoped("is aborted when another connection changes a watched key", () =>
        Effect.gen(function* () {
          const { client } = yield* setting
          const outcome = yield* transaction(client, { key: "w" }, (own) =>
            Effect.gen(function* () {
              yield* own.watch("w")
              yield* client.execute("SET", "w", "theirs")
              return [["SET", "w", "ours"]] as const
            })
          )
          expect(outcome).toEqual({ _tag: "Aborted" })
          expect(text(yield* client.execute("GET", "w"))).toBe("theirs")
        })
      )

      it.scoped("loses no update of many who watch, read and write the same key", () =>
        Effect.gen(function* () {
          const { client } = yield* setting
          const increment = transaction(client, { key: "n" }, (own) =>
            Effect.gen(function* () {
              yield* own.watch("n")
              const before = Number(text(yield* own.execute("GET", "n")) ?? 0)
              return [["SET", "n", before + 1]] as const
            })
          ).pipe(Effect.repeat({ until: (outcome) => outcome._tag === "Committed" }))
          yield* Effect.forEach(Array.from({ length: 8 }), () => Effect.repeatN(increment, 9), {
            concurrency: "unbounded"
          })
          expect(text(yield* client.execute("GET", "n"))).toBe("80")
        })
      )

      it.scoped("says which command was refused, and has executed none", () =>
        Effect.gen(function* () {
          const { client } = yield* setting
          const error = yield* Effect.flip(
            transaction(client, { key: "a" }, () =>
              Effect.succeed([
                ["SET", "a", "1"],
                ["GETSET", "a"]
              ] as const)
            )
          )
          expect(error).toMatchObject({ _tag: "ExecAbortError", command: "GETSET" })
          expect(text(yield* client.execute("GET", "a"))).toBeUndefined()
        })
      )

      it.scoped("follows a slot that has moved, and one on the move", () =>
        Effect.gen(function* () {
          const { client, cluster } = yield* setting
          const [first, second] = cluster.masters
          const slot = first.slots[0][0] + protocol
          const key = `{${slotTag(slot)}}`
          const run = transaction(client, { key }, (own) =>
            Effect.gen(function* () {
              yield* own.watch(key)
              const before = Number(text(yield* own.execute("GET", key)) ?? 0)
              return [
                ["SET", key, before + 1],
                ["INCR", `${key}n`]
              ] as const
            })
          )
          expect((yield* run)._tag).toBe("Committed")
          const move = yield* cluster.beginMove(slot, first, second)
          // Both keys still at the source, then both at the target, which is asked.
          expect((yield* run)._tag).toBe("Committed")
          yield* move.migrateKeys()
          expect((yield* run)._tag).toBe("Committed")
          expect(text(yield* answerOf(second, "CLUSTER", "COUNTKEYSINSLOT", slot))).toBe("2")
          yield* move.finish
          expect((yield* run)._tag).toBe("Committed")
          expect(text(yield* client.execute("GET", key))).toBe("4")
          expect(text(yield* client.execute("GET", `${key}n`))).toBe("4")
          yield* cluster.moveSlot(slot, second, first)
        })
      )

      it.scoped("waits while the keys are divided between two nodes", () =>
        Effect.gen(function* () {
          const { client, cluster } = yield* setting
          const [first, second] = cluster.masters
          const slot = first.slots[0][0] + 10 + protocol
          const key = `{${slotTag(slot)}}`
          yield* client.execute("MSET", `${key}a`, "1", `${key}b`, "1")
          const move = yield* cluster.beginMove(slot, first, second)
          yield* move.migrateKeys(1)
          const waiting = yield* Effect.fork(
            transaction(client, { key }, () =>
              Effect.succeed([
                ["INCR", `${key}a`],
                ["INCR", `${key}b`]
              ] as const)
            )
          )
          yield* Effect.sleep("150 millis")
          yield* move.finish
          const outcome = yield* Fiber.join(waiting)
          expect(outcome).toMatchObject({
            _tag: "Committed",
            results: [Either.right({ value: 2 }), Either.right({ value: 2 })]
          })
          yield* cluster.moveSlot(slot, second, first)
        })
      )

      it.scoped("leaves no connection in MULTI when it is interrupted", () =>
        Effect.gen(function* () {
          const { client, cluster } = yield* setting
          yield* Effect.forEach(
            Array.from({ length: 40 }, (_, index) => index),
            (index) =>
              transaction(client, { key: "i" }, (own) =>
                Effect.as(
                  own.watch("i"),
                  Array.from({ length: 500 }, () => ["INCR", "i"] as const)
                )
              ).pipe(Effect.ignore, Effect.timeoutOption(index / 4)),
            { concurrency: 8 }
          )
          expect(yield* inMulti(cluster)).toBe(0)
          const outcome = yield* transaction(client, { key: "i" }, () =>
            Effect.succeed([["SET", "i", "0"]] as const)
          )
          expect(outcome._tag).toBe("Committed")
        })
      )
    }
  )
}

describe("session", () => {
  it.scopedLive(
    "waits for the replicas of its own writes, and goes on after a failover",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const client = yield* connect(cluster)
        const key = `{${slotTag(cluster.masters[0].slots[0][0])}}`
        const write = session(client, { key }, (own) =>
          Effect.zipRight(own.execute("SET", key, "v"), own.execute("WAIT", 1, 2000))
        )
        expect((yield* write).value).toBe(1)
        yield* cluster.kill(cluster.masters[0])
        const outcome = yield* transaction(client, { key }, (own) =>
          Effect.zipRight(own.watch(key), Effect.succeed([["GET", key]] as const))
        )
        expect(outcome).toMatchObject({ _tag: "Committed" })
      }),
    60_000
  )

  it.scopedLive("keeps its database to itself, on one server, where slots do not matter", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE)
      const client = yield* connect(servers)
      yield* session(client, { key: "a" }, (own) =>
        Effect.zipRight(own.execute("SELECT", 3), own.execute("SET", "a", "three"))
      )
      const [info] = yield* session(client, { key: "a" }, (own) => own.executeMany([["CLIENT", "INFO"]]))
      expect(Either.map(info, text).pipe(Either.getOrThrow)).toContain(" db=0 ")
      expect(text(yield* client.execute("GET", "a"))).toBeUndefined()
      const outcome = yield* transaction(client, { key: "a" }, () =>
        Effect.succeed([
          ["SET", "a", "1"],
          ["SET", "b", "2"]
        ] as const)
      )
      expect(outcome._tag).toBe("Committed")
      yield* eventually(Effect.map(inMulti(servers), (count) => count === 0))
    })
  )
})
