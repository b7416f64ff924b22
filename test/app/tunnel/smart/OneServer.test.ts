/** What clients' own test suites ask of one server, and a cluster with replicas would not answer by itself. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { calculateSlot } from "../../../../src/protocol/HashSlot.ts"
import { TestCluster, THREE_MASTERS_WITH_REPLICAS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

const SERVERS = { ...THREE_MASTERS_WITH_REPLICAS, config: [["enable-debug-command", "yes"]] as const }

layer(TestCluster.layer(SERVERS), { excludeTestServices: true })("one server", (it) => {
  it.scoped("has no replicas, no debugger, and no keys as soon as it has none", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      yield* client.ask("FLUSHALL")
      expect(yield* client.ask("ROLE")).toEqual(["master", expect.any(Number), []])
      expect(yield* client.ask("SCRIPT", "DEBUG", "NO")).toBe("OK")
      expect(yield* client.ask("SCAN", 0)).toEqual(["0", []])
      yield* client.ask("MSET", "a", 1, "b", 1, "c", 1)
      const [cursor, keys] = (yield* client.ask("SCAN", 0)) as [string, ReadonlyArray<string>]
      expect([cursor, keys.toSorted()]).toEqual(["0", ["a", "b", "c"]])
      // A page that is full leaves the rest for the next.
      const [next, first] = (yield* client.ask("SCAN", 0, "COUNT", 1)) as [string, ReadonlyArray<string>]
      expect([next === "0", first.length]).toEqual([false, 1])
      const [last, others] = (yield* client.ask("SCAN", next, "COUNT", 100)) as [
        string,
        ReadonlyArray<string>
      ]
      expect([last, [...first, ...others].toSorted()]).toEqual(["0", ["a", "b", "c"]])
    })
  )

  it.scoped("gives an error that a client asks for as it is", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      for (const error of ["LOADING fake", "READONLY fake", "MOVED 1 1.2.3.4:5"])
        expect(yield* client.ask("DEBUG", "ERROR", error)).toBe(`-${error}`)
    })
  )

  it.scoped("draws the latencies of whichever master has some", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      expect(yield* client.ask("CONFIG", "SET", "latency-monitor-threshold", 1)).toBe("OK")
      const slow = "for i = 1, 3000000 do local x = i end return KEYS[1]"
      for (const key of ["a", "b", "c"]) {
        yield* client.ask("LATENCY", "RESET")
        expect(yield* client.ask("LATENCY", "GRAPH", "command")).toMatch(/^-ERR No samples available/)
        expect(yield* client.ask("EVAL", slow, 1, key)).toBe(key)
        expect(yield* client.ask("LATENCY", "GRAPH", "command")).toMatch(/^command - high/)
      }
      yield* client.ask("CONFIG", "SET", "latency-monitor-threshold", 0)
    })
  )

  it.scoped("counts the prefixes that its clients track", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      const counted = Effect.map(other.ask("INFO", "clients", "stats"), (info) =>
        /tracking_clients:\d+|tracking_total_prefixes:\d+/g[Symbol.match](String(info))
      )
      yield* client.ask("HELLO", 3)
      yield* client.ask("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "a:", "PREFIX", "b:")
      yield* client.ask("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "c:")
      expect(yield* counted).toEqual(["tracking_clients:1", "tracking_total_prefixes:3"])
      yield* client.ask("CLIENT", "TRACKING", "OFF")
      expect(yield* counted).toEqual(["tracking_clients:0", "tracking_total_prefixes:0"])
    })
  )

  it.scoped("has subscribed a client before it reads what another publishes", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const other = yield* connectPlain(port)
      for (let round = 0; round < 5; round++) {
        const client = yield* connectPlain(port)
        yield* client.ask("PING")
        client.send("SUBSCRIBE", "news", "sports")
        expect(yield* other.ask("PUBLISH", "sports", "1")).toBe(round + 1)
        expect((yield* client.take(3)).map(plain)).toEqual([
          ["subscribe", "news", 1],
          ["subscribe", "sports", 2],
          ["message", "sports", "1"]
        ])
        // One that leaves while it is being subscribed keeps nobody waiting.
        const leaver = yield* connectPlain(port)
        yield* leaver.ask("PING")
        leaver.send("SUBSCRIBE", "news")
        leaver.socket.end()
        expect(yield* other.ask("PUBLISH", "none", "1")).toBe(0)
      }
    })
  )

  it.scoped("monitors for a client before it reads what another says", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const other = yield* connectPlain(port)
      yield* other.ask("PING")
      for (let round = 0; round < 5; round++) {
        const client = yield* connectPlain(port)
        yield* client.ask("PING")
        client.send("MONITOR")
        yield* other.ask("GET", "a")
        yield* other.ask("EVAL", "return redis.call('GET', KEYS[1])", 1, "b")
        const said = (yield* client.take(4)).map((line) => String(plain(line)).replace(/^.*?\] /, ""))
        expect(said).toEqual([
          "OK",
          '"GET" "a"',
          `"EVAL" "return redis.call('GET', KEYS[1])" "1" "b"`,
          '"GET" "b"'
        ])
        // What a script does stands before what its client says next.
        for (const key of ["c", "d"]) other.send("EVAL", "return redis.call('GET', KEYS[1])", 1, key)
        other.send("GET", "e")
        const names = (yield* client.take(5)).map((line) => /"(\w+)"/.exec(String(plain(line)))?.[1])
        expect(names).toEqual(["EVAL", "GET", "EVAL", "GET", "GET"])
        yield* other.take(3)
        client.socket.destroy()
      }
    })
  )

  it.scoped("behind a client that follows no redirection follows none either", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const { port } = yield* startProxy(cluster, {}, { maxRedirections: 0 })
      const client = yield* connectPlain(port)
      const slot = calculateSlot(Buffer.from("moving"))
      const from = cluster.masterOf(slot)
      expect(yield* client.ask("GET", "moving")).toBe(null)
      const move = yield* cluster.beginMove(
        slot,
        from,
        cluster.masters.find((master) => master !== from)!
      )
      expect(yield* client.ask("GET", "moving")).toMatch(/^-ERR too many redirections, the last: ASK /)
      yield* move.cancel
    })
  )
})
