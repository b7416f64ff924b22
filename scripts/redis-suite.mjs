#!/usr/bin/env node
// Redis's own test suite against a cluster behind `tunn`, and against one server for comparison: what fails there too
// is not the tunnel's. Needs tclsh and an unpacked Redis source of the version of the installed server; the suite runs
// in a copy, so the source stays as it is.
//
//   node scripts/redis-suite.mjs SOURCE [--unit unit/type/string ...] [--skip TEST ...] [--seconds 300]
//                                [--against both|server|tunnel] [--tls]
//
// Prints a table of the tests passed and failed, and each failure of the tunnel. Ends with status 1 when a test fails
// through the tunnel only.
import { spawn, spawnSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { freePort, startSandbox, startTunnel, stopAll } from "../benchmark/tunnel/servers.mjs"
import { build } from "./build.mjs"
import { runAsProgram, ScriptFailure } from "./setup.mjs"

const OPTIONS = {
  unit: { type: "string", multiple: true },
  skip: { type: "string", multiple: true, default: [] },
  seconds: { type: "string", default: "300" },
  against: { type: "string", default: "both" },
  tls: { type: "boolean", default: false }
}

const PROGRAMS = ["redis-server", "redis-cli", "redis-benchmark"]
/** What the suite asks of an external server. */
const SETTINGS = [
  "enable-protected-configs=yes",
  "enable-debug-command=yes",
  "enable-module-command=yes",
  "save="
].flatMap((setting) => ["--config", setting])
/** Redis's default. Tests have servers sleep and loop; they should not be taken for dead. */
const PATIENCE = ["--config", "cluster-node-timeout=15000"]
/** Run as a cluster has to be; an exception ends its test and not the unit. */
const FLAGS = ["--cluster-mode", "--durable"]

const STARTS = {
  server: async () => (await startSandbox("--standalone", ...SETTINGS)).seed.split(":").at(-1),
  tunnel: async (isTls) => {
    const options = isTls ? ["--tls"] : []
    const settings = [...options, ...SETTINGS, ...PATIENCE]
    const { seed, tls } = await startSandbox("--masters", "3", "--replicas", "1", ...settings)
    const trust = isTls ? ["-t", "--cacert", tls.cacert] : []
    return String((await startTunnel("-c", "-h", seed, ...trust, "--log-level", "error")).port)
  }
}

/** The suite listens for its own process at the first free port from so far below its base port. */
const PORTS_BELOW = 32

/** The folder in which the suite runs: its tests, and the programs that it expects in src. */
const prepare = (source) => {
  if (!existsSync(join(source, "tests", "test_helper.tcl")))
    throw new ScriptFailure(`redis-suite: no Redis source at ${source}`)
  const folder = mkdtempSync(join(tmpdir(), "redis-client-suite-"))
  cpSync(join(source, "tests"), join(folder, "tests"), { recursive: true })
  mkdirSync(join(folder, "src"))
  mkdirSync(join(folder, "tests", "tmp"), { recursive: true })
  for (const program of PROGRAMS) {
    const path = spawnSync("which", [program], { encoding: "utf8" }).stdout.trim()
    if (path !== "") symlinkSync(path, join(folder, "src", program))
  }
  return folder
}

const unitsOf = (folder) => {
  const listed = spawnSync("tclsh", ["tests/test_helper.tcl", "--list-tests"], {
    cwd: folder,
    encoding: "utf8"
  })
  if (listed.status !== 0)
    throw new ScriptFailure("redis-suite: tclsh is missing, or the suite does not start")
  return listed.stdout.trim().split("\n")
}

/** One unit: what passed, what failed and why, and whether it came to its end in time. */
const runUnit = async (folder, unit, port, { seconds, skip }) => {
  const place = [
    "--host",
    "127.0.0.1",
    "--port",
    port,
    "--baseport",
    String((await freePort()) + PORTS_BELOW)
  ]
  const skipped = skip.flatMap((test) => ["--skiptest", test])
  const words = ["tests/test_helper.tcl", ...place, ...FLAGS, ...skipped, "--single", unit]
  // A group of its own: the suite has a process for the tests, which has to go with it.
  const child = spawn("tclsh", words, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] })
  let text = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => (text += chunk))
  }
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    process.kill(-child.pid, "SIGKILL")
  }, seconds * 1000)
  await new Promise((resolve) => child.on("close", resolve))
  clearTimeout(timer)
  return { ...results(text), isLate }
}

