/** What a client may have the proxy keep while a server takes nothing, or answers nothing. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { calculateSlot } from "../../../../src/protocol/HashSlot.ts"
import { TestCluster, type TestServers, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

const MEBIBYTE = 1024 * 1024
const VALUE = "x".repeat(MEBIBYTE)

const keysOf = (cluster: TestServers, index: number): ReadonlyArray<string> =>
  Array.from({ length: 300 }, (_, number) => `key:${number}`).filter(
    (key) => cluster.masterOf(calculateSlot(key)) === cluster.masters[index]
  )

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("the proxy's memory", (it) => {
  it.scoped(
    "holds a part of what a client sends to a master that has stopped; the rest stays with the client",
    () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        const proxy = yield* startProxy(cluster, { limits: { pipelinedBytes: 2 * MEBIBYTE } })
        const writer = yield* connectPlain(proxy.port)
        const other = yield* connectPlain(proxy.port)
        const [key] = keysOf(cluster, 0)
        const [elsewhere] = keysOf(cluster, 1)
        yield* writer.ask("SET", key, "1")
        yield* cluster.pause(cluster.masters[0])
        const count = 50
        for (let index = 0; index < count; index++) writer.send("SET", key, VALUE)
        // Each answer is a turn of the event loop, in which more could be read.
        yield* Effect.repeat(other.ask("GET", elsewhere), {
          until: () => proxy.readings().bytesReceived > 2 * MEBIBYTE
        })
        for (let turn = 0; turn < 200; turn++) yield* other.ask("GET", elsewhere)
        expect(proxy.readings().bytesReceived).toBeLessThan(10 * MEBIBYTE)
        yield* cluster.resume(cluster.masters[0])
        expect((yield* writer.take(count)).map(plain)).toEqual(Array.from({ length: count }, () => "OK"))
      })
  )

  it.scoped("counts replies that wait for an earlier one as those that the client does not take", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const proxy = yield* startProxy(cluster, { limits: { outputBuffer: 4 * MEBIBYTE } })
      const client = yield* connectPlain(proxy.port)
      const [first] = keysOf(cluster, 0)
      const [large] = keysOf(cluster, 1)
      yield* client.ask("SET", large, VALUE)
      yield* cluster.pause(cluster.masters[0])
      client.send("GET", first)
      for (let index = 0; index < 20; index++) client.send("GET", large)
      yield* client.closed
      expect(proxy.events).toContainEqual(expect.objectContaining({ because: "output buffer" }))
      yield* cluster.resume(cluster.masters[0])
    })
  )
})
