import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, type PlainClient, plain, type RunningProxy, startProxy } from "./ProxyFixture.ts"

const READS = "#!lua flags=no-writes\nreturn redis.call('GET', KEYS[1])"
const LIBRARY = [
  "#!lua name=pausing",
  "redis.register_function{function_name='reads', callback=function() return 'read' end, flags={'no-writes'}}",
  "redis.register_function('writes', function(keys) return redis.call('INCR', keys[1]) end)"
].join("\n")
const LONG = "600000"

const send = ({ port }: RunningProxy, ...commands: ReadonlyArray<ReadonlyArray<string>>) =>
  Effect.map(connectPlain(port), (client) => {
    for (const words of commands) client.send(...words)
    return client
  })

/** Waits until so many of the proxy's clients wait. */
const untilBlocked = (client: PlainClient, count: number): Effect.Effect<unknown> =>
  Effect.repeat(client.ask("INFO", "clients"), {
    until: (info) => String(info).includes(`blocked_clients:${count}\r\n`)
  })

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("CLIENT PAUSE", (it) => {
  it.scoped("of writes lets everything through that reads, and nothing else, until it is over", () =>
    Effect.gen(function* () {
      const proxy = yield* startProxy(yield* TestCluster)
      const client = yield* connectPlain(proxy.port)
      yield* client.ask("SET", "a", "1")
      yield* client.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY)
      const digest = String(yield* client.ask("SCRIPT", "LOAD", READS))
      // The proxy knows it, the nodes do not.
      yield* client.ask("SCRIPT", "FLUSH")
      yield* client.ask("EVAL", READS, "1", "b")
      expect(yield* client.ask("CLIENT", "PAUSE", LONG, "WRITE")).toBe("OK")
      expect(yield* client.ask("GET", "a")).toBe("1")
      expect(yield* client.ask("EVAL", READS, "1", "a")).toBe("1")
      expect(yield* client.ask("EVALSHA", digest, "1", "c")).toBe(null)
      expect(yield* client.ask("FCALL", "reads", "0")).toBe("read")
      expect(yield* client.ask("SET", "a")).toBe("-ERR wrong number of arguments for 'set' command")
      const transaction = yield* send(proxy, ["MULTI"], ["GET", "a"], ["EVAL", READS, "1", "a"], ["EXEC"])
      expect((yield* transaction.take(4)).map(plain)).toEqual(["OK", "QUEUED", "QUEUED", ["1", "1"]])
      const waiting = [
        yield* send(proxy, ["SET", "a", "2"]),
        yield* send(proxy, ["PUBLISH", "channel", "message"]),
        yield* send(proxy, ["EVAL", "return 3", "0"]),
        yield* send(proxy, ["FCALL", "writes", "1", "n"])
      ]
      yield* untilBlocked(client, waiting.length)
      expect(yield* client.ask("GET", "a")).toBe("1")
      expect(yield* client.ask("CLIENT", "UNPAUSE")).toBe("OK")
      const replies = yield* Effect.forEach(waiting, (each) => each.take(1))
      expect(replies.map(([reply]) => plain(reply))).toEqual(["OK", 0, 3, 1])
      yield* untilBlocked(client, 0)
    })
  )

  it.scoped("holds a transaction that writes, but not its queueing before", () =>
    Effect.gen(function* () {
      const proxy = yield* startProxy(yield* TestCluster)
      const client = yield* connectPlain(proxy.port)
      const writer = yield* send(proxy, ["MULTI"], ["SET", "a", "3"])
      yield* writer.take(2)
      yield* client.ask("CLIENT", "PAUSE", LONG, "WRITE")
      writer.send("EXEC")
      yield* untilBlocked(client, 1)
      yield* client.ask("CLIENT", "UNPAUSE")
      expect((yield* writer.take(1)).map(plain)).toEqual([["OK"]])
    })
  )

  it.scoped("within a transaction begins at its end, at all masters, and ends at all", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const proxy = yield* startProxy(cluster)
      const client = yield* connectPlain(proxy.port)
      yield* client.ask("FLUSHALL")
      yield* client.ask("CONFIG", "RESETSTAT")
      const ttl = ["PX", "50"]
      for (const words of [
        ["SET", "b", "1", ...ttl],
        ["MULTI"],
        ["SET", "a", "1", ...ttl],
        ["CLIENT", "PAUSE", LONG, "WRITE"],
        ["SET", "{a}2", "2"],
        ["EXEC"]
      ])
        client.send(...words)
      expect((yield* client.take(6)).map(plain).at(-1)).toEqual(["OK", "OK", "OK"])
      const writer = yield* send(proxy, ["SET", "{a}3", "3"])
      yield* untilBlocked(client, 1)
      // They are over, but no master takes them away.
      yield* Effect.repeat(client.ask("MGET", "a", "b"), { until: (values) => String(values) === "," })
      expect(String(yield* client.ask("INFO", "stats"))).toContain("expired_keys:0\r\n")
      yield* client.ask("CLIENT", "UNPAUSE")
      expect((yield* writer.take(1)).map(plain)).toEqual(["OK"])
      yield* client.ask("MGET", "a", "b")
      expect(String(yield* client.ask("INFO", "stats"))).toContain("expired_keys:2\r\n")
    })
  )
})
