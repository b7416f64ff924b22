import { existsSync, readFileSync } from "node:fs"

/**
 * Whether the process runs. One that has ended and that nobody has waited for
 * (its parent was killed, and the container's first process does not care)
 * still takes signals, but does not run.
 */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    const status = `/proc/${pid}/stat`
    return !existsSync(status) || !/\) [ZX] /.test(readFileSync(status, "utf8"))
  } catch {
    return false
  }
}
