import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answerOf, TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("CONFIG SET", (it) => {
  it.scoped("leaves every node its own port, and sets the rest on all", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const client = yield* connectPlain((yield* startProxy(cluster)).port)
      const [, port] = (yield* client.ask("CONFIG", "GET", "port")) as ReadonlyArray<string>
      expect(yield* client.ask("CONFIG", "SET", "Port", port)).toBe("OK")
      expect(yield* client.ask("CONFIG", "SET", "port", port, "hz", "11")).toBe("OK")
      expect(yield* client.ask("CONFIG", "SET", "hz", "12", "port", "1")).toBe(
        "-ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port with every node"
      )
      for (const master of cluster.masters) {
        expect(plain(yield* answerOf(master, "CONFIG", "GET", "port", "hz"))).toEqual({
          port: String(master.server.port),
          hz: "11"
        })
      }
      expect(yield* client.ask("CONFIG", "SET", "port")).toBe(
        "-ERR wrong number of arguments for 'config|set' command"
      )
    })
  )
})
