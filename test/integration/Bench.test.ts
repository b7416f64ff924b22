/** `bench` as it is run, against real servers. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { HistogramLogReader, listTags } from "hdr-histogram-js"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sandboxEnvironment } from "../../src/app/sandbox/SandboxEnvironment.ts"
import { elements, ok, text } from "../../src/protocol/Resp.ts"
import { type ProgramEnd, type ProgramRun, runProgram, startProgram } from "../support/ProgramRun.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  TEST_PASSWORD,
  TestCluster,
  type TestServers,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"

interface Latencies {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

interface BenchDocument {
  readonly operation: string
  readonly seconds: number
  readonly operations: number
  readonly opsPerSecond: number
  readonly errors: Readonly<Record<string, number>>
  readonly hitRate: number | null
  readonly latencyMs: Latencies
  readonly serviceMs?: Latencies
  readonly byOperation: ReadonlyArray<{ readonly operation: string; readonly operations: number }>
  readonly nodes: ReadonlyArray<{ readonly address: string; readonly operations: number }>
  readonly outages: ReadonlyArray<{
    readonly node: string
    readonly from: number
    readonly errors: number
    readonly firstError: number | null
    readonly recovered: number | null
    readonly seconds: number | null
  }>
  readonly rate?: { readonly wanted: number; readonly sent: number; readonly unsent: number }
  readonly client: { readonly busy: number; readonly processors: number; readonly isBottleneck: boolean }
  readonly intervals?: ReadonlyArray<{
    readonly from: number
    readonly to: number
    readonly operations: number
  }>
  readonly error?: { readonly tag: string; readonly message: string; readonly node: string | null }
}

const run = (servers: TestServers, ...args: ReadonlyArray<string>): Effect.Effect<ProgramEnd> =>
  runProgram(["bench", "--json", ...args], sandboxEnvironment(servers))

const start = (
  servers: TestServers,
  ...args: ReadonlyArray<string>
): Effect.Effect<ProgramRun, never, Scope.Scope> =>
  startProgram(["bench", ...args], sandboxEnvironment(servers))

/** The one document on standard output. */
const documentOf = ({ stderr, stdout }: ProgramEnd): BenchDocument => {
  const lines = stdout.split("\n")
  expect([lines.length, lines[1], stderr.includes("    at ")]).toEqual([2, "", false])
  return JSON.parse(lines[0]) as BenchDocument
}

const sum = (counts: ReadonlyArray<number>): number => counts.reduce((total, count) => total + count, 0)

/** Waits until the run has written so many keys. */
const untilKeys = (servers: TestServers, count: number): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.map(servers.keysPerMaster, sum), {
      until: (keys) => keys >= count,
      schedule: Schedule.spaced("20 millis")
    })
  )

const words = (line: string): ReadonlyArray<string> => line.split(" ")

const SMALL = ["--key-size", "32", "--value-size", "32"]
const IN_TURN = ["--sequential", "--keys", "1000"]