/** Shown of a unit that did not come to its end. */
const LAST_LINES = 5

const results = (coloured) => {
  const text = coloured.replaceAll(/\u001b\[[\d;]*m/g, "")
  // The errors are told once more at the end.
  const body = text.split("The End")[0]
  const parts = body.split(/^\[(ok|err|exception|ignore|skip|testing|\d+\/\d+ done|ready)\]: /m)
  const passed = []
  const failed = []
  for (let index = 1; index < parts.length; index += 2) {
    const said = parts[index + 1].trim()
    if (parts[index] === "ok") passed.push(said.replace(/ \(\d+ ms\)$/, ""))
    if (parts[index] === "err" || parts[index] === "exception") failed.push(said)
  }
  const isWhole = / done\]: /.test(body)
  if (!isWhole)
    failed.push(`(the end of what it said)\n${body.trim().split("\n").slice(-LAST_LINES).join("\n")}`)
  return { passed, failed, isWhole }
}

/** All units one after the other; servers that a unit has left in disorder are replaced. */
const runAll = async (folder, units, start, bounds) => {
  const outcomes = new Map()
  let port
  for (const unit of units) {
    port ??= await start()
    const outcome = await runUnit(folder, unit, port, bounds)
    outcomes.set(unit, outcome)
    process.stderr.write(`${unit} ${told(outcome)}\n`)
    if (outcome.isWhole && outcome.failed.length === 0) continue
    await stopAll()
    port = undefined
  }
  await stopAll()
  return outcomes
}

const told = (outcome) => {
  if (outcome === undefined) return ""
  const { failed, isLate, isWhole, passed } = outcome
  if (isWhole && passed.length === 0 && failed.length === 0) return "skips itself"
  const end = isLate ? ", then out of time" : isWhole ? "" : ", then broken off"
  return `${passed.length} / ${failed.length}${end}`
}

/** The test's name; the rest is in the suite's words. */
const nameOf = (failure) => failure.split("\n")[0]

const report = (units, server, tunnel) => {
  process.stdout.write("| unit | one server: passed / failed | tunnel |\n|---|---:|---:|\n")
  for (const unit of units) {
    process.stdout.write(`| ${unit} | ${told(server?.get(unit))} | ${told(tunnel?.get(unit))} |\n`)
  }
  let own = 0
  for (const [unit, { failed }] of tunnel ?? []) {
    const other = server?.get(unit)
    const known = new Set(other?.failed.map(nameOf))
    for (const failure of failed) {
      const isOwn = !known.has(nameOf(failure))
      if (isOwn) own++
      const lines = failure
        .split("\n")
        .slice(0, LAST_LINES + 1)
        .join("\n    ")
      process.stdout.write(`\n${unit}${isOwn ? "" : ", on one server too"}:\n    ${lines}\n`)
    }
  }
  return own === 0 ? 0 : 1
}

await runAsProgram(import.meta.url, async (args) => {
  const { positionals, values } = parseArgs({ args, options: OPTIONS, allowPositionals: true })
  const { against, skip, tls } = values
  const bounds = { seconds: Number(values.seconds), skip }
  if (positionals.length !== 1) throw new ScriptFailure("redis-suite: name the folder of a Redis source")
  await build()
  const folder = prepare(positionals[0])
  try {
    const units = values.unit ?? unitsOf(folder)
    const run = (which) =>
      against === "both" || against === which
        ? runAll(folder, units, () => STARTS[which](tls), bounds)
        : undefined
    const server = await run("server")
    const tunnel = await run("tunnel")
    return report(units, server, tunnel)
  } finally {
    await stopAll()
    rmSync(folder, { recursive: true, force: true })
  }
})
