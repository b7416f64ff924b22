import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mergeLogs } from "../../../../src/app/tunnel/smart/slowlog/MergedLog.ts"
import { SlowLog } from "../../../../src/app/tunnel/smart/slowlog/SlowLog.ts"
import type { SlowLogEntry } from "../../../../src/app/tunnel/smart/slowlog/SlowLogEntry.ts"
import { TestCluster, THREE_MASTERS } from "../../../support/TestCluster.ts"
import { connectPlain, type PlainClient, startProxy } from "./ProxyFixture.ts"

/** A log, newest first: seconds and words. */
const log = (
  source: string,
  ...entries: ReadonlyArray<readonly [number, string]>
): ReadonlyArray<SlowLogEntry> =>
  entries.map(([time, words], index) => ({
    source,
    id: String(entries.length - index),
    time,
    microseconds: time,
    args: words.split(" ").map((word) => Buffer.from(word)),
    address: "127.0.0.1:1",
    name: ""
  }))

const wordsOf = ({ args }: SlowLogEntry): string => args.map(String).join(" ")

describe("the slow logs of several servers", () => {
  const read = (...logs: ReadonlyArray<ReadonlyArray<SlowLogEntry>>) =>
    mergeLogs(logs).map((same) => [wordsOf(same[0]), same.length])

  it("become one, newest first, and a command to all of them one entry", () => {
    expect(
      read(
        log("a", [30, "GET a"], [21, "DEBUG SLEEP 1"], [10, "SET a 1"]),
        log("b", [40, "GET b"], [20, "DEBUG SLEEP 1"], [15, "SET b 1"])
      )
    ).toEqual([
      ["GET b", 1],
      ["GET a", 1],
      ["DEBUG SLEEP 1", 2],
      ["SET b 1", 1],
      ["SET a 1", 1]
    ])
  })

  it("are put in order within a second by the commands that went to all", () => {
    const all = [10, "SLOWLOG RESET"] as const
    expect(read(log("a", all), log("b", [10, "SET b 2"], all, [10, "SET b 1"]), log("c", all))).toEqual([
      ["SET b 2", 1],
      ["SLOWLOG RESET", 3],
      ["SET b 1", 1]
    ])
  })

  it("keep commands apart that were said twice", () => {
    const twice = [
      [10, "DEBUG SLEEP 0.1"],
      [10, "DEBUG SLEEP 0.1"]
    ] as const
    expect(read(log("a", ...twice), log("b", ...twice))).toEqual([
      ["DEBUG SLEEP 0.1", 2],
      ["DEBUG SLEEP 0.1", 2]
    ])
    expect(read(log("a", [10, "SAVE"]), log("b", [20, "SAVE"]))).toHaveLength(2)
  })

  it("have numbers that stay and grow, whatever is read in between", () => {
    const merged = new SlowLog()
    const one = log("a", [10, "SET a 1"])
    expect(merged.read([one, []]).map(({ number }) => number)).toEqual([0])
    const later = [log("a", [30, "SET a 2"], [10, "SET a 1"]), log("b", [20, "SET b 1"])]
    expect(merged.read(later).map(({ entry, number }) => [number, wordsOf(entry)])).toEqual([
      [2, "SET a 2"],
      [1, "SET b 1"],
      [0, "SET a 1"]
    ])
    expect(merged.read([[], []])).toEqual([])
    expect(merged.read([log("a", [40, "SET a 3"]), []]).map(({ number }) => number)).toEqual([3])
  })
})

const words = (entry: unknown): string =>
  ((entry as ReadonlyArray<unknown>)[3] as ReadonlyArray<string>).join(" ")

/** Nothing is logged that the test does not say. */
const quiet = (client: PlainClient): Effect.Effect<unknown> =>
  Effect.andThen(client.ask("CONFIG", "SET", "slowlog-log-slower-than", "-1"), client.ask("SLOWLOG", "RESET"))

const WITH_DEBUG = { ...THREE_MASTERS, config: [["enable-debug-command", "yes"]] } as const

layer(TestCluster.layer(WITH_DEBUG), { excludeTestServices: true })("SLOWLOG of a cluster", (it) => {
  it.scoped("has one entry for a command to all masters, of the client that said it", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      yield* quiet(client)
      yield* client.ask("CLIENT", "SETNAME", "sleeper")
      yield* client.ask("CONFIG", "SET", "slowlog-log-slower-than", "50000")
      yield* client.ask("DEBUG", "SLEEP", "0.06")
      yield* client.ask("DEBUG", "SLEEP", "0.07")
      expect(yield* client.ask("SLOWLOG", "LEN")).toBe(2)
      const entries = (yield* client.ask("SLOWLOG", "GET")) as ReadonlyArray<ReadonlyArray<unknown>>
      expect(entries.map(words)).toEqual(["DEBUG SLEEP 0.07", "DEBUG SLEEP 0.06"])
      const [newest, oldest] = entries
      expect(newest[0]).toBe(Number(oldest[0]) + 1)
      expect(newest[2]).toBeGreaterThanOrEqual(70_000)
      expect(newest.slice(4)).toEqual([`127.0.0.1:${client.socket.localPort}`, "sleeper"])
      yield* client.ask("SLOWLOG", "RESET")
      expect(yield* client.ask("SLOWLOG", "LEN")).toBe(0)
      yield* quiet(client)
    })
  )

  it.scoped("is no longer than one server's, and has what the proxy answers itself", () =>
    Effect.gen(function* () {
      const client = yield* connectPlain((yield* startProxy(yield* TestCluster)).port)
      yield* quiet(client)
      yield* client.ask("CONFIG", "SET", "slowlog-max-len", "6", "slowlog-log-slower-than", "0")
      yield* client.ask("SLOWLOG", "RESET")
      for (const key of ["a", "b", "c"]) yield* client.ask("SET", key, "1")
      yield* client.ask("PING", "x".repeat(130))
      expect(yield* client.ask("SLOWLOG", "LEN")).toBe(5)
      expect(yield* client.ask("SLOWLOG", "LEN")).toBe(6)
      expect(yield* client.ask("SLOWLOG", "LEN")).toBe(6)
      yield* client.ask("CONFIG", "SET", "slowlog-max-len", "20")
      const said = ["PING", `${"x".repeat(128)}... (2 more bytes)`].join(" ")
      const entries = (yield* client.ask("SLOWLOG", "GET", "-1")) as ReadonlyArray<unknown>
      expect(entries.map(words)).toContain(said)
      expect(entries.map(words)).not.toContain("SLOWLOG GET -1")
      expect(yield* client.ask("SLOWLOG", "GET", "0")).toEqual([])
      expect(yield* client.ask("SLOWLOG", "GET", "2")).toHaveLength(2)
      expect(yield* client.ask("SLOWLOG", "GET", "-2")).toBe(
        "-ERR count should be greater than or equal to -1"
      )
      yield* quiet(client)
      yield* client.ask("CONFIG", "SET", "slowlog-max-len", "128")
    })
  )
})
