import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { encodeCommand } from "../../src/protocol/RespEncoder.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { runProgram, startProgram } from "../support/ProgramRun.ts"
import { runRedisCli } from "../support/RedisCli.ts"
import { answerOf, STANDALONE, startTestServers, TestCluster } from "../support/TestCluster.ts"

/** Runs `cli` against the server, with standard input if there is any. */
const cli = (args: ReadonlyArray<string>, input?: string | Uint8Array) =>
  Effect.flatMap(TestCluster, ({ seed }) => runProgram(["cli", "-h", seed.address, ...args], {}, input))

const stdoutOf = (args: ReadonlyArray<string>, input?: string | Uint8Array) =>
  Effect.map(cli(args, input), ({ status, stderr, stdout }) => {
    expect(stderr).toBe("")
    expect(status).toBe(0)
    return stdout
  })

const serverSays = (...command: readonly [string, ...Array<string>]) =>
  Effect.flatMap(TestCluster, ({ nodes }) => answerOf(nodes[0], ...command))

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true })("cli on one server", (it) => {
  describe("one command", () => {
    it.effect("prints its reply", () =>
      Effect.gen(function* () {
        expect(yield* stdoutOf(["SET", "k", "v"])).toBe("OK\n")
        expect(yield* stdoutOf(["GET", "k"])).toBe("v\n")
        expect(yield* stdoutOf(["--no-raw", "GET", "k"])).toBe('"v"\n')
        expect(yield* stdoutOf(["--no-raw", "GET", "missing"])).toBe("(nil)\n")
        expect(yield* stdoutOf(["RPUSH", "list", "a", "b"])).toBe("2\n")
        expect(yield* stdoutOf(["-d", "|", "-D", "!", "LRANGE", "list", "0", "-1"])).toBe("a|b!")
        expect(yield* stdoutOf(["--csv", "LRANGE", "list", "0", "-1"])).toBe('"a","b"\n')
        expect(yield* stdoutOf(["--json", "LRANGE", "list", "0", "-1"])).toBe('["a","b"]\n')
      })
    )

    it.effect("has one connection, for which it waits once", () =>
      Effect.gen(function* () {
        const connections = Effect.map(serverSays("INFO", "stats"), (info) =>
          Number(/total_connections_received:(\d+)/.exec(Resp.text(info) ?? "")?.[1])
        )
        const [first, second] = [yield* connections, yield* connections]
        yield* stdoutOf(["GET", "missing"])
        expect((yield* connections) - second).toBe(second - first + 1)
      })
    )

    it.effect("speaks the protocol that it is told to, and RESP3 for --json", () =>
      Effect.gen(function* () {
        yield* serverSays("HSET", "hash", "f", "1")
        expect(yield* stdoutOf(["HGETALL", "hash"])).toBe("f\n1\n")
        expect(yield* stdoutOf(["--json", "HGETALL", "hash"])).toBe('{"f":"1"}\n')
        expect(yield* stdoutOf(["--json", "-2", "HGETALL", "hash"])).toBe('["f","1"]\n')
        expect(yield* stdoutOf(["--no-raw", "-3", "HGETALL", "hash"])).toBe('1# "f" => "1"\n')
      })
    )

    it.effect("words from the first on are data, also those that look like options", () =>
      Effect.gen(function* () {
        yield* stdoutOf(["SET", "--json", "-h"])
        expect(Resp.text(yield* serverSays("GET", "--json"))).toBe("-h")
        expect(yield* stdoutOf(["ECHO", ""])).toBe("\n")
      })
    )

    it.effect("an error reply is printed, and makes the status 1", () =>
      Effect.gen(function* () {
        yield* serverSays("SET", "word", "x")
        const plain = yield* cli(["--no-raw", "INCR", "word"])
        expect(plain).toMatchObject({
          status: 1,
          stdout: "(error) ERR value is not an integer or out of range\n",
          stderr: ""
        })
        const document = yield* cli(["--json", "INCR", "word"])
        expect(document.status).toBe(1)
        expect(JSON.parse(document.stdout)).toMatchObject({ error: { tag: "RedisError" } })
      })
    )

    it.effect("what it leaves behind on its connection is no matter: SELECT, CLIENT, MULTI", () =>
      Effect.gen(function* () {
        expect(yield* stdoutOf(["SELECT", "3"])).toBe("OK\n")
        expect(yield* stdoutOf(["CLIENT", "GETNAME"])).toBe("redis-client\n")
        expect(yield* stdoutOf(["--db", "3", "SET", "there", "1"])).toBe("OK\n")
        expect(Resp.isNull(yield* serverSays("GET", "there"))).toBe(true)
      })
    )

    it.effect("-n is the database, -u may be a URL, as in redis-cli", () =>
      Effect.gen(function* () {
        const { seed } = yield* TestCluster
        expect(yield* stdoutOf(["-n", "4", "SET", "fourth", "1"])).toBe("OK\n")
        expect(yield* stdoutOf(["-u", `redis://${seed.address}/4`, "GET", "fourth"])).toBe("1\n")
      })
    )

    it.effect("--quoted-input takes bytes in quotes, and --quoted-pattern finds them", () =>
      Effect.gen(function* () {
        yield* stdoutOf(["--quoted-input", "SET", '"\\x00\\xffquoted"', "plain"])
        const pattern = ["--quoted-pattern", '"\\x00\\xff*"']
        expect(yield* stdoutOf(["--no-raw", "--scan", ...pattern])).toBe('"\\x00\\xffquoted"\n')
        const wrong = yield* cli(["--quoted-input", "SET", "k", '"secret'])
        expect(wrong).toMatchObject({ status: 2, stdout: "" })
        expect(wrong.stderr).toMatch(/^redis-client: --quoted-input: word 3 is not one word; [^\n]+\n$/)
        expect(wrong.stderr).not.toContain("secret")
      })
    )

    it.effect("--memkeys-samples weighs so many elements, 0 all of them", () =>
      Effect.gen(function* () {
        for (let field = 0; field < 300; field++)
          yield* serverSays("HSET", "weighed", String(field), "x".repeat(field * 10))
        const size = (...samples: ReadonlyArray<string>) =>
          Effect.map(stdoutOf(["--json", "--memkeys", "--pattern", "weighed", ...samples]), (stdout) => {
            const { ranking } = JSON.parse(stdout) as { readonly ranking: ReadonlyArray<{ size: number }> }
            return ranking[0].size
          })
        const asked = yield* serverSays("MEMORY", "USAGE", "weighed", "SAMPLES", "0")
        const all = Number((asked as { readonly value: number }).value)
        expect(yield* size("--memkeys-samples", "0")).toBe(all)
        expect(yield* size()).not.toBe(all)
        expect((yield* cli(["--memkeys-samples", "0", "PING"])).status).toBe(2)
      })
    )

    it.effect("-r repeats it, -x and -X take an argument from standard input, byte by byte", () =>
      Effect.gen(function* () {
        expect(yield* stdoutOf(["-r", "3", "INCR", "counted"])).toBe("1\n2\n3\n")
        const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
        yield* stdoutOf(["-x", "SET", "bytes"], bytes)
        expect(yield* serverSays("GET", "bytes")).toMatchObject({ value: Buffer.from(bytes) })
        yield* stdoutOf(["-X", "TAG", "SET", "TAG", "1"], "name")
        expect(Resp.text(yield* serverSays("GET", "name"))).toBe("1")
      })
    )

    it.scoped("--eval runs a file", () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "cli-"))),
          (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
        )
        const file = join(folder, "script.lua")
        writeFileSync(file, "return {KEYS[2], ARGV[1]}")
        expect(yield* stdoutOf(["--eval", file, "a", "b", ",", "x"])).toBe("b\nx\n")
        const missing = yield* cli(["--eval", join(folder, "missing.lua")])
        expect(missing.status).toBe(1)
        expect(missing.stderr).toContain("missing.lua' cannot be read")
      })
    )

    it.scoped("SUBSCRIBE prints what comes until it is interrupted", () =>
      Effect.gen(function* () {
        const { seed } = yield* TestCluster
        const run = yield* startProgram(["cli", "-h", seed.address, "--csv", "SUBSCRIBE", "news"])
        yield* run.awaitOutput((stdout) => stdout.includes('"subscribe","news",1\n'))
        yield* serverSays("PUBLISH", "news", "hello")
        yield* run.awaitOutput((stdout) => stdout.includes('"message","news","hello"\n'))
        yield* run.signal("SIGINT")
        expect((yield* run.end).status).toBe(130)
      })
    )

    it.effect.each([
      [["--raw", "--csv", "PING"], "--csv: not together with --raw; give one of them"],
      [["-2", "-3", "PING"], "--resp3 (-3): not together with --resp2 (-2); give one of them"],
      [["--scan", "--pipe"], "--pipe: not together with --scan; give one of them"],
      [["--bigkeys", "PING"], "--bigkeys: not together with a command; give one of them"],
      [["-X", "TAG", "SET", "a"], "-X: the tag is not among the arguments; allowed: one of them"]
    ] as const)("a wrong command line ends with 2: %j", ([args, message]) =>
      Effect.gen(function* () {
        expect(yield* cli(args, "")).toMatchObject({
          status: 2,
          stdout: "",
          stderr: `redis-client: ${message}\n`
        })
      })
    )

    it.effect("without a server it ends with 3", () =>
      Effect.gen(function* () {
        const { status, stderr, stdout } = yield* runProgram(["cli", "-h", "127.0.0.1:1", "PING"])
        expect({ status, stdout }).toEqual({ status: 3, stdout: "" })
        expect(stderr).toMatch(/^redis-client: 127\.0\.0\.1:1: .*\n$/)
      })
    )
  })

  describe("standard input", () => {
    const SESSION = [
      "SET \"a b\" 'it\\'s'",
      'GET "a b"',
      'SET bin "\\x00\\xff\\n"',
      "GET bin",
      "",
      "3 INCR repeated",
      "0 INCR repeated",
      'GET "unbalanced',
      "NOSUCHCOMMAND",
      "LPUSH bin x",
      "RPUSH l 1 2 3",
      "LRANGE l 0 -1",
      "MULTI",
      "SET t 1",
      "INCR t",
      "EXEC",
      "SELECT 2",
      "GET t",
      "SELECT 0",
      "GET t",
      "ECHO last"
    ].join("\n")

    it.effect.each([[["--no-raw"]], [["--raw"]], [["--csv"]]] as const)(
      "line by line, its output is that of redis-cli: %j",
      ([format]) =>
        Effect.gen(function* () {
          const { seed } = yield* TestCluster
          yield* serverSays("FLUSHALL")
          const theirs = yield* runRedisCli(seed.port, format, Buffer.from(SESSION))
          yield* serverSays("FLUSHALL")
          const ours = yield* cli(format, SESSION)
          expect(ours.stdout).toBe(theirs.stdout.toString())
          expect(ours.stderr).toBe("")
          expect(ours.status).toBe(1)
        })
    )

    it.effect("in the protocol's form as well", () =>
      Effect.gen(function* () {
        const input = Buffer.concat(
          [
            ["SET", "r", "1"],
            ["INCR", "r"],
            ["GET", "r"]
          ].map((words) => Buffer.from(encodeCommand(words)))
        )
        expect(yield* stdoutOf([], input)).toBe("OK\n2\n2\n")
        const cut = yield* cli([], input.subarray(0, -3))
        expect(cut).toMatchObject({ status: 1, stdout: "OK\n2\nthe input ends within command 3\n" })
      })
    )

    it.effect("twenty thousand commands, their replies in order", () =>
      Effect.gen(function* () {
        const count = 20_000
        const lines = Array.from({ length: count }, (_, index) =>
          index % 2 === 0 ? "INCR many" : `ECHO ${index}`
        )
        const stdout = yield* stdoutOf([], lines.join("\n"))
        expect(stdout.trimEnd().split("\n")).toEqual(
          lines.map((_, index) => String(index % 2 === 0 ? index / 2 + 1 : index))
        )
      })
    )

    it.effect("quit ends it, and -- sends what would be a built-in", () =>
      Effect.gen(function* () {
        const { status, stdout } = yield* cli(["--no-raw"], "-- slots a\nslots foo\nquit\nPING\n")
        expect(yield* stdoutOf([], 'PING\nquit\nGET "unbalanced\n')).toBe("PONG\n")
        expect(stdout).toMatch(
          /^\(error\) ERR unknown command 'slots'[^\n]*\n SLOT {2}NODE +KEY\n12182 {2}127\.0\.0\.1:\d+ {2}foo\n$/
        )
        expect(status).toBe(1)
      })
    )

    it.scoped("a server that has gone is said, with the line, and what follows is not sent", () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(STANDALONE)
        const input = "SET a 1\nSHUTDOWN NOSAVE\nSET b 2\nSET c 3\n"
        const { status, stderr, stdout } = yield* runProgram(["cli", "-h", servers.seed.address], {}, input)
        expect(stdout).toBe("OK\n")
        expect(stderr).toMatch(/\nredis-client: line 3: .*; what follows was not sent\n$/)
        expect(status).toBe(1)
      })
    )
  })
})
