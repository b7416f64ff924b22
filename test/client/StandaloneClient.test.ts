import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"
import { FakeStore } from "../support/FakeStore.ts"
import { QUICK } from "./ClientFixture.ts"

const serve = () =>
  Effect.suspend(() => {
    const store = new FakeStore()
    return FakeNode.make((command, { bytes }) => store.run(command, bytes))
  })

const connect = (node: FakeNode, options: Partial<ClusterOptions> = {}) =>
  StandaloneClient.make({ seeds: [node], ...QUICK, ...options })

describe("StandaloneClient", () => {
  it.scopedLive("provides the service, so that a program need not know what it runs on", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const program = Effect.gen(function* () {
        const client = yield* ClusterClient
        yield* client.execute("SET", "a", "1")
        return yield* client.executeMany([
          ["INCR", "a"],
          ["GET", "a"]
        ])
      })
      const replies = yield* Effect.provide(program, StandaloneClient.layer({ seeds: [node] }))
      expect(replies).toEqual([Either.right(Resp.integer(2)), Either.right(Resp.bulkString("2"))])
      yield* node.awaitConnections((open) => open === 0)
    })
  )

  it.scopedLive("is one node that serves every slot, and never asks for a topology", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const client = yield* connect(node)
      const { nodes, slots } = yield* client.topology
      expect(nodes.map(({ address }) => address)).toEqual([node.address])
      expect(slots).toEqual(new Uint16Array(SLOT_COUNT))
      expect(yield* client.refreshTopology).toBe(yield* client.topology)
      expect(node.received("CLUSTER")).toEqual([])
    })
  )

  it.scopedLive("knows no slots: keys may be any, and nothing is split", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const client = yield* connect(node)
      yield* client.execute("MSET", "a", "1", "b", "2", "c", "3")
      const reply = yield* client.execute("MGET", "a", "b", "c")
      expect(Resp.elements(reply)?.map(Resp.text)).toEqual(["1", "2", "3"])
      expect(node.received("MGET")).toHaveLength(1)
      expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(3))
      // Unknown to the table: sent as it is, and nobody asks what it is.
      expect(yield* Effect.flip(client.execute("NO.SUCH"))).toMatchObject({ _tag: "RedisError" })
      expect(node.received("COMMAND")).toEqual([])
    })
  )

  it.scopedLive("fails when it cannot connect, and connects again when a connection is lost", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const client = yield* connect(node)
      yield* client.execute("SET", "a", "1")
      node.destroyConnections()
      expect(Resp.text(yield* client.execute("GET", "a"))).toBe("1")
      yield* node.stop
      expect(yield* Effect.flip(connect(node))).toMatchObject({ _tag: "ConnectionError", reason: "Connect" })
      expect(yield* Effect.flip(client.execute("GET", "a"))).toMatchObject({ _tag: "ConnectionError" })
      yield* node.restart
      expect(Resp.text(yield* client.execute("GET", "a"))).toBe("1")
    })
  )

  it.scopedLive("follows no redirection: on a member of a cluster MOVED and ASK are errors", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, key]) =>
        name === "GET" ? Resp.simpleError(`${key} 12 10.0.0.2:7001`) : undefined
      )
      const client = yield* connect(node)
      expect(yield* Effect.flip(client.execute("GET", "MOVED"))).toMatchObject({
        _tag: "MovedError",
        redirection: { slot: 12, host: "10.0.0.2", port: 7001 }
      })
      expect(yield* Effect.flip(client.execute("GET", "ASK"))).toMatchObject({ _tag: "AskError" })
      const many = yield* client.executeMany([["GET", "MOVED"]])
      expect(Either.getLeft(many[0])).toMatchObject({ value: { _tag: "MovedError" } })
      expect(node.received("GET")).toHaveLength(3)
    })
  )

  it.scopedLive("waits for a server that is loading", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const client = yield* connect(node)
      const answer = node.script
      let refusals = 3
      node.script = (command, connection) =>
        command[0] === "INCR" && refusals-- > 0
          ? Resp.simpleError("LOADING Redis is loading the dataset in memory")
          : answer(command, connection)
      expect(yield* client.execute("INCR", "n")).toEqual(Resp.integer(1))
    })
  )

  it.scopedLive("does not repeat what may have been executed", () =>
    Effect.gen(function* () {
      const node = yield* serve()
      const client = yield* connect(node)
      const answer = node.script
      node.script = (command, connection) => (command[0] === "INCR" ? "close" : answer(command, connection))
      expect(yield* Effect.flip(client.execute("INCR", "n"))).toMatchObject({
        sent: "maybe",
        command: "INCR"
      })
      expect(node.received("INCR")).toHaveLength(1)
    })
  )
})
