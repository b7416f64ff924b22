import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

const CROSS_SLOT = "-CROSSSLOT Keys in request don't hash to the same slot"

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("a session", (it) => {
  it.scoped("of a transaction queues at the node of the first key and executes there", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      for (const words of [
        ["SET", "{t}a", "1"],
        ["MULTI"],
        ["PING"],
        ["INCR", "{t}a"],
        ["GET", "{t}a"],
        ["EXEC"],
        ["GET", "{t}a"]
      ])
        client.send(...words)
      expect((yield* client.take(7)).map(plain)).toEqual([
        "OK",
        "OK",
        "QUEUED",
        "QUEUED",
        "QUEUED",
        ["PONG", 2, "2"],
        "2"
      ])
      expect(yield* client.ask("EXEC")).toBe("-ERR EXEC without MULTI")
      expect(yield* client.ask("DISCARD")).toBe("-ERR DISCARD without MULTI")
      expect(yield* client.ask("MULTI")).toBe("OK")
      expect(yield* client.ask("MULTI")).toBe("-ERR MULTI calls can not be nested")
      expect(yield* client.ask("WATCH", "x")).toBe("-ERR WATCH inside MULTI is not allowed")
      expect(yield* client.ask("EXEC")).toEqual([])
    })
  )

  it.scoped("is aborted by a command that is refused, or whose key is elsewhere", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      const aborted = "-EXECABORT Transaction discarded because of previous errors."
      yield* client.ask("MULTI")
      expect(yield* client.ask("SET", "a")).toBe("-ERR wrong number of arguments for 'set' command")
      expect(yield* client.ask("EXEC")).toBe(aborted)
      yield* client.ask("MULTI")
      expect(yield* client.ask("SET", "a", "1")).toBe("QUEUED")
      expect(yield* client.ask("SET", "b", "1")).toBe(CROSS_SLOT)
      expect(yield* client.ask("EXEC")).toBe(aborted)
      expect(yield* client.ask("GET", "a")).toBe(null)
      yield* client.ask("MULTI")
      yield* client.ask("SET", "a", "1")
      expect(yield* client.ask("DISCARD")).toBe("OK")
      expect(yield* client.ask("GET", "a")).toBe(null)
    })
  )

  it.scoped("that watches a key fails when another client changes it, and only then", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      const attempt = Effect.gen(function* () {
        yield* client.ask("MULTI")
        yield* client.ask("SET", "watched", "mine")
        return yield* client.ask("EXEC")
      })
      expect(yield* client.ask("WATCH", "watched")).toBe("OK")
      expect(yield* client.ask("GET", "watched")).toBe(null)
      expect(yield* attempt).toEqual(["OK"])
      yield* client.ask("WATCH", "watched")
      yield* other.ask("SET", "watched", "theirs")
      expect(yield* attempt).toBe(null)
      yield* client.ask("WATCH", "watched")
      yield* other.ask("SET", "watched", "theirs")
      expect(yield* client.ask("UNWATCH")).toBe("OK")
      expect(yield* attempt).toEqual(["OK"])
      expect(yield* client.ask("WATCH", "a", "b")).toBe(CROSS_SLOT)
    })
  )

  it.scoped("that blocks keeps nobody else waiting, and ends with its client", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const { port } = yield* startProxy(cluster)
      const [waiting, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      const blocked = (count: string) =>
        Effect.repeat(other.ask("INFO", "clients"), {
          until: (info) => String(info).includes(`blocked_clients:${count}`)
        })
      waiting.send("BLPOP", "queue", 0)
      waiting.send("GET", "after")
      yield* blocked("1")
      yield* other.ask("SET", "after", "pushed")
      yield* other.ask("RPUSH", "queue", "item")
      expect((yield* waiting.take(2)).map(plain)).toEqual([["queue", "item"], "pushed"])
      expect(yield* waiting.ask("BLPOP", "queue", 0.01)).toBe(null)
      expect(yield* waiting.ask("XREAD", "BLOCK", 10, "STREAMS", "stream", "$")).toBe(null)
      const id = yield* waiting.ask("CLIENT", "ID")
      waiting.send("BLMOVE", "{q}a", "{q}b", "LEFT", "RIGHT", 0)
      yield* blocked("1")
      expect(yield* other.ask("CLIENT", "UNBLOCK", Number(id), "ERROR")).toBe(1)
      expect((yield* waiting.take(1)).map(plain)).toEqual(["-UNBLOCKED client unblocked via CLIENT UNBLOCK"])
      waiting.send("BLPOP", "queue", 0)
      yield* blocked("1")
      waiting.socket.destroy()
      yield* blocked("0")
      // A server that still had it waiting would give it the item.
      yield* other.ask("RPUSH", "queue", "kept")
      expect(yield* other.ask("LRANGE", "queue", 0, -1)).toEqual(["kept"])
      expect(yield* other.ask("WAIT", 0, 10)).toBe(0)
    })
  )

  it.scoped("that subscribes gets what is published, and only says what it may", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      client.send("SUBSCRIBE", "news", "sports")
      client.send("PSUBSCRIBE", "n*")
      expect((yield* client.take(3)).map(plain)).toEqual([
        ["subscribe", "news", 1],
        ["subscribe", "sports", 2],
        ["psubscribe", "n*", 3]
      ])
      expect(yield* other.ask("PUBLISH", "news", "1")).toBe(2)
      expect((yield* client.take(2)).map(plain)).toEqual([
        ["message", "news", "1"],
        ["pmessage", "n*", "news", "1"]
      ])
      expect(yield* other.ask("PUBSUB", "NUMSUB", "news", "none")).toEqual(["news", 1, "none", 0])
      expect(yield* other.ask("PUBSUB", "NUMPAT")).toBe(1)
      expect(yield* client.ask("GET", "a")).toBe(
        "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
      )
      expect(yield* client.ask("PING")).toEqual(["pong", ""])
      expect(yield* client.ask("UNSUBSCRIBE", "sports", "none")).toEqual(["unsubscribe", "sports", 2])
      expect((yield* client.take(1)).map(plain)).toEqual([["unsubscribe", "none", 2]])
      client.send("UNSUBSCRIBE")
      client.send("PUNSUBSCRIBE")
      client.send("PUNSUBSCRIBE")
      client.send("GET", "a")
      expect((yield* client.take(4)).map(plain)).toEqual([
        ["unsubscribe", "news", 1],
        ["punsubscribe", "n*", 0],
        ["punsubscribe", null, 0],
        null
      ])
      expect(yield* other.ask("PUBLISH", "news", "2")).toBe(0)
    })
  )

  it.scoped("of RESP3 is told by pushes, and goes on with its commands", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      expect(yield* client.ask("HELLO", 3)).toMatchObject({ proto: 3, mode: "standalone", role: "master" })
      client.send("SSUBSCRIBE", "a", "b", "c")
      expect((yield* client.take(3)).map(plain)).toEqual([
        { push: ["ssubscribe", "a", 1] },
        { push: ["ssubscribe", "b", 2] },
        { push: ["ssubscribe", "c", 3] }
      ])
      expect(yield* other.ask("SPUBLISH", "b", "1")).toBe(1)
      expect((yield* client.take(1)).map(plain)).toEqual([{ push: ["smessage", "b", "1"] }])
      expect(yield* client.ask("HSET", "{h}", "f", "v")).toBe(1)
      expect(yield* client.ask("HGETALL", "{h}")).toEqual({ f: "v" })
      expect(yield* client.ask("SUNSUBSCRIBE", "b")).toEqual({ push: ["sunsubscribe", "b", 2] })
    })
  )

  it.scoped("is told of the keys of every master", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      yield* other.ask("CONFIG", "SET", "notify-keyspace-events", "KA")
      expect(yield* client.ask("PSUBSCRIBE", "__keyspace@*")).toEqual(["psubscribe", "__keyspace@*", 1])
      for (const key of ["a", "b", "c"]) yield* other.ask("SET", key, "1")
      const told = (yield* client.take(3)).map(plain)
      expect(told).toHaveLength(3)
      expect(new Set(told.map((message) => JSON.stringify(message)))).toEqual(
        new Set(
          ["a", "b", "c"].map((key) =>
            JSON.stringify(["pmessage", "__keyspace@*", `__keyspace@0__:${key}`, "set"])
          )
        )
      )
      yield* other.ask("CONFIG", "SET", "notify-keyspace-events", "")
      yield* other.ask("DEL", "a", "b", "c")
    })
  )
})
