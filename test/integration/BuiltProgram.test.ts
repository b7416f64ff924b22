/** dist/ as it is handed on: what starts it, what it starts from, and what is packed. */
import { spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const ROOT = fileURLToPath(new URL("../..", import.meta.url))
const TOOL = ["main.js", "program.cjs", "program.cache"]

/** The hash of the program, in its first line. */
const HASH = /^\/\/ [0-9a-f]{64}\n/

describe("the built program", () => {
  let folder: string
  const path = (name: string): string => join(folder, name)
  const run = (...args: ReadonlyArray<string>) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" })
    return { status, stderr, stdout }
  }
  const version = (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string })
    .version
  const said = (text: string) => ({ status: 0, stderr: "", stdout: `${text}\n` })

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "built-program-"))
    for (const name of TOOL) cpSync(join(ROOT, "dist", name), path(name))
    chmodSync(folder, 0o555)
  })
  afterAll(() => {
    chmodSync(folder, 0o755)
    rmSync(folder, { recursive: true })
  })

  /** With another version of the same length in the program, and its first line changed or not. */
  const withOtherVersion = (isOtherProgram: boolean): void => {
    const program = readFileSync(join(ROOT, "dist", "program.cjs"), "latin1").replaceAll(version, "9.9.9")
    const hash = `// ${"0".repeat(64)}\n`
    writeFileSync(path("program.cjs"), isOtherProgram ? program.replace(HASH, hash) : program)
  }

  it("runs from any folder, which it need not be able to write to", () => {
    expect(run(path("main.js"), "--version")).toEqual(said(version))
    expect(run(path("main.js"), "cli", "--help").stdout).toContain("--bigkeys")
  })

  it("starts from the bytecode that was made when it was built", () => {
    // The text is not looked at where there is bytecode of it: its version still stands there.
    withOtherVersion(false)
    expect(run(path("main.js"), "--version")).toEqual(said(version))
  })

  it("and from nothing else: not from that of another program, nor where V8 has other flags", () => {
    withOtherVersion(true)
    expect(run(path("main.js"), "--version")).toEqual(said("9.9.9"))
    withOtherVersion(false)
    expect(run("--no-opt", path("main.js"), "--version")).toEqual(said("9.9.9"))
  })

  it("runs without it, or when it is damaged", () => {
    writeFileSync(path("program.cjs"), readFileSync(join(ROOT, "dist", "program.cjs")))
    const cache = readFileSync(join(ROOT, "dist", "program.cache"))
    writeFileSync(path("program.cache"), cache.subarray(1000))
    expect(run(path("main.js"), "--version")).toEqual(said(version))
    writeFileSync(path("program.cache"), "")
    expect(run(path("main.js"), "--version")).toEqual(said(version))
  })

  it("is packed whole", () => {
    const packed = spawnSync("npm", ["pack", "--dry-run", "--json"], { cwd: ROOT, encoding: "utf8" })
    const [{ files }] = JSON.parse(packed.stdout) as [{ files: ReadonlyArray<{ path: string }> }]
    const names = files.map((file) => file.path)
    expect(names).toEqual(expect.arrayContaining(["dist/index.js", ...TOOL.map((name) => `dist/${name}`)]))
  })
})
