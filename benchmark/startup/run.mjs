#!/usr/bin/env node
// How long the bundled program takes to start: `--version` against bare node, nine of each in turn, medians.
// Target: at most 150 ms more than `node -e 0`. Exit status 1 when it is missed.
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const MAIN = join(fileURLToPath(new URL("../..", import.meta.url)), "dist", "main.js")
const ROUNDS = 9
const TARGET_MS = 150

const timed = (...args) => {
  const started = performance.now()
  execFileSync(process.execPath, args)
  return performance.now() - started
}
const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)]

const sides = { "node -e 0": ["-e", "0"], "--version": [MAIN, "--version"], "--help": [MAIN, "--help"] }
const times = Object.fromEntries(Object.keys(sides).map((name) => [name, []]))
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, args] of Object.entries(sides)) times[name].push(timed(...args))
}
const medians = Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]))
for (const [name, ms] of Object.entries(medians)) {
  console.log(
    `${name.padEnd(10)} ${ms.toFixed(0).padStart(5)} ms  ${(ms - medians["node -e 0"]).toFixed(0).padStart(5)} ms over bare node`
  )
}
process.exitCode = medians["--version"] - medians["node -e 0"] <= TARGET_MS ? 0 : 1
