/** `multiplexerCount`: several shared sockets to one node. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Exit from "effect/Exit"
import { FakeCluster } from "../support/FakeCluster.ts"
import { connect, eventually, keyOn } from "./ClientFixture.ts"

const COUNT = 3

const increments = (number: number, key: string) =>
  Array.from({ length: number }, () => ["INCR", key] as const)

describe("several sockets per node", () => {
  it.scopedLive("are opened as they are needed, are all used, and end with the client", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(connect(cluster, { multiplexerCount: COUNT }), scope)
      const keys = [keyOn(cluster, 0), keyOn(cluster, 1)]
      yield* Effect.forEach(
        keys.flatMap((key) => increments(60, key)),
        (command) => client.execute(...command),
        { concurrency: "unbounded" }
      )
      yield* client.executeMany(keys.flatMap((key) => increments(60, key)))
      for (const [index, node] of cluster.nodes.entries()) {
        expect(node.openConnections).toBe(COUNT)
        // None is left aside, and nothing was sent twice.
        for (const { commands } of node.connections) {
          expect(commands.filter(([name]) => name === "INCR").length).toBeGreaterThan(10)
        }
        expect(cluster.stores[index].entries.get(keys[index])?.toString()).toBe("120")
      }
      yield* Scope.close(scope, Exit.void)
      for (const node of cluster.nodes) yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("are each opened anew when they are lost", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster, { multiplexerCount: COUNT, unavailableSchedule: undefined })
      const key = keyOn(cluster, 0)
      const read = Effect.replicateEffect(client.execute("GET", key), 30, { concurrency: "unbounded" })
      yield* read
      expect(cluster.nodes[0].openConnections).toBe(COUNT)
      cluster.nodes[0].destroyConnections()
      yield* read
      yield* eventually(() => cluster.nodes[0].openConnections === COUNT)
    })
  )
})
