/** `verify` as it is run, against real servers: what it finds, what it writes, and how it ends. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { sandboxEnvironment } from "../../src/app/sandbox/SandboxEnvironment.ts"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { runProgram } from "../support/ProgramRun.ts"
import {
  answerOf,
  STANDALONE,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  startTestServers,
  TestCluster,
  type TestServers,
  THREE_MASTERS
} from "../support/TestCluster.ts"
import { closeConnections } from "../support/ClientKill.ts"
import { documentOf, fill, startVerify, verify, type VerifyDocument } from "../support/FillProgram.ts"

/** A fill that has to succeed. */
const filled = (servers: TestServers, ...args: ReadonlyArray<string>) =>
  Effect.tap(fill(servers, ...args), ({ status }) => Effect.sync(() => expect(status).toBe(0)))

const DATA = ["-d", "20MB", "--seed", "7"]
const KEYS = 20_480
const ALL_PRESENT = { keys: KEYS, present: KEYS, missing: 0, different: 0, repaired: 0, errors: {} }

layer(TestCluster.layer(THREE_MASTERS), { timeout: "60 seconds" })("verify of three masters", (it) => {
  it.effect("counts what is missing and different at each master, and writes it with --repair", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* filled(servers, "-f", ...DATA)
      const whole = yield* verify(servers, ...DATA)
      expect([whole.status, whole.stderr]).toEqual([0, ""])
      expect(whole.document).toMatchObject({ seed: 7, ...ALL_PRESENT })
      expect(whole.document.nodes.map(({ address, keys }) => `${address} ${keys}`)).toEqual(
        (yield* servers.keysPerMaster).map((keys, master) => `${servers.masters[master].address} ${keys}`)
      )

      const set = new DataSet({ seed: 7, keySize: 512, valueSize: 512 })
      const masterOf = (index: number) => servers.masterOf(slotOfIndex(index))
      const missing = [0, 16_384, 4242, 20_479]
      for (const index of missing) yield* answerOf(masterOf(index), "DEL", set.key(index))
      const [short, list, changed] = [1, 2, 3]
      yield* answerOf(masterOf(short), "SET", set.key(short), set.value(short).subarray(1))
      yield* answerOf(masterOf(list), "DEL", set.key(list))
      yield* answerOf(masterOf(list), "RPUSH", set.key(list), set.value(list))
      yield* answerOf(masterOf(changed), "SETRANGE", set.key(changed), 511, "\u0000")

      const found = yield* verify(servers, ...DATA)
      const counts = { present: KEYS - 7, missing: 5, different: 2 }
      expect([found.status, found.document.error?.tag]).toEqual([1, "VerifyFailed"])
      expect(found.document).toMatchObject({ ...counts, keys: KEYS, repaired: 0 })
      expect(found.stderr).toMatch(
        /^redis-client: of 20480 keys 5 are missing and 2 have another value; --repair writes them .*--ttl.*\n$/
      )
      const wrong = [...missing, short, list, changed]
      expect(found.document.nodes.map(({ different, missing }) => missing + different)).toEqual(
        servers.masters.map((master) => wrong.filter((index) => masterOf(index) === master).length)
      )

      const repaired = yield* verify(servers, ...DATA, "--repair")
      expect([repaired.status, repaired.stderr]).toEqual([0, ""])
      expect(repaired.document).toMatchObject({ ...counts, repaired: 7 })
      expect((yield* verify(servers, ...DATA)).document).toMatchObject(ALL_PRESENT)
    })
  )

  it.effect("writes all that an emptied master has lost", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* filled(servers, "-f", ...DATA)
      const [, lost] = yield* servers.keysPerMaster
      yield* answerOf(servers.masters[1], "FLUSHALL")
      const repaired = yield* verify(servers, ...DATA, "--repair", "-n", "1")
      expect([repaired.status, repaired.document.nodes[1]]).toEqual([
        0,
        {
          address: servers.masters[1].address,
          keys: lost,
          present: 0,
          missing: lost,
          different: 0,
          repaired: lost
        }
      ])
      expect((yield* verify(servers, ...DATA)).document).toMatchObject(ALL_PRESENT)
    })
  )

  it.effect("reads a sample that is spread over the masters, and says so", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* filled(servers, "-f", ...DATA)
      yield* answerOf(servers.masters[2], "FLUSHALL")
      const { document, status } = yield* verify(servers, ...DATA, "--sample", "600")
      expect([status, document.keys, document.sampledFrom, document.present]).toEqual([1, 600, KEYS, 400])
      expect(document.nodes.map(({ keys, missing }) => [keys, missing])).toEqual([
        [200, 0],
        [200, 0],
        [200, 200]
      ])
      const end = yield* runProgram(["verify", ...DATA, "--sample", "600"], sandboxEnvironment(servers))
      expect(end.stdout).toContain("read 600 of 600 keys, a sample of 20,480, of 512 + 512 bytes")
    })
  )

  it.effect("reads its shard alone", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const keys: Array<number> = []
      for (const shard of ["1/3", "2/3", "3/3"]) {
        keys.push((yield* verify(servers, ...DATA, "--shard", shard, "--repair")).document.repaired)
      }
      expect(keys).toEqual([6827, 6827, 6826])
      expect((yield* verify(servers, ...DATA)).document).toMatchObject(ALL_PRESENT)
      const end = yield* verify(servers, ...DATA, "--shard", "4/3")
      expect([end.status, end.stderr]).toEqual([
        2,
        "redis-client: --shard: '4/3' is out of range; allowed: I/N with I from 1 to N and N up to 65536, as 2/3\n"
      ])
    })
  )

  it.effect("counts keys that have expired as missing", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* filled(servers, "-f", "-d", "1MB", "--seed", "3", "--ttl", "1ms")
      const { document } = yield* verify(servers, "-d", "1MB", "--seed", "3")
      expect([document.missing, document.error?.tag]).toEqual([1024, "VerifyFailed"])
    })
  )

  it.effect("wants the seed and the amount", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const noSeed = yield* verify(servers, "-d", "1MB")
      expect([noSeed.status, noSeed.stderr]).toEqual([
        2,
        "redis-client: --seed: is missing; allowed: 0 to 9007199254740991, the one that the fill printed\n"
      ])
      const noData = yield* verify(servers, "--seed", "1")
      expect([noData.status, noData.stderr]).toEqual([
        2,
        "redis-client: --data: is missing; allowed: 1 byte or more, as 500MB or 2GB\n"
      ])
    })
  )
})