layer(TestCluster.layer(THREE_MASTERS), { timeout: "60 seconds", excludeTestServices: true })(
  "bench of three masters",
  (it) => {
    it.effect("finds every key that fill wrote with the same seed, and none of another", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const filled = yield* runProgram(
          ["fill", "-d", "1MB", "--seed", "5", ...SMALL],
          sandboxEnvironment(servers)
        )
        expect(filled.status).toBe(0)
        const read = (seed: string, ...args: ReadonlyArray<string>) =>
          run(
            servers,
            "--operation",
            "get",
            "-d",
            "1MB",
            "--requests",
            "20000",
            "--seed",
            seed,
            ...SMALL,
            ...args
          )
        const same = documentOf(yield* read("5"))
        expect([same.operation, same.operations, same.hitRate]).toEqual(["get", 20_000, 1])
        expect(documentOf(yield* read("5", "--zipf", "0.99")).hitRate).toBe(1)
        expect(documentOf(yield* read("6")).hitRate).toBe(0)
      })
    )

    it.effect("writes with several workers what fill would write, and counts every command once", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const end = yield* run(
          servers,
          ...IN_TURN,
          "--requests",
          "1001",
          "--workers",
          "2",
          "-n",
          "7",
          ...SMALL
        )
        const document = documentOf(end)
        expect([end.status, document.operations, document.errors]).toEqual([0, 1001, {}])
        expect(sum(yield* servers.keysPerMaster)).toBe(1000)
        expect(document.nodes.map(({ address }) => address).toSorted()).toEqual(
          servers.masters.map(({ address }) => address).toSorted()
        )
        expect(sum(document.nodes.map(({ operations }) => operations))).toBe(1001)
        const read = documentOf(
          yield* run(
            servers,
            "--operation",
            "get",
            ...IN_TURN,
            "--requests",
            "1000",
            "--pipeline",
            "5",
            ...SMALL
          )
        )
        expect([read.operations, read.hitRate]).toEqual([1000, 1])
      })
    )

    it.effect("says in --json, by interval and in the HdrHistogram log the same, and all of it adds up", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "bench-"))),
          (path) => Effect.sync(() => rmSync(path, { recursive: true }))
        )
        const file = join(folder, "log.hlog")
        const end = yield* run(
          servers,
          ...words("--operation mixed --ratio 1:3 --duration 2s --warmup 200ms --interval 500ms -n 10"),
          ...SMALL,
          "--hdr",
          file
        )
        const document = documentOf(end)
        const { byOperation, client, intervals = [], latencyMs, operations, opsPerSecond, seconds } = document
        expect([end.status, document.operation]).toEqual([0, "mixed"])
        expect(seconds).toBeGreaterThanOrEqual(1.999)
        expect(Math.abs(opsPerSecond / (operations / seconds) - 1)).toBeLessThan(0.001)
        expect(sum(byOperation.map((part) => part.operations))).toBe(operations)
        const [sets, gets] = byOperation.map((part) => part.operations)
        expect(Math.abs(sets / (sets + gets) - 0.25)).toBeLessThan(0.05)
        expect([latencyMs.p50 > 0, latencyMs.p50 <= latencyMs.p90, latencyMs.p90 <= latencyMs.p99]).toEqual([
          true,
          true,
          true
        ])
        expect(latencyMs.max).toBeGreaterThanOrEqual(latencyMs.p99)
        expect(client.busy).toBeGreaterThan(0)
        expect(client.processors).toBeGreaterThan(0)
        expect(intervals.length).toBeGreaterThanOrEqual(2)
        expect(sum(intervals.map((interval) => interval.operations))).toBe(operations)
        intervals.slice(1).forEach(({ from }, index) => expect(from).toBe(intervals[index].to))

        const log = readFileSync(file, "utf8")
        expect(listTags(log)).toEqual(["NO TAG", "set", "get"])
        const counts = new Map<string, number>()
        let longest = 0
        const reader = new HistogramLogReader(log)
        for (let entry = reader.nextIntervalHistogram(); entry; entry = reader.nextIntervalHistogram()) {
          counts.set(entry.tag, (counts.get(entry.tag) ?? 0) + entry.totalCount)
          longest = Math.max(longest, entry.maxValue)
        }
        expect(Object.fromEntries(counts)).toEqual({ "NO TAG": operations, set: sets, get: gets })
        expect(Math.abs(longest / 1000 - latencyMs.max)).toBeLessThanOrEqual(latencyMs.max * 0.002)
      }).pipe(Effect.scoped)
    )

    it.effect("holds the rate that it is given, and says so", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const end = yield* run(servers, "--rate", "400", "--duration", "3s", "--workers", "2", ...SMALL)
        const { latencyMs, operations, rate, seconds } = documentOf(end)
        expect(operations).toBe(1200)
        // Where the process was kept from running at its end, the last commands were answered late.
        expect(Math.abs(operations / seconds / 400 - 1)).toBeLessThan(0.01 + latencyMs.max / 1000 / seconds)
        expect(rate).toMatchObject({ wanted: 400, unsent: 0 })
      })
    )

    it.effect("runs any command by its template, and counts its errors by kind and not as operations", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const hash = (template: string) =>
          run(servers, "--command", template, ...IN_TURN, "--requests", "1000", ...SMALL)
        const written = documentOf(yield* hash("HSET h:{k} 'field {i}' {v}"))
        expect([written.operation, written.operations]).toEqual(["HSET h:{k} 'field {i}' {v}", 1000])
        expect(sum(yield* servers.keysPerMaster)).toBe(1000)
        expect(documentOf(yield* hash("HGET h:{k} 'field {i}'")).hitRate).toBe(1)
        const end = yield* hash("INCR h:{k}")
        const refused = documentOf(end)
        expect([end.status, refused.operations, refused.errors]).toEqual([1, 0, { WRONGTYPE: 1000 }])
        expect(refused.error?.tag).toBe("CommandsFailed")
        expect(end.stderr).toMatch(/^redis-client: 1,000 of 1,000 commands failed \(WRONGTYPE 1,000\).*\n$/)
      })
    )

    it.effect("goes on without an error while slots move", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const program = yield* start(
          servers,
          ...words("--json --operation mixed --ratio 1:1 --duration 4s -n 10 --keys 20000"),
          ...SMALL
        )
        yield* untilKeys(servers, 300)
        yield* servers.reshard(40, servers.masters[0], servers.masters[1])
        const end = yield* program.end
        const document = documentOf(end)
        expect([end.status, document.errors]).toEqual([0, {}])
        expect(document.nodes).toHaveLength(3)
      }).pipe(Effect.scoped)
    )

    it.effect("prints what it knows when SIGINT ends it", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const program = yield* start(servers, "--duration", "10m", "--interval", "200ms", ...SMALL)
        yield* program.awaitOutput((stdout) => stdout.split("\n").length > 3)
        yield* program.signal("SIGINT")
        const end = yield* program.end
        expect(end.status).toBe(130)
        expect(end.stdout).toMatch(/^ +0\.2 s +[\d,]+ per s +p50 [\d.]+ +p99 /)
        expect(end.stdout).toMatch(/\nset: [\d,]+ operations in [\d.]+ s: [\d,]+ per second, no errors\n/)
        expect(end.stdout).toMatch(/\nclient: busy [\d.]+ %/)
        expect(end.stderr).toBe("redis-client: interrupted by SIGINT\n")
      }).pipe(Effect.scoped)
    )
  }
)

