#!/usr/bin/env node
// The fill comparison of benchmark/README.md: the same keys and values written by a raw replay, by redis-benchmark and
// by ours, in turn, against servers of its own on loopback.
//
//   node benchmark/fill/run.mjs [--size 1GB] [--key-size 512] [--value-size 512] [--rounds 3]
//                               [--target standalone,cluster] [--contestants nc,benchmark,pipe,on,off] [--memory 1GB,8GB]
//
// Prints a table in Markdown; --memory measures the resident memory of our own program at those sizes instead.
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { runInSandbox } from "../sandbox.mjs"

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
    const status = runInSandbox(SANDBOXES[target], "fill/measure.mjs", { ...values, target })
    if (status !== 0) return status
  }
  return 0
})
