/** `fill` over several processes and several runs, against real servers, and checked by what the servers hold. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as TestServices from "effect/TestServices"
import { childrenOf, visibleOf } from "../support/ChildProcesses.ts"
import { documentOf, fill, startFill, sum, untilKeys, wrongKeys } from "../support/FillProgram.ts"
import { isRunning } from "../support/ProcessState.ts"
import { runProgram } from "../support/ProgramRun.ts"
import {
  STANDALONE,
  startTestServers,
  TestCluster,
  TEST_PASSWORD,
  THREE_MASTERS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"

/** So that there is time for something to happen, and not much more on a busy machine. */
const SLOWLY = ["-P", "4", "--rate", "4000"]

const untilWorkers = (pid: number, count: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.repeat(
    Effect.sync(() => childrenOf(pid)),
    { until: (children) => children.length === count, schedule: Schedule.spaced("10 millis") }
  ).pipe(TestServices.provideLive, Effect.zipRight(Effect.sync(() => childrenOf(pid))))

layer(TestCluster.layer(THREE_MASTERS), { timeout: "90 seconds" })("fill of three masters", (it) => {
  it.effect("by four processes writes every key once, and reports what one process would", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const end = yield* fill(servers, "-P", "4", "-d", "0.02", "--seed", "7")
      const document = documentOf(end)
      const keys = Math.ceil((0.02 * 1024 ** 3) / 1024)
      expect(end.status).toBe(0)
      expect(document).toMatchObject({ keys, acknowledged: keys, moved: 0, asked: 0, resent: 0, errors: {} })
      const counts = yield* servers.keysPerMaster
      expect(document.nodes.map((node) => node.keys).toSorted()).toEqual(counts.toSorted())
      expect(sum(counts)).toBe(keys)
      expect(yield* wrongKeys(servers, { seed: 7, keySize: 512, valueSize: 512 }, keys)).toEqual([])
    })
  )

  it.effect("by four processes goes on when one of them is killed, and every key is there afterwards", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const run = yield* startFill(servers, "-d", "12MB", "--seed", "8", "--verify", ...SLOWLY)
      yield* untilKeys(servers, 1500)
      const [, victim] = yield* untilWorkers(run.pid, 4)
      process.kill(victim, "SIGKILL")
      const end = yield* run.end
      const document = documentOf(end)
      expect([end.status, document.error]).toEqual([0, undefined])
      expect(end.stderr).toContain("has ended (SIGKILL); another one writes its part again")
      expect(document).toMatchObject({ acknowledged: 12_288, errors: {}, verify: { present: 12_288 } })
      expect(sum(yield* servers.keysPerMaster)).toBe(12_288)
      expect(yield* wrongKeys(servers, { seed: 8, keySize: 512, valueSize: 512 }, 12_288)).toEqual([])
    }).pipe(Effect.scoped)
  )

  it.effect("by four processes goes on when one of them hangs, and every key is there afterwards", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const run = yield* startFill(servers, "-d", "12MB", "--seed", "12", "--verify", ...SLOWLY)
      yield* untilKeys(servers, 1500)
      const [, , victim] = yield* untilWorkers(run.pid, 4)
      process.kill(victim, "SIGSTOP")
      const end = yield* run.end
      const document = documentOf(end)
      expect([end.status, document.error]).toEqual([0, undefined])
      expect(end.stderr).toMatch(
        /worker process . of 4 has ended \(it had said nothing for 15s, and was killed\); another one writes its part again/
      )
      expect(isRunning(victim)).toBe(false)
      expect(document).toMatchObject({ acknowledged: 12_288, errors: {}, verify: { present: 12_288 } })
      expect(sum(yield* servers.keysPerMaster)).toBe(12_288)
    }).pipe(Effect.scoped)
  )

  it.effect("stops its processes when SIGINT ends it, and reports what all of them have written", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const run = yield* startFill(servers, "-d", "4GB", "--seed", "9", ...SLOWLY)
      yield* untilKeys(servers, 2000)
      const workers = yield* untilWorkers(run.pid, 4)
      // As a terminal does: to everyone.
      for (const worker of workers) process.kill(worker, "SIGINT")
      yield* run.signal("SIGINT")
      const end = yield* run.end
      const document = documentOf(end)
      expect([end.status, document.error?.tag]).toEqual([130, "Interrupted"])
      expect(sum(yield* servers.keysPerMaster)).toBe(document.acknowledged)
      expect(childrenOf(run.pid)).toEqual([])
      for (const worker of workers) expect(visibleOf(worker)).not.toContain("fill-worker")
    }).pipe(Effect.scoped)
  )

  it.effect("by two runs at the same time, a shard each, writes every key", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const ends = yield* Effect.forEach(
        ["1/2", "2/2"],
        (shard) => fill(servers, "-d", "20001KB", "--seed", "10", "--shard", shard),
        { concurrency: "unbounded" }
      )
      const documents = ends.map(documentOf)
      expect(ends.map(({ status }) => status)).toEqual([0, 0])
      expect(documents.map(({ acknowledged, keys }) => [acknowledged, keys])).toEqual([
        [10_001, 10_001],
        [10_000, 10_000]
      ])
      expect(sum(yield* servers.keysPerMaster)).toBe(20_001)
      expect(yield* wrongKeys(servers, { seed: 10, keySize: 512, valueSize: 512 }, 20_001)).toEqual([])
    })
  )

  it.effect("by processes without replies is checked by the servers' counters", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const end = yield* fill(servers, "-f", "-P", "2", "-d", "5MB", "--replies", "off", "--verify")
      expect([end.status, documentOf(end).acknowledged, documentOf(end).verify?.present]).toEqual([
        0,
        null,
        5_120
      ])
    })
  )
})

