import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as ConnectionPool from "../../src/connection/ConnectionPool.ts"
import { FakeNode } from "../support/FakeNode.ts"

const poolOf = (node: FakeNode, maxPerNode?: number) =>
  ConnectionPool.make(() => Effect.succeed({ host: node.host, port: node.port }), maxPerNode)

describe("the connection pool", () => {
  it.live("uses a connection again that came back whole", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* poolOf(node)
      for (let turn = 0; turn < 3; turn++) {
        yield* Effect.scoped(
          Effect.flatMap(pool.get(node.address), (connection) => connection.execute("PING"))
        )
      }
      expect(node.connections.length).toBe(1)
    }).pipe(Effect.scoped)
  )

  it.live("closes at once a connection whose socket was handed over", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* poolOf(node)
      yield* Effect.scoped(Effect.map(pool.get(node.address), (connection) => void connection.takeSocket()))
      yield* node.awaitConnections((open) => open === 0)
      yield* Effect.scoped(pool.get(node.address))
      expect(node.connections.length).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live("does not give out what the server has closed meanwhile", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* poolOf(node)
      yield* Effect.scoped(pool.get(node.address))
      node.destroyConnections()
      yield* node.awaitConnections((open) => open === 0)
      yield* Effect.sleep("20 millis")
      const reply = yield* Effect.scoped(
        Effect.flatMap(pool.get(node.address), (connection) => connection.execute("PING"))
      )
      expect(reply).toMatchObject({ value: "PONG" })
    }).pipe(Effect.scoped)
  )

  it.live("lets callers wait when all are in use, and stop waiting", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const pool = yield* poolOf(node, 2)
      const first = yield* Scope.make()
      yield* Scope.extend(pool.get(node.address), first)
      yield* pool.get(node.address)
      const impatient = yield* Effect.fork(Effect.scoped(pool.get(node.address)))
      const patient = yield* Effect.fork(Effect.scoped(pool.get(node.address)))
      yield* Effect.sleep("30 millis")
      expect(node.connections.length).toBe(2)
      yield* Fiber.interrupt(impatient)
      yield* Scope.close(first, Exit.void)
      yield* Fiber.join(patient)
      expect(node.connections.length).toBe(2)
    }).pipe(Effect.scoped)
  )

  it.live(
    "fails every caller of a server that is not there, however many at once, and gives their places back",
    () =>
      Effect.gen(function* () {
        const node = yield* FakeNode.make()
        const pool = yield* poolOf(node, 4)
        yield* node.stop
        const attempt = Effect.suspend(() => Effect.sleep(Math.random() * 3)).pipe(
          Effect.zipRight(Effect.scoped(Effect.flip(pool.get(node.address))))
        )
        for (let round = 0; round < 50; round++) {
          const errors = yield* Effect.all(
            Array.from({ length: 8 }, () => attempt),
            { concurrency: "unbounded" }
          )
          expect(errors.map(({ reason, sent }) => `${reason} ${sent}`)).toEqual(Array(8).fill("Connect no"))
        }
        yield* node.restart
        yield* Effect.all(
          Array.from({ length: 4 }, () => pool.get(node.address)),
          { concurrency: "unbounded" }
        )
      }).pipe(Effect.scoped)
  )

  it.live("closes everything with its own scope", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const scope = yield* Scope.make()
      const pool = yield* Scope.extend(poolOf(node), scope)
      yield* Effect.scoped(pool.get(node.address))
      expect(node.openConnections).toBe(1)
      yield* Scope.close(scope, Exit.void)
      yield* node.awaitConnections((open) => open === 0)
    }).pipe(Effect.scoped)
  )
})
