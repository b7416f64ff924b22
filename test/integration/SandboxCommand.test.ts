/** `sandbox` as a person and a script run it: the built program. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Connection from "../../src/connection/Connection.ts"
import { text } from "../../src/protocol/Resp.ts"
import { isRunning } from "../support/ProcessState.ts"
import { type ProgramRun, runProgram, startProgram } from "../support/ProgramRun.ts"

/** A folder of the test's own for temporary files, so that it can tell that nothing is left in it. */
const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "redis-client-test-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

interface Described {
  readonly mode: string
  readonly seed: string
  readonly nodes: ReadonlyArray<{ readonly host: string; readonly port: number; readonly pid: number }>
}

/** Waits for the document of `--json`. */
const described = (run: ProgramRun): Effect.Effect<Described> =>
  Effect.map(
    run.awaitOutput((stdout) => stdout.includes("\n")),
    (stdout) => JSON.parse(stdout.split("\n")[0]) as Described
  )

const ping = ({ host, port }: { readonly host: string; readonly port: number }) =>
  Effect.scoped(
    Effect.flatMap(Connection.connect({ host, port }), (connection) => connection.execute("PING"))
  )

const node = (script: string): ReadonlyArray<string> => ["--", process.execPath, "-e", script]

const ONE = ["sandbox", "--standalone", "--port", "0"]

describe("with a COMMAND", () => {
  it.scopedLive("ends with its status, and leaves nothing", () =>
    Effect.gen(function* () {
      const TMPDIR = yield* temporaryFolder
      const end = yield* runProgram([...ONE, ...node("process.exit(7)")], { TMPDIR })
      expect(end.status).toBe(7)
      expect(end.stdout).toBe("")
      expect(end.stderr).toMatch(/^redis-client: A standalone server is ready at 127\.0\.0\.1:\d+\n$/)
      expect(readdirSync(TMPDIR)).toEqual([])
    })
  )

  it.live("ends with 128 and the number of the signal that ended it", () =>
    Effect.gen(function* () {
      const end = yield* runProgram([...ONE, ...node("process.kill(process.pid, 'SIGKILL')")])
      expect(end.status).toBe(137)
    })
  )

  it.live("gives it the variables to connect by, and its words as they are", () =>
    Effect.gen(function* () {
      const script = `
        const { REDIS_CLIENT_HOST, REDIS_CLIENT_PORT, ...rest } = process.env
        const own = Object.fromEntries(Object.entries(rest).filter(([name]) => /^REDIS/.test(name)))
        require("net").connect(REDIS_CLIENT_PORT, REDIS_CLIENT_HOST).end("PING\\r\\n").pipe(process.stdout)
        console.log(JSON.stringify({ own, words: process.argv.slice(1) }))`
      const words = ["--help", "-h", "--", "--json", ""]
      const outside = { REDISCLI_AUTH: "from outside", REDIS_CLIENT_CACERT: "/nosuch" }
      const end = yield* runProgram([...ONE, ...node(script), "--", ...words], outside)
      expect(end.status).toBe(0)
      const [line, pong] = end.stdout.split("\n")
      expect(JSON.parse(line)).toEqual({ own: { REDIS_CLIENT_CLUSTER: "0", REDIS_CLIENT_TLS: "0" }, words })
      expect(pong).toBe("+PONG\r")
    })
  )

  it.live("gives it TLS and the password, which it says nowhere itself", () =>
    Effect.gen(function* () {
      const script = `
        const { readFileSync } = require("fs")
        const { REDIS_CLIENT_HOST: host, REDIS_CLIENT_PORT: port, REDISCLI_AUTH: password, REDIS_CLIENT_CACERT } = process.env
        const socket = require("tls").connect({ host, port, ca: readFileSync(REDIS_CLIENT_CACERT) })
        socket.pipe(process.stdout)
        socket.end("AUTH " + password + "\\r\\nPING\\r\\n")`
      const end = yield* runProgram([...ONE, "--tls", "--password", "open-sesame", "--json", ...node(script)])
      const [document, ...replies] = end.stdout.split("\n")
      expect(replies.join("\n")).toBe("+OK\r\n+PONG\r\n")
      expect(JSON.parse(document)).toMatchObject({ mode: "standalone", password: true })
      expect(document + end.stderr).not.toContain("sesame")
    })
  )

  it.scopedLive("sends SIGTERM on to it, and keeps the servers until it has ended", () =>
    Effect.gen(function* () {
      const script = `
        const { REDIS_CLIENT_HOST, REDIS_CLIENT_PORT } = process.env
        process.on("SIGTERM", () => setTimeout(() => {
          const socket = require("net").connect(REDIS_CLIENT_PORT, REDIS_CLIENT_HOST)
          socket.on("data", (reply) => { process.stdout.write(reply); process.exitCode = 5; socket.destroy(); clearInterval(timer) })
          socket.write("PING\\r\\n")
        }, 100))
        const timer = setInterval(() => {}, 1000)
        console.log("running")`
      const run = yield* startProgram([...ONE, ...node(script)])
      yield* run.awaitOutput((stdout) => stdout.includes("running"))
      yield* run.signal("SIGTERM")
      const end = yield* run.end
      expect(end.stdout).toBe("running\n+PONG\r\n")
      expect(end.status).toBe(5)
    })
  )

  it.scopedLive("ends with 143 when SIGTERM ends the COMMAND", () =>
    Effect.gen(function* () {
      const run = yield* startProgram([
        ...ONE,
        ...node("console.log('running'); setInterval(() => {}, 1000)")
      ])
      yield* run.awaitOutput((stdout) => stdout.includes("running"))
      yield* run.signal("SIGTERM")
      expect((yield* run.end).status).toBe(143)
    })
  )

  it.scopedLive("takes it along when it is killed itself", () =>
    Effect.gen(function* () {
      const script = "console.log(process.pid); setInterval(() => {}, 1000)"
      const run = yield* startProgram([...ONE, ...node(script)])
      const pid = Number(yield* run.awaitOutput((stdout) => stdout.includes("\n")))
      expect(isRunning(pid)).toBe(true)
      yield* run.signal("SIGKILL")
      yield* Effect.repeat(
        Effect.sync(() => isRunning(pid)),
        { until: (running) => !running, schedule: Schedule.spaced("20 millis") }
      )
    })
  )

  it.live("says that there is no such program", () =>
    Effect.gen(function* () {
      const end = yield* runProgram([...ONE, "--", "no-such-program"])
      expect(end.status).toBe(1)
      expect(end.stderr).toMatch(
        /\nredis-client: sandbox: there is no program 'no-such-program' on the PATH\n$/
      )
    })
  )
})

