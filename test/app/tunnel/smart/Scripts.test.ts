import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { calculateSlot } from "../../../../src/protocol/HashSlot.ts"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

const LIBRARY = [
  "#!lua name=wanderers",
  "redis.register_function('count', function(keys, args) return redis.call('INCR', args[1]) end)",
  "redis.register_function('both', function(keys, args)",
  "  redis.call('INCR', args[1])",
  "  return redis.call('INCR', args[2])",
  "end)"
].join("\n")
const LOUD_LIBRARY = [
  "#!lua name=loud",
  "redis.register_function('loud', function(keys, args)",
  "  redis.call('PUBLISH', 'channel', 'message')",
  "  return redis.call('INCR', args[1])",
  "end)"
].join("\n")
const NOT_LOCAL = "attempted to access a non local key"

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
  "a function that names no key",
  (it) => {
    it.scoped("runs where its key is, on RESP2 and RESP3, and writes once", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const client = yield* connectPlain((yield* startProxy(cluster)).port)
        yield* client.ask("FLUSHALL")
        yield* client.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY)
        const keys = cluster.masters.map((master) =>
          Array.from({ length: 100 }, (_, index) => `key:${index}`).find(
            (key) => cluster.masterOf(calculateSlot(key)) === master
          )!
        )
        for (const key of keys) expect(yield* client.ask("FCALL", "Count", "0", key)).toBe(1)
        yield* client.ask("HELLO", "3")
        for (const key of keys) expect(yield* client.ask("FCALL", "count", "0", key)).toBe(2)
        // No master has both keys. The first may have been written; twice it has not.
        for (const [index, key] of keys.entries()) {
          const other = keys[(index + 1) % keys.length]
          expect(yield* client.ask("FCALL", "both", "0", key, other)).toContain(NOT_LOCAL)
        }
        for (const key of keys) expect(yield* client.ask("GET", key)).toBe("3")
      })
    )

    it.scoped("is not tried again elsewhere when its library publishes", () =>
      Effect.gen(function* () {
        const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
        const subscriber = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
        yield* client.ask("FLUSHALL")
        yield* client.ask("FUNCTION", "LOAD", "REPLACE", LOUD_LIBRARY)
        yield* subscriber.ask("SUBSCRIBE", "channel")
        const keys = Array.from({ length: 10 }, (_, index) => `key:${index}`)
        const replies = yield* Effect.forEach(keys, (key) => client.ask("FCALL", "loud", "0", key))
        expect(replies.filter((reply) => String(reply).includes(NOT_LOCAL)).length).toBeGreaterThan(0)
        yield* client.ask("PUBLISH", "channel", "last")
        const heard = yield* subscriber.take(keys.length + 1)
        expect(plain(heard.at(-1))).toEqual(["message", "channel", "last"])
      })
    )
  }
)
