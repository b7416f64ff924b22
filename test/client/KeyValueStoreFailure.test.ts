import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as ClusterKeyValueStore from "../../src/client/ClusterKeyValueStore.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"

const QUICK = { retryDelay: Duration.millis(1), unavailableSchedule: Schedule.recurs(2) }

const withStore = <A, E>(
  node: FakeNode,
  use: (store: KeyValueStore.KeyValueStore) => Effect.Effect<A, E>
): Effect.Effect<A, unknown> =>
  Effect.flatMap(KeyValueStore.KeyValueStore, use).pipe(
    Effect.provide(
      ClusterKeyValueStore.layer({ prefix: "p:" }).pipe(
        Layer.provide(StandaloneClient.layer({ seeds: [node], ...QUICK }))
      )
    )
  )

describe("a store on a server that is not well", () => {
  it.scopedLive.each([
    ["NOPERM this user has no permissions", "PermissionDenied"],
    ["WRONGTYPE Operation against a key", "InvalidData"],
    ["TRYAGAIN Multiple keys request", "Busy"],
    ["CLUSTERDOWN The cluster is down", "Busy"],
    ["OOM command not allowed", "Unknown"]
  ])("turns %s into %s", ([reply, reason]) =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "SET" ? Resp.simpleError(reply) : undefined))
      const error = yield* withStore(node, (store) => Effect.flip(store.set("key", "value")))
      expect(error).toMatchObject({ reason, module: "KeyValueStore", method: "set", pathOrDescriptor: "key" })
      expect(error.message).toContain(reply)
      expect(error.message).not.toContain("value")
    })
  )

  it.scopedLive("sets again what a lost connection may have carried, and modifies nothing twice", () =>
    Effect.gen(function* () {
      let sets = 0
      const node = yield* FakeNode.make(([name]) => {
        switch (name) {
          case "SET":
            return ++sets === 1 ? "close" : Resp.ok
          case "GET":
            return Resp.bulkString("1")
          case "EVAL":
            return "close"
          default:
            return undefined
        }
      })
      const error = yield* withStore(node, (store) =>
        Effect.zipRight(store.set("key", "value"), Effect.flip(store.modify("key", (value) => value + "1")))
      )
      expect(node.received("SET")).toHaveLength(2)
      expect(node.received("EVAL")).toHaveLength(1)
      expect(error).toMatchObject({ method: "modify", cause: { _tag: "ConnectionError", sent: "maybe" } })
    })
  )

  it.scopedLive("computes a modification again until the value has stood still", () =>
    Effect.gen(function* () {
      let value = 1
      const node = yield* FakeNode.make(([name]) => {
        if (name === "GET") return Resp.bulkString(String(value))
        if (name !== "EVAL") return undefined
        const isStill = value === 3
        // Somebody else is quicker twice.
        if (!isStill) value++
        return Resp.integer(isStill ? 1 : 0)
      })
      const seen: Array<string> = []
      const result = yield* withStore(node, (store) =>
        store.modify("key", (current) => {
          seen.push(current)
          return `${current}!`
        })
      )
      expect(seen).toEqual(["1", "2", "3"])
      expect(result).toEqual(Option.some("3!"))
      expect(node.received("EVAL")[2].slice(2)).toEqual(["1", "p:key", "3", "3!"])
    })
  )

  it.scopedLive("clears what it can, and says what it could not", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, key]) => {
        if (name === "SCAN")
          return Resp.array([Resp.bulkString("0"), Resp.array(["p:a", "p:b", "p:c"].map(Resp.bulkString))])
        if (name !== "UNLINK") return undefined
        return key === "p:b" ? Resp.simpleError("NOPERM no") : Resp.integer(1)
      })
      const error = yield* withStore(node, (store) => Effect.flip(store.clear))
      expect(error).toMatchObject({ method: "clear", reason: "PermissionDenied" })
      expect(node.received("UNLINK").map(([, key]) => key)).toEqual(["p:a", "p:b", "p:c"])
    })
  )
})
