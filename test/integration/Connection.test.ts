/** Connections to a server that is what it says: the handshake, its refusals, every type of reply. */
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionOptions } from "../../src/connection/ConnectionOptions.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import {
  answerOf,
  STANDALONE,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  TEST_PASSWORD,
  TestCluster
} from "../support/TestCluster.ts"

const connect = (options: Partial<ConnectionOptions> = {}) =>
  Effect.flatMap(TestCluster, ({ connectionOptions }) =>
    Connection.connect({ ...connectionOptions, ...options })
  )

const OPTIONS = { excludeTestServices: true, timeout: "60 seconds" } as const

layer(TestCluster.layer(STANDALONE), OPTIONS)("on a server", (it) => {
  describe("a connection", () => {
    for (const protocol of [2, 3] as const) {
      it.scoped(`speaks RESP${protocol}: text, bytes, numbers, null, lists, maps`, () =>
        Effect.gen(function* () {
          const connection = yield* connect({ protocol })
          expect(connection).toMatchObject({ version: protocol, mode: "standalone" })
          expect(connection.server).toMatch(/^redis \d+\.\d+\.\d+$/)
          const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
          expect(yield* connection.execute("SET", "bytes", bytes)).toEqual(Resp.ok)
          expect((yield* connection.execute("GET", "bytes")).value).toEqual(bytes)
          expect(yield* connection.execute("SET", "big", 2n ** 62n)).toEqual(Resp.ok)
          expect(yield* connection.execute("INCR", "big")).toEqual(Resp.integer(2n ** 62n + 1n))
          expect(Resp.isNull(yield* connection.execute("GET", "missing"))).toBe(true)
          yield* connection.execute("DEL", "hash")
          yield* connection.execute("HSET", "hash", "field", "value")
          expect((yield* connection.execute("HGETALL", "hash"))._tag).toBe(protocol === 3 ? "Map" : "Array")
          const error = yield* connection.execute("GET", "hash")
          expect(Resp.isError(error) && error.value).toMatch(/^WRONGTYPE/)
        })
      )
    }

    it.scoped("takes its name and its database with it", () =>
      Effect.gen(function* () {
        const connection = yield* connect({ clientName: "reports", database: 3 })
        yield* connection.execute("SET", "only-in-3", "1")
        const [name, list] = yield* connection.executeMany([
          ["CLIENT", "GETNAME"],
          ["CLIENT", "LIST", "ID", connection.clientId]
        ])
        expect(Resp.text(name)).toBe("reports")
        expect(Resp.text(list)).toMatch(/ name=reports .* db=3 /)
        const other = yield* connect()
        expect(Resp.isNull(yield* other.execute("GET", "only-in-3"))).toBe(true)
        const error = yield* Effect.flip(connect({ database: 4711 }))
        expect(error).toMatchObject({ reason: "Connect", sent: "no" })
        expect(error.detail).toBe("database 4711 cannot be selected: ERR DB index is out of range")
      })
    )

    it.scoped("carries a value of 64 MiB and ten thousand commands at once", () =>
      Effect.gen(function* () {
        const connection = yield* connect()
        const value = Buffer.alloc(64 * 1024 * 1024, "x")
        yield* connection.execute("SET", "large", value)
        expect(((yield* connection.execute("GET", "large")) as Resp.BulkString).value.length).toBe(
          value.length
        )
        const replies = yield* connection.executeMany(
          Array.from({ length: 10_000 }, (_, index) => ["ECHO", index])
        )
        expect(replies.map(Resp.text)).toEqual(Array.from({ length: 10_000 }, (_, index) => String(index)))
        yield* connection.execute("DEL", "large")
      })
    )

    it.scoped("waits as long as it takes with a command that blocks", () =>
      Effect.gen(function* () {
        const blocked = yield* connect({ commandTimeout: "100 millis" })
        const other = yield* connect()
        const fiber = yield* Effect.fork(blocked.executeBlocking(["BLPOP", "list", 0]))
        yield* Effect.sleep("300 millis")
        yield* other.execute("RPUSH", "list", "x")
        expect(Resp.elements(yield* Fiber.join(fiber))?.map(Resp.text)).toEqual(["list", "x"])
      })
    )

    it.scoped("is told when the server cuts it off", () =>
      Effect.gen(function* () {
        const victim = yield* connect()
        const other = yield* connect()
        const pending = yield* Effect.fork(Effect.flip(victim.executeBlocking(["BLPOP", "nothing", 0])))
        yield* Effect.repeat(other.execute("CLIENT", "LIST", "ID", victim.clientId), {
          until: (list) => (Resp.text(list) ?? "").includes("cmd=blpop")
        })
        yield* other.execute("CLIENT", "KILL", "ID", victim.clientId)
        expect(yield* Fiber.join(pending)).toMatchObject({
          reason: "Closed",
          sent: "maybe",
          command: "BLPOP"
        })
      })
    )

    it.scoped("notices a server that hangs", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const connection = yield* connect({ commandTimeout: "200 millis" })
        yield* Effect.acquireRelease(cluster.pause(cluster.masters[0]), () =>
          cluster.resume(cluster.masters[0])
        )
        const error = yield* Effect.flip(connection.execute("GET", "a"))
        expect(error).toMatchObject({ reason: "Timeout", sent: "maybe" })
        const late = yield* Effect.flip(connect({ connectTimeout: "200 millis" }))
        expect(late).toMatchObject({ reason: "Timeout", sent: "no", detail: "no answer within 200ms" })
      })
    )

    it.scoped("says that the server does not speak TLS", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(connect({ tls: {}, connectTimeout: "500 millis" }))
        expect(error).toMatchObject({ reason: "Tls", sent: "no" })
      })
    )

    it.scoped("authenticates as a user, whose password nobody else gets to see", () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const node = cluster.masters[0]
        yield* answerOf(
          node,
          "ACL",
          "SETUSER",
          "reader",
          "on",
          ">s3cr3t-Pa55",
          "~*",
          "+@read",
          "+client",
          "+hello"
        )
        const credentials = { username: "reader", password: Redacted.make("s3cr3t-Pa55") }
        const connection = yield* connect({ credentials })
        const refused = yield* connection.execute("SET", "a", "1")
        expect(Resp.isError(refused) && refused.value).toMatch(/^NOPERM/)
        for (const protocol of [2, 3] as const) {
          const error = yield* Effect.flip(
            connect({ credentials: { username: "writer", password: credentials.password }, protocol })
          )
          expect(error).toMatchObject({ reason: "Auth", sent: "no" })
          expect(inspect(error, { depth: Infinity }) + JSON.stringify(error) + error.stack).not.toContain(
            "s3cr3t"
          )
        }
        yield* answerOf(node, "ACL", "DELUSER", "reader")
      })
    )
  })
})

