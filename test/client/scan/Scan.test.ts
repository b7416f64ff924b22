/** Walks over scripted nodes: what is asked, what is refused, and when it gives up. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import { hscan, scan } from "../../../src/client/scan/Scan.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../src/protocol/Resp.ts"
import { FakeCluster, type FakeClusterScript } from "../../support/FakeCluster.ts"
import { FakeNode } from "../../support/FakeNode.ts"
import * as StandaloneClient from "../../../src/client/StandaloneClient.ts"

const setUp = (
  nodes: number,
  script: FakeClusterScript
): Effect.Effect<{ readonly cluster: FakeCluster; readonly client: RedisCommands }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cluster = yield* FakeCluster.make(nodes, script)
    return { cluster, client: yield* Effect.orDie(ClusterClient.make({ seeds: cluster.seeds })) }
  })

const page = (cursor: string, ...items: ReadonlyArray<string>): RespValue =>
  Resp.array([Resp.bulkString(cursor), Resp.array(items.map(Resp.bulkString))])

const collect = <A, E>(stream: Stream.Stream<A, E>): Effect.Effect<ReadonlyArray<A>, E> =>
  Effect.map(Stream.runCollect(stream), (chunk) => Array.from(chunk))

describe("scan", () => {
  it.scopedLive("fails at once where it is refused, and says by whom", () =>
    Effect.gen(function* () {
      const { client } = yield* setUp(1, ([name, subcommand]) => {
        if (subcommand === "NODES") return Resp.queued
        switch (name) {
          case "SCAN":
            return Resp.simpleError("NOPERM no SCAN for you")
          case "EXEC":
            return Resp.simpleError("EXECABORT Transaction discarded because of previous errors.")
          default:
            return name === "MULTI" ? Resp.ok : undefined
        }
      })
      const error = yield* Effect.flip(collect(scan(client)))
      expect(error).toMatchObject({ _tag: "RedisError", kind: "NOPERM", command: "SCAN" })
    })
  )

  it.scopedLive("passes its options on, and walks one server as it is", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, cursor]) =>
        name === "SCAN" ? (cursor === "0" ? page("17", "a", "b") : page("0", "c")) : undefined
      )
      const client = yield* Effect.orDie(StandaloneClient.make({ seeds: [node] }))
      const keys = yield* collect(scan(client, { match: "x*", type: "hash", count: 7 }))
      expect(keys).toEqual(["a", "b", "c"])
      expect(node.received("SCAN")).toEqual([
        ["SCAN", "0", "MATCH", "x*", "COUNT", "7", "TYPE", "hash"],
        ["SCAN", "17", "MATCH", "x*", "COUNT", "7", "TYPE", "hash"]
      ])
      expect(node.received("MULTI")).toEqual([])
    })
  )

  it.scopedLive(
    "goes on with its cursor on another connection to the same process, and anew on any other",
    () =>
      Effect.gen(function* () {
        let runId = "a1"
        let cuts = 2
        const node = yield* FakeNode.make(([name, cursor]) => {
          if (name === "INFO") return Resp.bulkString(`redis_version:7.0.15\r\nrun_id:${runId}\r\n`)
          if (name !== "SCAN") return undefined
          if (cursor === "0") return page("1", "a")
          if (cuts-- > 0) {
            if (cuts === 0) runId = "b2"
            return "close"
          }
          return page("0", "b")
        })
        const client = yield* Effect.orDie(StandaloneClient.make({ seeds: [node] }))
        expect(yield* collect(scan(client))).toEqual(["a", "a", "b"])
        expect(node.received("SCAN").map(([, cursor]) => cursor)).toEqual(["0", "1", "1", "0", "1"])
      })
  )

  it.scopedLive("says what a reply is that is none", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "SCAN" ? Resp.ok : undefined))
      const client = yield* Effect.orDie(StandaloneClient.make({ seeds: [node] }))
      const error = yield* Effect.flip(collect(scan(client)))
      expect(error).toMatchObject({ _tag: "UnexpectedReply", command: "SCAN" })
    })
  )
})

describe("hscan", () => {
  it.scopedLive("follows ASK with ASKING, and MOVED, and begins anew at each node", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(2, () => undefined)
      cluster.script = ([name, , cursor], connection, node) => {
        if (name === "INFO") return Resp.bulkString(`run_id:${node}\r\n`)
        if (name !== "HSCAN") return undefined
        const place = `${calculateSlot("h")} ${cluster.nodes[0].address}`
        if (node === 0) return cursor === "0" ? page("0", "c", "3") : page("0")
        if (!connection.isAsking && cluster.received("HSCAN").length === 1) {
          return Resp.simpleError(`ASK ${calculateSlot("h")} ${cluster.nodes[1].address}`)
        }
        return cursor === "0" ? page("5", "a", "1") : Resp.simpleError(`MOVED ${place}`)
      }
      cluster.assign([calculateSlot("h")], 1)
      yield* client.refreshTopology
      const pairs = yield* collect(hscan(client, "h", { count: 1 }))
      expect(pairs).toEqual([
        ["a", "1"],
        ["c", "3"]
      ])
      expect(cluster.received("ASKING").length).toBeGreaterThan(0)
    })
  )
})
