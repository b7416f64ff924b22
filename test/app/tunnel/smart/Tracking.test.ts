import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("tracking", (it) => {
  it.scoped("tells a client of RESP3 of keys of every master that it has read", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      yield* client.ask("HELLO", 3)
      expect(yield* client.ask("CLIENT", "TRACKING", "ON")).toBe("OK")
      expect(yield* client.ask("CLIENT", "TRACKINGINFO")).toEqual({
        flags: ["on"],
        redirect: 0,
        prefixes: []
      })
      for (const key of ["a", "b", "c"]) {
        expect(yield* client.ask("GET", key)).toBe(null)
        yield* other.ask("SET", key, "1")
        expect((yield* client.take(1)).map(plain)).toEqual([{ push: ["invalidate", [key]] }])
      }
      yield* client.ask("MGET", "a", "b", "c")
      yield* other.ask("FLUSHALL")
      expect((yield* client.take(1)).map(plain)).toEqual([{ push: ["invalidate", null] }])
      // Read in a transaction, a key counts as read.
      client.send("MULTI")
      client.send("GET", "in")
      client.send("EXEC")
      expect((yield* client.take(3)).map(plain)).toEqual(["OK", "QUEUED", [null]])
      yield* other.ask("SET", "in", "1")
      expect((yield* client.take(1)).map(plain)).toEqual([{ push: ["invalidate", ["in"]] }])
      expect(yield* client.ask("CLIENT", "TRACKING", "OFF")).toBe("OK")
      yield* client.ask("GET", "a")
      yield* other.ask("SET", "a", "2")
      expect(yield* client.ask("PING")).toBe("PONG")
    })
  )

  it.scoped("tells of every key with a prefix, and only of keys that are asked for with OPTIN", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, other] = [yield* connectPlain(port), yield* connectPlain(port)]
      yield* client.ask("HELLO", 3)
      expect(yield* client.ask("CLIENT", "TRACKING", "ON", "PREFIX", "p:")).toBe(
        "-ERR PREFIX option requires BCAST mode to be enabled"
      )
      expect(yield* client.ask("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "p:")).toBe("OK")
      for (const key of ["p:a", "q:a", "p:b", "p:c"]) yield* other.ask("SET", key, "1")
      const told = (yield* client.take(3)).map(plain)
      expect(told.map((push) => JSON.stringify(push)).toSorted()).toEqual(
        ["p:a", "p:b", "p:c"].map((key) => JSON.stringify({ push: ["invalidate", [key]] }))
      )
      yield* client.ask("CLIENT", "TRACKING", "OFF")
      expect(yield* client.ask("CLIENT", "TRACKING", "ON", "OPTIN")).toBe("OK")
      yield* client.ask("GET", "unasked")
      expect(yield* client.ask("CLIENT", "CACHING", "YES")).toBe("OK")
      yield* client.ask("GET", "asked")
      yield* other.ask("SET", "unasked", "1")
      yield* other.ask("SET", "asked", "1")
      expect((yield* client.take(1)).map(plain)).toEqual([{ push: ["invalidate", ["asked"]] }])
    })
  )

  it.scoped("tells another client of RESP2, which has subscribed", () =>
    Effect.gen(function* () {
      const { port } = yield* startProxy(yield* TestCluster)
      const [client, told, other] = [
        yield* connectPlain(port),
        yield* connectPlain(port),
        yield* connectPlain(port)
      ]
      const id = Number(yield* told.ask("CLIENT", "ID"))
      yield* told.ask("SUBSCRIBE", "__redis__:invalidate")
      expect(yield* client.ask("CLIENT", "TRACKING", "ON", "REDIRECT", 99_999)).toBe(
        "-ERR The client ID you want redirect to does not exist"
      )
      expect(yield* client.ask("CLIENT", "TRACKING", "ON", "REDIRECT", id)).toBe("OK")
      expect(yield* client.ask("CLIENT", "GETREDIR")).toBe(id)
      yield* client.ask("MGET", "a", "b")
      yield* other.ask("SET", "b", "1")
      expect((yield* told.take(1)).map(plain)).toEqual([["message", "__redis__:invalidate", ["b"]]])
    })
  )
})
