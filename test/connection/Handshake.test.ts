/** The handshake as seen from both sides: what the server is told, and what the program learns. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionError } from "../../src/connection/ConnectionError.ts"
import type { ConnectionOptions } from "../../src/connection/ConnectionOptions.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"
import { unknownCommand } from "../support/FakeNodeDefaults.ts"

const PASSWORD = "s3cr3t-Pa55"
const credentials = { password: Redacted.make(PASSWORD) }

const connectTo = (node: FakeNode, options: Partial<ConnectionOptions> = {}) =>
  Connection.connect({ host: node.host, port: node.port, ...options })

/** Every way in which an error may end in a log. */
const spellings = (error: ConnectionError): string =>
  [
    error.message,
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: Infinity, showHidden: true }),
    error.stack
  ].join("\n")

describe("Handshake", () => {
  it.scopedLive("asks for RESP3 in one round trip, and learns who the server is", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { mode: "cluster", version: "7.2.4" })
      const connection = yield* connectTo(node)
      expect(connection).toMatchObject({
        node: node.address,
        version: 3,
        server: "redis 7.2.4",
        mode: "cluster",
        clientId: 1
      })
      expect(node.commands).toEqual([
        ["HELLO", "3"],
        ["CLIENT", "SETINFO", "LIB-NAME", "effect-redis-client"]
      ])
    })
  )

  it.scopedLive("authenticates, names and selects within HELLO's round trip", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { password: PASSWORD })
      yield* connectTo(node, {
        credentials: { username: "reader", ...credentials },
        clientName: "report",
        database: 7
      })
      expect(node.commands).toEqual([
        ["HELLO", "3", "AUTH", "reader", PASSWORD],
        ["CLIENT", "SETINFO", "LIB-NAME", "effect-redis-client"],
        ["CLIENT", "SETNAME", "report"],
        ["SELECT", "7"]
      ])
    })
  )

  it.scopedLive("takes a server that runs a script, unless a database is still to be selected", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => Resp.simpleError("BUSY Redis is busy running a script."))
      expect(yield* connectTo(node, { protocol: 2 })).toMatchObject({ version: 2, server: "" })
      const refused = yield* Effect.flip(connectTo(node, { protocol: 2, database: 1 }))
      expect(refused.detail).toContain("BUSY")
    })
  )

  it.scopedLive("falls back to AUTH and RESP2 on a server that knows no HELLO", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, {
        protocol: 2,
        password: PASSWORD,
        version: "5.0.14",
        mode: "cluster"
      })
      const connection = yield* connectTo(node, { credentials, clientName: "report", database: 3 })
      expect(connection).toMatchObject({ version: 2, server: "redis 5.0.14", mode: "cluster", clientId: 0 })
      const { commands } = node.connections[0]
      expect(commands).toContainEqual(["AUTH", PASSWORD])
      const afterAuth = commands.slice(commands.findIndex(([name]) => name === "AUTH"))
      expect(afterAuth).toContainEqual(["CLIENT", "SETNAME", "report"])
      expect(afterAuth).toContainEqual(["SELECT", "3"])
    })
  )

  it.scopedLive("names the client on a server without HELLO also when RESP3 was asked for", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { protocol: 2 })
      yield* connectTo(node, { protocol: 3, clientName: "report" })
      expect(node.commands).toContainEqual(["CLIENT", "SETNAME", "report"])
    })
  )

  for (const refused of [
    "NOPROTO unsupported protocol version",
    "NOPERM this user has no permissions to run the 'hello' command"
  ]) {
    it.scopedLive(`falls back when HELLO is answered with ${refused.split(" ")[0]}`, () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make(([name]) =>
          name === "HELLO" ? Resp.simpleError(refused) : undefined
        )
        const connection = yield* connectTo(node)
        expect(connection.version).toBe(2)
        expect(Resp.text(yield* connection.execute("ECHO", "x"))).toBe("x")
      })
    )
  }

  it.scopedLive("speaks RESP2 where that is asked for, with user and password", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { password: PASSWORD })
      const connection = yield* connectTo(node, {
        protocol: 2,
        credentials: { username: "reader", ...credentials }
      })
      expect(connection).toMatchObject({ version: 2, server: "redis 7.0.15" })
      // All in one round trip: INFO comes before what is sent with the first word.
      expect(node.commands).toEqual([
        ["AUTH", "reader", PASSWORD],
        ["INFO", "server"],
        ["CLIENT", "SETINFO", "LIB-NAME", "effect-redis-client"]
      ])
    })
  )

  it.scopedLive("reads what Valkey says of itself", () =>
    Effect.gen(function* () {
      const info =
        "# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\nserver_mode:cluster\r\n"
      const node = yield* FakeNode.make(([name]) => (name === "INFO" ? Resp.bulkString(info) : undefined))
      expect(yield* connectTo(node, { protocol: 2 })).toMatchObject({
        server: "valkey 8.1.1",
        mode: "cluster"
      })
    })
  )

  it.scopedLive("is not put off by a server that refuses CLIENT and INFO", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(
        ([name]) =>
          name === "CLIENT" || name === "INFO" ? Resp.simpleError("NOPERM no permissions") : undefined,
        { protocol: 2 }
      )
      const connection = yield* connectTo(node, { clientName: "report" })
      expect(connection).toMatchObject({ version: 2, server: "", mode: "standalone" })
    })
  )

  it.scopedLive("reports a database that cannot be selected", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) =>
        name === "SELECT" ? Resp.simpleError("ERR DB index is out of range") : undefined
      )
      const error = yield* Effect.flip(connectTo(node, { database: 99 }))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "Connect", sent: "no" })
      expect(error.message).toBe(
        `${node.address}: CONNECT failed (Connect): database 99 cannot be selected: ERR DB index is out of range`
      )
    })
  )
})

