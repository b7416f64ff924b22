#!/usr/bin/env node
// The verify comparison of benchmark/README.md: the values of one data set read by plain pipelined readers that look at
// nothing, and by ours that compares every byte, in turn, from servers of its own on loopback.
//
//   node benchmark/verify/run.mjs [--size 500MB] [--key-size 512] [--value-size 512] [--rounds 5] [--target standalone,cluster]
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { ROOT, runAsProgram } from "../../scripts/setup.mjs"

const OPTIONS = {
  size: { type: "string", default: "500MB" },
  "key-size": { type: "string", default: "512" },
  "value-size": { type: "string", default: "512" },
  rounds: { type: "string", default: "5" },
  target: { type: "string", default: "standalone,cluster" }
}

const SANDBOXES = { standalone: ["--standalone"], cluster: ["--masters", "3"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  for (const target of values.target.split(",")) {
    const measure = [process.execPath, join(ROOT, "benchmark", "verify", "measure.mjs")]
    const sandbox = ["sandbox", ...SANDBOXES[target], "--port", "0", "--", ...measure]
    const { status } = spawnSync(
      process.execPath,
      [join(ROOT, "dist", "main.js"), ...sandbox, JSON.stringify({ ...values, target })],
      { stdio: "inherit" }
    )
    if (status !== 0) return status ?? 1
  }
  return 0
})
