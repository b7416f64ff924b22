import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as ClusterKeyValueStore from "../../src/client/ClusterKeyValueStore.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { STANDALONE, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const clusterClient = Layer.unwrapEffect(
  Effect.map(TestCluster, ({ masters }) =>
    ClusterClient.layer({ seeds: masters.map(({ server }) => server.connectionOptions) })
  )
)
const standaloneClient = Layer.unwrapEffect(
  Effect.map(TestCluster, ({ masters }) =>
    StandaloneClient.layer({ seeds: masters.map(({ server }) => server.connectionOptions) })
  )
)

class User extends Schema.Class<User>("User")({ name: Schema.String, age: Schema.Number }) {}

let stores = 0
/** A store whose prefix nobody else has. */
const freshStore = Effect.suspend(() => ClusterKeyValueStore.make({ prefix: `store${++stores}:` }))
const bytes = (...values: ReadonlyArray<number>): Uint8Array => new Uint8Array(values)
const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What packages/platform/test/KeyValueStore.test.ts of Effect asks of every store, and then what this one promises. */
describe.each([
  ["a cluster", THREE_MASTERS, clusterClient],
  ["one server", STANDALONE, standaloneClient]
] as const)("on %s", (_, servers, client) => {
  layer(Layer.provideMerge(client, TestCluster.layer(servers)), { excludeTestServices: true })(
    "a store",
    (it) => {
      it.effect("gives what was set, under any name", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          yield* store.set("/foo/bar", "bar")
          yield* store.set("", "of the empty name")
          expect(yield* store.get("/foo/bar")).toEqual(Option.some("bar"))
          expect(yield* store.get("")).toEqual(Option.some("of the empty name"))
          expect(yield* store.size).toBe(2)
        })
      )

      it.effect("gives nothing for what is missing", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          yield* store.clear
          expect(yield* store.get("foo")).toEqual(Option.none())
          expect(yield* store.getUint8Array("foo")).toEqual(Option.none())
          expect(yield* store.has("foo")).toBe(false)
        })
      )

      it.effect("removes, and does not mind what is missing", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          yield* store.set("foo", "bar")
          expect(yield* store.has("foo")).toBe(true)
          yield* store.remove("foo")
          yield* store.remove("foo")
          expect(yield* store.get("foo")).toEqual(Option.none())
          expect(yield* store.size).toBe(0)
          expect(yield* store.isEmpty).toBe(true)
        })
      )

      it.effect("modifies what is there, and nothing else", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          yield* store.set("foo", "bar")
          expect(yield* store.modify("foo", (value) => value + "bar")).toEqual(Option.some("barbar"))
          expect(yield* store.get("foo")).toEqual(Option.some("barbar"))
          expect(yield* store.modify("missing", (value) => value + "bar")).toEqual(Option.none())
          expect(yield* store.modifyUint8Array("foo", (value) => value.slice(0, 1))).toEqual(
            Option.some(encode("b"))
          )
          expect(yield* store.get("foo")).toEqual(Option.some("b"))
          expect(yield* store.size).toBe(1)
        })
      )

      it.effect("keeps bytes as they are, and text as UTF-8", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          const binary = fc.sample(fc.uint8Array({ maxLength: 4000 }), 20)
          for (const value of [bytes(), bytes(0, 42, 255, 128, 13, 10), ...binary]) {
            yield* store.set("binary", value)
            const read = Option.getOrThrow(yield* store.getUint8Array("binary"))
            expect(read).toEqual(value)
            expect(read.constructor).toBe(Uint8Array)
          }
          yield* store.set("text", "héllo 👋")
          expect(yield* store.get("text")).toEqual(Option.some("héllo 👋"))
          expect(yield* store.getUint8Array("text")).toEqual(Option.some(encode("héllo 👋")))
          yield* store.set("base64", "Zm9v")
          expect(yield* store.getUint8Array("base64")).toEqual(Option.some(encode("Zm9v")))
          yield* store.set("binary", bytes(0, 255, 1))
          yield* store.modifyUint8Array("binary", (value) => value.map((byte) => 255 - byte))
          expect(yield* store.getUint8Array("binary")).toEqual(Option.some(bytes(255, 0, 254)))
        })
      )

      it.effect("takes a prefix of its own, as every store", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          const prefixed = KeyValueStore.prefix(store, "prefix/")
          yield* prefixed.set("foo", "bar")
          yield* prefixed.modify("foo", (value) => value + "bar")
          expect(yield* prefixed.get("foo")).toEqual(Option.some("barbar"))
          expect(yield* prefixed.has("foo")).toBe(true)
          expect(yield* store.get("prefix/foo")).toEqual(Option.some("barbar"))
          expect(yield* store.has("prefix/foo")).toBe(true)
        })
      )

      it.effect("holds values of a schema", () =>
        Effect.gen(function* () {
          const users = (yield* freshStore).forSchema(User)
          yield* users.set("foo", new User({ name: "foo", age: 42 }))
          yield* users.modify("foo", (user) => new User({ ...user, age: 43 }))
          expect(yield* users.get("foo")).toEqual(Option.some(new User({ name: "foo", age: 43 })))
        })
      )

      it.effect("clears and counts its own keys alone, more than a page of them", () =>
        Effect.gen(function* () {
          const client = yield* ClusterClient
          const store = yield* ClusterKeyValueStore.make({ prefix: "mine:" })
          const others = ["mine", "min:e", "Mine:0", "other:mine:0"]
          for (const key of others) yield* client.execute("SET", key, "untouched")
          yield* client.executeMany(Array.from({ length: 5000 }, (_, index) => ["SET", `mine:${index}`, "x"]))
          expect(yield* store.size).toBe(5000)
          expect(yield* store.isEmpty).toBe(false)
          yield* store.clear
          expect(yield* store.size).toBe(0)
          expect(yield* store.isEmpty).toBe(true)
          for (const key of others)
            expect(Resp.text(yield* client.execute("GET", key)), key).toBe("untouched")
        })
      )

      it.effect("takes a prefix by its letters, not as a pattern", () =>
        Effect.gen(function* () {
          const client = yield* ClusterClient
          const prefixes = ["a*:", "a?:", "[ab]:", "a\\*:", "{a}*", "[^a]:"]
          for (const prefix of prefixes) {
            const store = yield* ClusterKeyValueStore.make({ prefix })
            yield* client.executeMany(
              ["a:", "ab:", "b:", "axx:", "a*", "{a}x"].map((key) => ["SET", key, "x"])
            )
            yield* store.set("1", "one")
            expect(yield* store.size, prefix).toBe(1)
            yield* store.clear
            expect(yield* store.size, prefix).toBe(0)
            for (const key of ["a:", "ab:", "b:", "axx:", "a*", "{a}x"]) {
              expect((yield* client.execute("EXISTS", key)).value, `${prefix} ${key}`).toBe(1)
            }
          }
        })
      )

      it.effect("loses no update of many at once", () =>
        Effect.gen(function* () {
          const store = yield* freshStore
          yield* store.set("count", "0")
          const increment = store.modify("count", (value) => String(Number(value) + 1))
          const concurrent = yield* Effect.all(
            Array.from({ length: 50 }, () => increment),
            {
              concurrency: "unbounded"
            }
          )
          expect(new Set(concurrent.map(Option.getOrThrow)).size).toBe(50)
          expect(yield* store.get("count")).toEqual(Option.some("50"))
        })
      )

      it.effect("keeps the time to live of what it modifies", () =>
        Effect.gen(function* () {
          const client = yield* ClusterClient
          const store = yield* ClusterKeyValueStore.make({ prefix: "ttl:" })
          yield* client.execute("SET", "ttl:a", "1", "EX", 1000)
          yield* store.modify("a", () => "2")
          expect(Number((yield* client.execute("TTL", "ttl:a")).value)).toBeGreaterThan(900)
        })
      )

      it.effect("fails with the platform's error, which names the key and what to do", () =>
        Effect.gen(function* () {
          const client = yield* ClusterClient
          const store = yield* ClusterKeyValueStore.make({ prefix: "wrong:" })
          yield* client.execute("RPUSH", "wrong:list", "x")
          const error = yield* Effect.flip(store.get("list"))
          expect(error).toMatchObject({
            _tag: "SystemError",
            reason: "InvalidData",
            module: "KeyValueStore",
            method: "get",
            pathOrDescriptor: "list"
          })
          expect(error.message).toContain("WRONGTYPE")
          expect(yield* Effect.flip(store.modify("list", (value) => value))).toMatchObject({
            method: "modify"
          })
          yield* store.clear
          expect(yield* store.has("list")).toBe(false)
        })
      )

      it.effect("is provided by its layer", () =>
        Effect.gen(function* () {
          const store = yield* KeyValueStore.KeyValueStore
          yield* store.set("a", "1")
          expect(
            Resp.text(yield* Effect.flatMap(ClusterClient, ({ execute }) => execute("GET", "layer:a")))
          ).toBe("1")
        }).pipe(Effect.provide(ClusterKeyValueStore.layer({ prefix: "layer:" })))
      )
    }
  )
})
