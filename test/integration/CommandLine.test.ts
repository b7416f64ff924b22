import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import * as net from "node:net"
import { fileURLToPath } from "node:url"
import { type ProgramEnd, runProgram, startProgram } from "../support/ProgramRun.ts"
import {
  STANDALONE,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  TEST_PASSWORD,
  TestCluster,
  THREE_MASTERS
} from "../support/TestCluster.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Whoever runs the tests may have these set, as in a sandbox. */
const CLEAN = {
  REDIS_CLIENT_HOST: undefined,
  REDIS_CLIENT_PORT: undefined,
  REDIS_CLIENT_CLUSTER: undefined,
  REDIS_CLIENT_TLS: undefined,
  REDIS_CLIENT_CACERT: undefined,
  REDISCLI_AUTH: undefined
}
const run = (args: ReadonlyArray<string>, environment: Readonly<Record<string, string>> = {}) =>
  runProgram(args, { ...CLEAN, ...environment })

/** One line on standard error that starts with the program's name, nothing on standard output, and the status. */
const expectOneLine = (
  { status, stderr, stdout }: ProgramEnd,
  expected: number,
  ...parts: ReadonlyArray<string>
) => {
  expect(stderr).toMatch(/^redis-client: [^\n]+\n$/)
  for (const part of parts) expect(stderr).toContain(part)
  expect(stdout).toBe("")
  expect(status).toBe(expected)
}

