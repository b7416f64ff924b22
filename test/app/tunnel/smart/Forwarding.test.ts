import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("through the proxy", (it) => {
  it.scoped("commands reach the masters of their keys, and replies come in order", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      const keys = Array.from({ length: 500 }, (_, index) => `order:${index}`)
      for (const key of keys) {
        client.send("SET", key, `value of ${key}`)
        client.send("GET", key)
      }
      const replies = (yield* client.take(1000)).map(plain)
      expect(replies).toEqual(keys.flatMap((key) => ["OK", `value of ${key}`]))
    })
  )

  it.scoped("commands on keys of several slots are taken apart and joined", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      expect(yield* client.ask("MSET", "a", "1", "b", "2", "c", "3")).toBe("OK")
      expect(yield* client.ask("MGET", "c", "none", "a", "b", "a")).toEqual(["3", null, "1", "2", "1"])
      expect(yield* client.ask("EXISTS", "a", "b", "none")).toBe(2)
      expect(yield* client.ask("TOUCH", "a", "b", "c")).toBe(3)
      expect(yield* client.ask("MSETNX", "a", "1", "b", "2")).toBe(
        "-CROSSSLOT Keys in request don't hash to the same slot"
      )
      expect(yield* client.ask("DEL", "a", "b", "none")).toBe(2)
      expect(yield* client.ask("UNLINK", "c")).toBe(1)
    })
  )

  it.scoped("what the server would refuse is refused in its words", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      expect(yield* client.ask("GET")).toBe("-ERR wrong number of arguments for 'get' command")
      expect(yield* client.ask("FOO", "bar")).toBe(
        "-ERR unknown command 'FOO', with args beginning with: 'bar' "
      )
      expect(yield* client.ask("CONFIG", "NONE")).toMatch(/^-ERR unknown subcommand 'NONE'/)
      client.socket.write("*1\r\nPING\r\n")
      expect((yield* client.take(1)).map(plain)).toEqual(["-ERR Protocol error: expected '$', got 'P'"])
      yield* client.closed
    })
  )
})
