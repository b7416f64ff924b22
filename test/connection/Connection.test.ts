import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as net from "node:net"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionError } from "../../src/connection/ConnectionError.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"
import { timedNet } from "../support/Stall.ts"

const connectTo = (node: { readonly host: string; readonly port: number }, options = {}) =>
  Connection.connect({ host: node.host, port: node.port, ...options })

/** A port on which nobody listens. */
const freePort = Effect.scoped(Effect.map(FakeNode.make(), ({ port }) => port))

describe("Connection", () => {
  it.scopedLive("answers commands in order, error replies included, for many callers at once", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) =>
        name === "BAD" ? Resp.simpleError("ERR bad") : undefined
      )
      const connection = yield* connectTo(node)
      const replies = yield* Effect.forEach(
        Array.from({ length: 500 }, (_, index) => index),
        (index) => (index % 50 === 49 ? connection.execute("BAD") : connection.execute("ECHO", index)),
        { concurrency: "unbounded" }
      )
      expect(replies.map(Resp.text)).toEqual(
        Array.from({ length: 500 }, (_, index) => (index % 50 === 49 ? "ERR bad" : String(index)))
      )
      expect(yield* connection.executeMany([])).toEqual([])
      const many = yield* connection.executeMany([["ECHO", "a"], ["BAD"], ["ECHO", "b"]])
      expect(many.map(Resp.text)).toEqual(["a", "ERR bad", "b"])
    })
  )

  it.scopedLive("lets the callers of one turn share one packet", () =>
    Effect.gen(function* () {
      const chunks: Array<number> = []
      const server = net.createServer((socket) => {
        socket.on("data", (chunk) => {
          chunks.push(chunk.length)
          const replies = chunk.toString().match(/HELLO|SETINFO|INFO|PING/g) ?? []
          socket.write("+PONG\r\n".repeat(replies.length))
        })
        socket.on("error", () => {})
      })
      yield* Effect.acquireRelease(
        Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.sync(() => server.close())
      )
      const { port } = server.address() as net.AddressInfo
      const connection = yield* connectTo({ host: "127.0.0.1", port })
      chunks.length = 0
      yield* Effect.replicateEffect(connection.execute("PING"), 100, { concurrency: "unbounded" })
      expect(chunks).toEqual([1400])
    })
  )

  it.scopedLive(
    "keeps the place of a caller that goes away: its reply is dropped, the others' are theirs",
    () =>
      Effect.gen(function* () {
        const replies = new Map<string, (reply: Resp.RespValue) => void>()
        const node = yield* FakeNode.make(([name, word]) =>
          name === "WAIT" ? new Promise((resolve) => replies.set(word, resolve)) : undefined
        )
        const connection = yield* connectTo(node)
        const first = yield* Effect.fork(connection.execute("WAIT", "first"))
        const second = yield* Effect.fork(connection.execute("ECHO", "second"))
        yield* node.awaitCommand("ECHO")
        yield* Fiber.interrupt(first)
        const third = yield* Effect.fork(connection.execute("ECHO", "third"))
        yield* node.awaitCommand("ECHO", 2)
        replies.get("first")!(Resp.bulkString("first"))
        expect(Resp.text(yield* Fiber.join(second))).toBe("second")
        expect(Resp.text(yield* Fiber.join(third))).toBe("third")
        expect(connection.pipeline.isOpen).toBe(true)
      })
  )

  it.scopedLive("hands pushed messages to whoever asked for them", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pushed: Array<string | undefined> = []
      const connection = yield* Connection.connect(
        { host: node.host, port: node.port },
        { onPush: ({ value }) => pushed.push(Resp.text(value[0])) }
      )
      node.connections[0].push(Resp.push([Resp.bulkString("invalidate")]))
      expect(Resp.text(yield* connection.execute("ECHO", "x"))).toBe("x")
      expect(pushed).toEqual(["invalidate"])
    })
  )

  it.scopedLive("fails what was pending when the server goes, each with its own command", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "INCR" ? "silence" : undefined))
      const connection = yield* connectTo(node)
      const one = yield* Effect.fork(Effect.flip(connection.execute("INCR", "n")))
      const many = yield* Effect.fork(Effect.flip(connection.executeMany([["INCR", "m"]])))
      yield* node.awaitCommand("INCR", 2)
      node.destroyConnections()
      for (const error of [yield* Fiber.join(one), yield* Fiber.join(many)]) {
        expect(error).toMatchObject({ reason: "Closed", sent: "maybe", node: node.address, command: "INCR" })
        expect(error.message).toMatch(/; it may have been executed$/)
      }
      const late = yield* Effect.flip(connection.execute("GET", "n"))
      expect(late).toMatchObject({ reason: "Closed", sent: "no", command: "GET" })
      expect(late.message).not.toContain("executed")
    })
  )

  it.scopedLive("sends no more to a server that does not read, and says which commands it was spared", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const connection = yield* connectTo(node)
      node.pause()
      const value = "x".repeat(1024 * 1024)
      const fibers: Array<Fiber.Fiber<ConnectionError, Resp.RespValue>> = []
      // More than the system's buffers on both sides hold.
      for (let turn = 0; turn < 40; turn++) {
        fibers.push(yield* Effect.fork(Effect.flip(connection.execute("SET", `key${turn}`, value))))
        yield* Effect.promise(() => new Promise(setImmediate))
      }
      node.destroyConnections()
      const sent = (yield* Fiber.joinAll(fibers)).map((error) => error.sent)
      const written = sent.lastIndexOf("maybe") + 1
      expect(written).toBeGreaterThan(0)
      expect(written).toBeLessThan(30)
      expect(sent).toEqual(sent.map((_, index) => (index < written ? "maybe" : "no")))
    })
  )

  it.scopedLive("gives up a server that falls silent, but not during a command that may block", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined), {})
      const connection = yield* connectTo(node, { commandTimeout: 80 })
      node.script = ([name]) =>
        name === "GET"
          ? "silence"
          : name === "BLPOP"
            ? Effect.runPromise(Effect.as(Effect.sleep(300), Resp.nullArray))
            : undefined
      expect(yield* connection.executeBlocking(["BLPOP", "list", 1])).toEqual(Resp.nullValue)
      const error = yield* Effect.flip(connection.execute("GET", "a"))
      expect(error).toMatchObject({ reason: "Timeout", sent: "maybe", command: "GET" })
      expect(error.detail).toBe("GET was not answered within 80 ms")
      yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("ends the connection when the caller of a blocking command goes away", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "BLPOP" ? "silence" : undefined))
      const connection = yield* connectTo(node)
      const fiber = yield* Effect.fork(connection.executeBlocking(["BLPOP", "list", 0]))
      yield* node.awaitCommand("BLPOP")
      yield* Fiber.interrupt(fiber)
      expect(connection.pipeline.isOpen).toBe(false)
      yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.live("ends with its scope, and what is pending then is failed", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const node = yield* Scope.extend(
        FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined)),
        scope
      )
      const own = yield* Scope.make()
      const connection = yield* Scope.extend(connectTo(node), own)
      const fiber = yield* Effect.fork(Effect.flip(connection.execute("GET", "a")))
      yield* node.awaitCommand("GET")
      yield* Scope.close(own, Exit.void)
      expect(yield* Fiber.join(fiber)).toMatchObject({ reason: "Closed", sent: "maybe" })
      yield* node.awaitConnections((open) => open === 0)
      yield* Scope.close(scope, Exit.void)
    })
  )

  it.live("hands the raw socket over, which still ends with the scope", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make()
        const text = yield* Effect.scoped(
          Effect.gen(function* () {
            const connection = yield* connectTo(node)
            yield* connection.execute("PING")
            const socket = connection.takeSocket()
            const answer = Effect.async<string>((resume) => {
              socket.once("data", (chunk) => resume(Effect.succeed(String(chunk))))
            })
            socket.write("*2\r\n$4\r\nECHO\r\n$3\r\nraw\r\n")
            return yield* answer
          })
        )
        expect(text).toBe("$3\r\nraw\r\n")
        yield* node.awaitConnections((open) => open === 0)
      })
    )
  )
})

