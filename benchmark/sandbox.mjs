// Runs a script of a benchmark against servers of its own on loopback, which are gone afterwards.
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { ROOT } from "../scripts/setup.mjs"

/**
 * The script finds the servers by REDIS_CLIENT_* and its options in its first argument. Gives back its exit status.
 *
 * @param servers options of `redis-client sandbox`
 * @param script path below benchmark/
 */
export const runInSandbox = (servers, script, options) => {
  const sandbox = [join(ROOT, "dist", "main.js"), "sandbox", ...servers, "--port", "0"]
  const command = [process.execPath, join(ROOT, "benchmark", script), JSON.stringify(options)]
  return spawnSync(process.execPath, [...sandbox, "--", ...command], { stdio: "inherit" }).status ?? 1
}