layer(TestCluster.layer(STANDALONE_WITH_TLS_AND_PASSWORD), OPTIONS)(
  "on a server with TLS and a password",
  (it) => {
    it.scoped("connects, verified, with a password of every kind of character", () =>
      Effect.gen(function* () {
        for (const protocol of [2, 3] as const) {
          const connection = yield* connect({ protocol })
          expect(connection.version).toBe(protocol)
          expect(yield* connection.execute("PING")).toEqual(Resp.pong)
        }
      })
    )

    it.scoped("refuses what it has to, and says why", () =>
      Effect.gen(function* () {
        const { connectionOptions } = yield* TestCluster
        const attempt = (options: Partial<ConnectionOptions>) => Effect.flip(connect(options))
        const wrong = yield* attempt({ credentials: { password: Redacted.make("wrong-Pa55") } })
        expect(wrong).toMatchObject({ reason: "Auth", sent: "no" })
        expect(inspect(wrong)).not.toContain("wrong-Pa55")
        expect(yield* attempt({ credentials: undefined })).toMatchObject({
          reason: "Auth",
          detail: "the server asks for a password"
        })
        const untrusted = yield* attempt({ tls: { ...connectionOptions.tls, ca: undefined } })
        expect(untrusted).toMatchObject({ reason: "Tls", sent: "no" })
        expect(untrusted.detail).toMatch(/certificate is not trusted/)
        expect(inspect(untrusted)).not.toContain(TEST_PASSWORD)
        const misnamed = yield* attempt({ tls: { ...connectionOptions.tls, serverName: "redis.example" } })
        expect(misnamed).toMatchObject({ reason: "Tls" })
        const plain = yield* attempt({ tls: undefined })
        expect(plain).toMatchObject({ reason: "Connect", sent: "no" })
        expect(plain.detail).toMatch(/does it expect TLS\?$/)
      })
    )
  }
)