describe("Connection: what can go wrong before there is one", () => {
  it.scopedLive("nobody listens", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const error = yield* Effect.flip(connectTo({ host: "127.0.0.1", port }))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "Connect", sent: "no" })
      expect(error.message).toBe(
        `127.0.0.1:${port}: CONNECT failed (Connect): connection refused; is a server running there?`
      )
    })
  )

  it.scopedLive("nobody listens at any of a name's addresses", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const error = yield* Effect.flip(connectTo({ host: "localhost", port }))
      expect(error).toMatchObject({ reason: "Connect", node: `localhost:${port}` })
      expect(error.detail).toMatch(/refused/)
    })
  )

  it.scopedLive("the name does not resolve", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(connectTo({ host: "no-such-host.invalid", port: 6379 }))
      expect(error).toMatchObject({ reason: "Connect", detail: "the host name could not be resolved" })
    })
  )

  it.live("the server accepts and says nothing: the attempt ends in time and leaves no socket", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make(() => "silence")
        const outer = yield* Scope.make()
        const [elapsed, error] = yield* timedNet(
          Effect.flip(Scope.extend(connectTo(node, { connectTimeout: "120 millis" }), outer))
        )
        expect(error).toMatchObject({ reason: "Timeout", sent: "no" })
        expect(error.detail).toBe("no answer within 120ms")
        expect(Duration.toMillis(elapsed)).toBeLessThan(1000)
        // The caller's scope is still open.
        yield* node.awaitConnections((open) => open === 0)
        yield* Scope.close(outer, Exit.void)
      })
    )
  )

  it.live("a refused handshake leaves no socket either", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make(undefined, { password: "secret" })
        const outer = yield* Scope.make()
        yield* Effect.flip(Scope.extend(connectTo(node), outer))
        yield* node.awaitConnections((open) => open === 0)
        yield* Scope.close(outer, Exit.void)
      })
    )
  )

  it.scopedLive("an attempt that is interrupted leaves no socket", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => "silence")
      const fiber = yield* Effect.fork(Effect.scoped(connectTo(node)))
      yield* node.awaitCommand("HELLO")
      yield* Fiber.interrupt(fiber)
      yield* node.awaitConnections((open) => open === 0)
    })
  )
})
