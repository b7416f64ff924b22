import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { ConnectionError } from "../../src/connection/ConnectionError.ts"
import * as ConnectionPool from "../../src/connection/ConnectionPool.ts"
import { parseAddress } from "../../src/protocol/ClusterTopology.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"

const makePool = (maxPerNode?: number, connectTimeout = 5000) =>
  ConnectionPool.make((address) => Effect.succeed({ ...parseAddress(address)!, connectTimeout }), maxPerNode)

/** A connection in a scope that the test closes. */
const borrow = (pool: ConnectionPool.ConnectionPool, address: string) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const connection = yield* Scope.extend(pool.get(address), scope)
    return { connection, giveBack: Scope.close(scope, Exit.void) }
  })

const use = (pool: ConnectionPool.ConnectionPool, address: string) =>
  Effect.scoped(Effect.flatMap(pool.get(address), ({ execute }) => execute("PING")))

describe("ConnectionPool", () => {
  it.scopedLive("gives at most ten per node; the eleventh waits for one to come back", () =>
    Effect.gen(function* () {
      const [node, other] = yield* Effect.all([FakeNode.make(), FakeNode.make()])
      const pool = yield* makePool()
      const borrowed = yield* Effect.replicateEffect(borrow(pool, node.address), 10)
      expect(new Set(borrowed.map(({ connection }) => connection)).size).toBe(10)
      const eleventh = yield* Effect.fork(borrow(pool, node.address))
      // Another node's are counted apart, and a whole round trip there leaves the eleventh waiting.
      yield* use(pool, other.address)
      expect(eleventh.unsafePoll()).toBeNull()
      expect(node.connections).toHaveLength(10)
      yield* borrowed[3].giveBack
      const { connection } = yield* Fiber.join(eleventh)
      expect(connection).toBe(borrowed[3].connection)
      expect(node.connections).toHaveLength(10)
    })
  )

  it.scopedLive("uses a connection again that came back whole", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* makePool()
      yield* Effect.repeatN(use(pool, node.address), 20)
      expect(node.connections).toHaveLength(1)
    })
  )

  it.scopedLive("gives up what is open and what is being opened to one node, and no other, and goes on", () =>
    Effect.gen(function* () {
      const [node, other] = yield* Effect.all([FakeNode.make(), FakeNode.make()])
      const pool = yield* makePool()
      const { connection } = yield* borrow(pool, node.address)
      const elsewhere = yield* borrow(pool, other.address)
      node.pause()
      const opening = yield* Effect.fork(Effect.flip(borrow(pool, node.address)))
      yield* node.awaitConnections((open) => open === 2)
      expect([node, other].map(({ address }) => pool.isOpening(address))).toEqual([true, false])
      pool.abandon(node.address, "it hangs")
      expect(yield* Fiber.join(opening)).toMatchObject({ reason: "Timeout", sent: "no", detail: "it hangs" })
      expect(connection.pipeline.isOpen).toBe(false)
      expect(elsewhere.connection.pipeline.isOpen).toBe(true)
      expect(pool.isOpening(node.address)).toBe(false)
      node.resume()
      yield* use(pool, node.address)
    })
  )

  it.scoped("logs in anew rather than use a connection whose credentials are about to expire", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      let logins = 0
      const pool = yield* ConnectionPool.make((address) =>
        Effect.sync(() => ({
          ...parseAddress(address)!,
          credentials: { password: Redacted.make(`token ${++logins}`), timeToLive: "10 seconds" }
        }))
      )
      yield* use(pool, node.address)
      yield* TestClock.adjust("7 seconds")
      yield* use(pool, node.address)
      expect(node.connections).toHaveLength(1)
      yield* TestClock.adjust("2 seconds")
      yield* use(pool, node.address)
      expect(logins).toBe(2)
      expect(node.connections).toHaveLength(2)
      yield* node.awaitConnections((open) => open === 1)
    })
  )

  it.scopedLive("lets go of who no longer waits", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* makePool(1)
      const first = yield* borrow(pool, node.address)
      const impatient = yield* Effect.fork(borrow(pool, node.address))
      const patient = yield* Effect.fork(use(pool, node.address))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(impatient)
      yield* first.giveBack
      expect(yield* Fiber.join(patient)).toEqual(Resp.pong)
      expect(node.connections).toHaveLength(1)
    })
  )

  type Borrowed = Effect.Effect.Success<ReturnType<typeof borrow>>
  type Spoil = (borrowed: Borrowed, node: FakeNode) => Effect.Effect<unknown, unknown>
  const spoiled: ReadonlyArray<readonly [how: string, spoil: Spoil]> = [
    [
      "closed by the server while it was used",
      ({ connection }, node) => {
        node.destroyConnections()
        return Effect.flip(connection.execute("SILENT"))
      }
    ],
    ["handed over as a socket", ({ connection }) => Effect.sync(() => connection.takeSocket())],
    [
      "left with a reply still owed",
      ({ connection }, node) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(connection.execute("SILENT"))
          yield* node.awaitCommand("SILENT")
          yield* Fiber.interrupt(fiber)
        })
    ]
  ]
  for (const [how, spoil] of spoiled) {
    it.scopedLive(`replaces a connection that was ${how}`, () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make(([name]) => (name === "SILENT" ? "silence" : undefined))
        const pool = yield* makePool(1)
        const borrowed = yield* borrow(pool, node.address)
        yield* spoil(borrowed, node)
        yield* borrowed.giveBack
        yield* node.awaitConnections((open) => open === 0)
        expect(yield* use(pool, node.address)).toEqual(Resp.pong)
        expect(node.connections).toHaveLength(2)
      })
    )
  }

  it.scopedLive("replaces connections that the server closed while nobody used them", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* makePool(3)
      const borrowed = yield* Effect.replicateEffect(borrow(pool, node.address), 3)
      yield* Effect.forEach(borrowed, ({ giveBack }) => giveBack)
      node.destroyConnections()
      yield* Effect.sync(() => borrowed.some(({ connection }) => connection.pipeline.isOpen)).pipe(
        Effect.repeat({ while: (isOpen) => isOpen, schedule: Schedule.spaced(1) })
      )
      const fresh = yield* Effect.replicateEffect(borrow(pool, node.address), 3)
      for (const { connection } of fresh) expect(yield* connection.execute("PING")).toEqual(Resp.pong)
      expect(node.connections).toHaveLength(6)
      expect(node.openConnections).toBe(3)
    })
  )

  it.scopedLive(
    "fails where no connection comes about, for however many at once, and that takes no place",
    () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make()
        const pool = yield* makePool(4)
        yield* node.stop
        for (let round = 0; round < 20; round++) {
          const attempt = Effect.flip(use(pool, node.address)).pipe(Effect.delay(round % 3))
          for (const error of yield* Effect.replicateEffect(attempt, 9, { concurrency: "unbounded" })) {
            expect(error).toBeInstanceOf(ConnectionError)
            expect(error).toMatchObject({ reason: "Connect", sent: "no", node: node.address })
          }
        }
        yield* node.restart
        const borrowed = yield* Effect.replicateEffect(borrow(pool, node.address), 4)
        for (const { connection } of borrowed) expect(yield* connection.execute("PING")).toEqual(Resp.pong)
      })
  )

  it.scopedLive("gives a place back that was taken by an attempt of who went away", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "HELLO" ? "silence" : undefined))
      const pool = yield* makePool(1, 300)
      const fiber = yield* Effect.fork(use(pool, node.address))
      yield* node.awaitCommand("HELLO")
      node.script = () => undefined
      yield* Fiber.interrupt(fiber)
      expect(yield* use(pool, node.address)).toEqual(Resp.pong)
      yield* node.awaitConnections((open) => open === 1)
    })
  )

  it.scoped("closes what nobody has used for a while", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* makePool()
      yield* use(pool, node.address)
      expect(node.openConnections).toBe(1)
      yield* TestClock.adjust("3 minutes")
      yield* node.awaitConnections((open) => open === 0)
      expect(yield* use(pool, node.address)).toEqual(Resp.pong)
    })
  )

  it.live("closes with its scope also what is in use, and does not wait for it", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make(([name]) => (name === "SILENT" ? "silence" : undefined))
        const scope = yield* Scope.make()
        const pool = yield* Scope.extend(makePool(), scope)
        const { connection, giveBack } = yield* borrow(pool, node.address)
        const pending = yield* Effect.fork(Effect.flip(connection.execute("SILENT")))
        yield* node.awaitCommand("SILENT")
        yield* Scope.close(scope, Exit.void)
        expect(yield* Fiber.join(pending)).toMatchObject({ reason: "Closed", sent: "maybe" })
        yield* node.awaitConnections((open) => open === 0)
        yield* giveBack
      })
    )
  )

  it.live("leaves nothing behind when its scope closes", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const node = yield* FakeNode.make()
        const scope = yield* Scope.make()
        const pool = yield* Scope.extend(makePool(), scope)
        yield* Effect.replicateEffect(use(pool, node.address), 5, { concurrency: "unbounded" })
        expect(node.openConnections).toBeGreaterThan(0)
        yield* Scope.close(scope, Exit.void)
        yield* node.awaitConnections((open) => open === 0)
      })
    )
  )
})
