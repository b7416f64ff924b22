/** How the cluster is found: through seeds, some of them dead, silent or no cluster at all. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../../src/client/ClusterConfig.ts"
import { uncoveredSlots } from "../../../src/protocol/ClusterTopology.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { FakeNode } from "../../support/FakeNode.ts"
import { timedNet } from "../../support/Stall.ts"
import { keyOn, questions, QUICK } from "../ClientFixture.ts"

const make = (seeds: ClusterOptions["seeds"], options: Partial<ClusterOptions> = {}) =>
  ClusterClient.make({ seeds, ...QUICK, ...options })

/** A place where nobody listens. */
const deadSeed = Effect.scoped(Effect.map(FakeNode.make(), ({ host, port }) => ({ host, port })))

describe("discovery", () => {
  it.scopedLive("asks one seed, once, and knows the whole cluster", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* make([cluster.seeds[1]])
      const topology = yield* client.topology
      expect(topology.nodes.map(({ port }) => port).sort()).toEqual(
        cluster.nodes.map(({ port }) => port).sort()
      )
      expect(uncoveredSlots(topology)).toBe(0)
      expect(questions(cluster)).toBe(1)
      // The others are connected to when they are needed.
      expect(cluster.nodes.map(({ connections }) => connections.length)).toEqual([0, 1, 0])
    })
  )

  it.scopedLive("passes over seeds that are dead, no cluster, or refuse us", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const standalone = yield* FakeNode.make()
      const guarded = yield* FakeNode.make(undefined, { mode: "cluster", password: "secret" })
      const client = yield* make([yield* deadSeed, standalone, guarded, ...cluster.seeds])
      expect((yield* client.topology).nodes).toHaveLength(2)
      expect(Resp.isNull(yield* client.execute("GET", keyOn(cluster, 1)))).toBe(true)
      // They are no nodes of the cluster: nothing is kept open to them.
      yield* standalone.awaitConnections((open) => open === 0)
      yield* guarded.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("asks again when the only seed runs a script or is loading, until the deadline", () =>
    Effect.gen(function* () {
      const answers = [
        "BUSY Redis is busy running a script.",
        "LOADING Redis is loading the dataset in memory"
      ]
      let asked = 0
      const cluster = yield* FakeCluster.make(1, ([name]) =>
        name === "CLUSTER" && asked < 4 ? Resp.simpleError(answers[asked++ >> 1]) : undefined
      )
      const client = yield* make(cluster.seeds)
      expect((yield* client.topology).nodes).toHaveLength(1)
      expect(asked).toBe(4)
      const busy = yield* FakeCluster.make(1, ([name]) =>
        name === "CLUSTER" ? Resp.simpleError(answers[0]) : undefined
      )
      const error = yield* Effect.flip(make(busy.seeds, { availabilityDeadline: Duration.millis(300) }))
      expect(error).toMatchObject({ _tag: "TopologyError", reason: answers[0] })
    })
  )

  it.scopedLive("does not wait long for a seed that accepts and says nothing", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const silent = yield* FakeNode.make(() => "silence")
      const [elapsed, client] = yield* timedNet(make([silent, ...cluster.seeds]))
      // Nor is it given up only after the two seconds that an answer may take.
      expect(Duration.toMillis(elapsed)).toBeLessThan(1500)
      expect((yield* client.topology).nodes).toHaveLength(1)
      yield* silent.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("fails with the connection's error when no seed can be connected to", () =>
    Effect.gen(function* () {
      const seeds = [yield* deadSeed, yield* deadSeed]
      const error = yield* Effect.flip(make(seeds))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "Connect", sent: "no" })
      expect(error.message).toMatch(/connection refused; is a server running there\?$/)
    })
  )

  it.scopedLive("fails with Auth when the password is wrong, and does not tell it", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2, undefined, { password: "right" })
      const credentials = { password: Redacted.make("s3cr3t-Pa55") }
      const error = yield* Effect.flip(make(cluster.seeds, { credentials }))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "Auth" })
      expect(inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error)).not.toContain(
        "s3cr3t-Pa55"
      )
    })
  )

  it.scopedLive("fails with TopologyError when the server is not a cluster", () =>
    Effect.gen(function* () {
      const standalone = yield* FakeNode.make()
      const error = yield* Effect.flip(make([standalone, yield* deadSeed]))
      expect(error).toMatchObject({ _tag: "TopologyError", node: standalone.address })
      expect(error.message).toContain("ERR This instance has cluster support disabled")
    })
  )

  it.scopedLive("fails with TopologyError when nobody has any slots, or the answer is none", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { mode: "cluster" })
      const empty = yield* Effect.flip(make([node]))
      expect(empty).toMatchObject({ _tag: "TopologyError", node: node.address })
      expect(empty.message).toContain("no node serves any slot")
      node.script = ([name]) => (name === "CLUSTER" ? Resp.integer(1) : undefined)
      expect(yield* Effect.flip(make([node]))).toMatchObject({ _tag: "TopologyError" })
    })
  )

  it.scopedLive("fails with TopologyError when there are no seeds", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(make([]))).toMatchObject({
        _tag: "TopologyError",
        reason: "no seed is given"
      })
    })
  )

  it.scopedLive("leaves no connection behind when it fails", () =>
    Effect.gen(function* () {
      const standalone = yield* FakeNode.make()
      yield* Effect.scoped(Effect.flip(make([standalone])))
      yield* standalone.awaitConnections((open) => open === 0)
    })
  )
})

describe("a refresh", () => {
  it.scopedLive("goes to an open connection, and to known nodes when the seeds are gone", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* make([cluster.seeds[0]])
      yield* client.execute("GET", keyOn(cluster, 1))
      yield* client.execute("GET", keyOn(cluster, 2))
      yield* cluster.nodes[0].stop
      cluster.assign(
        Array.from({ length: 16384 }, (_, slot) => slot).filter((slot) => cluster.owner(slot) === 0),
        1
      )
      const connections = cluster.nodes.map((node) => node.connections.length)
      const topology = yield* client.refreshTopology
      expect(topology.nodes).toHaveLength(2)
      expect(cluster.nodes.map((node) => node.connections.length)).toEqual(connections)
    })
  )

  it.scopedLive("is one for all who ask at the same time", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* make(cluster.seeds)
      const before = questions(cluster)
      const topologies = yield* Effect.replicateEffect(client.refreshTopology, 100, {
        concurrency: "unbounded"
      })
      expect(new Set(topologies).size).toBe(1)
      expect(questions(cluster)).toBe(before + 1)
    })
  )

  it.scopedLive("that fails leaves the topology as it was", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* make(cluster.seeds)
      const before = yield* client.topology
      yield* cluster.nodes[0].stop
      expect(yield* Effect.flip(client.refreshTopology)).toMatchObject({ _tag: "ConnectionError" })
      expect(yield* client.topology).toBe(before)
    })
  )
})
