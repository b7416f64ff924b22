import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  parseConfigSetting,
  renderServerConfig,
  type ServerConfig
} from "../../../src/app/sandbox/ServerConfig.ts"

const base: ServerConfig = {
  host: "127.0.0.1",
  port: 7000,
  folder: "/tmp/box/7000",
  cluster: undefined,
  tls: undefined,
  password: undefined,
  extra: []
}

const settings = (config: Partial<ServerConfig>): ReadonlyArray<string> =>
  renderServerConfig({ ...base, ...config })
    .trimEnd()
    .split("\n")

/** What redis makes of a quoted word: sdssplitargs. */
const unquote = (quoted: string): string =>
  Buffer.from(
    quoted
      .slice(1, -1)
      .replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1"
  ).toString("utf8")

describe("renderServerConfig", () => {
  it("keeps a standalone server off the disk and on loopback", () => {
    expect(settings({})).toEqual(
      expect.arrayContaining(["bind 127.0.0.1", "port 7000", 'save ""', "appendonly no", "daemonize no"])
    )
    expect(settings({}).join("\n")).not.toMatch(/cluster|tls|pass/)
  })

  it("makes a cluster node, and names its bus port only where it is not the usual one", () => {
    const usual = settings({ cluster: { busPort: 17000, nodeTimeoutMs: 2000 } })
    expect(usual).toEqual(
      expect.arrayContaining([
        "cluster-enabled yes",
        "cluster-node-timeout 2000",
        "cluster-announce-ip 127.0.0.1"
      ])
    )
    expect(usual.join("\n")).not.toContain("cluster-port")
    expect(settings({ port: 60000, cluster: { busPort: 50000, nodeTimeoutMs: 2000 } })).toContain(
      "cluster-port 50000"
    )
  })

  it("serves TLS alone, also on the bus and to replicas", () => {
    const tls = {
      ca: "/c/ca",
      serverCert: "/c/s",
      serverKey: "/c/k",
      clientCert: "/c/cc",
      clientKey: "/c/ck"
    }
    const lines = settings({ tls })
    expect(lines).toEqual(
      expect.arrayContaining([
        "port 0",
        "tls-port 7000",
        "tls-cluster yes",
        "tls-replication yes",
        'tls-ca-cert-file "/c/ca"'
      ])
    )
    expect(lines).not.toContain("port 7000")
  })

  it("puts what the caller sets last, so that it has the last word", () => {
    const lines = settings({
      extra: [
        ["save", ""],
        ["appendonly", "yes"],
        ["maxmemory", "64mb"]
      ]
    })
    expect(lines.slice(-3)).toEqual(['save ""', "appendonly yes", "maxmemory 64mb"])
  })

  it("quotes any password in one line of printable ASCII that means the same, for clients and for the master", () => {
    fc.assert(
      fc.property(fc.fullUnicodeString({ minLength: 1 }), (password) => {
        const lines = settings({ password })
        const required = lines.filter((line) => line.startsWith("requirepass "))
        expect(required).toHaveLength(1)
        expect(required[0]).toMatch(/^requirepass "[ -!#-~]*"$/)
        expect(unquote(required[0].slice("requirepass ".length))).toBe(Buffer.from(password).toString("utf8"))
        expect(lines).toContain(required[0].replace("requirepass", "masterauth"))
      })
    )
  })
})

describe("parseConfigSetting", () => {
  it.each([
    ["maxmemory=64mb", ["maxmemory", "64mb"]],
    ["save=900 1", ["save", "900 1"]],
    ["SAVE=", ["save", ""]],
    ["notify-keyspace-events=K=x", ["notify-keyspace-events", "K=x"]]
  ])("reads %s", (given, setting) => {
    expect(parseConfigSetting(given)).toEqual(setting)
  })

  it.each(["", "maxmemory", "=1", "max memory=1", "-x=1", "a=1\nb", "a=\r", "\na=1"])(
    "refuses %j",
    (given) => {
      expect(parseConfigSetting(given)).toBeUndefined()
    }
  )
})
