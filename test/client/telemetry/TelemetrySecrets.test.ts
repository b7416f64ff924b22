import { describe, expect, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import { inspect } from "node:util"
import { ClusterClient } from "../../../src/client/ClusterClient.ts"
import * as ClusterConfig from "../../../src/client/ClusterConfig.ts"
import * as StandaloneClient from "../../../src/client/StandaloneClient.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { FakeNode } from "../../support/FakeNode.ts"
import { makeTelemetryRecorder } from "./TelemetryRecorder.ts"

const PASSWORD = "hunter2-password"
const WRONG_PASSWORD = "hunter3-password"
const KEY = "patient:4711"
const VALUE = "diagnosis-of-the-patient"
const SECRETS = [PASSWORD, WRONG_PASSWORD, KEY, VALUE]

const OPTIONS = { unavailableSchedule: Schedule.recurs(3), spans: "commands" } as const

describe("what a client tells of itself", () => {
  it.scopedLive("holds no password, no key and no value, whatever goes wrong", () =>
    Effect.gen(function* () {
      const recorder = makeTelemetryRecorder()
      let isLoading = true
      const cluster = yield* FakeCluster.make(
        2,
        ([name, ...args]) => {
          switch (name) {
            case "NOSUCH":
              return Resp.simpleError(
                `ERR unknown command 'NOSUCH', with args beginning with: '${args.join("' '")}'`
              )
            case "EVAL":
              return Resp.simpleError(VALUE)
            case "STRLEN":
              return Resp.simpleError(`LOADING ${VALUE}`)
            case "GETDEL":
              isLoading = !isLoading
              return isLoading ? undefined : Resp.simpleError(`CLUSTERDOWN ${VALUE}`)
            case "APPEND":
              return "close"
            case "LLEN":
              return Buffer.from(`:${VALUE}\r\n`)
            default:
              return undefined
          }
        },
        { password: PASSWORD }
      )
      const slot = calculateSlot(KEY)
      const target = 1 - cluster.owner(slot)
      const use = Effect.gen(function* () {
        const client = yield* ClusterClient
        yield* client.execute("SET", KEY, VALUE)
        yield* client.executeMany([
          ["SET", KEY, VALUE],
          ["GET", KEY],
          ["EVAL", `return '${VALUE}'`, 1, KEY]
        ])
        yield* Effect.exit(client.execute("NOSUCH", KEY, VALUE))
        yield* Effect.exit(client.executeOn(cluster.nodes[target].address, "GET", KEY))
        yield* Effect.exit(client.execute("EVAL", `return '${VALUE}'`, 1, KEY, VALUE))
        yield* Effect.exit(client.execute("GETDEL", KEY))
        yield* Effect.exit(client.execute("APPEND", KEY, VALUE))
        yield* Effect.exit(client.execute("LLEN", KEY))
        yield* Effect.exit(client.execute("SET", KEY, VALUE))
        yield* Effect.exit(client.execute("STRLEN", KEY))
        cluster.beginMigration(slot, target)
        cluster.migrateKey(KEY)
        yield* Effect.exit(client.execute("GET", KEY))
        cluster.finishMigration(slot)
        yield* Effect.exit(client.execute("GET", KEY))
        yield* Effect.exit(client.execute("MSETNX", KEY, VALUE, "other", VALUE))
        yield* Effect.exit(client.execute("AUTH", PASSWORD))
        cluster.script = ([name]) => (name === "CLUSTER" ? Resp.simpleError(`ERR ${VALUE}`) : undefined)
        yield* Effect.exit(client.refreshTopology)
      })
      const credentials = { password: Redacted.make(PASSWORD) }
      yield* use.pipe(
        Effect.provide(ClusterClient.layer({ seeds: cluster.seeds, credentials, ...OPTIONS })),
        Effect.provide(recorder.layer)
      )
      const refused = Effect.scoped(
        StandaloneClient.make({
          seeds: cluster.seeds,
          credentials: { password: Redacted.make(WRONG_PASSWORD) }
        })
      )
      const error = yield* Effect.flip(refused).pipe(Effect.provide(recorder.layer))
      expect(error).toMatchObject({ reason: "Auth" })
      // A server before 6.0 quotes the arguments of HELLO.
      const old = yield* FakeNode.make(undefined, { protocol: 2 })
      yield* Effect.scoped(StandaloneClient.make({ seeds: [old], credentials })).pipe(
        Effect.provide(recorder.layer)
      )

      const told = recorder.text()
      for (const secret of SECRETS) expect(told, secret).not.toContain(secret)
      // All of it was recorded: the failures too.
      expect(new Set(recorder.spans.map(({ name }) => name))).toEqual(
        new Set(
          "redis.connect redis.refreshTopology BATCH SET NOSUCH GET EVAL GETDEL APPEND LLEN STRLEN MSETNX AUTH".split(
            " "
          )
        )
      )
      const types = new Set(recorder.spans.map(({ attributes }) => attributes.get("error.type")))
      expect(Array.from(types)).toEqual(
        expect.arrayContaining(["ERR", "OTHER", "MOVED", "ConnectionError.Auth", "RoutingError"])
      )
      expect(new Set(recorder.lines.map(({ message }) => message.split(":")[0]))).toEqual(
        new Set([
          "topology learnt",
          "topology not to be had",
          "sent again",
          "connection lost",
          "connected again"
        ])
      )
      expect(told).toContain("redis_client_retries")
    })
  )
})

describe("ClusterClient.layerConfig", () => {
  const run = <A, E>(environment: Record<string, string>, effect: Effect.Effect<A, E, ClusterClient>) =>
    effect.pipe(
      Effect.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)),
      Effect.provide(Layer.setConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment)))))
    )
  const ping = Effect.flatMap(ClusterClient, (client) => client.execute("PING"))

  it.scopedLive("reads host, port and password", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2, undefined, { password: PASSWORD })
      const [{ host, port }] = cluster.nodes
      const address = { REDIS_CLIENT_HOST: host, REDIS_CLIENT_PORT: String(port) }
      expect(Resp.text(yield* run({ ...address, REDISCLI_AUTH: PASSWORD }, ping))).toBe("PONG")
      const pair = { REDIS_CLIENT_HOST: `${host}:${port}`, REDISCLI_AUTH: PASSWORD }
      expect(Resp.text(yield* run(pair, ping))).toBe("PONG")
      const refused = yield* Effect.flip(run({ ...address, REDISCLI_AUTH: WRONG_PASSWORD }, ping))
      expect(refused).toMatchObject({ _tag: "ConnectionError", reason: "Auth" })
      expect(inspect(refused, { depth: 9 })).not.toContain(WRONG_PASSWORD)
    })
  )

  it.effect("says which variable is wrong, before it connects", () =>
    Effect.gen(function* () {
      const port = yield* Effect.flip(run({ REDIS_CLIENT_PORT: "70000" }, ping))
      expect(String(port)).toContain("REDIS_CLIENT_PORT")
      const file = yield* Effect.flip(
        run({ REDIS_CLIENT_TLS: "1", REDIS_CLIENT_CACERT: "/no/such/file.pem" }, ping)
      )
      expect(String(file)).toContain("REDIS_CLIENT_CACERT")
      const tls = yield* Effect.flip(run({ REDIS_CLIENT_TLS: "perhaps", REDISCLI_AUTH: PASSWORD }, ping))
      expect(String(tls)).toContain("REDIS_CLIENT_TLS")
      expect(String(tls)).not.toContain(PASSWORD)
    })
  )
})