/** A port on which nobody listens. */
const freePort = Effect.async<number>((resume) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as net.AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** A server that accepts connections and never says a word; resolves with its port and the first connection. */
const silentServer = Effect.acquireRelease(
  Effect.async<{
    readonly port: number
    readonly connected: Effect.Effect<void>
    readonly close: () => void
  }>((resume) => {
    const sockets: Array<net.Socket> = []
    const server = net.createServer((socket) => void sockets.push(socket.on("error", () => {})))
    const connected = Effect.async<void>((done) => {
      if (sockets.length > 0) done(Effect.void)
      else server.once("connection", () => done(Effect.void))
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      const close = (): void => {
        for (const socket of sockets) socket.destroy()
        server.close()
      }
      resume(Effect.succeed({ port, connected, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

/** The program that runs another on a terminal of its own (util-linux; the one of BSD has other options). */
const HAS_SCRIPT = spawnSync("script", ["--version"]).status === 0

/** Runs the program on a terminal, and types the answer once it has asked. */
const onTerminal = (args: ReadonlyArray<string>, question: string, answer: string) =>
  Effect.async<{ readonly output: string; readonly status: number | null }>((resume) => {
    const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ")
    const child = spawn("script", ["-qefc", command, "/dev/null"], { env: { ...process.env, ...CLEAN } })
    let output = ""
    let isAnswered = false
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk
      if (isAnswered || !output.includes(question)) return
      isAnswered = true
      child.stdin.write(answer)
    })
    child.on("close", (status) => resume(Effect.succeed({ output, status })))
    return Effect.sync(() => child.kill())
  })

describe("a wrong command line", () => {
  it.live.each([
    [
      ["fill", "-d", "0"],
      ["--data", "'0'", "allowed: 1 byte or more"]
    ],
    [
      ["fill", "-d", "abc"],
      ["--data", "'abc' is not a size", "allowed"]
    ],
    [
      ["fill", "-d", "-1"],
      ["--data", "'-1'", "allowed"]
    ],
    [
      ["fill", "-d", "1KB", "--value-size", "abc"],
      ["--value-size: 'abc'", "allowed: 1 to 536870912"]
    ],
    [
      ["fill", "-d", "1KB", "--value-size", "536870913"],
      ["--value-size: '536870913'", "allowed: 1 to 536870912"]
    ],
    [
      ["fill", "-d", "1KB", "--key-size", "65537"],
      ["--key-size: '65537'", "allowed: 1 to 65536"]
    ],
    [
      ["fill", "-d", "1KB", "--replies", "maybe"],
      ["--replies: 'maybe'", "allowed: on, off"]
    ],
    [["fill", "-d", "1KB", "--frobnicate"], ["--frobnicate: not an option of fill"]],
    [["fill", "-d", "1KB", "-p"], ["--port: a value is missing"]],
    [["fill", "-d", "1KB", "-p", "70000"], ["--port: '70000' is out of range; allowed: 1 to 65535"]],
    [["fill", "-d", "1KB", "-h", "a:b"], ["--host: 'a:b' is not a host"]],
    [
      ["fill", "-d", "1KB", "--url", "http://x"],
      ["--url", "allowed: redis://"]
    ],
    [
      ["fill", "-d", "1KB", "-c", "--db", "1"],
      ["--db", "--cluster"]
    ],
    [["fill", "-d", "1KB", "-t", "--cacert", "/no/such"], ["--cacert: '/no/such' cannot be read"]],
    [["fill", "-d", "1KB", "--askpass"], ["--askpass: needs a terminal"]],
    [["fill", "--wizard"], ["--wizard: needs a terminal"]],
    [["--wizard"], ["--wizard: needs a terminal"]],
    [["frobnicate"], ["'frobnicate' is not a command", "Commands: sandbox, fill"]],
    [["tunn"], ["tunn: leads to", "--tls (-t)", "--cluster (-c)"]],
    [
      ["tunnel", "-t", "--tunnel-mode", "pinned"],
      ["--tunnel-mode", "--cluster (-c)"]
    ],
    [
      ["tunn", "-t", "--listen", "0.0.0.0:0"],
      ["--listen: '0.0.0.0'", "--listen-password", "--listen-open"]
    ],
    [
      ["tunn", "-t", "--listen", "x"],
      ["--listen: 'x' is not an address", "ADDRESS:PORT"]
    ],
    [["tunn", "-t", "--listen-tls"], ["--listen-tls: needs --listen-cert and --listen-key"]],
    [
      ["tunn", "-t", "--listen-key", "x"],
      ["--listen-key", "--listen-tls"]
    ],
    [["sandbox", "--masters", "0"], ["--masters: '0' is out of range"]],
    [[], ["a command is missing"]]
  ])("%j: status 2, and one line that says what is allowed", ([args, parts]) =>
    Effect.gen(function* () {
      expectOneLine(yield* run(args), 2, ...parts)
    })
  )

  it.live("with --json the error is also a document", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run(["fill", "-d", "abc", "--json"])
      expect(status).toBe(2)
      expect(JSON.parse(stdout)).toMatchObject({
        error: { tag: "CommandLineError", message: expect.stringContaining("--data"), node: null }
      })
      expect(stderr).toMatch(/^redis-client: --data[^\n]+\n$/)
    })
  )

  it.live("a stack trace only with --log-level debug", () =>
    Effect.gen(function* () {
      const { stderr } = yield* run(["fill", "-d", "abc", "--log-level", "debug"])
      expect(stderr).toMatch(/^redis-client: --data[^\n]+\n[^]*\n +at /)
    })
  )
})

describe("built-in options", () => {
  it.live("--version, --help and --completions go to standard output", () =>
    Effect.gen(function* () {
      const version = yield* run(["--version"])
      expect(version).toMatchObject({
        status: 0,
        stderr: "",
        stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/)
      })
      expect((yield* run(["fill", "--version"])).stdout).toBe(version.stdout)
      const help = yield* run(["fill", "-h", "x", "--help"])
      expect(help).toMatchObject({ status: 0, stderr: "" })
      expect(help.stdout).toContain("-h, --host HOST[:PORT]")
      expect((yield* run(["--help"])).stdout).toContain("COMMANDS")
      const completions = yield* run(["--completions", "bash"])
      expect(completions).toMatchObject({ status: 0, stderr: "" })
      expect(completions.stdout).toContain("redis-client")
      expect(spawnSync("bash", ["-n"], { input: completions.stdout }).status).toBe(0)
    })
  )

  it.live("a reader that goes away ends it quietly", () =>
    Effect.sync(() => {
      const { stderr } = spawnSync("bash", ["-c", `"${process.execPath}" "${MAIN}" fill --help | true`])
      expect(stderr.toString()).toBe("")
    })
  )

  it("a full disk is an error of one line", { skip: !existsSync("/dev/full") }, () => {
    const { status, stderr } = spawnSync("bash", [
      "-c",
      `"${process.execPath}" "${MAIN}" fill --help > /dev/full`
    ])
    expect(stderr.toString()).toBe("redis-client: standard output cannot be written (ENOSPC)\n")
    expect(status).toBe(1)
  })
})

describe("without a server", () => {
  it.live("status 3, and which node", () =>
    Effect.gen(function* () {
      const port = yield* freePort
      const standalone = yield* run(["fill", "-d", "1KB", "-p", String(port)])
      expectOneLine(standalone, 3, `127.0.0.1:${port}`, "connection refused")
      const cluster = yield* run([
        "fill",
        "-c",
        "-d",
        "1KB",
        "-h",
        `127.0.0.1:${port}`,
        "-h",
        `localhost:${port}`
      ])
      expectOneLine(cluster, 3, `:${port}`, "connection refused", "none of the 2 seeds")
      const { stdout } = yield* run(["fill", "-d", "1KB", "-p", String(port), "--json"])
      expect(JSON.parse(stdout)).toMatchObject({
        error: { tag: "ConnectionError", node: `127.0.0.1:${port}` }
      })
    })
  )

  it.scopedLive("a server that says nothing is given up after --connect-timeout", () =>
    Effect.gen(function* () {
      const { port } = yield* silentServer
      const end = yield* run(["fill", "-d", "1KB", "-p", String(port), "--connect-timeout", "300ms"])
      expectOneLine(end, 3, `127.0.0.1:${port}`, "300ms", "--connect-timeout")
    })
  )

  it.scopedLive.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129]
  ] as const)("%s ends it with status %d, also while it connects", ([signal, status]) =>
    Effect.gen(function* () {
      const { connected, port } = yield* silentServer
      const program = yield* startProgram(
        ["fill", "-d", "1KB", "-p", String(port), "--connect-timeout", "1m"],
        CLEAN
      )
      yield* connected
      yield* program.signal(signal)
      const end = yield* program.end
      expect(end.status).toBe(status)
      expect(end.stderr).toContain(`interrupted by ${signal}`)
    })
  )
})

layer(TestCluster.layer(STANDALONE), { excludeTestServices: true })("with a standalone server", (it) => {
  const fill = (...args: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const { seed } = yield* TestCluster
      return { address: seed.address, end: yield* run(["fill", "-d", "1KB", "-h", seed.address, ...args]) }
    })

  it.effect("-c is an error that says so: status 1", () =>
    Effect.gen(function* () {
      const { address, end } = yield* fill("-c")
      expectOneLine(end, 1, address, "not part of a cluster", "leave --cluster (-c) out")
    })
  )

  it.effect("-t is an error that says so: status 3", () =>
    Effect.gen(function* () {
      // The server waits for the rest of what looks to it like a command.
      const { address, end } = yield* fill("-t", "--connect-timeout", "500ms")
      expectOneLine(end, 3, address, "TLS", "leave --tls (-t) out")
    })
  )

  it.effect("a database that it does not have: status 3", () =>
    Effect.gen(function* () {
      const { address, end } = yield* fill("--db", "9999")
      expectOneLine(end, 3, address, "database 9999")
    })
  )

  it.effect("connects, by option, by URL and by the environment", () =>
    Effect.gen(function* () {
      const { seed } = yield* TestCluster
      expect((yield* fill()).end).toMatchObject({ status: 0, stderr: expect.not.stringContaining("error") })
      expect((yield* run(["fill", "-d", "1KB", "--url", `redis://${seed.address}/1`])).status).toBe(0)
      const environment = { REDIS_CLIENT_HOST: seed.host, REDIS_CLIENT_PORT: String(seed.port) }
      expect((yield* run(["fill", "-d", "1KB"], environment)).status).toBe(0)
    })
  )
})

