/** `fill` as it is run, against real servers, and checked by what the servers hold. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { DataSet } from "../../src/dataset/DataSet.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { text } from "../../src/protocol/Resp.ts"
import {
  documentOf,
  fill,
  MEBIBYTE,
  SLOWLY,
  startFill,
  sum,
  untilKeys,
  wrongKeys
} from "../support/FillProgram.ts"
import {
  answerOf,
  STANDALONE,
  startTestServers,
  TestCluster,
  THREE_MASTERS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"

layer(TestCluster.layer(STANDALONE), { timeout: "60 seconds" })("fill of one server", (it) => {
  it.effect("writes every key, and leaves the rest of the server alone without --flush", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* answerOf(servers.nodes[0], "SET", "other", "1")
      const end = yield* fill(servers, "-d", "50MB", "--seed", "7", "--verify")
      const document = documentOf(end)
      expect([end.status, end.stderr]).toEqual([0, ""])
      expect(document).toMatchObject({
        seed: 7,
        keys: 51_200,
        bytes: 50 * MEBIBYTE,
        acknowledged: 51_200,
        nodes: [{ address: servers.seed.address, keys: 51_200, bytes: 50 * MEBIBYTE }],
        moved: 0,
        asked: 0,
        resent: 0,
        errors: {},
        verify: { keys: 51_200, present: 51_200 }
      })
      expect(yield* servers.keysPerMaster).toEqual([51_201])
      expect(yield* wrongKeys(servers, { seed: 7, keySize: 512, valueSize: 512 }, 51_200)).toEqual([])
    })
  )

  it.effect("empties the server first with --flush, and does only that without --data", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* answerOf(servers.nodes[0], "SET", "other", "1")
      const end = yield* fill(servers, "-f", "-d", "1MB")
      expect([end.status, documentOf(end).keys]).toEqual([0, 1024])
      expect(yield* servers.keysPerMaster).toEqual([1024])
      const alone = yield* fill(servers, "-f")
      expect([alone.status, JSON.parse(alone.stdout)]).toEqual([0, { flushed: [servers.seed.address] }])
      expect(yield* servers.keysPerMaster).toEqual([0])
    })
  )

  for (const [name, args, sizes] of [
    ["values of one byte", ["--key-size", "7", "--value-size", "1"], { keySize: 7, valueSize: 1 }],
    ["values larger than a batch", ["--value-size", "3000001"], { keySize: 512, valueSize: 3_000_001 }],
    ["the longest keys", ["--key-size", "65536", "--value-size", "10"], { keySize: 65_536, valueSize: 10 }],
    ["one stream", ["-s"], { keySize: 512, valueSize: 512 }],
    ["one key at a time", ["-n", "3", "--pipeline", "1"], { keySize: 512, valueSize: 512 }],
    ["no replies", ["--replies", "off"], { keySize: 512, valueSize: 512 }]
  ] as const) {
    it.effect(`writes ${name}`, () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const size = sizes.valueSize > MEBIBYTE ? "40MB" : sizes.keySize === 7 ? "200KB" : "5MB"
        const end = yield* fill(servers, "-f", "-d", size, "--seed", "3", "--verify", ...args)
        const { acknowledged, keys } = documentOf(end)
        expect([end.status, acknowledged]).toEqual([0, name === "no replies" ? null : keys])
        expect(yield* servers.keysPerMaster).toEqual([keys])
        expect(yield* wrongKeys(servers, { seed: 3, ...sizes }, keys)).toEqual([])
      })
    )
  }

  it.effect("gives every key its expiry with --ttl", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const end = yield* fill(servers, "-f", "-d", "2MB", "--ttl", "90s", "--seed", "5")
      expect([end.status, documentOf(end).acknowledged]).toEqual([0, 2048])
      expect(text(yield* answerOf(servers.nodes[0], "INFO", "keyspace"))).toMatch(/keys=2048,expires=2048/)
      const key = new DataSet({ seed: 5, keySize: 512, valueSize: 512 }).key(2047)
      const left = Number((yield* answerOf(servers.nodes[0], "PTTL", key)).value)
      expect(left).toBeGreaterThan(60_000)
      expect(left).toBeLessThanOrEqual(90_000)
    })
  )

  it.effect("says with --verify that another seed's values are different", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const sizes = ["-d", "300KB", "--key-size", "13", "--value-size", "100"]
      expect((yield* fill(servers, "-f", ...sizes, "--seed", "1")).status).toBe(0)
      const [key] = [new DataSet({ seed: 1, keySize: 13, valueSize: 100 }).key(5)]
      yield* answerOf(servers.nodes[0], "SETRANGE", key, 50, "!")
      const text = yield* answerOf(servers.nodes[0], "GET", key)
      expect(text._tag).toBe("BulkString")
      // Written again by another seed: the same keys, since they are too short for noise.
      expect((yield* fill(servers, ...sizes, "--seed", "2", "--verify")).status).toBe(0)
    })
  )

  it.effect("prints its report when SIGINT ends it", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const run = yield* startFill(servers, "-d", "4GB", ...SLOWLY)
      yield* untilKeys(servers, 500)
      yield* run.signal("SIGINT")
      const end = yield* run.end
      const document = documentOf(end)
      expect([end.status, document.error?.tag]).toEqual([130, "Interrupted"])
      expect(yield* servers.keysPerMaster).toEqual([document.acknowledged])
    }).pipe(Effect.scoped)
  )
})

layer(TestCluster.layer(THREE_MASTERS), { timeout: "60 seconds" })("fill of three masters", (it) => {
  it.effect("writes every key to its slot's master, a third to each", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const end = yield* fill(servers, "-d", "100MB", "--seed", "7", "--verify")
      const document = documentOf(end)
      const counts = yield* servers.keysPerMaster
      expect([end.status, end.stderr, sum(counts)]).toEqual([0, "", 102_400])
      expect(document).toMatchObject({
        acknowledged: 102_400,
        moved: 0,
        errors: {},
        verify: { present: 102_400 }
      })
      expect(document.nodes.map(({ address, keys }) => `${address} ${keys}`).toSorted()).toEqual(
        servers.masters.map(({ address }, master) => `${address} ${counts[master]}`).toSorted()
      )
      for (const count of counts) expect(Math.abs(count - 102_400 / 3)).toBeLessThan(0.02 * (102_400 / 3))
      expect(yield* wrongKeys(servers, { seed: 7, keySize: 512, valueSize: 512 }, 102_400)).toEqual([])
    })
  )

  it.effect("writes a few keys as evenly", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const end = yield* fill(servers, "-f", "-d", "300KB", "--replies", "off")
      const counts = yield* servers.keysPerMaster
      expect([end.status, sum(counts)]).toEqual([0, 300])
      for (const count of counts) expect(Math.abs(count - 100)).toBeLessThanOrEqual(10)
    })
  )

  it.effect("follows slots that are moved by hand while it writes", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const run = yield* startFill(servers, "-d", "60MB", "--verify", "--seed", "9", ...SLOWLY)
      yield* untilKeys(servers, 2000)
      const [from, , to] = servers.masters
      const held = yield* servers.beginMove(3, from, to)
      const moved = yield* servers.reshard(20, from, to)
      yield* untilKeys(servers, 25_000)
      yield* held.finish
      const end = yield* run.end
      const document = documentOf(end)
      expect([end.status, end.stderr.includes("redis-client:")]).toEqual([0, false])
      expect(document).toMatchObject({ acknowledged: 61_440, errors: {}, verify: { present: 61_440 } })
      expect(document.asked + document.moved).toBeGreaterThan(0)
      expect(sum(yield* servers.keysPerMaster)).toBe(61_440)
      const set = new DataSet({ seed: 9, keySize: 512, valueSize: 512 })
      const inSlots = Array.from({ length: 61_440 }, (_, index) => index).filter((index) =>
        moved.includes(slotOfIndex(index))
      )
      expect(calculateSlot(set.key(inSlots[0]))).toBe(slotOfIndex(inSlots[0]))
      const counts = yield* Effect.forEach(moved, (slot) => answerOf(to, "CLUSTER", "COUNTKEYSINSLOT", slot))
      expect(sum(counts.map(({ value }) => Number(value)))).toBe(inSlots.length)
    }).pipe(Effect.scoped)
  )
})

layer(TestCluster.layer(TLS_AND_PASSWORD), { timeout: "60 seconds" })(
  "fill with TLS and a password",
  (it) => {
    it.effect("writes and reads back every key", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const end = yield* fill(servers, "-d", "20MB", "--seed", "7", "--verify")
        expect([end.status, end.stderr]).toEqual([0, ""])
        expect(documentOf(end)).toMatchObject({ acknowledged: 20_480, verify: { present: 20_480 } })
        expect(yield* wrongKeys(servers, { seed: 7, keySize: 512, valueSize: 512 }, 20_480)).toEqual([])
      })
    )

    it.effect("writes values larger than a batch, without replies too", () =>
      Effect.gen(function* () {
        const servers = yield* TestCluster
        const sizes = ["--value-size", "2000000", "--seed", "8", "--replies", "off"]
        const end = yield* fill(servers, "-f", "-d", "30MB", "--verify", ...sizes)
        expect([end.status, documentOf(end).verify?.present]).toEqual([0, 16])
      })
    )
  }
)

describe("fill of servers in trouble", () => {
  it.live(
    "stops when a server refuses nearly everything, and says what was acknowledged",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers({
          ...STANDALONE,
          config: [
            ["maxmemory", "40mb"],
            // Would evict keys that expire, of which there are none.
            ["maxmemory-policy", "volatile-lru"]
          ]
        })
        const end = yield* fill(servers, "-d", "200MB")
        const document = documentOf(end)
        expect([end.status, document.error?.node]).toEqual([1, servers.seed.address])
        expect(document.error?.message).toMatch(
          /OOM command not allowed.* of 204800 keys acknowledged; fill less/
        )
        expect(document.errors["OOM"]).toBeGreaterThan(0)
        expect(yield* servers.keysPerMaster).toEqual([document.acknowledged])
        expect(document.acknowledged).toBeGreaterThan(10_000)

        const unanswered = yield* fill(servers, "-d", "50MB", "--replies", "off")
        expect([unanswered.status, documentOf(unanswered).error?.tag]).toEqual([1, "Shortfall"])
        expect(documentOf(unanswered).error?.message).toMatch(/refused \d+ of \d+ commands \(OOM \d+\)/)
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "counts what the user may not write, and says so",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE)
        yield* answerOf(
          servers.nodes[0],
          "ACL",
          "SETUSER",
          "reader",
          "on",
          ">secret",
          "~*",
          "+@all",
          "-set",
          "-mset"
        )
        const end = yield* fill(servers, "-d", "1MB", "--user", "reader", "--pass", "secret")
        const document = documentOf(end)
        expect([end.status, document.acknowledged, Object.keys(document.errors)]).toEqual([1, 0, ["NOPERM"]])
        expect(end.stderr).toMatch(/NOPERM.*ACL SETUSER/)
        expect(end.stderr).not.toContain("secret")
      }).pipe(Effect.scoped),
    60_000
  )

  it.live(
    "ends when a master is killed and nobody takes its place, with what was acknowledged until then",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(THREE_MASTERS)
        const run = yield* startFill(servers, "-d", "400MB", "--pipeline", "64")
        yield* untilKeys(servers, 2000)
        yield* servers.kill(servers.masters[1])
        const end = yield* run.end
        const document = documentOf(end)
        expect(end.status).toBe(1)
        expect(
          end.stderr
            .trim()
            .split("\n")
            .filter((line) => !/keys written/.test(line)).length
        ).toBe(2)
        expect(document.error?.message).toContain(`${document.acknowledged} of 409600 keys acknowledged`)
        expect(document.error?.message).toContain(servers.masters[1].address)
        expect(document.acknowledged).toBeGreaterThan(1000)
        expect(document.acknowledged).toBeLessThan(409_600)
      }).pipe(Effect.scoped),
    90_000
  )

  it.live(
    "goes on when a killed master is started again",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE)
        const run = yield* startFill(servers, "-d", "60MB", ...SLOWLY)
        const ended = yield* Effect.fork(run.end)
        yield* untilKeys(servers, 2000)
        yield* servers.kill(servers.nodes[0])
        yield* Effect.sleep("500 millis")
        yield* servers.restart(servers.nodes[0])
        const end = yield* Fiber.join(ended)
        const document = documentOf(end)
        expect([end.status, document.acknowledged, document.errors]).toEqual([0, 61_440, {}])
        expect(document.resent).toBeGreaterThan(0)
      }).pipe(Effect.scoped),
    60_000
  )
})
