import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { encodeCommand } from "../../src/protocol/RespEncoder.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import { runProgram, startProgram } from "../support/ProgramRun.ts"
import { answerOf, startTestServers, STANDALONE, TestCluster, THREE_MASTERS } from "../support/TestCluster.ts"

const respOf = (commands: Iterable<ReadonlyArray<string>>): Buffer =>
  Buffer.concat(Array.from(commands, (words) => Buffer.from(encodeCommand(words))))

const pipe = (args: ReadonlyArray<string>, input: string | Uint8Array) =>
  Effect.flatMap(TestCluster, ({ seed }) =>
    runProgram(["cli", "-h", seed.address, "-c", "--pipe", ...args], {}, input)
  )

/** A key in each of so many slots, and how much is written to each. */
const MOVING_SLOTS = 60
const ROUNDS = 500

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })(
  "cli --pipe on three masters",
  (it) => {
    it.scoped("while slots move, every command is done once, and those of a key in their order", () =>
      Effect.gen(function* () {
        const { flush, masterOf, masters, moveSlot, seed } = yield* TestCluster
        yield* flush
        const slots = Array.from({ length: MOVING_SLOTS }, (_, index) => index * 3)
        const from = masterOf(0)
        const to = masters.find((master) => master !== from)!
        const keys = slots.map((slot) => `{${slotTag(slot)}}list`)
        const commands = function* () {
          for (let round = 0; round < ROUNDS; round++)
            for (const key of keys) yield ["RPUSH", key, String(round)]
        }
        const run = yield* startProgram(
          ["cli", "-h", seed.address, "-c", "--pipe", "--json"],
          {},
          respOf(commands())
        )
        // One after the other for as long as it writes, each once: gossip does not keep up with one that goes back.
        let moved = 0
        const ended = yield* Effect.fork(run.end)
        while (moved < slots.length && (yield* Fiber.poll(ended))._tag === "None") {
          yield* moveSlot(slots[moved++], from, to)
        }
        const { status, stdout } = yield* Fiber.join(ended)
        expect(moved).toBeGreaterThan(3)
        expect(JSON.parse(stdout)).toMatchObject({
          sent: ROUNDS * MOVING_SLOTS,
          ok: ROUNDS * MOVING_SLOTS,
          errors: 0,
          failures: []
        })
        expect(status).toBe(0)
        const rounds = Array.from({ length: ROUNDS }, (_, round) => String(round))
        for (const [index, key] of keys.entries()) {
          const list =
            Resp.elements(yield* answerOf(index < moved ? to : from, "LRANGE", key, "0", "-1")) ?? []
          expect(list.map(Resp.text)).toEqual(rounds)
        }
      })
    )

    it.effect("commands on several slots and to all nodes keep their place among the others", () =>
      Effect.gen(function* () {
        const { flush, masters } = yield* TestCluster
        yield* flush
        const { status, stdout } = yield* pipe(
          ["--json"],
          respOf([
            ["SET", "a", "1"],
            ["MSET", "b", "2", "c", "3"],
            ["INCR", "b"],
            ["DEL", "a", "c"],
            ["SET", "a", "4"],
            ["FLUSHALL"],
            ["APPEND", "a", "x"],
            ["APPEND", "b", "y"]
          ])
        )
        expect(JSON.parse(stdout)).toMatchObject({ sent: 8, ok: 8, errors: 0 })
        expect(status).toBe(0)
        const left = yield* Effect.forEach(masters, (master) => answerOf(master, "KEYS", "*"))
        expect(left.flatMap((keys) => Resp.elements(keys)!.map(Resp.text)).sort()).toEqual(["a", "b"])
        const owner = masters.find(({ slots }) =>
          slots.some(([first, last]) => first <= calculateSlot("b") && calculateSlot("b") <= last)
        )!
        expect(Resp.text(yield* answerOf(owner, "GET", "b"))).toBe("y")
      })
    )

    it.effect("errors are told by number, and the status is 1", () =>
      Effect.gen(function* () {
        yield* (yield* TestCluster).flush
        const { status, stdout } = yield* pipe(
          [],
          'SET a x\n\nINCR a\nSET "a\nNOSUCH secret\nSINTER a b\nSET c 1\n'
        )
        const lines = stdout.trimEnd().split("\n")
        expect(lines[0]).toMatch(/^sent 5 commands in .*; ok 2, errors 4$/)
        expect(lines).toContainEqual(
          expect.stringMatching(/^line 3: INCR: ERR value is not an integer.* \(127/)
        )
        expect(lines).toContainEqual(expect.stringMatching(/^line 4: .*Invalid argument\(s\)$/))
        expect(lines).toContainEqual(expect.stringMatching(/^line 5: NOSUCH: ERR unknown command 'NOSUCH'/))
        expect(lines).toContainEqual(expect.stringMatching(/^line 6: SINTER: CROSSSLOT/))
        expect(stdout).not.toContain("secret")
        expect(status).toBe(1)
      })
    )

    describe("input that is not whole", () => {
      it.effect("a command cut off at the end", () =>
        Effect.gen(function* () {
          const input = respOf([
            ["SET", "a", "1"],
            ["SET", "b", "2"]
          ])
          const { status, stdout } = yield* pipe(["--json"], input.subarray(0, -4))
          expect(JSON.parse(stdout)).toMatchObject({
            sent: 1,
            ok: 1,
            complete: false,
            problem: "the input ends within command 2"
          })
          expect(status).toBe(1)
        })
      )

      it.effect("something else amid the protocol", () =>
        Effect.gen(function* () {
          const input = Buffer.concat([
            respOf([["SET", "a", "1"]]),
            Buffer.from("SET b 2\r\n"),
            respOf([["PING"]])
          ])
          const { status, stdout } = yield* pipe(["--json"], input)
          expect(JSON.parse(stdout)).toMatchObject({ sent: 1, ok: 1, complete: false })
          expect(status).toBe(1)
        })
      )
    })

    it.scoped("a server without memory: what was refused is counted", () =>
      Effect.gen(function* () {
        const { nodes, seed } = yield* startTestServers({ ...STANDALONE, config: [["maxmemory", "3mb"]] })
        const count = 20_000
        const input = respOf(
          Array.from({ length: count }, (_, index) => ["SET", `k${index}`, "v".repeat(200)])
        )
        const { status, stdout } = yield* runProgram(
          ["cli", "-h", seed.address, "--pipe", "--json"],
          {},
          input
        )
        const { errors, kinds, ok, sent } = JSON.parse(stdout) as {
          readonly sent: number
          readonly ok: number
          readonly errors: number
          readonly kinds: Readonly<Record<string, number>>
        }
        expect(sent).toBe(count)
        expect(ok + errors).toBe(count)
        expect(kinds).toEqual({ OOM: errors })
        expect(errors).toBeGreaterThan(0)
        expect(yield* answerOf(nodes[0], "DBSIZE")).toEqual(Resp.integer(ok))
        expect(status).toBe(1)
      })
    )

    it.scoped("a server that dies: what was done, what may have been, and that the rest was not sent", () =>
      Effect.gen(function* () {
        const { seed } = yield* startTestServers(STANDALONE)
        const input = respOf([
          ["SET", "a", "1"],
          ["SHUTDOWN", "NOSAVE"],
          ["SET", "b", "2"],
          ["SET", "c", "3"]
        ])
        const { status, stdout } = yield* runProgram(
          ["cli", "-h", seed.address, "--pipe", "--json"],
          {},
          input
        )
        expect(JSON.parse(stdout)).toMatchObject({
          complete: false,
          problem: expect.stringContaining("not sent") as unknown
        })
        expect(status).toBe(1)
      })
    )
  }
)