describe("Handshake: refusals", () => {
  for (const protocol of [2, 3] as const) {
    it.scopedLive(`wrong password, RESP${protocol}`, () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make(undefined, { password: "another" })
        const error = yield* Effect.flip(connectTo(node, { credentials, protocol }))
        expect(error).toMatchObject({ reason: "Auth", sent: "no", node: node.address, command: "CONNECT" })
        expect(error.detail).toBe("the server refused the user name or password")
        expect(spellings(error)).not.toContain(PASSWORD)
      })
    )

    it.scopedLive(`no password where one is wanted, RESP${protocol}`, () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make(undefined, { password: "another" })
        const error = yield* Effect.flip(connectTo(node, { protocol }))
        expect(error).toMatchObject({ reason: "Auth", detail: "the server asks for a password" })
      })
    )
  }

  it.scopedLive("an old server that refuses the password", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(
        ([name]) => (name === "AUTH" ? Resp.simpleError("ERR invalid password") : undefined),
        { protocol: 2, password: "another" }
      )
      const error = yield* Effect.flip(connectTo(node, { credentials }))
      expect(error.reason).toBe("Auth")
    })
  )

  it.scopedLive("a server that is not one of Redis: its words, without the password it was given", () =>
    Effect.gen(function* () {
      // As Redis words it, an unknown command is quoted with its arguments.
      const node = yield* FakeNode.make((command) => unknownCommand(command))
      const error = yield* Effect.flip(connectTo(node, { credentials }))
      expect(error.reason).toBe("Connect")
      expect(error.message).toContain("ERR unknown command 'AUTH'")
      expect(spellings(error)).not.toContain(PASSWORD)
    })
  )

  it.scopedLive("a server that quotes the password in words of its own", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => Resp.simpleError(`ERR no user has the password ${PASSWORD}`))
      const error = yield* Effect.flip(connectTo(node, { credentials }))
      expect(error.message).toContain("ERR no user has the password (the password)")
      expect(spellings(error)).not.toContain(PASSWORD)
    })
  )

  it.scopedLive("a server that speaks another protocol is no reply that was lost: nothing was sent", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"))
      const error = yield* Effect.flip(connectTo(node))
      expect(error).toMatchObject({ reason: "Protocol", sent: "no", command: "CONNECT" })
      expect(error.message).not.toContain("may have been executed")
    })
  )

  it.scopedLive("a server that hangs up, and the hint that it may expect TLS", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => "close")
      const error = yield* Effect.flip(connectTo(node))
      expect(error).toMatchObject({ reason: "Connect", sent: "no" })
      expect(error.detail).toMatch(/does it expect TLS\?$/)
    })
  )
})