describe("without a COMMAND", () => {
  it.scopedLive("describes a cluster and serves until SIGTERM, which is its ordinary end", () =>
    Effect.gen(function* () {
      const TMPDIR = yield* temporaryFolder
      const run = yield* startProgram(["sandbox", "--port", "0", "--json"], { TMPDIR })
      const { mode, nodes, seed } = yield* described(run)
      expect(mode).toBe("cluster")
      expect(nodes).toHaveLength(3)
      expect(seed).toBe(`127.0.0.1:${nodes[0].port}`)
      for (const each of nodes) expect(text(yield* ping(each))).toBe("PONG")
      yield* run.signal("SIGTERM")
      const end = yield* run.end
      expect(end).toMatchObject({ status: 0, stderr: "" })
      expect(nodes.filter(({ pid }) => isRunning(pid))).toEqual([])
      expect(readdirSync(TMPDIR)).toEqual([])
    })
  )

  it.scopedLive("ends with 0 on SIGINT as well", () =>
    Effect.gen(function* () {
      const run = yield* startProgram(ONE)
      yield* run.awaitOutput((stdout) => /is ready at 127\.0\.0\.1:\d+\n[^]*Ctrl-C/.test(stdout))
      yield* run.signal("SIGINT")
      expect((yield* run.end).status).toBe(0)
    })
  )

  it.scopedLive("leaves nothing when it is killed", () =>
    Effect.gen(function* () {
      const TMPDIR = yield* temporaryFolder
      const run = yield* startProgram(["sandbox", "--port", "0", "--json", "--tls"], { TMPDIR })
      const { nodes } = yield* described(run)
      yield* run.signal("SIGKILL")
      yield* run.end
      yield* Effect.repeat(
        Effect.sync(() => nodes.every(({ pid }) => !isRunning(pid)) && readdirSync(TMPDIR).length === 0),
        { until: (gone) => gone, schedule: Schedule.spaced("20 millis") }
      )
    })
  )

  it.scopedLive("says that a server has ended", () =>
    Effect.gen(function* () {
      const run = yield* startProgram([...ONE, "--json"])
      const [{ pid, port }] = (yield* described(run)).nodes
      process.kill(pid, "SIGKILL")
      yield* run.awaitOutput((_, stderr) => stderr.includes("has ended"))
      yield* run.signal("SIGTERM")
      expect((yield* run.end).stderr).toBe(
        `redis-client: the server at 127.0.0.1:${port} has ended (SIGKILL)\n`
      )
    })
  )
})

describe("a wrong call", () => {
  it.scopedLive("names the port that is taken", () =>
    Effect.gen(function* () {
      const TMPDIR = yield* temporaryFolder
      const port = yield* Effect.acquireRelease(
        Effect.async<{ readonly close: () => void; readonly port: number }>((resume) => {
          const server = createServer().listen(0, "127.0.0.1", () =>
            resume(
              Effect.succeed({ close: () => server.close(), port: (server.address() as AddressInfo).port })
            )
          )
        }),
        ({ close }) => Effect.sync(close)
      ).pipe(Effect.map((listener) => listener.port))
      const args = ["sandbox", "--standalone", "--port", String(port)]
      const end = yield* runProgram(args, { TMPDIR })
      expect(end.status).toBe(1)
      expect(end.stderr).toBe(
        `redis-client: sandbox: no server can listen at port ${port} of 127.0.0.1: it is in use; choose another with --port, or --port 0 for any free one\n`
      )
      const document = JSON.parse((yield* runProgram([...args, "--json"])).stdout) as unknown
      expect(document).toMatchObject({ error: { tag: "SandboxError", node: `127.0.0.1:${port}` } })
      expect(readdirSync(TMPDIR)).toEqual([])
    })
  )

  it.live.each([
    [["--masters", "0"], "--masters: '0' is out of range; allowed: 1 to 100"],
    [["--port", "65536"], "--port: '65536' is out of range; allowed: 0 to 65535"],
    [["--standalone", "--replicas", "1"], "--replicas: not together with --standalone; give one of them"],
    [["--config", "requirepass sesame"], "--config: not a setting; allowed: NAME=VALUE, as maxmemory=64mb"],
    [["--password", ""], "--password: is empty; leave it out for servers without one"]
  ] as const)("%j", ([args, message]) =>
    Effect.gen(function* () {
      const end = yield* runProgram(["sandbox", ...args])
      expect(end).toMatchObject({ status: 2, stdout: "", stderr: `redis-client: ${message}\n` })
    })
  )
})
