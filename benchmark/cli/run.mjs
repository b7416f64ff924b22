#!/usr/bin/env node
// `cli` beside redis-cli, each in turn against servers of its own on loopback: the start of one command, 100 000
// commands from standard input, and on 3 + 3 nodes the tools that look at all keys, which also have to be right.
//
//   node benchmark/cli/run.mjs [--keys 1000000] [--rounds 3] [--target server,cluster]
//
// Exit status 1 when a target is missed or an answer is wrong.
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { runInSandbox } from "../sandbox.mjs"

const OPTIONS = {
  keys: { type: "string", default: "1000000" },
  rounds: { type: "string", default: "3" },
  target: { type: "string", default: "server,cluster" }
}

const SANDBOXES = { server: ["--standalone"], cluster: ["--masters", "3", "--replicas", "1"] }

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  let failed = 0
  for (const target of values.target.split(",")) {
    const status = runInSandbox(SANDBOXES[target], `cli/${target}.mjs`, values)
    if (status !== 0) failed = 1
  }
  return failed
})
