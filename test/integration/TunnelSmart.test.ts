/** `tunn -c`: a cluster with TLS, a password and replicas, as clients that know nothing of clusters use it. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Redis as Ioredis } from "ioredis-6"
import { createClient } from "redis"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import {
  answerOf,
  startTestServers,
  TestCluster,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"
import { plainClient, startTunnel } from "../support/TunnelRun.ts"

const SERVERS = { ...THREE_MASTERS_WITH_REPLICAS, ...TLS_AND_PASSWORD }
const CLIENTS = 200
const KEYS = Array.from({ length: 200 }, (_, index) => `key:${index}`)

const ioredis = (port: number): Effect.Effect<Ioredis, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Ioredis({ port })),
    (client) => Effect.sync(() => client.disconnect())
  )

const nodeRedis = (port: number, RESP: 2 | 3) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = createClient({ url: `redis://127.0.0.1:${port}`, RESP })
      // It connects again by itself.
      client.on("error", () => {})
      return client.connect()
    }),
    (client) => Effect.sync(() => client.destroy())
  )

layer(TestCluster.layer(SERVERS), { excludeTestServices: true })("the cluster as one server", (it) => {
  it.scoped("ioredis: strings, pipelines, transactions, scripts, scans, blocking, pub/sub", () =>
    Effect.gen(function* () {
      const { port } = yield* startTunnel(yield* TestCluster)
      const client = yield* ioredis(port)
      const other = yield* ioredis(port)
      yield* Effect.promise(async () => {
        await client.flushall()
        const pipeline = client.pipeline()
        for (const key of KEYS) pipeline.set(key, `value of ${key}`)
        expect((await pipeline.exec())?.every(([error]) => error === null)).toBe(true)
        expect(await client.mget(...KEYS)).toEqual(KEYS.map((key) => `value of ${key}`))
        expect(await client.dbsize()).toBe(KEYS.length)
        expect((await client.keys("key:*")).sort()).toEqual(KEYS.toSorted())
        const scanned: Array<string> = []
        for await (const page of client.scanStream({ count: 50 })) scanned.push(...(page as Array<string>))
        expect([...new Set(scanned)].sort()).toEqual(KEYS.toSorted())
        expect(await client.multi().set("{t}a", "1").incr("{t}a").exec()).toEqual([
          [null, "OK"],
          [null, 2]
        ])
        client.defineCommand("addTo", {
          numberOfKeys: 1,
          lua: "return redis.call('INCRBY', KEYS[1], ARGV[1])"
        })
        const { addTo } = client as unknown as { addTo: (key: string, by: number) => Promise<number> }
        expect(await addTo.call(client, "{t}a", 5)).toBe(7)
        await other.watch("{t}a")
        await client.incr("{t}a")
        expect(await other.multi().set("{t}a", "lost").exec()).toBe(null)
        const popped = other.blpop("list", 0)
        await client.rpush("list", "x")
        expect(await popped).toEqual(["list", "x"])
        // The connection that waited is an ordinary one again.
        expect(await other.get("{t}a")).toBe("8")
        const heard = new Promise(
          (resolve) => void other.on("message", (channel, message) => resolve([channel, message]))
        )
        await other.subscribe("one", "two")
        while ((await client.publish("two", "hello")) === 0);
        expect(await heard).toEqual(["two", "hello"])
        await other.unsubscribe()
        expect(await other.ping()).toBe("PONG")
        expect(await client.del(...KEYS)).toBe(KEYS.length)
      })
    })
  )

  it.scoped("node-redis on RESP2 and RESP3 at once: the same, and hashes, sets, streams", () =>
    Effect.gen(function* () {
      const { port } = yield* startTunnel(yield* TestCluster)
      const two = yield* nodeRedis(port, 2)
      const three = yield* nodeRedis(port, 3)
      const subscriber = yield* nodeRedis(port, 3)
      yield* Effect.promise(async () => {
        await two.flushAll()
        await two.hSet("hash", { f: "v", n: "1.5" })
        expect(await three.hGetAll("hash")).toMatchObject({ f: "v", n: "1.5" })
        await three.zAdd("zset", [{ score: 1.5, value: "a" }])
        expect(await two.zScore("zset", "a")).toBe(1.5)
        expect(await three.zRangeWithScores("zset", 0, -1)).toMatchObject([{ value: "a", score: 1.5 }])
        const id = await two.xAdd("stream", "*", { f: "v" })
        expect(await three.xRange("stream", "-", "+")).toMatchObject([{ id, message: { f: "v" } }])
        expect(await three.multi().set("{t}a", "1").incr("{t}a").get("{t}a").exec()).toEqual(["OK", 2, "2"])
        expect(await two.mGet(["{t}a", "hash2", "absent"])).toEqual(["2", null, null])
        const keys = new Set<string>()
        for await (const page of three.scanIterator()) for (const key of page) keys.add(key)
        expect([...keys].sort()).toEqual(["hash", "stream", "zset", "{t}a"])
        const heard = new Promise(
          (resolve) => void subscriber.pSubscribe("ch*", (message) => resolve(message))
        )
        while ((await two.publish("ch1", "there")) === 0);
        expect(await heard).toBe("there")
        const blocked = three.duplicate()
        await blocked.connect()
        const popped = blocked.blPop("queue", 0)
        await two.lPush("queue", "x")
        expect(await popped).toMatchObject({ key: "queue", element: "x" })
        blocked.destroy()
        await expect(two.sendCommand(["NOSUCH"])).rejects.toThrow("unknown command")
        await expect(two.sendCommand(["RENAME", "a", "b"])).rejects.toThrow("CROSSSLOT")
      })
    })
  )

  it.scoped(`${CLIENTS} clients at once, coming and going, each with its own replies`, () =>
    Effect.gen(function* () {
      const tunnel = yield* startTunnel(yield* TestCluster, ["--metrics", "0"])
      const visit = (name: number) =>
        Effect.scoped(
          Effect.gen(function* () {
            const client = yield* plainClient(tunnel.port)
            const requests: Array<string> = []
            const replies: Array<string> = []
            for (let turn = 0; turn < 20; turn++) {
              const text = `${1000 + name}:${100 + turn}`
              requests.push(`SET visit:${text} ${text}`, `GET visit:${text}`)
              replies.push("+OK", `$${text.length}`, text)
            }
            const expected = `${replies.join("\r\n")}\r\n`
            expect(yield* client.ask(`${requests.join("\r\n")}\r\n`, expected)).toBe(expected)
          })
        )
      yield* Effect.forEach(Array.from({ length: CLIENTS * 3 }), (_, name) => visit(name), {
        concurrency: CLIENTS
      })
      const gone = Effect.promise(async () => {
        const text = await (await fetch(`http://${tunnel.metrics}/metrics`)).text()
        return (
          text.includes("redis_tunnel_clients 0\n") &&
          text.includes(`redis_tunnel_clients_accepted_total ${CLIENTS * 3}\n`)
        )
      })
      yield* Effect.repeat(gone, { until: (isEmpty) => isEmpty })
    })
  )

  it.scoped("malformed input, silence, and a client that does not read: nobody else notices", () =>
    Effect.gen(function* () {
      const tunnel = yield* startTunnel(yield* TestCluster, [
        "--idle-timeout",
        "1s",
        "--output-buffer",
        "1MB"
      ])
      const silent = yield* plainClient(tunnel.port)
      const deaf = yield* plainClient(tunnel.port)
      const other = yield* plainClient(tunnel.port)
      const value = "x".repeat(100_000)
      yield* other.ask(`*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$100000\r\n${value}\r\n`, "+OK\r\n")
      deaf.socket.pause()
      deaf.socket.write("GET large\r\n".repeat(1000))
      const broken = yield* plainClient(tunnel.port)
      broken.socket.write("PING\r\n*1\r\n$x\r\n")
      expect(yield* broken.end).toBe("+PONG\r\n-ERR Protocol error: invalid bulk length\r\n")
      const [, ended] = yield* tunnel.awaitLog(/client (\S+) closed: output buffer/)
      expect(ended).toMatch(/^127\.0\.0\.1:\d+$/)
      while (!silent.socket.destroyed) {
        expect(yield* other.ask("PING\r\n", "+PONG\r\n")).toBe("+PONG\r\n")
      }
    })
  )

  it.scoped("a script that does not end: others are told BUSY, and SCRIPT KILL ends it", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      for (const master of cluster.masters)
        yield* answerOf(master, "CONFIG", "SET", "busy-reply-threshold", 10)
      const tunnel = yield* startTunnel(cluster)
      const runner = yield* plainClient(tunnel.port)
      const other = yield* plainClient(tunnel.port)
      const endless = "while true do end"
      runner.socket.write(
        `*4\r\n$4\r\nEVAL\r\n$${endless.length}\r\n${endless}\r\n$1\r\n1\r\n$5\r\n{b}it\r\n`
      )
      let said = ""
      while (!said.startsWith("-BUSY")) said = yield* other.ask("GET {b}\r\n", "$-1\r\n")
      yield* other.until((received) => received.endsWith("\r\n"))
      expect(yield* other.ask("SCRIPT KILL\r\n", "+OK\r\n")).toBe("+OK\r\n")
      expect(yield* runner.until((received) => received.includes("\n"))).toContain("killed by user")
      expect(yield* other.ask("GET {b}\r\n", "$-1\r\n")).toBe("$-1\r\n")
    })
  )

  it.scoped("SIGTERM: what is in flight is answered, with status 0", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const tunnel = yield* startTunnel(cluster)
      const client = yield* plainClient(tunnel.port)
      yield* client.ask("PING\r\n", "+PONG\r\n")
      client.socket.write("SET drained 1\r\nGET drained\r\nBLPOP awaited 1\r\n")
      yield* client.until((received) => received.includes("$1\r\n1\r\n"))
      yield* tunnel.signal("SIGTERM")
      expect(yield* client.end).toBe("+PONG\r\n+OK\r\n$1\r\n1\r\n*-1\r\n")
      const end = yield* tunnel.end
      expect(end).toMatchObject({ status: 0, signal: null })
      // Connections that the proxy itself has closed are not told as lost.
      expect(end.stderr).not.toContain(" lost: ")
    })
  )
})

/** Counts with INCR until told to stop: what was acknowledged, what may have been done, per key. */
const countingCallers = (port: number, callers: number) => {
  const stopping = new AbortController()
  const acknowledged = new Map<string, number>()
  const perhaps = new Map<string, number>()
  const errors: Array<string> = []
  const add = (to: Map<string, number>, key: string): void => void to.set(key, (to.get(key) ?? 0) + 1)
  const call = async (caller: number): Promise<void> => {
    const client = new Ioredis({ port, retryStrategy: () => 50, maxRetriesPerRequest: 0 })
    client.on("error", () => {})
    for (let turn = 0; !stopping.signal.aborted; turn++) {
      const key = `count:${caller}:${turn % 30}`
      try {
        await client.incr(key)
        add(acknowledged, key)
      } catch (error) {
        errors.push((error as Error).message)
        add(perhaps, key)
      }
    }
    client.disconnect()
  }
  const done = Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
  return {
    acknowledged,
    perhaps,
    errors,
    total: () => [...acknowledged.values()].reduce((sum, count) => sum + count, 0),
    stop: () => {
      stopping.abort()
      return done
    }
  }
}

