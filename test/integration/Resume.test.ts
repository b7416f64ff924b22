/** `fill --resume`: what a run that was cut off costs the next one, and that together they write everything. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as TestServices from "effect/TestServices"
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { CLIENT_NAME } from "../../src/app/ConnectLayer.ts"
import { acknowledgedIn, killAndResume, temporaryFolder } from "../chaos/fill/ResumeTrial.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  TestCluster,
  type TestServers,
  THREE_MASTERS
} from "../support/TestCluster.ts"
import { childrenOf } from "../support/ChildProcesses.ts"
import {
  documentOf,
  fill,
  type FillDocument,
  startFill,
  sum,
  untilKeys,
  verify
} from "../support/FillProgram.ts"

const KEYS = 30_720
const DATA = ["-d", "30MB", "--seed", "11"]

const expectWhole = (servers: TestServers, ...data: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const { document, status } = yield* verify(servers, ...data)
    expect([status, document.present, document.missing, document.different]).toEqual([0, KEYS, 0, 0])
    expect(sum(yield* servers.keysPerMaster)).toBe(KEYS)
  })

layer(TestCluster.layer(THREE_MASTERS), { timeout: "120 seconds" })("fill --resume", (it) => {
  it.effect(
    "goes on after kill -9 at ten random moments, and repeats a window per stream at most",
    () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        yield* servers.flush
        const scale = { data: DATA, keys: KEYS, streams: 3, window: 512, kills: 10 }
        expect(yield* killAndResume(servers, scale)).toEqual([])
      }),
    120_000
  )

  it.effect("goes on after SIGINT with the same command, without its seed and without flushing again", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const folder = yield* temporaryFolder
      const file = join(folder, "checkpoint")
      const args = ["-f", "-d", "30MB", "--resume", file]
      yield* servers.flush
      yield* answerOf(servers.masters[2], "SET", `{${slotTag(16_383)}}other`, "1")
      const run = yield* startFill(servers, ...args, "--serial", "--pipeline", "64")
      yield* untilKeys(servers, 3000)
      yield* run.signal("SIGINT")
      const first = yield* run.end
      const { acknowledged, seed } = documentOf(first)
      expect(first.status).toBe(130)
      expect([sum(yield* servers.keysPerMaster), acknowledgedIn(file)]).toEqual([acknowledged, acknowledged])

      const second = yield* fill(servers, ...args)
      const document = documentOf<{ readonly seed: number; readonly resumed: number }>(second)
      expect([second.status, document.seed, document.resumed]).toEqual([0, seed, acknowledged])
      expect(second.stderr).toContain(
        `--resume: ${acknowledged} of 30720 keys are acknowledged already: going on with the rest, nothing is flushed`
      )
      yield* expectWhole(servers, "-d", "30MB", "--seed", String(seed))

      const writes = yield* writesOf(servers)
      const third = yield* fill(servers, ...args)
      expect([third.status, documentOf(third).acknowledged]).toEqual([0, KEYS])
      expect(third.stderr).toContain("--resume: all 30720 keys are acknowledged already: nothing is written")
      expect(yield* writesOf(servers)).toEqual(writes)
      expect(readdirSync(folder)).toEqual(["checkpoint"])
    }).pipe(Effect.scoped)
  )

  it.effect("two shards at the same time, one of them cut off and resumed, are one data set", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const file = join(yield* temporaryFolder, "checkpoint")
      yield* servers.flush
      const shard = (part: number) => [...DATA, "--shard", `${part}/2`, "--resume", `${file}-${part}`]
      const slow = ["-n", "3", "--pipeline", "128"]
      const first = yield* startFill(servers, ...shard(1), ...slow)
      const second = yield* startFill(servers, ...shard(2), ...slow)
      yield* untilKeys(servers, KEYS / 4)
      yield* first.signal("SIGKILL")
      expect((yield* second.end).status).toBe(0)
      const resumed = yield* fill(servers, ...shard(1))
      expect([resumed.status, documentOf(resumed).acknowledged]).toEqual([0, KEYS / 2])
      yield* expectWhole(servers, ...DATA)
    }).pipe(Effect.scoped)
  )

  it.effect("goes on with every worker process's part, and after one of them has died", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const folder = yield* temporaryFolder
      const args = [...DATA, "--resume", join(folder, "checkpoint"), "-P", "3"]
      yield* servers.flush
      const run = yield* startFill(servers, ...args, "-n", "3", "--pipeline", "64")
      yield* untilKeys(servers, KEYS / 4)
      yield* run.signal("SIGKILL")
      yield* run.end
      // Its workers have lost their parent, and stop by themselves.
      yield* untilUnused(servers)
      const parts = ["checkpoint.1", "checkpoint.2", "checkpoint.3"]
      expect(readdirSync(folder).filter((name) => !name.endsWith(".new"))).toEqual(parts)
      const found = parts.map((part) => acknowledgedIn(join(folder, part)))
      const acknowledged = sum(found)
      // Slow enough for one of them to be met at work.
      const rest = yield* startFill(servers, ...args, "--rate", String(KEYS / 8))
      // What the next one of them finds is more than what the first did.
      yield* Effect.repeat(
        Effect.sync(() => parts.map((part) => acknowledgedIn(join(folder, part)))),
        {
          until: (now) => now.every((keys, part) => keys > found[part]),
          schedule: Schedule.spaced("20 millis")
        }
      ).pipe(TestServices.provideLive)
      process.kill(childrenOf(rest.pid)[0], "SIGKILL")
      const end = yield* rest.end
      expect(end.stderr).toMatch(
        /worker process . of 3 has ended \(SIGKILL\); another one goes on with its part\n/
      )
      const document = documentOf<FillDocument & { readonly resumed: number }>(end)
      expect([end.status, document.acknowledged, document.resumed]).toEqual([0, KEYS, acknowledged])
      yield* expectWhole(servers, ...DATA)
      expect(readdirSync(folder)).toEqual(parts)
    }).pipe(Effect.scoped)
  )

  it.effect(
    "refuses another fill's file and a damaged one before it connects, and leaves them as they are",
    () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const file = join(yield* temporaryFolder, "checkpoint")
        expect((yield* fill(servers, "-d", "1MB", "--seed", "1", "--resume", file)).status).toBe(0)
        const text = readFileSync(file, "utf8")
        const nowhere = ["-h", "127.0.0.1:1"]
        const other = yield* fill(servers, ...nowhere, "-d", "2MB", "--seed", "1", "--resume", file)
        expect([other.status, other.stderr]).toEqual([
          2,
          `redis-client: --resume: '${file}' belongs to another fill: --data, in keys is 1024 there, and 2048 here; ` +
            "give the options that it was begun with, or another file\n"
        ])
        writeFileSync(file, text.slice(0, 200))
        const half = yield* fill(servers, ...nowhere, "-d", "1MB", "--seed", "1", "--resume", file)
        expect([half.status, half.stderr]).toEqual([
          2,
          `redis-client: --resume: '${file}' is cut short, or no checkpoint of a fill; ` +
            "remove it to begin anew, or give another file\n"
        ])
        expect(readFileSync(file, "utf8")).toBe(text.slice(0, 200))
        const unanswered = yield* fill(servers, "-d", "1MB", "--replies", "off", "--resume", file)
        expect([unanswered.status, unanswered.stderr]).toEqual([
          2,
          "redis-client: --resume: not together with --replies off, with which nothing is acknowledged\n"
        ])
      }).pipe(Effect.scoped)
  )

  it.effect("stops when it can no longer write the file, and says what was acknowledged", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const folder = join(yield* temporaryFolder, "gone")
      mkdirSync(folder)
      const resume = ["--resume", join(folder, "checkpoint")]
      // Slow enough to be met in the middle.
      const run = yield* startFill(
        servers,
        ...DATA,
        ...resume,
        "--pipeline",
        "64",
        "--rate",
        String(KEYS / 2)
      )
      yield* untilKeys(servers, KEYS / 10)
      // In one step, whatever is being written into it.
      renameSync(folder, `${folder}.away`)
      const end = yield* run.end
      const { acknowledged, error } = documentOf(end)
      expect([end.status, error?.tag]).toEqual([1, "CheckpointError"])
      expect(error?.message).toMatch(/cannot be written \(ENOENT\); \d+ of 30720 keys acknowledged/)
      expect(acknowledged).toBeLessThan(KEYS)
      expect(sum(yield* servers.keysPerMaster)).toBe(acknowledged)
    }).pipe(Effect.scoped)
  )

  it.effect("does not begin when it cannot write the file", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const file = join(yield* temporaryFolder, "no-such-folder", "checkpoint")
      const end = yield* fill(servers, ...DATA, "--resume", file)
      expect([end.status, documentOf(end).error?.tag]).toEqual([1, "CheckpointError"])
      expect(end.stderr).toContain(
        `--resume: '${file}' cannot be written (ENOENT); 0 of 30720 keys acknowledged`
      )
      expect(sum(yield* servers.keysPerMaster)).toBe(0)
    }).pipe(Effect.scoped)
  )
})

describe("fill --resume of a server that was full", () => {
  it.live(
    "writes the rest when there is room",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers({ ...STANDALONE, config: [["maxmemory", "25mb"]] })
        const args = [...DATA, "--resume", join(yield* temporaryFolder, "checkpoint")]
        const full = yield* fill(servers, ...args)
        const { acknowledged, error } = documentOf(full)
        expect([full.status, error?.node]).toEqual([1, servers.seed.address])
        expect(error?.message).toMatch(/maxmemory.*run the same command again to go on with the rest/)
        expect(acknowledged).toBeGreaterThan(5000)
        expect(yield* servers.keysPerMaster).toEqual([acknowledged])

        yield* answerOf(servers.nodes[0], "CONFIG", "SET", "maxmemory", "0")
        const rest = yield* fill(servers, ...args)
        expect([rest.status, documentOf(rest).acknowledged, documentOf(rest).errors]).toEqual([0, KEYS, {}])
        yield* expectWhole(servers, ...DATA)
      }).pipe(Effect.scoped),
    60_000
  )
})

/** How many MSETs and SETs each master has executed. */
const writesOf = (servers: TestServers) =>
  Effect.forEach(servers.masters, (master) =>
    Effect.map(answerOf(master, "INFO", "commandstats"), ({ value }) =>
      String(value).match(/cmdstat_m?set:calls=\d+/g)
    )
  )

/** Waits until no connection of a fill is left. */
const untilUnused = (servers: TestServers): Effect.Effect<void> =>
  Effect.repeat(
    Effect.forEach(servers.masters, (master) => answerOf(master, "CLIENT", "LIST")),
    {
      until: (lists) => lists.every(({ value }) => !String(value).includes(` name=${CLIENT_NAME} `)),
      schedule: Schedule.spaced("20 millis")
    }
  ).pipe(TestServices.provideLive, Effect.asVoid)
