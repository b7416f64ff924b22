/** A session of `cli` on real servers: the state it keeps, and what becomes of it when a connection is lost. */
import { expect, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import type { SessionReply } from "../../src/app/repl/session/CommandSession.ts"
import { findNodeForSlot } from "../../src/protocol/ClusterTopology.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { makeSession, plain, plainReply, until } from "../support/SessionFixture.ts"
import { answerOf, STANDALONE, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const messagesOf = (said: SessionReply) => {
  if (said._tag !== "Messages") throw new Error(`no messages but ${said._tag}`)
  return said.messages
}

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true, timeout: "60 seconds" })(
  "a session with one server",
  (it) => {
    const start = (settings?: Parameters<typeof makeSession>[1]) =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const session = yield* Effect.orDie(makeSession(servers.seed, settings))
        const killSession = Effect.gen(function* () {
          const before = session.notices.length
          yield* answerOf(servers.masters[0], "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
          yield* until(() => session.notices.length > before)
        })
        return { servers, session, server: servers.masters[0], killSession }
      })

    for (const protocol of [2, 3] as const) {
      it.scoped(`RESP${protocol}: transactions, as a server has them`, () =>
        Effect.gen(function* () {
          const { session } = yield* start({ protocol })
          expect(yield* session.say("EXEC")).toBe("-ERR EXEC without MULTI")
          expect(yield* session.say("MULTI")).toBe("OK")
          expect(session.state.transaction).toEqual({ length: 0, slot: undefined })
          expect(yield* session.say("SET a 1")).toBe("QUEUED")
          expect(yield* session.say("INCR a")).toBe("QUEUED")
          expect(session.state.transaction?.length).toBe(2)
          expect(yield* session.say("MULTI")).toMatch(
            /^-ERR (MULTI calls can not be nested|Command not allowed inside a transaction)$/
          )
          expect(yield* session.say("nonsense")).toMatch(/^-ERR unknown command/)
          expect(yield* session.say("EXEC")).toMatch(/^-EXECABORT/)
          expect(session.state.transaction).toBeUndefined()
          expect(yield* session.say("GET a")).toBeNull()
          yield* session.say("MULTI")
          yield* session.say("SET a 1")
          expect(yield* session.say("DISCARD")).toBe("OK")
          yield* session.say("WATCH a")
          yield* session.client.execute("SET", "a", "other")
          yield* session.say("MULTI")
          yield* session.say("SET a mine")
          expect(yield* session.say("EXEC")).toBeNull()
          expect(yield* session.say("GET a")).toBe("other")
        })
      )

      it.scoped(`RESP${protocol}: subscribes until it is interrupted, and goes on`, () =>
        Effect.gen(function* () {
          const { killSession, server, session } = yield* start({ protocol })
          yield* session.say("SELECT 3")
          const said = yield* session.execute(["SUBSCRIBE", "news", "more"])
          const seen: Array<unknown> = []
          const listening = yield* Effect.fork(
            Stream.runForEach(messagesOf(said), (value) => Effect.sync(() => seen.push(plain(value))))
          )
          yield* until(() => seen.length === 2)
          expect(seen).toEqual([
            ["subscribe", "news", 1],
            ["subscribe", "more", 2]
          ])
          yield* answerOf(server, "PUBLISH", "more", "hello")
          yield* until(() => seen.length === 3)
          expect(seen[2]).toEqual(["message", "more", "hello"])
          yield* answerOf(server, "CLIENT", "KILL", "TYPE", "pubsub")
          yield* until(() => seen.length === 5)
          expect(session.notices.join("\n")).toMatch(/connection was lost.*\n.*connected again/)
          yield* answerOf(server, "PUBLISH", "news", "again")
          yield* until(() => seen.length === 6)
          yield* Fiber.interrupt(listening)
          expect(yield* session.say("SET there 1")).toBe("OK")
          expect(plain(yield* answerOf(server, "PUBSUB", "CHANNELS"))).toEqual([])
          yield* killSession
          expect(yield* session.say("GET there")).toBe("1")
        })
      )
    }

    it.scoped("has its database and name again after the connection was lost, and says so", () =>
      Effect.gen(function* () {
        const { killSession, session } = yield* start({ database: 2 })
        yield* session.say("SELECT 5")
        yield* session.say("CLIENT SETNAME me")
        yield* session.say("SET five 5")
        expect(session.state).toMatchObject({ database: 5, isConnected: true })
        yield* killSession
        expect(session.state.isConnected).toBe(false)
        expect(yield* session.say("GET five")).toBe("5")
        expect(yield* session.say("CLIENT GETNAME")).toBe("me")
        expect(session.state.isConnected).toBe(true)
        expect(session.notices).toEqual([
          expect.stringMatching(/: the connection was lost: the connection was closed by the server$/),
          expect.stringMatching(/: connected again, database 5$/)
        ])
        yield* session.say("MULTI")
        yield* session.say("SELECT 6")
        yield* session.say("EXEC")
        expect(session.state.database).toBe(6)
      })
    )

    it.scoped("is tracked and not evicted again after the connection was lost, and says what is not", () =>
      Effect.gen(function* () {
        const { killSession, session } = yield* start({ protocol: 3 })
        const flags = Effect.map(
          session.execute(["CLIENT", "TRACKINGINFO"]),
          (said) => JSON.stringify(plainReply(said)).match(/"(on|off|bcast|noloop)"/g) ?? []
        )
        expect(yield* session.say("CLIENT TRACKING ON BCAST PREFIX a")).toBe("OK")
        expect(yield* session.say("CLIENT TRACKING ON BCAST PREFIX b")).toBe("OK")
        expect(yield* session.say("CLIENT TRACKING ON BCAST PREFIX ab")).toMatch(/^-ERR Prefix 'ab' overlaps/)
        expect(yield* session.say("CLIENT NO-EVICT ON")).toBe("OK")
        yield* killSession
        expect(yield* flags).toEqual(['"on"', '"bcast"'])
        const info = JSON.stringify(plainReply(yield* session.execute(["CLIENT", "TRACKINGINFO"])))
        expect(info).toContain('"a","b"')
        expect(yield* session.say("CLIENT INFO")).toMatch(/ flags=\S*e/)
        expect(session.notices[1]).toMatch(/: connected again; keys that were read before are not tracked/)
        expect(session.notices).toHaveLength(2)
        expect(yield* session.say("CLIENT TRACKING OFF")).toBe("OK")
        yield* killSession
        expect(yield* flags).toEqual(['"off"'])
        expect(session.notices[3]).toMatch(/: connected again$/)
      })
    )

    it.scoped("executes nothing of a transaction whose connection was lost, and nothing after it", () =>
      Effect.gen(function* () {
        const { killSession, session } = yield* start()
        yield* session.say("MULTI")
        yield* session.say("SET a 1")
        yield* killSession
        expect(yield* session.say("SET b 1")).toMatch(/^-ERR the transaction was lost/)
        const results = yield* session.executeMany([
          ["SET", "c", "1"],
          ["SET", "d", "1"]
        ])
        expect(results.map((result) => plainReply(Either.getOrThrow(result)))).toEqual([
          expect.stringMatching(/^-ERR the transaction was lost/),
          expect.stringMatching(/^-ERR the transaction was lost/)
        ])
        expect(yield* session.say("EXEC")).toMatch(/^-EXECABORT the transaction was lost/)
        expect(yield* session.say("EXISTS a b c d")).toBe(0)
        yield* session.say("WATCH a")
        yield* killSession
        expect(yield* session.say("MULTI")).toMatch(/^-ERR the keys are not watched any more/)
        expect(session.state.transaction).toBeUndefined()
        expect(yield* session.say("MULTI")).toBe("OK")
      })
    )

    it.scoped("gives the connection up when a blocked command is interrupted", () =>
      Effect.gen(function* () {
        const { server, session } = yield* start()
        yield* session.say("SELECT 4")
        const waiting = yield* Effect.fork(session.say("BLPOP list 0"))
        const blocked = Effect.map(answerOf(server, "INFO", "clients"), (info) =>
          String(plain(info)).includes("blocked_clients:1")
        )
        yield* Effect.repeat(blocked, { until: (isBlocked) => isBlocked })
        yield* Fiber.interrupt(waiting)
        yield* Effect.repeat(blocked, { until: (isBlocked) => !isBlocked })
        expect(yield* session.say("RPUSH list a")).toBe(1)
        expect(yield* session.say("BLPOP list 0")).toEqual(["list", "a"])
        expect(session.state.database).toBe(4)
        expect(session.notices).toEqual([])
      })
    )

    it.scoped("keeps the replies to itself after CLIENT REPLY", () =>
      Effect.gen(function* () {
        const { session } = yield* start()
        const said = []
        for (const line of [
          "CLIENT REPLY SKIP",
          "SET a 1",
          "INCR a",
          "CLIENT REPLY OFF",
          "INCR a",
          "CLIENT REPLY SKIP",
          "INCR a",
          "CLIENT REPLY ON",
          "GET a"
        ])
          said.push(yield* session.say(line))
        expect(said).toEqual(["silence", "silence", 2, "silence", "silence", "silence", "silence", "OK", "4"])
      })
    )

    it.scoped("logs in as another user, also for what it connects to from then on", () =>
      Effect.gen(function* () {
        const { killSession, server, session } = yield* start()
        yield* answerOf(server, "ACL", "SETUSER", "alice", "on", ">secret", "~*", "&*", "+@all")
        expect(yield* session.say("AUTH alice wrong")).toMatch(/^-WRONGPASS/)
        expect(session.state.user).toBeUndefined()
        expect(yield* session.say("AUTH alice secret")).toBe("OK")
        expect(session.state.user).toBe("alice")
        expect(yield* session.say("ACL WHOAMI")).toBe("alice")
        expect(plain(yield* session.client.execute("ACL", "WHOAMI"))).toBe("alice")
        yield* killSession
        expect(yield* session.say("ACL WHOAMI")).toBe("alice")
        expect(yield* session.say("HELLO 3 AUTH default any SETNAME me")).toMatchObject({ proto: 3 })
        expect(session.state).toMatchObject({ user: undefined, protocol: 3 })
        expect(yield* session.say("CONFIG GET port")).toEqual({ port: String(server.server.port) })
        expect(yield* session.say("CLIENT GETNAME")).toBe("me")
        expect(yield* session.say("HELLO 2")).toEqual(expect.arrayContaining(["proto", 2]))
        expect(yield* session.say("CONFIG GET port")).toEqual(["port", String(server.server.port)])
      })
    )

    it.scoped("watches the server with MONITOR, and ends with an error that the server gives", () =>
      Effect.gen(function* () {
        const { server, session } = yield* start()
        const lines = messagesOf(yield* session.execute(["MONITOR"]))
        const seen: Array<string> = []
        const watching = yield* Effect.fork(
          Stream.runForEach(lines, (value) => Effect.sync(() => seen.push(String(plain(value)))))
        )
        yield* until(() => seen.length > 0)
        yield* answerOf(server, "SET", "seen", "1")
        yield* until(() => seen.some((line) => line.endsWith('"SET" "seen" "1"')))
        yield* Fiber.interrupt(watching)
        expect(seen[0]).toBe("OK")
        yield* answerOf(server, "ACL", "SETUSER", "bob", "on", "nopass", "~*", "+@all", "-subscribe")
        yield* session.say("AUTH bob any")
        const refused = yield* Stream.runCollect(messagesOf(yield* session.execute(["SUBSCRIBE", "a"])))
        expect(Chunk.toReadonlyArray(refused).map(plain)).toEqual([expect.stringMatching(/^-NOPERM/)])
      })
    )

    it.scoped("executes many in order, with their state among them", () =>
      Effect.gen(function* () {
        const { session } = yield* start()
        const lines = [
          "SET a 1",
          "INCR a",
          "MULTI",
          "INCR a",
          "INCR a",
          "EXEC",
          "SELECT 1",
          "GET a",
          "nonsense",
          "PING"
        ]
        const results = yield* session.executeMany(lines.map((line) => line.split(" ")))
        expect(results.map((result) => plainReply(Either.getOrThrow(result)))).toEqual([
          "OK",
          2,
          "OK",
          "QUEUED",
          "QUEUED",
          [3, 4],
          "OK",
          null,
          expect.stringMatching(/^-ERR unknown command/),
          "PONG"
        ])
      })
    )
  }
)

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true, timeout: "90 seconds" })(
  "a session with a cluster",
  (it) => {
    const start = (protocol: 2 | 3 = 2) =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        return {
          servers,
          session: yield* Effect.orDie(makeSession(servers.seed, { isCluster: true, protocol }))
        }
      })

    it.scoped("sends each command where its keys are, and says who answered", () =>
      Effect.gen(function* () {
        const { servers, session } = yield* start()
        for (const key of ["a", "b", "c", "d"]) {
          const slot = calculateSlot(key)
          expect(yield* session.execute(["SET", key, key])).toMatchObject({
            node: servers.masterOf(slot).address,
            slot
          })
          expect(session.state.node).toBe(servers.masterOf(slot).address)
        }
        expect(yield* session.say("MGET a b c d")).toEqual(["a", "b", "c", "d"])
        expect(yield* session.say("DBSIZE")).toBe(4)
        expect(yield* session.say("SELECT 1")).toMatch(/^-ERR SELECT is not allowed in cluster mode/)
        expect(yield* session.say("SINTER a b")).toMatch(/^-CROSSSLOT/)
        expect(yield* session.say("SCAN 0")).toMatch(/^-ERR SCAN: .*@HOST:PORT/)
        expect(yield* session.say("CLUSTER FAILOVER")).toMatch(/^-ERR CLUSTER: .*@HOST:PORT/)
        expect(yield* session.say("INFO server")).toContain("redis_version")
        expect(yield* session.say("nonsense")).toMatch(/^-ERR unknown command/)
        expect(yield* session.say("SET a 2")).toBe("OK")
        expect(yield* session.say("WAIT 0 100")).toBe(0)
        expect(yield* session.say("LPUSH a 1")).toMatch(/^-WRONGTYPE/)
      })
    )

    it.scoped("opens a transaction where its first key is, with what came before it", () =>
      Effect.gen(function* () {
        const { session } = yield* start()
        expect(yield* session.say("MULTI")).toBe("OK")
        expect(yield* session.say("PING first")).toBe("QUEUED")
        expect(yield* session.say("SET {x}1 one")).toBe("QUEUED")
        expect(session.state.transaction).toEqual({ length: 2, slot: calculateSlot("x") })
        expect(yield* session.say("GET {x}1")).toBe("QUEUED")
        expect(yield* session.say("EXEC")).toEqual(["first", "OK", "one"])
        yield* session.say("MULTI")
        expect(yield* session.say("EXEC")).toEqual([])
        yield* session.say("MULTI")
        yield* session.say("SET {x}1 two")
        expect(yield* session.say("SET {y}1 two")).toMatch(
          /^-CROSSSLOT the transaction is on slot 16287.*12222/
        )
        expect(yield* session.say("EXEC")).toMatch(/^-EXECABORT/)
        expect(yield* session.say("GET {x}1")).toBe("one")
        yield* session.say("WATCH {x}1")
        expect(yield* session.say("WATCH {y}1")).toMatch(/^-CROSSSLOT/)
        yield* session.client.execute("SET", "{x}1", "three")
        yield* session.say("MULTI")
        expect(session.state.transaction?.slot).toBe(calculateSlot("x"))
        yield* session.say("PING")
        yield* session.say("SET {x}1 four")
        expect(yield* session.say("EXEC")).toBeNull()
        expect(yield* session.say("DISCARD")).toBe("-ERR DISCARD without MULTI")
      })
    )

    it.scoped("follows a slot that moves, in commands and in subscriptions to its channel", () =>
      Effect.gen(function* () {
        const { servers, session } = yield* start(3)
        const key = "moving"
        const slot = calculateSlot(key)
        yield* session.say(`SET ${key} 1`)
        const seen: Array<unknown> = []
        const said = yield* session.execute(["SSUBSCRIBE", key])
        const listening = yield* Effect.fork(
          Stream.runForEach(messagesOf(said), (value) => Effect.sync(() => seen.push(plain(value))))
        )
        yield* until(() => seen.length === 1)
        const topology = yield* session.client.refreshTopology
        const from = servers.masters.find(
          ({ address }) => address === findNodeForSlot(topology, slot)?.address
        )!
        const to = servers.masters.find((node) => node !== from)!
        yield* servers.moveSlot(slot, from, to)
        expect(yield* session.say("MULTI")).toBe("OK")
        expect(yield* session.say("PING")).toBe("QUEUED")
        expect(yield* session.say(`GET ${key}`)).toBe("QUEUED")
        expect(session.state.transaction).toEqual({ length: 2, slot })
        expect(yield* session.say("EXEC")).toEqual(["PONG", "1"])
        expect(yield* session.say(`INCR ${key}`)).toBe(2)
        yield* until(() => seen.length === 3)
        expect(seen.slice(1)).toEqual([
          ["sunsubscribe", key, 0],
          ["ssubscribe", key, 1]
        ])
        expect(yield* session.say(`SPUBLISH ${key} hello`)).toBe(1)
        yield* until(() => seen.length === 4)
        expect(seen[3]).toEqual(["smessage", key, "hello"])
        yield* Fiber.interrupt(listening)
        yield* servers.moveSlot(slot, to, from)
      })
    )

    it.scoped("monitors every master, and executes many on all of them", () =>
      Effect.gen(function* () {
        const { servers, session } = yield* start()
        const lines = messagesOf(yield* session.execute(["MONITOR"]))
        const seen: Array<string> = []
        const watching = yield* Effect.fork(
          Stream.runForEach(lines, (value) => Effect.sync(() => seen.push(String(plain(value)))))
        )
        yield* until(() => seen.filter((line) => line === "OK").length === servers.masters.length)
        const keys = Array.from({ length: 30 }, (_, index) => `key:${index}`)
        const results = yield* session.executeMany(keys.map((key) => ["SET", key, key]))
        expect(results.every(Either.isRight)).toBe(true)
        yield* until(() => keys.every((key) => seen.some((line) => line.endsWith(`"SET" "${key}" "${key}"`))))
        yield* Fiber.interrupt(watching)
        expect(yield* session.say("HELLO 3")).toMatchObject({ proto: 3 })
        expect(yield* session.say("HGETALL none")).toEqual({})
      })
    )
  }
)
