#!/usr/bin/env node
// What a change must pass before it is handed in: types, Effect diagnostics, lint and format. All of them run, so
// one call shows everything; exit status 1 when any failed.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { ROOT, runAsProgram } from "./setup.mjs"

const FOLDERS = ["src", "test", "scripts", "examples", "benchmark"].filter((name) =>
  existsSync(join(ROOT, name))
)

const CHECKS = [
  { name: "types", command: "tsc", args: ["-p", "tsconfig.json"] },
  {
    name: "effect",
    command: "effect-tsgo",
    args: [
      "diagnostics",
      "--project",
      "tsconfig.json",
      "--strict",
      "--severity",
      "error,warning",
      "--format",
      "text"
    ]
  },
  { name: "lint", command: "oxlint", args: ["--deny-warnings", ...FOLDERS] },
  {
    name: "format",
    command: "prettier",
    args: ["--check", "--log-level", "warn", "--no-error-on-unmatched-pattern", ...FOLDERS]
  }
]

await runAsProgram(import.meta.url, () => {
  let failed = 0
  for (const { name, command, args } of CHECKS) {
    const started = performance.now()
    const ended = spawnSync(join(ROOT, "node_modules", ".bin", command), args, {
      cwd: ROOT,
      encoding: "utf8"
    })
    const passed = ended.status === 0
    if (!passed) {
      failed += 1
      process.stdout.write(
        `${ended.stdout ?? ""}${ended.stderr ?? ""}${ended.error?.message ?? ""}`.trimEnd() + "\n"
      )
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`check: ${name.padEnd(7)} ${passed ? "passed" : "FAILED"} (${seconds} s)\n`)
  }
  return failed === 0 ? 0 : 1
})
