/** Commands that the table lacks: a module's, a newer server's. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { connect, keyOn } from "./ClientFixture.ts"

/** As COMMAND INFO describes a command with one key, its first argument. */
const described = (name: string, ...flags: ReadonlyArray<string>): RespValue =>
  Resp.array([
    Resp.array([
      Resp.bulkString(name),
      Resp.integer(-2),
      Resp.array(flags.map(Resp.simpleString)),
      Resp.integer(1),
      Resp.integer(1),
      Resp.integer(1)
    ])
  ])

const withModule = (info: RespValue) =>
  FakeCluster.make(3, ([name]) =>
    name === "COMMAND" ? info : name.toLowerCase() === "graph.query" ? Resp.ok : undefined
  )

describe("a command that the table lacks", () => {
  it.scopedLive("is asked about once, by however many, and goes where its key is from then on", () =>
    Effect.gen(function* () {
      const cluster = yield* withModule(described("graph.query", "write"))
      const client = yield* connect(cluster)
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, index) => index),
        (index) => client.execute("GRAPH.QUERY", keyOn(cluster, index % 3), "MATCH"),
        { concurrency: "unbounded" }
      )
      yield* client.execute("graph.query", keyOn(cluster, 1), "MATCH")
      yield* client.executeMany([["GRAPH.QUERY", keyOn(cluster, 2), "MATCH"]])
      expect(cluster.received("COMMAND")).toEqual([["COMMAND", "INFO", "graph.query"]])
      expect(cluster.nodes.map((node) => node.received("graph.query").length)).toEqual([34, 34, 34])
    })
  )

  it.scopedLive("is safe to repeat when the server says that it only reads", () =>
    Effect.gen(function* () {
      const cluster = yield* withModule(described("graph.query", "readonly"))
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 0)
      yield* client.execute("GRAPH.QUERY", key)
      const answers = cluster.script
      let isClosed = false
      cluster.script = (command, connection, node) => {
        if (command[0] !== "GRAPH.QUERY" || isClosed) return answers(command, connection, node)
        isClosed = true
        return "close"
      }
      expect(yield* client.execute("GRAPH.QUERY", key)).toEqual(Resp.ok)
    })
  )

  it.scopedLive(
    "goes to any node when the server does not know it either, and is not asked about again",
    () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(3)
        const client = yield* connect(cluster)
        for (let turn = 0; turn < 5; turn++) {
          const error = yield* Effect.flip(client.execute("NO.SUCH", "a"))
          expect(error).toMatchObject({ _tag: "RedisError", kind: "ERR" })
          expect(error.message).toContain("unknown command")
        }
        expect(cluster.received("COMMAND")).toHaveLength(1)
        expect(cluster.received("NO.SUCH")).toHaveLength(5)
      })
  )

  it.scopedLive("goes to any node when the user may not ask", () =>
    Effect.gen(function* () {
      const cluster = yield* withModule(
        Resp.simpleError("NOPERM no permissions to run the 'command' command")
      )
      const client = yield* connect(cluster)
      expect(yield* client.execute("GRAPH.QUERY", "a")).toEqual(Resp.ok)
      expect(yield* client.execute("GRAPH.QUERY", "a")).toEqual(Resp.ok)
      expect(cluster.received("COMMAND")).toHaveLength(1)
    })
  )

  it.scopedLive("follows a MOVED all the same", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const target = cluster.nodes[1]
      cluster.script = ([name], _, node) =>
        name === "GRAPH.QUERY"
          ? node === 1
            ? Resp.ok
            : Resp.simpleError(`MOVED 1 ${target.address}`)
          : undefined
      for (let turn = 0; turn < 4; turn++) {
        expect(yield* client.execute("GRAPH.QUERY", keyOn(cluster, 1))).toEqual(Resp.ok)
      }
    })
  )
})
