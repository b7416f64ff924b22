import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { runProgram, startProgram } from "../support/ProgramRun.ts"
import { runRedisCli } from "../support/RedisCli.ts"
import { answerOf, TestCluster, THREE_MASTERS_WITH_REPLICAS } from "../support/TestCluster.ts"

const cli = (args: ReadonlyArray<string>, input?: string | Uint8Array) =>
  Effect.flatMap(TestCluster, ({ seed }) => runProgram(["cli", "-h", seed.address, "-c", ...args], {}, input))

const stdoutOf = (args: ReadonlyArray<string>, input?: string | Uint8Array) =>
  Effect.map(cli(args, input), ({ status, stderr, stdout }) => {
    expect(stderr).toBe("")
    expect(status).toBe(0)
    return stdout
  })

const documentOf = (args: ReadonlyArray<string>) =>
  Effect.map(stdoutOf(["--json", ...args]), (stdout) => JSON.parse(stdout) as Record<string, unknown>)

/** A page of ten keys at a time, and a pause after the first hundred that outlasts the test. */
const SLOWLY = ["--count", "10", "-i", "600"]

/** A data set with every type, whose largest keys are known. */
const COLLECTIONS = 60
const STRINGS = 20_000
const PER_TYPE: ReadonlyArray<readonly [type: string, add: (key: string, member: number) => string]> = [
  ["list", (key, member) => `RPUSH ${key} m${member}`],
  ["set", (key, member) => `SADD ${key} m${member}`],
  ["zset", (key, member) => `ZADD ${key} ${member} m${member}`],
  ["hash", (key, member) => `HSET ${key} f${member} v`],
  ["stream", (key, member) => `XADD ${key} ${member + 1} f v`]
]
const dataSet = (): string => {
  const lines: Array<string> = []
  for (let index = 0; index < STRINGS; index++)
    lines.push(`SET string:${index} ${"x".repeat(1 + (index % 97))}`)
  lines.push(`SET string:longest ${"x".repeat(500)}`)
  for (const [type, add] of PER_TYPE) {
    for (let index = 0; index < COLLECTIONS; index++) {
      for (let member = 0; member <= index; member++) lines.push(add(`${type}:${index}`, member))
    }
  }
  return lines.join("\n")
}
const KEYS = STRINGS + 1 + PER_TYPE.length * COLLECTIONS

