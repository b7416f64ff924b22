#!/usr/bin/env node
// The verify comparison of benchmark/README.md: the values of one data set read by plain pipelined readers that look at
// nothing, and by ours that compares every byte, in turn, from servers of its own on loopback.
//
//   node benchmark/verify/run.mjs [--size 500MB] [--key-size 512] [--value-size 512] [--rounds 5] [--target standalone,cluster]
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { runInSandbox } from "../sandbox.mjs"

const OPTIONS = {
  size: { type: "string", default: "500MB" },
  "key-size": { type: "string", default: "512" },
  "value-size": { type: "string", default: "512" },
  rounds: { type: "string", default: "5" },
  target: { type: "string", default: "standalone,cluster" }
}

const SERVERS = { standalone: ["--standalone"], cluster: ["--masters", "3"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  for (const target of values.target.split(",")) {
    const status = runInSandbox(SERVERS[target], "verify/measure.mjs", { ...values, target })
    if (status !== 0) return status
  }
  return 0
})
