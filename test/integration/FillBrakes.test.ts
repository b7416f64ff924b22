/** What holds a fill back: a rate, and memory that runs out. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../../src/protocol/Resp.ts"
import { documentOf, fill, sum } from "../support/FillProgram.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  type TestServers,
  THREE_MASTERS
} from "../support/TestCluster.ts"

const MAXMEMORY = 40 * 1024 ** 2

const limited = (policy: string) =>
  [
    ["maxmemory", String(MAXMEMORY)],
    ["maxmemory-policy", policy]
  ] as const

const infoOf = (servers: TestServers, section: string) =>
  Effect.forEach(servers.masters, (master) =>
    Effect.map(answerOf(master, "INFO", section), (reply) => text(reply) ?? "")
  )

const usedOf = (info: string): number => Number(/^used_memory:(\d+)/m.exec(info)?.[1])

describe("fill before memory runs out", () => {
  for (const [what, options, args] of [
    ["one server", STANDALONE, []],
    ["three masters", THREE_MASTERS, []],
    ["one server by three processes", STANDALONE, ["-P", "3"]],
    ["one server without replies", STANDALONE, ["--replies", "off"]]
  ] as const) {
    it.live(
      `stops, having filled ${what}, without one error`,
      () =>
        Effect.gen(function* () {
          const servers = yield* startTestServers({ ...options, config: [...limited("noeviction")] })
          const end = yield* fill(servers, "-d", "500MB", "--seed", "1", ...args)
          const document = documentOf(end)
          expect([end.status, document.error?.tag, document.errors]).toEqual([1, "MemoryFull", {}])
          expect(servers.masters.map(({ address }) => address)).toContain(document.error?.node)
          expect(document.error?.message).toMatch(
            /stopped before its memory is full \(used_memory 3\d.* MiB of maxmemory 40 MiB.* of 512000 keys (acknowledged|sent); raise maxmemory.*--seed 1$/
          )
          if (document.acknowledged !== null) {
            expect(sum(yield* servers.keysPerMaster)).toBe(document.acknowledged)
          }
          const used = (yield* infoOf(servers, "memory")).map(usedOf)
          expect(Math.max(...used)).toBeLessThan(MAXMEMORY)
          expect(Math.max(...used)).toBeGreaterThan(0.85 * MAXMEMORY)
          for (const info of yield* infoOf(servers, "errorstats")) expect(info).not.toContain("OOM")
        }).pipe(Effect.scoped),
      60_000
    )
  }

  it.live(
    "goes on where the keys are there already, and take no more",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers({ ...STANDALONE, config: [...limited("noeviction")] })
        for (const run of ["first", "second"]) {
          const end = yield* fill(servers, "-d", "24MB", "--seed", "1")
          expect([run, end.status, documentOf(end).acknowledged]).toEqual([run, 0, 24_576])
        }
        expect(usedOf((yield* infoOf(servers, "memory"))[0])).toBeGreaterThan(0.75 * MAXMEMORY)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "says how many keys a server has evicted meanwhile",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers({ ...STANDALONE, config: [...limited("allkeys-lru")] })
        const end = yield* fill(servers, "-d", "50MB")
        const document = documentOf(end)
        expect([end.status, document.error?.tag, document.acknowledged]).toEqual([1, "Evicted", 51_200])
        const [held] = yield* servers.keysPerMaster
        expect(document.nodes[0].evicted).toBe(51_200 - held)
        expect(document.error?.message).toContain(`evicted ${51_200 - held} keys meanwhile`)
      }).pipe(Effect.scoped),
    60_000
  )
})

describe("fill at a rate", () => {
  for (const [what, args, keysPerSecond] of [
    ["keys per second", ["--rate", "2000"], 2000],
    ["bytes per second, by two processes", ["--rate", "2MB", "-P", "2"], 2048]
  ] as const) {
    it.live(
      `is not faster: ${what}`,
      () =>
        Effect.gen(function* () {
          const servers = yield* startTestServers(STANDALONE)
          const end = yield* fill(servers, "-d", "4MB", ...args)
          const document = documentOf(end)
          expect([end.status, document.acknowledged]).toEqual([0, 4096])
          // How much slower depends on the machine; how near it comes is a benchmark's question.
          expect(document.seconds).toBeGreaterThan((0.98 * 4096) / keysPerSecond)
        }).pipe(Effect.scoped),
      60_000
    )
  }
})