layer(TestCluster.layer(STANDALONE), { timeout: "60 seconds", excludeTestServices: true })(
  "bench of one server",
  (it) => {
    it.effect("shows a second and a half in which the server hangs, to everybody who had to wait", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const [node] = servers.nodes
        const program = yield* start(
          servers,
          ...words("--json --rate 200 -n 2 --duration 5s --warmup 0"),
          ...SMALL
        )
        yield* untilKeys(servers, 50)
        yield* servers.pause(node)
        yield* Effect.sleep("1500 millis")
        yield* servers.resume(node)
        const end = yield* program.end
        const { errors, latencyMs, operations, outages, seconds, serviceMs } = documentOf(end)
        expect([end.status, operations, errors]).toEqual([0, 1000, {}])
        expect(Math.abs(seconds - 5)).toBeLessThan(0.05)
        // Three tenths of the commands were due meanwhile; two of them were with the server.
        expect(latencyMs.p999).toBeGreaterThan(1400)
        expect(latencyMs.p90).toBeGreaterThan(500)
        expect(serviceMs?.max).toBeGreaterThan(1400)
        expect(serviceMs?.p90).toBeLessThan(500)
        expect(outages).toMatchObject([{ node: node.address, errors: 0 }])
        expect(outages[0].seconds).toBeGreaterThan(1.4)
      }).pipe(Effect.scoped)
    )

    it.effect("refuses what makes no sense in one line, with status 2", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
          [["--rate", "0"], "--rate: '0' is out of range; allowed: 1 to"],
          [["--operation", "mixed", "--ratio", "0:0"], "--ratio: '0:0' is not a ratio"],
          [["--command", "GET 'x"], "--command: its quotes are not balanced"],
          [["--zipf", "0"], "--zipf: '0' is not an exponent"],
          [["--value-size", "100000000"], "--value-size: 50 commands under way"]
        ]
        for (const [args, message] of cases) {
          const end = yield* runProgram(["bench", ...args], sandboxEnvironment(servers))
          expect([end.status, end.stdout], args.join(" ")).toEqual([2, ""])
          expect(end.stderr.split("\n"), args.join(" ")).toHaveLength(2)
          expect(end.stderr).toContain(message)
        }
      })
    )

    it.effect("has more commands under way on one connection than the client allows by default", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const end = yield* run(servers, ...words("-n 700 --pipeline 100 --requests 140000"), ...SMALL)
        const { errors, operations } = documentOf(end)
        expect([end.status, operations, errors]).toEqual([0, 140_000, {}])
      })
    )

    it.effect(
      "says that the log cannot be written, before anything is measured or when the disk is full",
      () =>
        Effect.gen(function* () {
          const servers = yield* TestCluster
          const full = yield* run(servers, "--hdr", "/dev/full", "--requests", "5", ...SMALL)
          expect([full.status, documentOf(full).operations]).toEqual([1, 5])
          expect(full.stderr).toContain(
            "--hdr: '/dev/full' cannot be written (ENOSPC); the log is not complete"
          )
          const end = yield* run(servers, "--hdr", "/nowhere/log", "--requests", "1")
          expect([end.status, documentOf(end).operations]).toEqual([1, 0])
          expect(end.stderr).toMatch(/^redis-client: --hdr: '\/nowhere\/log' cannot be written \(ENOENT\)/)
        })
    )
  }
)

