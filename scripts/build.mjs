#!/usr/bin/env node
// Builds dist/: the command-line tool as one bundle that starts quickly (program.cjs, its bytecode in program.cache, and
// main.js, which runs it), and the library, unbundled and with its declarations, so that a program that uses it shares
// its own copy of effect. Does nothing when nothing changed.
//
//   node scripts/build.mjs [--force]
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { compile, WRAPPER } from "./bytecode.mjs"
import { ROOT, runAsProgram, ScriptFailure } from "./setup.mjs"

const DIST = join(ROOT, "dist")
const MAIN = join(DIST, "main.js")
const PROGRAM = join(DIST, "program.cjs")
const BYTECODE = join(DIST, "program.cache")
const TOOL = [MAIN, PROGRAM, BYTECODE]
const CACHE = join(ROOT, "node_modules", ".cache", "effect-redis-client")
const STAMP = join(CACHE, "build-stamp")
const OTHER_INPUTS = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/build.mjs",
  "scripts/bytecode.mjs"
]

/** A hash over everything that the result depends on: modification times lie after a git checkout. */
const fingerprint = () => {
  const sources = readdirSync(join(ROOT, "src"), { recursive: true })
    .map((path) => join("src", path))
    .filter((path) => path.endsWith(".ts"))
    .sort()
  const hash = createHash("sha256")
  for (const path of [...OTHER_INPUTS, ...sources]) {
    const bytes = readFileSync(join(ROOT, path))
    hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest("hex")
}

const OPTIONS = {
  bundle: true,
  write: false,
  platform: "node",
  target: "node20",
  // ES modules first: CommonJS entry points cannot be shaken, and node reads every byte of the bundle at start.
  mainFields: ["module", "main"],
  conditions: ["module"],
  // Names stay as they are: shorter ones start no sooner (measured), and a stack trace would say nothing.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning"
}

/** The text of one bundle, by esbuild. */
const bundled = async (entry, options) => {
  // Imported late: a build that has nothing to do does not load esbuild.
  const { build } = await import("esbuild")
  try {
    const { outputFiles } = await build({ ...OPTIONS, entryPoints: [join(ROOT, "src", entry)], ...options })
    return outputFiles[0].text
  } catch (error) {
    if (error instanceof Error && "errors" in error) throw new ScriptFailure("build: the bundle failed")
    throw error
  }
}

/** In one step: a program that starts meanwhile finds the old file or the new one, never a part. */
const replace = (path, content, mode) => {
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, content, { mode })
  renameSync(unfinished, path)
}

const tool = async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"))
  const text = await bundled("program.ts", {
    format: "cjs",
    // As require, which needs no word from whoever compiles a script.
    supported: { "dynamic-import": false },
    define: { __PACKAGE_VERSION__: JSON.stringify(version) }
  })
  // It is read as Latin-1, which is quicker and needs half the memory.
  if (!/^[\0-\x7f]*$/.test(text)) throw new ScriptFailure("build: the bundle is not plain ASCII")
  const hash = createHash("sha256").update(text).digest("hex")
  const main = await bundled("main.ts", {
    format: "esm",
    define: { __WRAPPER__: JSON.stringify(WRAPPER) },
    banner: { js: "#!/usr/bin/env node" }
  })
  replace(PROGRAM, `// ${hash}\n${text}`)
  replace(MAIN, main, 0o755)
  const bytecode = compile(PROGRAM, hash)
  if (bytecode !== undefined) return replace(BYTECODE, bytecode)
  rmSync(BYTECODE, { force: true })
  process.stderr.write("build: no bytecode, since the program did not run: it will start more slowly\n")
}

const library = () => {
  for (const name of readdirSync(DIST)) {
    if (!TOOL.includes(join(DIST, name))) rmSync(join(DIST, name), { recursive: true, force: true })
  }
  const tsc = join(ROOT, "node_modules", ".bin", "tsc")
  const ended = spawnSync(tsc, ["-p", "tsconfig.build.json"], { cwd: ROOT, stdio: ["ignore", 2, 2] })
  if (ended.status !== 0)
    throw new ScriptFailure("build: the library failed: its types are wrong (see above)")
}

/** Builds what changed; true when there was something to do. */
export const build = async (options = {}) => {
  const stamp = fingerprint()
  const finished = [MAIN, PROGRAM, join(DIST, "index.js"), join(DIST, "index.d.ts")]
  if (options.force !== true && existsSync(STAMP) && finished.every((path) => existsSync(path))) {
    if (readFileSync(STAMP, "utf8") === stamp) return false
  }
  mkdirSync(DIST, { recursive: true })
  mkdirSync(CACHE, { recursive: true })
  rmSync(STAMP, { force: true })
  await tool()
  library()
  writeFileSync(STAMP, stamp)
  return true
}

await runAsProgram(import.meta.url, async (args) => {
  const unknown = args.find((arg) => arg !== "--force")
  if (unknown !== undefined) {
    process.stderr.write(`build: unknown option ${unknown}: allowed is --force\n`)
    return 2
  }
  const started = performance.now()
  const built = await build({ force: args.includes("--force") })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(built ? `build: dist/main.js and the library, ${seconds} s\n` : "build: up to date\n")
  return 0
})