describe("verify of a cluster in trouble", () => {
  it.live(
    "reads everything while connections are closed and slots move",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(THREE_MASTERS)
        yield* filled(servers, ...DATA)
        const run = yield* startVerify(servers, ...DATA, "-n", "3", "--pipeline", "4")
        const ended = yield* Effect.fork(run.end)
        const trouble = Effect.forever(
          Effect.zipRight(
            closeConnections(servers),
            servers.reshard(5, servers.masters[0], servers.masters[1])
          )
        )
        const end = yield* Effect.raceFirst(Fiber.join(ended), trouble)
        const document = documentOf<VerifyDocument>(end)
        expect([end.status, document]).toMatchObject([0, ALL_PRESENT])
        // The slots that moved meanwhile are told by their owners of the end.
        const [first, second] = document.nodes
        expect(first.keys).toBeLessThan(second.keys)
      }).pipe(Effect.scoped),
    90_000
  )
})

describe("verify of one server", () => {
  it.live(
    "over TLS and with a password, keys and values of other sizes",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE_WITH_TLS_AND_PASSWORD)
        const sizes = ["-d", "9MB", "--seed", "5", "--key-size", "20", "--value-size", "300001"]
        yield* filled(servers, ...sizes)
        const set = new DataSet({ seed: 5, keySize: 20, valueSize: 300_001 })
        yield* answerOf(servers.nodes[0], "SETRANGE", set.key(17), 300_000, "\u0001")
        const { document, status } = yield* verify(servers, ...sizes, "--repair")
        expect([status, document.keys, document.different, document.repaired]).toEqual([0, 32, 1, 1])
        expect(document.nodes).toEqual([
          { address: servers.seed.address, keys: 32, present: 31, missing: 0, different: 1, repaired: 1 }
        ])
        expect((yield* verify(servers, ...sizes)).document.present).toBe(32)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "says which repairs were refused, and stops when nearly all are",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers({ ...STANDALONE, config: [["maxmemory", "8mb"]] })
        const end = yield* verify(servers, ...DATA, "--repair")
        expect([end.status, Object.keys(end.document.errors)]).toEqual([1, ["OOM"]])
        expect(end.document.error?.message).toMatch(/OOM command not allowed.*keys read/)
        expect(end.document.repaired).toBeGreaterThan(1000)
        expect(yield* servers.keysPerMaster).toEqual([end.document.repaired])
      }).pipe(Effect.scoped),
    60_000
  )
})