layer(TestCluster.layer(TLS_AND_PASSWORD), { timeout: "60 seconds" })(
  "bench of three masters with TLS and a password",
  (it) => {
    it.effect("connects every worker, and never shows the password", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const end = yield* run(servers, "--requests", "500", "--workers", "2", ...SMALL)
        expect([end.status, documentOf(end).operations]).toEqual([0, 500])
        expect(end.stdout + end.stderr).not.toContain(TEST_PASSWORD)
      })
    )
  }
)

describe("bench of masters with replicas", () => {
  it.live(
    "goes on through a failover, and says how long the dead master's slots were not served",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        const [, dead] = servers.masters
        const program = yield* start(
          servers,
          "--json",
          "--duration",
          "10m",
          "--warmup",
          "0",
          "-n",
          "20",
          ...SMALL
        )
        yield* untilKeys(servers, 500)
        yield* servers.kill(dead)
        yield* untilWritten(servers, 1000)
        yield* program.signal("SIGINT")
        const end = yield* program.end
        const { error, errors, nodes, outages } = documentOf(end)
        expect([end.status, error?.tag]).toEqual([130, "Interrupted"])
        expect(outages.map(({ node }) => node)).toEqual([dead.address])
        const [outage] = outages
        // What the server may have executed when it was killed is not written again.
        expect(outage.errors).toBe(sum(Object.values(errors)))
        expect(Object.keys(errors).filter((kind) => kind !== "ConnectionError")).toEqual([])
        expect(outage.seconds).toBeGreaterThan(1)
        expect(outage.recovered).toBeGreaterThan(outage.from)
        // Its replica serves them now.
        expect(nodes).toHaveLength(4)
      }).pipe(Effect.scoped),
    60_000
  )
})

/** Waits until a replica has become a master and so many keys have been written to it since. */
const untilWritten = (servers: TestServers, count: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const promoted = Effect.filter(servers.replicas, (node) =>
      Effect.map(answerOf(node, "ROLE"), (role) => text(elements(role)?.[0] ?? ok) === "master")
    )
    yield* Effect.repeat(promoted, {
      until: (nodes) => nodes.length > 0,
      schedule: Schedule.spaced("50 millis")
    })
    const [node] = yield* promoted
    const keys = Effect.map(answerOf(node, "DBSIZE"), ({ value }) => Number(value))
    const before = yield* keys
    yield* Effect.repeat(keys, {
      until: (now) => now >= before + count,
      schedule: Schedule.spaced("20 millis")
    })
  })
