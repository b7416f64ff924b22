#!/usr/bin/env node
// The comparison of benchmark/bench/README.md: SET and GET of the same sizes on the same servers, by redis-benchmark,
// by memtier_benchmark where it is installed, and by `bench`, in turn, against servers of its own on loopback.
//
//   node benchmark/bench/run.mjs [--target standalone,cluster] [--pipelines 1,16] [--requests 400000] [--rounds 3]
//                                [--value-size 100] [--clients 50]
//
// Prints a table in Markdown for each target and pipeline.
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { runInSandbox } from "../sandbox.mjs"

const OPTIONS = {
  target: { type: "string", default: "standalone,cluster" },
  pipelines: { type: "string", default: "1,16" },
  requests: { type: "string", default: "400000" },
  rounds: { type: "string", default: "3" },
  "value-size": { type: "string", default: "100" },
  clients: { type: "string", default: "50" }
}

const SANDBOXES = { standalone: ["--standalone"], cluster: ["--masters", "3"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  for (const target of values.target.split(",")) {
    const status = runInSandbox(SANDBOXES[target], "bench/measure.mjs", { ...values, target })
    if (status !== 0) return status
  }
  return 0
})
