#!/usr/bin/env node
// `npm test`: sets up and builds what is missing, runs the tests, and ends with the line `N passed, N failed`.
// Further arguments go to vitest: `npm test -- test/protocol` or `npm test -- -t "hash tag"`.
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { constants, tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "./build.mjs"
import { ROOT, runAsProgram, ScriptFailure, setup } from "./setup.mjs"
import { SUMMARY_FILE } from "./VitestSummary.mjs"

/** Runs vitest in the foreground; resolves to its exit status. Signals reach it too, so that tests can clean up. */
const vitest = (args, env) =>
  new Promise((resolve, reject) => {
    const program = join(ROOT, "node_modules", "vitest", "vitest.mjs")
    const child = spawn(process.execPath, [program, "run", ...args], { cwd: ROOT, stdio: "inherit", env })
    for (const signal of ["SIGINT", "SIGTERM"]) {
      // A terminal sends Ctrl-C to vitest as well; a second one would make it quit without cleaning up.
      process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY === true) || child.kill(signal))
    }
    child.on("error", reject)
    child.on("exit", (status, signal) => resolve(signal === null ? status : 128 + constants.signals[signal]))
  })

const readSummary = (path) => {
  try {
    return JSON.parse(readFileSync(path, "utf8"))
  } catch {
    return undefined
  }
}

const lastLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`

const prepare = async () => {
  try {
    setup()
    await build()
    return true
  } catch (error) {
    if (!(error instanceof ScriptFailure)) throw error
    process.stderr.write(`${error.message}\n`)
    return false
  }
}

await runAsProgram(import.meta.url, async (args) => {
  if (!(await prepare())) {
    process.stdout.write(`${lastLine({ passed: 0, failed: 1, skipped: 0 })}\n`)
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), "redis-client-test-"))
  try {
    const file = join(folder, "summary.json")
    const reporters = ["--reporter=default", `--reporter=${join(ROOT, "scripts", "VitestSummary.mjs")}`]
    const status = await vitest([...reporters, ...args], { ...process.env, [SUMMARY_FILE]: file })
    const summary = readSummary(file) ?? { passed: 0, failed: 1, skipped: 0, retried: [] }
    if (summary.passed + summary.failed === 0) process.stderr.write("test: no test ran\n")
    for (const name of summary.retried) process.stdout.write(`test: passed at the second try only: ${name}\n`)
    process.stdout.write(`\n${lastLine(summary)}\n`)
    if (status !== 0) return status
    return summary.failed === 0 && summary.passed > 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
