#!/usr/bin/env node
// `npm run chaos`: what happens to callers when masters die, hang, are cut off or hand their slots over.
// `npm run chaos -- --fill`: what happens to a fill, which is run as the built program.
import { spawn } from "node:child_process"
import { mkdirSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { build as buildProgram } from "./build.mjs"
import { ROOT, runAsProgram, setup } from "./setup.mjs"

const BUNDLE = join(ROOT, "node_modules", ".cache", "effect-redis-client", "chaos.mjs")

/** Node 20 does not read TypeScript. */
const bundle = async (entry) => {
  const { build } = await import("esbuild")
  mkdirSync(join(BUNDLE, ".."), { recursive: true })
  await build({
    entryPoints: [join(ROOT, "test", "chaos", entry)],
    outfile: BUNDLE,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    conditions: ["module"],
    sourcemap: "inline",
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"\nconst require = __createRequire(import.meta.url)'
    },
    logLevel: "warning"
  })
}

const run = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--expose-gc", "--enable-source-maps", BUNDLE, ...args], {
      stdio: "inherit",
      env: { ...process.env, REDIS_CLIENT_TEST_MAIN: join(ROOT, "dist", "main.js") }
    })
    for (const signal of ["SIGINT", "SIGTERM"]) {
      // Ctrl-C on a terminal reaches the child without our help.
      process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY === true) || child.kill(signal))
    }
    child.on("error", reject)
    child.on("exit", (status, signal) => resolve(signal === null ? status : 128 + constants.signals[signal]))
  })

await runAsProgram(import.meta.url, async (args) => {
  setup()
  const isFill = args[0] === "--fill"
  if (isFill) await buildProgram()
  await bundle(isFill ? join("fill", "FillChaosMain.ts") : "ChaosMain.ts")
  return run(isFill ? args.slice(1) : args)
})
