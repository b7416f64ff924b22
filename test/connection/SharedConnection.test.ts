import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"
import type { ConnectionOptions } from "../../src/connection/ConnectionOptions.ts"
import * as Multiplexer from "../../src/connection/Multiplexer.ts"
import type { PipelineFailure } from "../../src/connection/PipelineFailure.ts"
import * as SharedConnection from "../../src/connection/SharedConnection.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"

const share = (node: FakeNode, options: Partial<ConnectionOptions> = {}) =>
  SharedConnection.make(
    node.address,
    Effect.succeed({ host: node.host, port: node.port, ...options }),
    "1 seconds"
  )

const echo = (shared: SharedConnection.SharedConnection, word: string) =>
  Effect.flatMap(shared.get, (connection) => Effect.map(connection.execute("ECHO", word), Resp.text))

describe("SharedConnection", () => {
  it.scopedLive("opens on first use, and once for a hundred who come at the same time", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const shared = yield* share(node)
      expect(shared.unsafePipeline()).toBeUndefined()
      expect(node.connections).toHaveLength(0)
      const words = Array.from({ length: 100 }, (_, index) => String(index))
      const replies = yield* Effect.forEach(words, (word) => echo(shared, word), { concurrency: "unbounded" })
      expect(replies).toEqual(words)
      expect(node.connections).toHaveLength(1)
      expect(shared.pipelines()).toEqual([shared.unsafePipeline()])
    })
  )

  it.scopedLive("shares the failure of an attempt, and tries anew for who comes later", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { password: "secret" })
      const shared = yield* share(node)
      const errors = yield* Effect.all(
        Array.from({ length: 100 }, () => Effect.flip(shared.get)),
        { concurrency: "unbounded" }
      )
      expect(new Set(errors.map(({ reason }) => reason))).toEqual(new Set(["Auth"]))
      expect(node.connections).toHaveLength(1)
      yield* Effect.flip(shared.get)
      expect(node.connections).toHaveLength(2)
      yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("opens anew after a loss, evaluates its options for it, and tells of the loss once", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const lost: Array<PipelineFailure> = []
      let opened = 0
      const shared = yield* SharedConnection.make(
        node.address,
        Effect.sync(() => ({ host: node.host, port: node.port, clientName: `attempt-${++opened}` })),
        "1 seconds",
        { onLost: (failure) => lost.push(failure) }
      )
      yield* echo(shared, "a")
      const first = yield* shared.get
      node.destroyConnections()
      yield* Effect.flip(first.execute("GET", "a")).pipe(
        Effect.repeat({ until: (error) => error.sent === "no" })
      )
      expect(lost).toHaveLength(1)
      expect(shared.unsafePipeline()).toBeUndefined()
      expect(yield* echo(shared, "b")).toBe("b")
      expect(node.connections).toHaveLength(2)
      expect(node.received("CLIENT").filter(([, word]) => word === "SETNAME")).toEqual([
        ["CLIENT", "SETNAME", "attempt-1"],
        ["CLIENT", "SETNAME", "attempt-2"]
      ])
      expect(lost).toHaveLength(1)
    })
  )

  it.scopedLive("keeps an attempt going whose first caller went away", () =>
    Effect.gen(function* () {
      let greet = (): void => {}
      const greeting = new Promise<undefined>((resolve) => (greet = () => resolve(undefined)))
      const node = yield* FakeNode.make(([name]) => (name === "HELLO" ? greeting : undefined))
      const shared = yield* share(node)
      const first = yield* Effect.fork(shared.get)
      yield* node.awaitCommand("HELLO")
      const second = yield* Effect.fork(echo(shared, "second"))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(first)
      greet()
      expect(yield* Fiber.join(second)).toBe("second")
      expect(node.connections).toHaveLength(1)
    })
  )

  it.scopedLive("does not hand out a connection that ended as soon as it was made", () =>
    Effect.gen(function* () {
      const lost: Array<PipelineFailure> = []
      // One reply too many, in the very packet that ends the handshake.
      const node = yield* FakeNode.make((command) =>
        command[1] === "SETINFO" ? Buffer.from("+OK\r\n+OK\r\n") : undefined
      )
      const shared = yield* SharedConnection.make(
        node.address,
        Effect.succeed({ host: node.host, port: node.port }),
        "1 seconds",
        { onLost: (failure) => lost.push(failure) }
      )
      const error = yield* Effect.flip(shared.get)
      expect(error).toMatchObject({ reason: "Closed", sent: "no", node: node.address })
      expect(shared.unsafePipeline()).toBeUndefined()
      expect(lost).toEqual([])
      node.script = () => undefined
      expect(yield* echo(shared, "again")).toBe("again")
    })
  )

  it.live("ends with its scope: what is open, what is being opened, and what comes after", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined))
        const scope = yield* Scope.make()
        const open = yield* Scope.extend(share(node), scope)
        const { execute } = yield* open.get
        const pending = yield* Effect.fork(Effect.flip(execute("GET", "a")))
        yield* node.awaitCommand("GET")
        node.script = ([name]) => (name === "HELLO" ? "silence" : undefined)
        const opening = yield* Scope.extend(share(node), scope)
        const waiting = yield* Effect.fork(Effect.flip(opening.get))
        yield* node.awaitCommand("HELLO", 2)
        yield* Scope.close(scope, Exit.void)
        expect(yield* Fiber.join(pending)).toMatchObject({ reason: "Closed", sent: "maybe", command: "GET" })
        expect(yield* Fiber.join(waiting)).toMatchObject({ reason: "Closed", sent: "no" })
        expect(yield* Effect.flip(open.get)).toMatchObject({
          reason: "Closed",
          sent: "no",
          node: node.address
        })
        yield* node.awaitConnections((connections) => connections === 0)
        expect(node.connections).toHaveLength(2)
      })
    )
  )

  it.scopedLive(
    "replaces a connection: new commands on a new one, the old one gone once it has answered",
    () =>
      Effect.gen(function* () {
        let answer = (_: Resp.RespValue): void => {}
        const node = yield* FakeNode.make(([name]) =>
          name === "GET" ? new Promise((resolve) => (answer = resolve)) : undefined
        )
        const shared = yield* share(node)
        const old = yield* shared.get
        const pending = yield* Effect.fork(old.execute("GET", "a"))
        yield* node.awaitCommand("GET")
        yield* shared.replace
        expect(yield* echo(shared, "new")).toBe("new")
        expect(node.openConnections).toBe(2)
        expect(node.connections[1].commands).toContainEqual(["ECHO", "new"])
        answer(Resp.bulkString("late"))
        expect(Resp.text(yield* Fiber.join(pending))).toBe("late")
        yield* node.awaitConnections((open) => open === 1)
        expect(node.connections[1].isOpen).toBe(true)
      })
  )

  it.scopedLive("replaces a connection that never answers after a while", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? "silence" : undefined))
      const shared = yield* SharedConnection.make(
        node.address,
        Effect.succeed({ host: node.host, port: node.port }),
        "100 millis"
      )
      const { execute } = yield* shared.get
      const pending = yield* Effect.fork(Effect.flip(execute("GET", "a")))
      yield* node.awaitCommand("GET")
      yield* shared.replace
      expect(yield* Fiber.join(pending)).toMatchObject({ reason: "Closed", sent: "maybe" })
      yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("fails with what its options fail with", () =>
    Effect.gen(function* () {
      const failure = new ConnectionError({
        reason: "Auth",
        sent: "no",
        node: "a:1",
        command: "AUTH",
        detail: "no token"
      })
      const shared = yield* SharedConnection.make("a:1", Effect.fail(failure), "1 seconds")
      expect(yield* Effect.flip(shared.get)).toBe(failure)
    })
  )
})

describe("Multiplexer", () => {
  it.scopedLive("takes several connections in turn", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const shared = yield* Multiplexer.make(3, share(node))
      const words = Array.from({ length: 30 }, (_, index) => String(index))
      expect(
        yield* Effect.forEach(words, (word) => echo(shared, word), { concurrency: "unbounded" })
      ).toEqual(words)
      expect(
        node.connections.map(({ commands }) => commands.filter(([name]) => name === "ECHO").length)
      ).toEqual([10, 10, 10])
      expect(shared.pipelines()).toHaveLength(3)
      yield* shared.replace
      yield* node.awaitConnections((open) => open === 0)
      expect(shared.pipelines()).toEqual([])
    })
  )
})