layer(TestCluster.layer(TLS_AND_PASSWORD), { timeout: "90 seconds" })("fill with a password", (it) => {
  it.effect("by processes shows it in neither their arguments nor their environment", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const run = yield* startFill(servers, "-d", "10MB", "--verify", ...SLOWLY)
      yield* untilKeys(servers, 1000)
      const workers = yield* untilWorkers(run.pid, 4)
      // The test looks where the password would be: the run's own environment has it.
      expect(visibleOf(run.pid)).toContain(TEST_PASSWORD)
      for (const worker of workers) {
        expect(visibleOf(worker)).toContain("fill-worker")
        expect(visibleOf(worker)).not.toContain(TEST_PASSWORD)
        expect(visibleOf(worker)).not.toContain("REDISCLI_AUTH")
      }
      const end = yield* run.end
      expect([end.status, documentOf(end).verify?.present]).toEqual([0, 10_240])
    }).pipe(Effect.scoped)
  )
})

describe("fill by processes, in trouble", () => {
  it.live(
    "ends when one of them is killed again and again",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE)
        const run = yield* startFill(servers, "-d", "2GB", "-P", "2", "-n", "2", "--pipeline", "2")
        const killing = Effect.sync(() => {
          for (const worker of childrenOf(run.pid)) process.kill(worker, "SIGKILL")
        })
        yield* Effect.fork(Effect.repeat(killing, Schedule.spaced("50 millis")))
        const end = yield* run.end
        expect([end.status, documentOf(end).error?.tag]).toEqual([1, "WorkerDied"])
        expect(documentOf(end).error?.message).toMatch(/worker process . of 2 has ended 5 times \(SIGKILL\)/)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "goes on in all of them when the server is started again",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE)
        const run = yield* startFill(servers, "-d", "12MB", ...SLOWLY)
        const ended = yield* Effect.fork(run.end)
        yield* untilKeys(servers, 1000)
        yield* servers.kill(servers.nodes[0])
        yield* servers.restart(servers.nodes[0])
        const end = yield* Fiber.join(ended)
        expect([end.status, documentOf(end).acknowledged, documentOf(end).errors]).toEqual([0, 12_288, {}])
      }).pipe(Effect.scoped),
    60_000
  )

  it.effect("refuses what cannot be meant", () =>
    Effect.gen(function* () {
      const refused = (...args: ReadonlyArray<string>) =>
        Effect.map(
          runProgram(["fill", "-d", "1MB", ...args]),
          ({ status, stderr }) => [status, stderr] as const
        )
      expect(yield* refused("-P", "2", "-s")).toEqual([2, expect.stringContaining("--serial: not together")])
      expect(yield* refused("-P", "3", "-n", "2")).toEqual([2, expect.stringContaining("3 or more with")])
      expect(yield* refused("--shard", "1/2")).toEqual([2, expect.stringContaining("needs --seed")])
      expect(yield* refused("--shard", "1/2", "--seed", "1", "-f")).toEqual([
        2,
        expect.stringContaining("empties what other shards have written")
      ])
    })
  )
})
