import { describe, expect, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inspect } from "node:util"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as ClusterConfig from "../../src/client/ClusterConfig.ts"
import * as StandaloneClient from "../../src/client/StandaloneClient.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { FakeNode } from "../support/FakeNode.ts"

const seeds = [{ host: "127.0.0.1", port: 7000 }]

const fromEnvironment = (variables: Record<string, string>) =>
  ClusterConfig.fromEnvironment.pipe(
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))
  )

/** The whole of a configuration error as text. */
const refusal = (variables: Record<string, string>) =>
  Effect.map(Effect.flip(fromEnvironment(variables)), (error) => {
    expect(ConfigError.isConfigError(error)).toBe(true)
    return String(error)
  })

describe("ClusterConfig", () => {
  it("has its defaults", () => {
    const config = ClusterConfig.make({ seeds })
    expect(config.seeds).toBe(seeds)
    expect(config.maxRetries).toBe(3)
    expect(Duration.toMillis(config.retryDelay)).toBe(100)
    expect(Duration.toSeconds(config.topologyRefreshInterval)).toBe(60)
    expect(config.maxConnectionsPerNode).toBe(10)
    expect(config.maxRedirections).toBe(5)
    expect(Duration.toSeconds(config.availabilityDeadline)).toBe(15)
    expect(Duration.toSeconds(config.connectTimeout)).toBe(5)
    expect(Duration.toSeconds(config.commandTimeout)).toBe(10)
    expect(config.maxPending).toBe(65_536)
    expect(config.multiplexerCount).toBe(1)
    expect(config.readFrom).toBe("master")
    expect(config.tls).toBeUndefined()
    expect(config.credentials).toBeUndefined()
  })

  it("takes what it is given instead", () => {
    const config = ClusterConfig.make({
      seeds,
      maxRetries: 0,
      retryDelay: "5 millis",
      topologyRefreshInterval: "2 minutes",
      maxConnectionsPerNode: 1,
      maxRedirections: 16,
      availabilityDeadline: 0,
      connectTimeout: 250,
      commandTimeout: Duration.infinity,
      maxPending: 8,
      multiplexerCount: 4,
      readFrom: "replica"
    })
    expect(config.maxRetries).toBe(0)
    expect(Duration.toMillis(config.retryDelay)).toBe(5)
    expect(Duration.toSeconds(config.topologyRefreshInterval)).toBe(120)
    expect(config.maxConnectionsPerNode).toBe(1)
    expect(config.maxRedirections).toBe(16)
    expect(Duration.toMillis(config.availabilityDeadline)).toBe(0)
    expect(Duration.toMillis(config.connectTimeout)).toBe(250)
    expect(config.commandTimeout).toEqual(Duration.infinity)
    expect(config).toMatchObject({ maxPending: 8, multiplexerCount: 4, readFrom: "replica" })
  })

  it.effect("tells a connection what concerns it", () =>
    Effect.gen(function* () {
      const credentials = { username: "app", password: Redacted.make("secret") }
      const config = ClusterConfig.make({
        seeds,
        credentials,
        clientName: "app",
        protocol: 2,
        tls: { ca: "PEM" },
        readFrom: "prefer-replica",
        addressMap: ({ host, port }) => ({ host: `nat-${host}`, port: port + 1 })
      })
      const options = yield* ClusterConfig.connectionOptions(config, seeds[0], "node.example")
      expect(options).toMatchObject({
        host: "nat-127.0.0.1",
        port: 7001,
        credentials,
        clientName: "app",
        protocol: 2,
        readOnly: true,
        // A certificate names the node, not the authority that the caller trusts.
        tls: { ca: "PEM", serverName: "node.example" }
      })
      const named = ClusterConfig.make({ seeds, tls: { serverName: "proxy.example" } })
      const { tls } = yield* ClusterConfig.connectionOptions(named, seeds[0], "node.example")
      expect(tls).toEqual({ serverName: "proxy.example" })
    })
  )

  it.effect("evaluates credentials that are an effect at each connect, and says Auth when they fail", () =>
    Effect.gen(function* () {
      let turn = 0
      const fresh = Effect.sync(() => ({ password: Redacted.make(`token-${++turn}`) }))
      const config = ClusterConfig.make({ seeds, credentials: fresh })
      for (const token of ["token-1", "token-2"]) {
        const { credentials } = yield* ClusterConfig.connectionOptions(config, seeds[0])
        expect(Redacted.value(credentials!.password)).toBe(token)
      }
      const failing = ClusterConfig.make({ seeds, credentials: Effect.fail("the vault said: hunter2") })
      const error = yield* Effect.flip(ClusterConfig.connectionOptions(failing, seeds[0]))
      expect(error).toMatchObject({ reason: "Auth", sent: "no", node: "127.0.0.1:7000" })
      expect(error.message).not.toContain("hunter2")
    })
  )
})

