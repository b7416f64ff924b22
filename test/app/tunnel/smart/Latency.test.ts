import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mergeHistories, mergeLatest } from "../../../../src/app/tunnel/smart/stats/LatencyEvents.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, plain, startProxy } from "./ProxyFixture.ts"

const history = (...samples: ReadonlyArray<readonly [number, number]>): Resp.RespValue =>
  Resp.array(samples.map((sample) => Resp.array(sample.map(Resp.integer))))

const latest = (...events: ReadonlyArray<readonly [string, number, number, number]>): Resp.RespValue =>
  Resp.array(
    events.map(([name, ...numbers]) => Resp.array([Resp.bulkString(name), ...numbers.map(Resp.integer)]))
  )

describe("latency events of several servers", () => {
  it("have one sample per second, the worst, oldest first", () => {
    const merged = mergeHistories([history([10, 5], [12, 7]), history([10, 8], [11, 1]), history()])
    expect(plain(merged)).toEqual([
      [10, 8],
      [11, 1],
      [12, 7]
    ])
  })

  it("have the latest sample and the worst of all", () => {
    const merged = mergeLatest([
      latest(["command", 10, 5, 50], ["fork", 3, 1, 1]),
      latest(["command", 11, 4, 9]),
      latest(["command", 11, 6, 6])
    ])
    expect(plain(merged)).toEqual([
      ["command", 11, 6, 50],
      ["fork", 3, 1, 1]
    ])
  })
})

const WITH_DEBUG = { ...THREE_MASTERS, config: [["enable-debug-command", "yes"]] } as const

layer(TestCluster.layer(WITH_DEBUG), { excludeTestServices: true })("LATENCY of a cluster", (it) => {
  it.scoped("shows an event that all masters had as one, and counts it once when it is forgotten", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      yield* client.ask("LATENCY", "RESET")
      yield* client.ask("CONFIG", "SET", "latency-monitor-threshold", "40")
      yield* client.ask("DEBUG", "SLEEP", "0.05")
      const events = (yield* client.ask("LATENCY", "LATEST")) as ReadonlyArray<ReadonlyArray<unknown>>
      expect(events.map(([name]) => name)).toEqual(["command"])
      expect(yield* client.ask("LATENCY", "RESET", "nosuch")).toBe(0)
      expect(yield* client.ask("LATENCY", "RESET", "command", "nosuch")).toBe(1)
      expect(yield* client.ask("LATENCY", "HISTORY", "command")).toEqual([])
      yield* client.ask("CONFIG", "SET", "latency-monitor-threshold", "0")
    })
  )

  it.scoped("counts calls as one server does: to all masters, to one, and to the proxy itself", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      yield* client.ask("HELLO", "3")
      yield* client.ask("CONFIG", "RESETSTAT")
      yield* client.ask("CLIENT", "ID")
      yield* client.ask("CLIENT", "GETNAME")
      yield* client.ask("CLIENT", "GETNAME")
      for (const key of ["a", "b", "c"]) yield* client.ask("SET", key, "1")
      const calls = (count: number) => ({ calls: count, histogram_usec: {} })
      expect(yield* client.ask("LATENCY", "HISTOGRAM", "client", "set", "config")).toMatchObject({
        "client|id": calls(1),
        "client|getname": calls(2),
        set: calls(3),
        "config|resetstat": calls(1)
      })
      expect(Object.keys((yield* client.ask("LATENCY", "HISTOGRAM", "client")) as object)).toEqual([
        "client|id",
        "client|getname"
      ])
      const info = String(yield* client.ask("INFO", "commandstats"))
      expect(/cmdstat_config\|resetstat:calls=(\d+)/.exec(info)?.[1]).toBe("1")
      expect(/cmdstat_client\|getname:calls=(\d+)/.exec(info)?.[1]).toBe("2")
      yield* client.ask("CONFIG", "RESETSTAT")
      expect(String(yield* client.ask("INFO", "commandstats"))).not.toContain("client|getname")
    })
  )
})
