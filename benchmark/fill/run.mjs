#!/usr/bin/env node
// The fill comparison of benchmark/README.md: the same keys and values written by a raw replay, by other tools and by
// ours, in turn, against servers of its own on loopback.
//
//   node benchmark/fill/run.mjs [--size 1GB] [--key-size 512] [--value-size 512] [--rounds 5]
//                               [--target standalone,cluster] [--contestants replay,pipe,benchmark,memtier,on,off,serial]
//                               [--memory 1GB,8GB]
//   node benchmark/fill/run.mjs --all [--rounds 5]
//
// Prints a table in Markdown for each situation; --all takes those of benchmark/README.md, one after the other. A
// contestant that is not installed is left out. --memory measures the resident memory of our own program at those sizes
// instead.
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { runInSandbox } from "../sandbox.mjs"

const OPTIONS = {
  size: { type: "string", default: "1GB" },
  "key-size": { type: "string", default: "512" },
  "value-size": { type: "string", default: "512" },
  rounds: { type: "string", default: "5" },
  target: { type: "string", default: "standalone,cluster" },
  contestants: { type: "string", default: "replay,pipe,benchmark,memtier,on,off" },
  memory: { type: "string" },
  all: { type: "boolean", default: false }
}

/** Keys of 24 bytes where it is the values that count; 512 + 512 is what the Haskell program writes. */
const SITUATIONS = [
  { size: "200MB", "key-size": "24", "value-size": "100" },
  { size: "1GB", "key-size": "24", "value-size": "1024" },
  { size: "1GB", "key-size": "24", "value-size": "8192" },
  { size: "1GB" },
  ...["100MB", "500MB", "5GB"].map((size) => ({ size, contestants: "replay,on,serial" }))
]

const SANDBOXES = { standalone: ["--standalone"], cluster: ["--masters", "3"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  for (const situation of values.all ? SITUATIONS : [{}]) {
    for (const target of values.target.split(",")) {
      const options = { ...values, ...situation, target }
      const status = runInSandbox(SANDBOXES[target], "fill/measure.mjs", options)
      if (status !== 0) return status
    }
  }
  return 0
})