describe("a cluster that changes under load", () => {
  it.scopedLive(
    "a failover and slots that move: no write is lost or done twice, and errors are few and say so",
    () =>
      Effect.gen(function* () {
        const cluster = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const tunnel = yield* startTunnel(cluster)
        const callers = countingCallers(tunnel.port, 20)
        const more = (count: number) =>
          Effect.suspend(() => {
            const start = callers.total()
            return Effect.repeat(
              Effect.delay(
                Effect.sync(() => callers.total() - start),
                "20 millis"
              ),
              { until: (done) => done > count }
            )
          })
        yield* more(2000)
        const [first, second, victim] = cluster.masters
        yield* cluster.reshard(50, first, second)
        yield* more(2000)
        expect(callers.errors).toEqual([])
        yield* cluster.kill(victim)
        // Once keys of the dead master are written again, it is over.
        const lost = Array.from({ length: 30 }, (_, turn) => `count:0:${turn}`).find(
          (key) => cluster.masterOf(calculateSlot(key)) === victim
        )!
        const before = callers.acknowledged.get(lost) ?? 0
        yield* Effect.repeat(
          Effect.delay(
            Effect.sync(() => callers.acknowledged.get(lost) ?? 0),
            "50 millis"
          ),
          { until: (count) => count > before + 3 }
        )
        yield* more(2000)
        yield* Effect.promise(() => callers.stop())
        for (const error of callers.errors)
          expect(error).toMatch(/may have been executed|CLUSTERDOWN|LOADING/)
        expect(callers.errors.length).toBeLessThanOrEqual(20)
        const client = yield* ioredis(tunnel.port)
        for (const [key, count] of callers.acknowledged) {
          const value = Number(yield* Effect.promise(() => client.get(key)))
          // What a dead master had acknowledged and not replicated is gone with it; nothing is there twice.
          expect(value).toBeLessThanOrEqual(count + (callers.perhaps.get(key) ?? 0))
          if (cluster.masterOf(calculateSlot(key)) !== victim) {
            expect(value).toBe(count + (callers.perhaps.get(key) ?? 0))
          }
        }
      }),
    60_000
  )
})
