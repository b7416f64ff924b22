#!/usr/bin/env node
// The fill comparison of benchmark/README.md: the same keys and values written by a raw replay, by redis-benchmark and
// by ours, in turn, against servers of its own on loopback.
//
//   node benchmark/fill/run.mjs [--size 1GB] [--key-size 512] [--value-size 512] [--rounds 3]
//                               [--target standalone,cluster] [--contestants nc,benchmark,pipe,on,off] [--memory 1GB,8GB]
//
// Prints a table in Markdown; --memory measures the resident memory of our own program at those sizes instead.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { ROOT, runAsProgram } from "../../scripts/setup.mjs"

const OPTIONS = {
  size: { type: "string", default: "1GB" },
  "key-size": { type: "string", default: "512" },
  "value-size": { type: "string", default: "512" },
  rounds: { type: "string", default: "3" },
  target: { type: "string", default: "standalone,cluster" },
  contestants: { type: "string", default: "nc,benchmark,on,off" },
  memory: { type: "string" }
}

const SANDBOXES = { standalone: ["--standalone"], cluster: ["--masters", "3"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  for (const target of values.target.split(",")) {
    const { status } = spawnSync(
      process.execPath,
      [
        join(ROOT, "dist", "main.js"),
        "sandbox",
        ...SANDBOXES[target],
        "--port",
        "0",
        "--",
        process.execPath,
        join(ROOT, "benchmark", "fill", "measure.mjs"),
        JSON.stringify({ ...values, target })
      ],
      { stdio: "inherit" }
    )
    if (status !== 0) return status ?? 1
  }
  return 0
})
