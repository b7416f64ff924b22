import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import { type ClusterTopology, findNodeForSlot } from "../../../src/protocol/ClusterTopology.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"

describe("topologyChanges", () => {
  it.scopedLive("gives each topology after commands are routed by it, and ends with the client", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(ClusterClient.make({ seeds: cluster.seeds }), scope)
      const ownerIn = (topology: ClusterTopology) => findNodeForSlot(topology, 0)?.address
      const seen: Array<readonly [published: string | undefined, routedBy: string | undefined]> = []
      const reader = yield* client.topologyChanges.pipe(
        Stream.runForEach((topology) =>
          Effect.map(client.topology, (current) => seen.push([ownerIn(topology), ownerIn(current)]))
        ),
        Effect.fork
      )
      yield* Effect.yieldNow()
      const [first, second] = cluster.nodes.map(({ address }) => address)
      for (const owner of [1, 0]) {
        cluster.assign([0], owner)
        yield* client.refreshTopology
        yield* Effect.repeat(
          Effect.sync(() => seen.length),
          { until: (count) => count === 2 - owner }
        )
      }
      expect(seen).toEqual([
        [second, second],
        [first, first]
      ])
      yield* Scope.close(scope, Exit.void)
      yield* Fiber.join(reader)
    })
  )
})