layer(TestCluster.layer(THREE_MASTERS_WITH_REPLICAS), { excludeTestServices: true })("cli on 3 + 3", (it) => {
  it.effect("commands go where their keys are; those on several slots are split, or refused", () =>
    Effect.gen(function* () {
      expect(yield* stdoutOf([], "SET a 1\nSET b 2\nMGET a b c\nMSET x 1 y 2\nDEL a b x y\n")).toBe(
        "OK\nOK\n1\n2\n\nOK\n4\n"
      )
      const refused = yield* cli(["--no-raw", "SINTER", "a", "b"])
      expect(refused.stdout).toMatch(/^\(error\) CROSSSLOT /)
      expect(refused.status).toBe(1)
    })
  )

  it.scoped("commands without a key are sent together, to one master, so that they keep their order", () =>
    Effect.gen(function* () {
      const { masters, seed } = yield* TestCluster
      const subscriber = yield* startProgram(["cli", "-h", seed.address, "-c", "SUBSCRIBE", "news"])
      yield* subscriber.awaitOutput((stdout) => stdout.includes("subscribe\nnews\n1\n"))
      for (const master of masters) yield* answerOf(master, "CONFIG", "RESETSTAT")
      const numbers = Array.from({ length: 500 }, (_, index) => index)
      const lines = numbers.map((number) => `PUBLISH news ${number}\nEVAL "return ${number}" 0`)
      const { stdout } = yield* cli([], `SET before 1\n${lines.join("\n")}\nGET before\n`)
      expect(stdout).toMatch(/^OK\n[^]*\n1\n$/)
      expect(stdout.split("\n").filter((_, index) => index > 0 && index % 2 === 0)).toEqual([
        ...numbers.map(String),
        ""
      ])
      const heard = yield* subscriber.awaitOutput((said) => said.endsWith("news\n499\n"))
      expect(Array.from(heard.matchAll(/message\nnews\n(\d+)\n/g), ([, number]) => Number(number))).toEqual(
        numbers
      )
      const calls = yield* Effect.forEach(masters, (master) =>
        Effect.map(answerOf(master, "INFO", "commandstats"), (info) =>
          Number(/cmdstat_publish:calls=(\d+)/.exec(Resp.text(info) ?? "")?.[1] ?? 0)
        )
      )
      expect(calls.toSorted((a, b) => a - b)).toEqual([0, 0, 500])
    })
  )

  it.effect("a transaction of one slot in lines of standard input", () =>
    Effect.gen(function* () {
      expect(yield* stdoutOf([], "MULTI\nSET {t}a 1\nINCR {t}a\nEXEC\nGET {t}a\n")).toBe(
        "OK\nQUEUED\nQUEUED\nOK\n2\n2\n"
      )
      const divided = yield* cli([], "MULTI\nSET {t}a 1\nMSET {t}a 2 other 3\nDISCARD\nEXISTS other\n")
      expect(divided.stdout).toMatch(/^OK\nQUEUED\nCROSSSLOT [^\n]*\n\nOK\n0\n$/)
    })
  )

  describe("with a data set", () => {
    it.effect("mass insertion accounts for every command", () =>
      Effect.gen(function* () {
        yield* (yield* TestCluster).flush
        const input = dataSet()
        const { status, stderr, stdout } = yield* cli(["--json", "--pipe"], input)
        expect(JSON.parse(stdout)).toMatchObject({
          sent: input.split("\n").length,
          ok: input.split("\n").length,
          errors: 0,
          complete: true,
          unit: "line"
        })
        expect(status).toBe(0)
        expect(stderr.split("\n").every((line) => line === "" || line.includes("commands sent"))).toBe(true)
        const { keysPerMaster } = yield* TestCluster
        expect((yield* keysPerMaster).reduce((sum, keys) => sum + keys, 0)).toBe(KEYS)
      })
    )

    it.effect("--scan gives every key once, by pattern and by type", () =>
      Effect.gen(function* () {
        const keys = (yield* stdoutOf(["--scan"])).trimEnd().split("\n")
        expect(keys).toHaveLength(KEYS)
        expect(new Set(keys).size).toBe(KEYS)
        expect((yield* stdoutOf(["--scan", "--pattern", "list:5?"])).trimEnd().split("\n").sort()).toEqual(
          Array.from({ length: 10 }, (_, index) => `list:5${index}`)
        )
        const { masters } = yield* TestCluster
        for (const master of masters) yield* answerOf(master, "CONFIG", "RESETSTAT")
        expect((yield* stdoutOf(["--scan"])).split("\n")).toHaveLength(KEYS + 1)
        const pages = yield* Effect.forEach(masters, (master) =>
          Effect.map(answerOf(master, "INFO", "commandstats"), (info) =>
            Number(/cmdstat_scan:calls=(\d+)/.exec(Resp.text(info) ?? "")?.[1])
          )
        )
        // 3000 keys of a page, or a few more.
        for (const count of pages) expect(count).toBeLessThanOrEqual(Math.ceil(KEYS / masters.length / 2700))
        const typed = (yield* stdoutOf(["--json", "--scan", "--type", "zset", "--count", "37"])).trimEnd()
        expect(typed.split("\n").map((line): unknown => JSON.parse(line))).toHaveLength(COLLECTIONS)
      })
    )

    it.effect("--bigkeys is right, in all and about the largest of each type", () =>
      Effect.gen(function* () {
        const { ranking, types, ...rest } = yield* documentOf(["--bigkeys", "--top", "3"])
        expect(rest).toMatchObject({ keys: KEYS, complete: true })
        const elements = (COLLECTIONS * (COLLECTIONS + 1)) / 2
        expect(types).toEqual(
          expect.arrayContaining([
            expect.objectContaining({ type: "string", keys: STRINGS + 1, unit: "bytes" }),
            ...PER_TYPE.map(
              ([type]) => expect.objectContaining({ type, keys: COLLECTIONS, size: elements }) as unknown
            )
          ])
        )
        const { masterOf } = yield* TestCluster
        const nodeOf = (key: string): string => masterOf(calculateSlot(key)).address
        for (const [type] of PER_TYPE) {
          const own = (ranking as ReadonlyArray<Record<string, unknown>>).filter(
            (each) => each["type"] === type
          )
          expect(own).toMatchObject(
            [59, 58, 57].map((index) => ({
              key: `${type}:${index}`,
              size: index + 1,
              node: nodeOf(`${type}:${index}`)
            }))
          )
        }
        expect(ranking).toContainEqual({
          key: "string:longest",
          type: "string",
          size: 500,
          unit: "bytes",
          node: nodeOf("string:longest")
        })
      })
    )

    it.effect("--memkeys agrees with MEMORY USAGE of every key", () =>
      Effect.gen(function* () {
        const { ranking } = yield* documentOf(["--memkeys", "--pattern", "[lhsz]*:[0-9]*", "--top", "5"])
        const keys = (yield* stdoutOf(["--scan", "--pattern", "[lhsz]*:[0-9]*"])).trimEnd().split("\n")
        const sizes = (yield* stdoutOf([], keys.map((key) => `MEMORY USAGE ${key}`).join("\n")))
          .trimEnd()
          .split("\n")
        const brute = keys
          .map((key, index) => ({ key, size: Number(sizes[index]) }))
          .sort((a, b) => b.size - a.size || (a.key < b.key ? -1 : 1))
        expect(
          (ranking as ReadonlyArray<{ readonly key: string; readonly size: number }>).map(
            ({ key, size }) => ({
              key,
              size
            })
          )
        ).toEqual(brute.slice(0, 5))
      })
    )

    /** Ended by SIGINT in its first pause. */
    const interrupted = (...options: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const { masters, seed } = yield* TestCluster
        for (const master of masters) yield* answerOf(master, "CONFIG", "RESETSTAT")
        const run = yield* startProgram(["cli", "-h", seed.address, "-c", "--bigkeys", ...SLOWLY, ...options])
        const measured = Effect.map(
          Effect.forEach(masters, (master) => answerOf(master, "INFO", "commandstats")),
          (infos) =>
            infos.reduce((sum, info) => {
              const [, calls = "0"] = /cmdstat_strlen:calls=(\d+)/.exec(Resp.text(info) ?? "") ?? []
              return sum + Number(calls)
            }, 0)
        )
        yield* Effect.repeat(measured, {
          until: (count) => count > 900,
          schedule: Schedule.spaced("50 millis")
        })
        yield* run.signal("SIGINT")
        return yield* run.end
      })

    it.scoped("interrupted, --bigkeys prints what it has found", () =>
      Effect.gen(function* () {
        const { status, stderr, stdout } = yield* interrupted()
        expect(stdout).toMatch(/^interrupted: \d[\d,]* of 20,301 keys in /)
        expect(stdout).toMatch(/\nstring +\d/)
        expect(stderr).toContain("interrupted by SIGINT")
        expect(status).toBe(130)
      })
    )

    it.scoped("also as a document, with the error in it", () =>
      Effect.gen(function* () {
        const { status, stdout } = yield* interrupted("--json")
        expect(JSON.parse(stdout)).toMatchObject({
          complete: false,
          keys: expect.any(Number) as unknown,
          types: expect.arrayContaining([expect.objectContaining({ type: "string" })]) as unknown,
          error: { tag: "Interrupted" }
        })
        expect(status).toBe(130)
      })
    )

    it.scoped("--scan has printed all keys of its first hundred pages when it pauses", () =>
      Effect.gen(function* () {
        const { seed } = yield* TestCluster
        const run = yield* startProgram(["cli", "-h", seed.address, "-c", "--scan", ...SLOWLY])
        const printed = yield* run.awaitOutput((stdout) => stdout.split("\n").length > 1000)
        yield* run.signal("SIGINT")
        const { status, stdout } = yield* run.end
        expect(stdout.startsWith(printed)).toBe(true)
        expect(stdout).toMatch(/^([a-z]+:\w+\n)+$/)
        expect(status).toBe(130)
      })
    )

    it.effect("--hotkeys says that the servers do not count, and counts when they do", () =>
      Effect.gen(function* () {
        const refused = yield* cli(["--hotkeys"])
        expect(refused.status).toBe(1)
        expect(refused.stderr).toContain("maxmemory-policy is noeviction")
        expect(yield* stdoutOf(["@masters", "CONFIG", "SET", "maxmemory-policy", "allkeys-lfu"])).toContain(
          "OK"
        )
        const { ranking } = yield* documentOf(["--hotkeys", "--pattern", "set:*", "--top", "4"])
        expect(ranking).toHaveLength(4)
        yield* stdoutOf(["@masters", "CONFIG", "SET", "maxmemory-policy", "noeviction"])
      })
    )

    it.effect("--stat adds up the nodes", () =>
      Effect.gen(function* () {
        const lines = (yield* stdoutOf(["--json", "--stat", "-r", "2", "-i", "0.1"])).trimEnd().split("\n")
        const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
        expect(first).toMatchObject({ nodes: [6, 6], keys: KEYS, commandsPerSecond: null })
        expect(second["commandsPerSecond"]).toBeGreaterThan(0)
      })
    )
  })

  it.effect("topology shows every node, every slot, and what they hold", () =>
    Effect.gen(function* () {
      const { masters, nodes } = yield* TestCluster
      const document = yield* documentOf(["topology"])
      expect(document["slotsServed"]).toBe(16_384)
      const told = document["nodes"] as ReadonlyArray<Record<string, unknown>>
      expect(told.map(({ address }) => address).sort()).toEqual(nodes.map(({ address }) => address).sort())
      for (const { address, slots } of masters) {
        expect(told).toContainEqual(
          expect.objectContaining({ address, role: "master", slots, failed: false })
        )
      }
      const text = yield* stdoutOf(["topology"])
      expect(text).toMatch(/^3 masters, 3 replicas, 16384 of 16384 slots served, [\d,]+ keys, /)
      expect(text).toContain(` 4096 ${"A".repeat(21)}+${"B".repeat(42)}\n`)
    })
  )

  it.effect("--cluster-info says what redis-cli --cluster info says", () =>
    Effect.gen(function* () {
      const { seed } = yield* TestCluster
      const { stdout } = yield* runRedisCli(seed.port, ["--cluster", "info", seed.address], "")
      const theirs = stdout
        .toString()
        .replaceAll(/\u001b\[[\d;]*m/g, "")
        .replaceAll("slaves", "replicas")
        .replace("[OK] ", "")
        .trimEnd()
        .split("\n")
      const ours = (yield* stdoutOf(["--cluster-info"])).trimEnd().split("\n")
      expect(ours.toSorted()).toEqual(theirs.toSorted())
    })
  )

  it.effect("slots and explain ask for nothing to be done", () =>
    Effect.gen(function* () {
      const { masterOf } = yield* TestCluster
      yield* stdoutOf(["SET", "foo", "x"])
      expect(yield* documentOf(["slots", "foo", "{foo}bar"])).toEqual({
        keys: ["foo", "{foo}bar"].map((key) => ({ key, slot: 12_182, node: masterOf(12_182).address }))
      })
      const explained = yield* documentOf(["explain", "DEL", "foo", "bar"])
      expect(explained).toMatchObject({
        command: "DEL",
        problem: null,
        keys: [
          { key: "foo", slot: 12_182, type: "string", size: 1 },
          { key: "bar", type: "none", size: null }
        ]
      })
      expect(yield* stdoutOf(["GET", "foo"])).toBe("x\n")
      expect((yield* cli(["explain", "NOSUCHCOMMAND"])).stderr).toMatch(/neither this program nor the server/)
    })
  )

  describe("@", () => {
    it.effect("asks the nodes that it names", () =>
      Effect.gen(function* () {
        const { masters, nodes, replicas } = yield* TestCluster
        const asked = (target: string) =>
          Effect.map(stdoutOf(["--json", target, "ROLE"]), (stdout) =>
            (
              JSON.parse(stdout) as ReadonlyArray<{
                readonly node: string
                readonly reply: ReadonlyArray<unknown>
              }>
            )
              .map(({ node, reply }) => `${node} ${String(reply[0])}`)
              .sort()
          )
        const roles = (list: typeof nodes, role: string) =>
          list.map(({ address }) => `${address} ${role}`).sort()
        expect(yield* asked("@masters")).toEqual(roles(masters, "master"))
        expect(yield* asked("@replicas")).toEqual(roles(replicas, "slave"))
        expect(yield* asked("@all")).toEqual(
          [...roles(masters, "master"), ...roles(replicas, "slave")].sort()
        )
        expect(yield* asked(`@${replicas[0].address}`)).toEqual(roles([replicas[0]], "slave"))
        expect((yield* cli(["@127.0.0.1:1", "PING"])).stderr).toContain("no node of that name")
      })
    )

    it.effect("reads keys at replicas, and prints commands about connections", () =>
      Effect.gen(function* () {
        yield* stdoutOf(["SET", "foo", "x"])
        yield* stdoutOf([], "WAIT 1 1000\n")
        const { status, stdout } = yield* cli(["@replicas", "GET", "foo"])
        expect(stdout).toMatch(/^NODE .*\n/)
        expect(stdout).toMatch(/replica {2}x$/m)
        expect(stdout.match(/MOVED 12182/g)).toHaveLength(2)
        expect(status).toBe(1)
        expect(yield* stdoutOf(["@all", "CLIENT", "ID"])).toMatch(
          /^NODE +ROLE +REPLY\n(127\S+ +\w+ +[\d,]+\n){6}$/
        )
      })
    )
  })

  it.effect("--latency has percentiles of every node", () =>
    Effect.gen(function* () {
      const document = yield* documentOf(["--latency", "-i", "0.2"])
      const nodes = document["nodes"] as ReadonlyArray<Record<string, unknown>>
      expect(nodes).toHaveLength(6)
      for (const { error, samples } of nodes) {
        expect(error).toBe(null)
        expect(samples).toBeGreaterThan(0)
      }
    })
  )

  // The last one: it leaves a node dead.
  it.effect("--cluster-check finds nothing, and then what is wrong", () =>
    Effect.gen(function* () {
      const { kill, replicas } = yield* TestCluster
      expect(yield* stdoutOf(["--cluster-check"])).toBe("6 nodes agree, and all 16384 slots are served\n")
      yield* kill(replicas[1])
      const { status, stdout } = yield* cli(["--cluster-check"])
      expect(stdout).toMatch(
        new RegExp(`^error: ${replicas[1].address.replaceAll(".", "\\.")}: does not answer`)
      )
      expect(status).toBe(1)
      const topology = yield* documentOf(["topology"])
      expect(topology["nodes"]).toContainEqual(
        expect.objectContaining({
          address: replicas[1].address,
          keys: null,
          error: expect.any(String) as unknown
        })
      )
    })
  )
})
