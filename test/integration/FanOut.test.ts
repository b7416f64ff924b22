/** Commands on several nodes, on a real cluster. */
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArgument } from "../../src/protocol/Resp.ts"
import { TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const withClient = <A, E>(use: (client: RedisCommands) => Effect.Effect<A, E, TestCluster>) =>
  Effect.gen(function* () {
    const cluster = yield* TestCluster
    yield* cluster.flush
    const seeds = cluster.nodes.map(({ server: { host, port } }) => ({ host, port }))
    return yield* Effect.scoped(Effect.flatMap(ClusterClient.make({ seeds }), use))
  })

/** Plain values, for comparison. */
const plain = (value: Resp.RespValue): unknown => {
  const elements = Resp.elements(value)
  return elements === undefined ? (Resp.text(value) ?? null) : elements.map(plain)
}

const run = (client: RedisCommands, ...command: readonly [string, ...Array<CommandArgument>]) =>
  Effect.map(client.execute(...command), plain)

const KEYS = Array.from({ length: 200 }, (_, index) => `key:${index}`)

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true, timeout: "60 seconds" })(
  "on three masters",
  (it) => {
    describe("commands on many keys", () => {
      it.effect("MSET, MGET, EXISTS, TOUCH, DEL and UNLINK reach every slot, in order", () =>
        withClient((client) =>
          Effect.gen(function* () {
            expect(yield* run(client, "MSET", ...KEYS.flatMap((key) => [key, `value of ${key}`]))).toBe("OK")
            expect(yield* run(client, "MGET", "missing", ...KEYS)).toEqual([
              null,
              ...KEYS.map((key) => `value of ${key}`)
            ])
            expect(yield* run(client, "EXISTS", ...KEYS, "missing")).toBe("200")
            expect(yield* run(client, "TOUCH", ...KEYS)).toBe("200")
            expect(yield* run(client, "DEL", ...KEYS.slice(0, 150), "missing")).toBe("150")
            expect(yield* run(client, "UNLINK", ...KEYS)).toBe("50")
          })
        )
      )

      it.effect("MSETNX is never split", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(client.execute("MSETNX", "a", 1, "b", 2))
            expect(error._tag).toBe("CrossSlotError")
            expect(yield* run(client, "EXISTS", "a", "b")).toBe("0")
          })
        )
      )

      it.effect("a group whose slot is on the move is divided, and every key found", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const cluster = yield* TestCluster
            const keys = Array.from({ length: 10 }, (_, index) => `{moving}${index}`)
            const slot = calculateSlot(keys[0])
            const source = cluster.masterOf(slot)
            const target = cluster.masters.find((node) => node !== source)!
            yield* run(client, "MSET", ...keys.flatMap((key) => [key, `old ${key}`]))
            const move = yield* cluster.beginMove(slot, source, target)
            yield* move.migrateKeys(4)
            // New keys are created at the target, since they are not at the source any more.
            const more = [...keys, "{moving}new"]
            expect(yield* run(client, "MGET", ...more)).toEqual([...keys.map((key) => `old ${key}`), null])
            expect(yield* run(client, "MSET", ...more.flatMap((key) => [key, `new ${key}`]))).toBe("OK")
            expect(yield* run(client, "MGET", ...more)).toEqual(more.map((key) => `new ${key}`))
            expect(yield* run(client, "DEL", ...more)).toBe("11")
            yield* move.finish
            expect(yield* run(client, "EXISTS", ...more)).toBe("0")
          })
        )
      )
    })

    describe("commands without keys", () => {
      it.effect("DBSIZE, KEYS and FLUSHALL concern every master", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const cluster = yield* TestCluster
            yield* run(client, "MSET", ...KEYS.flatMap((key) => [key, 1]))
            const perMaster = yield* cluster.keysPerMaster
            expect(perMaster.every((count) => count > 0)).toBe(true)
            expect(yield* run(client, "DBSIZE")).toBe("200")
            expect(new Set((yield* run(client, "KEYS", "*")) as Array<string>)).toEqual(new Set(KEYS))
            expect(yield* run(client, "FLUSHALL")).toBe("OK")
            expect(yield* cluster.keysPerMaster).toEqual([0, 0, 0])
          })
        )
      )

      it.effect("a script loaded once is known at every key", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const digest = (yield* run(client, "SCRIPT", "LOAD", "return KEYS[1]")) as string
            expect(yield* run(client, "SCRIPT", "EXISTS", digest, "0".repeat(40))).toEqual(["1", "0"])
            for (const key of KEYS.slice(0, 20))
              expect(yield* run(client, "EVALSHA", digest, 1, key)).toBe(key)
          })
        )
      )

      it.effect("RANDOMKEY finds the only key there is", () =>
        withClient((client) =>
          Effect.gen(function* () {
            expect(yield* run(client, "RANDOMKEY")).toBe(null)
            yield* run(client, "SET", "only", 1)
            expect(yield* run(client, "RANDOMKEY")).toBe("only")
          })
        )
      )

      it.effect("INFO says of which node it speaks", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const cluster = yield* TestCluster
            const info = String(yield* run(client, "INFO", "server"))
            for (const { address } of cluster.masters) expect(info).toContain(`# Node ${address}\r\n`)
          })
        )
      )

      it.effect("an error reply of one node is the reply, and names the node", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const error = yield* Effect.flip(client.execute("CONFIG", "SET", "no-such-parameter", "1"))
            expect(error._tag).toBe("RedisError")
            expect(error.message).toMatch(/^127\.0\.0\.1:\d+: CONFIG: ERR /)
          })
        )
      )

      it.effect("executeOnEach gives every node's own reply", () =>
        withClient((client) =>
          Effect.gen(function* () {
            const cluster = yield* TestCluster
            const replies = yield* client.executeOnEach("masters", "SET", "{a}", 1)
            expect(replies.map(({ node }) => node).sort()).toEqual(
              cluster.masters.map(({ address }) => address).sort()
            )
            expect(
              replies
                .map(({ reply }) => (reply._tag === "Right" ? plain(reply.right) : reply.left._tag))
                .sort()
            ).toEqual(["MovedError", "MovedError", "OK"])
            expect(yield* client.executeOnEach("replicas", "PING")).toEqual([])
          })
        )
      )

      it.effect("what belongs to one connection or one node is refused before it is sent", () =>
        withClient((client) =>
          Effect.gen(function* () {
            for (const command of [
              ["SELECT", 1],
              ["MULTI"],
              ["SUBSCRIBE", "a"],
              ["CLUSTER", "RESET"],
              ["SCAN", 0]
            ] as const) {
              const error = yield* Effect.flip(client.execute(...(command as readonly [string])))
              expect([command[0], error._tag]).toEqual([command[0], "RoutingError"])
            }
          })
        )
      )
    })
  }
)