layer(TestCluster.layer(STANDALONE_WITH_TLS_AND_PASSWORD), { excludeTestServices: true })(
  "with TLS and a password",
  (it) => {
    const fill = (...args: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const { seed, tls } = yield* TestCluster
        const words = args.map((word) => (word === "CA" ? tls!.files.ca : word))
        return { address: seed.address, end: yield* run(["fill", "-d", "1KB", "-h", seed.address, ...words]) }
      })
    /** Nothing of a password may show, right or wrong. */
    const expectNoPassword = ({ stderr, stdout }: ProgramEnd, password: string) => {
      expect(stdout + stderr).not.toContain(password)
    }

    it.effect("no -t: status 3", () =>
      Effect.gen(function* () {
        const { address, end } = yield* fill("-a", TEST_PASSWORD)
        expectOneLine(end, 3, address, "add --tls (-t)")
        expectNoPassword(end, TEST_PASSWORD)
      })
    )

    it.effect("an untrusted certificate: status 3", () =>
      Effect.gen(function* () {
        const { address, end } = yield* fill("-t", "-a", TEST_PASSWORD)
        expectOneLine(end, 3, address, "not trusted", "--cacert", "--insecure")
      })
    )

    it.effect("a certificate for another name: status 3", () =>
      Effect.gen(function* () {
        const { address, end } = yield* fill(
          "-t",
          "--cacert",
          "CA",
          "--sni",
          "another.example",
          "-a",
          TEST_PASSWORD
        )
        expectOneLine(end, 3, address, "--sni")
      })
    )

    it.effect("a wrong password: status 3, and it does not show", () =>
      Effect.gen(function* () {
        const { address, end } = yield* fill("-t", "--cacert", "CA", "-a", "not-the-password")
        expectOneLine(end, 3, address, "refused the user name or password", "--password")
        expectNoPassword(end, "not-the-password")
        const json = (yield* fill("-t", "--cacert", "CA", "-a", "not-the-password", "--json")).end
        expect(JSON.parse(json.stdout)).toMatchObject({ error: { node: address } })
        expectNoPassword(json, "not-the-password")
      })
    )

    it.effect("no password: status 3", () =>
      Effect.gen(function* () {
        const { address, end } = yield* fill("-t", "--cacert", "CA")
        expectOneLine(end, 3, address, "the server asks for a password", "REDISCLI_AUTH")
      })
    )

    it.effect("connects with everything right, from options and from the environment", () =>
      Effect.gen(function* () {
        const { seed, tls } = yield* TestCluster
        const { end } = yield* fill("-t", "--cacert", "CA", "-a", TEST_PASSWORD)
        expect(end.status).toBe(0)
        expectNoPassword(end, TEST_PASSWORD)
        const environment = {
          REDIS_CLIENT_HOST: seed.host,
          REDIS_CLIENT_PORT: String(seed.port),
          REDIS_CLIENT_TLS: "1",
          REDIS_CLIENT_CACERT: tls!.files.ca,
          REDISCLI_AUTH: TEST_PASSWORD
        }
        expect((yield* run(["fill", "-d", "1KB"], environment)).status).toBe(0)
      })
    )

    it.effect.skipIf(!HAS_SCRIPT)("--askpass asks on the terminal, and does not show what is typed", () =>
      Effect.gen(function* () {
        const { seed, tls } = yield* TestCluster
        const { output, status } = yield* onTerminal(
          ["fill", "-d", "1KB", "-h", seed.address, "-t", "--cacert", tls!.files.ca, "--askpass"],
          "Password: ",
          `${TEST_PASSWORD}\r`
        )
        expect(output).not.toContain(TEST_PASSWORD)
        expect(output).toContain("acknowledged")
        expect(status).toBe(0)
      })
    )

    it.effect("--insecure trusts any certificate, and says so", () =>
      Effect.gen(function* () {
        const { end } = yield* fill("-t", "--insecure", "-a", TEST_PASSWORD)
        expect(end.status).toBe(0)
        expect(end.stderr).toContain("redis-client: --insecure: the server's certificate is not verified\n")
      })
    )
  }
)

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("with a cluster", (it) => {
  it.effect("without -c is an error that says so: status 1", () =>
    Effect.gen(function* () {
      const { seed } = yield* TestCluster
      const end = yield* run(["fill", "-d", "1KB", "-h", seed.address])
      expectOneLine(end, 1, seed.address, "belongs to a cluster", "--cluster (-c)")
    })
  )

  it.effect("any seed that answers is enough", () =>
    Effect.gen(function* () {
      const { seed } = yield* TestCluster
      const dead = yield* freePort
      const end = yield* run(["fill", "-c", "-d", "1KB", "-h", `127.0.0.1:${dead}`, "-h", seed.address])
      expect(end.status).toBe(0)
    })
  )

  it.effect("slots without an owner: status 1, and how many", () =>
    Effect.gen(function* () {
      const cluster = yield* TestCluster
      const [master] = cluster.masters
      const [first] = master.slots[0]
      yield* cluster.command(master, "CLUSTER", "DELSLOTSRANGE", first, first + 99)
      const end = yield* run(["fill", "-c", "-d", "1KB", "-h", master.address])
      expectOneLine(end, 1, master.address, "100 of the cluster's 16384 slots have no owner")
    })
  )
})
