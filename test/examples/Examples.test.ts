/** Each example as its reader would run it: a process of its own, told by the environment where the cluster is. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { sandboxEnvironment } from "../../src/app/sandbox/SandboxEnvironment.ts"
import { runProgram } from "../support/ProgramRun.ts"
import { TestCluster, THREE_MASTERS, TLS_AND_PASSWORD } from "../support/TestCluster.ts"

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples")
const files = readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts"))

/** Where the examples are, as JavaScript. */
let folder = ""

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "redis-client-examples-"))
  await build({
    absWorkingDir: EXAMPLES,
    entryPoints: files,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
    }
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

type Environment = Readonly<Record<string, string | undefined>>

const compiled = (example: string): string => join(folder, `${example}.mjs`)

const run = (example: string, environment: Environment): Effect.Effect<Run> =>
  Effect.async((resume) => {
    const child = spawn(process.execPath, [compiled(example)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, REDISCLI_AUTH: undefined, ...environment }
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.on("close", (status) => resume(Effect.succeed({ status, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const runOnCluster = (example: string): Effect.Effect<Run, never, TestCluster> =>
  Effect.flatMap(TestCluster, (cluster) => run(example, sandboxEnvironment(cluster)))

const printed = (...lines: ReadonlyArray<string>): Run => ({
  status: 0,
  stdout: lines.map((line) => `${line}\n`).join(""),
  stderr: ""
})

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("on three masters", (it) => {
  it.effect("first-program", () =>
    Effect.gen(function* () {
      const { stdout, ...end } = yield* runOnCluster("first-program")
      expect(end).toEqual({ status: 0, stderr: "" })
      expect(stdout.split("\n")).toEqual([
        "hello",
        "Ada, Grace, nobody",
        "visit 1",
        "refused (ERR): ERR value is not an integer or out of range",
        ""
      ])
      const again = yield* runOnCluster("first-program")
      expect(again.stdout).toContain("visit 2")
    })
  )

  it.effect("cache-aside loads what is not in the cache, and once", () =>
    Effect.gen(function* () {
      expect(yield* runOnCluster("cache-aside")).toEqual(
        printed("loading product 7", "Product 7", "Product 7", "loading product 7", "Product 7")
      )
    })
  )

  it.effect("stream-consumer-group acknowledges what it has packed", () =>
    Effect.gen(function* () {
      const run = printed(
        "worker-1 packs book",
        "worker-1 packs lamp",
        "worker-1 packs last",
        "0 orders are left"
      )
      expect(yield* runOnCluster("stream-consumer-group")).toEqual(run)
      // The group is there by now.
      expect(yield* runOnCluster("stream-consumer-group")).toEqual(run)
    })
  )

  it.effect("pub-sub receives what is published", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* runOnCluster("pub-sub")
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
      // In no order: they were published at different masters.
      expect(stdout.trimEnd().split("\n").toSorted()).toEqual([
        "news: good morning",
        "news: good night",
        "weather.north: snow"
      ])
    })
  )

  it.effect("composing-layers sends each guest one invitation", () =>
    Effect.gen(function* () {
      expect(yield* runOnCluster("composing-layers")).toEqual(
        printed(
          "to ada@example.org: You are invited to the launch",
          "to grace@example.org: You are invited to the launch",
          "2 guests"
        )
      )
    })
  )
})

layer(TestCluster.layer({ ...THREE_MASTERS, ...TLS_AND_PASSWORD }), { excludeTestServices: true })(
  "with TLS and a password",
  (it) => {
    it.effect("first-program needs no change", () =>
      Effect.gen(function* () {
        const { status, stderr, stdout } = yield* runOnCluster("first-program")
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
        expect(stdout).toContain("Ada, Grace, nobody")
      })
    )
  }
)

describe("without a cluster of the test's own", () => {
  it.live("sandbox-test has the sandbox start one", () =>
    Effect.gen(function* () {
      const { status, stdout } = yield* runProgram([
        "sandbox",
        "--port=0",
        "--",
        process.execPath,
        "--test",
        "--test-reporter=tap",
        compiled("sandbox-test")
      ])
      expect(stdout).toMatch(/^# pass 2$/m)
      expect(stdout).toMatch(/^# fail 0$/m)
      expect(status).toBe(0)
    })
  )

  it.live("first-program says where it found no server, and fails", () =>
    Effect.gen(function* () {
      const { status, stderr, stdout } = yield* run("first-program", {
        REDIS_CLIENT_HOST: "127.0.0.1:1",
        REDIS_CLIENT_TLS: undefined,
        REDIS_CLIENT_CACERT: undefined
      })
      expect(status).toBe(1)
      expect(stdout + stderr).toContain("127.0.0.1:1: CONNECT failed (Connect): connection refused")
    })
  )
})

describe("the examples", () => {
  const texts = files.map((file) => [file, readFileSync(join(EXAMPLES, file), "utf8")] as const)

  it.each(texts)("%s is short, imports the library alone, and is in the README", (file, text) => {
    expect(text.split("\n").length).toBeLessThan(80)
    const relative = Array.from(text.matchAll(/from "(\..*)"/g), ([, path]) => path)
    expect(relative).toEqual(["../src/index.ts"])
    expect(readFileSync(join(EXAMPLES, "README.md"), "utf8")).toContain(`(${file})`)
  })

  it("begin with the program that the project's README shows", () => {
    const program = texts.find(([file]) => file === "first-program.ts")?.[1].trim()
    const readme = readFileSync(join(EXAMPLES, "..", "README.md"), "utf8")
    expect(readme).toContain(program?.replace("../src/index.ts", "effect-redis-client"))
  })
})
