import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { calculateSlot } from "../../../../src/protocol/HashSlot.ts"
import { answerOf, startTestServers, THREE_MASTERS_WITH_REPLICAS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

/** A failover takes the node timeout and an election, on a busy machine more. */
const PATIENCE_MILLISECONDS = 60_000
const SCRIPT = "return redis.call('GET', KEYS[1])"

describe("behind the proxy", () => {
  it.scopedLive(
    "a master that stops answering is left: clients see no error for what only reads, and subscriptions go on",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const proxy = yield* startProxy(cluster)
        const [client, subscriber, waiting] = [
          yield* connectPlain(proxy.port),
          yield* connectPlain(proxy.port),
          yield* connectPlain(proxy.port)
        ]
        // The master that all subscriptions are at, and a key of it.
        const [master] = cluster.masters.toSorted((a, b) => (a.address < b.address ? -1 : 1))
        const key = Array.from({ length: 100 }, (_, index) => `key:${index}`).find(
          (name) => cluster.masterOf(calculateSlot(name)) === master
        )!
        yield* client.ask("SET", key, "kept")
        expect(yield* client.ask("WAIT", 1, 5000)).toBe(1)
        const digest = String(yield* client.ask("SCRIPT", "LOAD", SCRIPT))
        expect(yield* subscriber.ask("SUBSCRIBE", "news")).toEqual(["subscribe", "news", 1])
        waiting.send("BLPOP", `{${key}}queue`, 0)
        yield* Effect.repeat(answerOf(master, "INFO", "clients"), {
          until: (info) => String(plain(info)).includes("blocked_clients:1")
        })
        yield* cluster.pause(master)
        expect(yield* client.ask("GET", key)).toBe("kept")
        expect(proxy.events.some(({ kind }) => kind === "TopologyChanged")).toBe(true)
        // What the promoted replica never heard of it is taught.
        expect(yield* client.ask("EVALSHA", digest, 1, key)).toBe("kept")
        // Messages are lost until the subscription stands anew; then they come again.
        yield* Effect.repeat(Effect.zipRight(client.ask("PUBLISH", "news", "again"), Effect.sleep(50)), {
          until: () => subscriber.replies.length > 1
        })
        expect((yield* subscriber.take(1)).map(plain)).toEqual([["message", "news", "again"]])
        yield* cluster.resume(master)
        // It may have taken an element with it, so the client is told.
        expect(String((yield* waiting.take(1)).map(plain)[0])).toMatch(/may have been executed|UNBLOCKED/)
      }),
    PATIENCE_MILLISECONDS
  )
})