describe("ClusterConfig from the environment", () => {
  it.effect("is one server on this machine when nothing is said", () =>
    Effect.gen(function* () {
      expect(yield* fromEnvironment({})).toEqual({
        seeds: [{ host: "127.0.0.1", port: 6379 }],
        tls: undefined,
        credentials: undefined
      })
    })
  )

  it.effect("reads host, port, password, TLS and its authority", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "cluster-config-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      writeFileSync(join(folder, "ca.crt"), "the authority")
      const options = yield* fromEnvironment({
        REDIS_CLIENT_HOST: "redis.example",
        REDIS_CLIENT_PORT: "7000",
        REDIS_CLIENT_TLS: "true",
        REDIS_CLIENT_CACERT: join(folder, "ca.crt"),
        REDISCLI_AUTH: "s3cr3t"
      })
      expect(options.seeds).toEqual([{ host: "redis.example", port: 7000 }])
      expect(options.tls).toEqual({ ca: "the authority" })
      const credentials = options.credentials as { readonly password: Redacted.Redacted<string> }
      expect(Redacted.value(credentials.password)).toBe("s3cr3t")
      expect(inspect(options, { depth: Infinity }) + JSON.stringify(options)).not.toContain("s3cr3t")
    }).pipe(Effect.scoped)
  )

  for (const [given, seed] of [
    ["redis.example:7001", { host: "redis.example", port: 7001 }],
    ["[::1]:7001", { host: "::1", port: 7001 }],
    ["[::1]", { host: "::1", port: 6379 }]
  ] as const) {
    it.effect(`takes ${given} for a host`, () =>
      Effect.gen(function* () {
        expect((yield* fromEnvironment({ REDIS_CLIENT_HOST: given })).seeds).toEqual([seed])
      })
    )
  }

  it.effect("refuses what is no host, no port, no file, and says which variable", () =>
    Effect.gen(function* () {
      expect(yield* refusal({ REDIS_CLIENT_HOST: "a host" })).toMatch(/REDIS_CLIENT_HOST.*'a host'/)
      expect(yield* refusal({ REDIS_CLIENT_PORT: "seven" })).toMatch(/REDIS_CLIENT_PORT/)
      expect(yield* refusal({ REDIS_CLIENT_PORT: "65536" })).toMatch(/REDIS_CLIENT_PORT/)
      expect(yield* refusal({ REDIS_CLIENT_CACERT: "/no/such/file" })).toMatch(
        /REDIS_CLIENT_CACERT.*'\/no\/such\/file'/
      )
    })
  )
})

describe("layerConfig", () => {
  const provide = (variables: Record<string, string>) =>
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))
  const ping = Effect.flatMap(ClusterClient, (client) => client.execute("GET", "a"))

  it.scopedLive("connects to a cluster as the configuration says", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, undefined, { password: "s3cr3t" })
      const layer = ClusterClient.layerConfig(ClusterConfig.fromEnvironment)
      const reply = yield* ping.pipe(
        Effect.provide(layer),
        provide({ REDIS_CLIENT_HOST: cluster.nodes[0].address, REDISCLI_AUTH: "s3cr3t" })
      )
      expect(Resp.isNull(reply)).toBe(true)
    })
  )

  it.scopedLive("takes fields that are read one by one", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "GET" ? Resp.ok : undefined), {
        password: "s3cr3t"
      })
      const layer = StandaloneClient.layerConfig({
        seeds: Config.map(Config.port("MY_PORT"), (port) => [{ host: "127.0.0.1", port }]),
        credentials: Config.map(Config.redacted("MY_PASSWORD"), (password) => ({ password })),
        maxRetries: Config.withDefault(Config.integer("MY_RETRIES"), 3)
      })
      const reply = yield* ping.pipe(
        Effect.provide(layer),
        provide({ MY_PORT: String(node.port), MY_PASSWORD: "s3cr3t" })
      )
      expect(reply).toEqual(Resp.ok)
    })
  )

  it.effect("fails with a ConfigError before it connects to anything", () =>
    Effect.gen(function* () {
      const layer = ClusterClient.layerConfig(ClusterConfig.fromEnvironment)
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer))).pipe(
        provide({ REDIS_CLIENT_HOST: "a host" })
      )
      expect(ConfigError.isConfigError(error)).toBe(true)
    })
  )
})
