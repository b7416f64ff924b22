/** A cluster with TLS and a password: every node is verified and logged in to. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { TEST_PASSWORD, TestCluster, THREE_MASTERS, TLS_AND_PASSWORD } from "../support/TestCluster.ts"

const connect = (options: Partial<ClusterOptions> = {}) =>
  Effect.flatMap(TestCluster, ({ connectionOptions: { credentials, tls }, seed }) =>
    ClusterClient.make({ seeds: [seed], credentials, tls, ...options })
  )

layer(TestCluster.layer({ ...THREE_MASTERS, ...TLS_AND_PASSWORD }), {
  excludeTestServices: true,
  timeout: "60 seconds"
})("on three masters with TLS and a password", (it) => {
  for (const protocol of [2, 3] as const) {
    it.scoped(`RESP${protocol}: writes and reads at every master`, () =>
      Effect.gen(function* () {
        const cluster = yield* TestCluster
        yield* cluster.flush
        const client = yield* connect({ protocol })
        const keys = Array.from({ length: 1000 }, (_, index) => `key:${index}`)
        yield* client.executeMany(keys.map((key) => ["SET", key, key]))
        const counts = yield* cluster.keysPerMaster
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1000)
        expect(Math.min(...counts)).toBeGreaterThan(250)
        const read = yield* client.executeMany(keys.map((key) => ["GET", key]))
        expect(read.map((result) => Resp.text(Either.getOrThrow(result)))).toEqual(keys)
      })
    )
  }

  it.scoped("takes credentials that are an effect, and a slot that moves", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      let evaluations = 0
      const client = yield* connect({
        credentials: Effect.sync(() => {
          evaluations++
          return { password: Redacted.make(TEST_PASSWORD) }
        })
      })
      const [from, to] = cluster.masters
      const [slot] = from.slots[0]
      yield* client.execute("PING")
      expect(evaluations).toBe(3)
      yield* cluster.moveSlot(slot, from, to)
      expect(yield* client.execute("CLUSTER", "COUNTKEYSINSLOT", slot)).toMatchObject({ _tag: "Integer" })
      yield* cluster.moveSlot(slot, to, from)
    })
  )

  it.scoped("refuses an authority that did not sign, and a wrong password, and does not tell it", () =>
    Effect.gen(function* () {
      const untrusted = yield* Effect.flip(connect({ tls: {} }))
      expect(untrusted).toMatchObject({ _tag: "ConnectionError", reason: "Tls", sent: "no" })
      const credentials = { password: Redacted.make("wrong-Pa55") }
      const refused = yield* Effect.flip(connect({ credentials }))
      expect(refused).toMatchObject({ _tag: "ConnectionError", reason: "Auth", sent: "no" })
      for (const error of [untrusted, refused]) {
        const told =
          inspect(error, { depth: Infinity, showHidden: true }) + JSON.stringify(error) + error.message
        expect(told).not.toContain("wrong-Pa55")
        expect(told).not.toContain(TEST_PASSWORD)
      }
    })
  )
})
