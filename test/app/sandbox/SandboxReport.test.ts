import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { RedisServer } from "../../../src/app/sandbox/RedisServer.ts"
import type { Sandbox, SandboxNode } from "../../../src/app/sandbox/Sandbox.ts"
import { sandboxEnvironment } from "../../../src/app/sandbox/SandboxEnvironment.ts"
import { sandboxDocument, sandboxText } from "../../../src/app/sandbox/SandboxReport.ts"

const host = "127.0.0.1"

const node = (port: number, role: Partial<SandboxNode>): SandboxNode => {
  const address = `${host}:${port}`
  const server: RedisServer = {
    host,
    port,
    address,
    connectionOptions: { host, port },
    pid: () => port + 1,
    isRunning: () => true,
    signal: () => Effect.void,
    exited: Effect.never,
    restart: Effect.void
  }
  return { id: `id-${port}`, role: "master", masterId: undefined, slots: [], address, server, ...role }
}

const standalone = {
  mode: "standalone" as const,
  nodes: [node(7000, { id: "" })],
  seed: { host, port: 7000, address: `${host}:7000` },
  tls: undefined,
  password: undefined
}

const secured = {
  ...standalone,
  mode: "cluster" as const,
  nodes: [node(7000, { slots: [[0, 16383]] }), node(7001, { role: "replica", masterId: "id-7000" })],
  password: Redacted.make("hush"),
  tls: {
    certificates: {} as NonNullable<Sandbox["tls"]>["certificates"],
    files: {
      ca: "/t/ca.crt",
      serverCert: "/t/s.crt",
      serverKey: "/t/s.key",
      clientCert: "/t/c.crt",
      clientKey: "/t/c.key"
    }
  }
}

describe("sandboxEnvironment", () => {
  it("connects to a standalone server, and to no other one's password or authority", () => {
    expect(sandboxEnvironment(standalone)).toStrictEqual({
      REDIS_CLIENT_HOST: host,
      REDIS_CLIENT_PORT: "7000",
      REDIS_CLIENT_CLUSTER: "0",
      REDIS_CLIENT_TLS: "0",
      REDIS_CLIENT_CACERT: undefined,
      REDISCLI_AUTH: undefined
    })
  })

  it("says all of a cluster with TLS and a password", () => {
    expect(sandboxEnvironment(secured)).toMatchObject({
      REDIS_CLIENT_CLUSTER: "1",
      REDIS_CLIENT_TLS: "1",
      REDIS_CLIENT_CACERT: "/t/ca.crt",
      REDISCLI_AUTH: "hush"
    })
  })
})

describe("sandboxText", () => {
  it("says how to connect to a standalone server", () => {
    expect(sandboxText(standalone)).toBe(
      `A standalone server is ready at ${host}:7000

Connect with   redis-client COMMAND -h ${host}:7000
or with        redis-cli -h ${host} -p 7000
Ctrl-C stops it and leaves nothing behind.`
    )
  })

  it("lists the nodes of a cluster, and never the password", () => {
    expect(sandboxText(secured)).toBe(
      `A cluster of 1 master and 1 replica with TLS is ready at ${host}:7000

  ${host}:7000  master   slots 0-16383
  ${host}:7001  replica  of ${host}:7000

Connect with   redis-client COMMAND -c -h ${host}:7000 -t --cacert /t/ca.crt
or with        redis-cli -c -h ${host} -p 7000 --tls --cacert /t/ca.crt
and the password that you gave, in REDISCLI_AUTH
Ctrl-C stops it and leaves nothing behind.`
    )
  })
})

describe("sandboxDocument", () => {
  it("has the nodes, and never the password", () => {
    expect(sandboxDocument(secured)).toEqual({
      mode: "cluster",
      seed: `${host}:7000`,
      nodes: [
        {
          address: `${host}:7000`,
          host,
          port: 7000,
          role: "master",
          pid: 7001,
          id: "id-7000",
          masterId: null,
          slots: [[0, 16383]]
        },
        {
          address: `${host}:7001`,
          host,
          port: 7001,
          role: "replica",
          pid: 7002,
          id: "id-7001",
          masterId: "id-7000",
          slots: []
        }
      ],
      tls: { cacert: "/t/ca.crt", cert: "/t/c.crt", key: "/t/c.key" },
      password: true
    })
  })
})
