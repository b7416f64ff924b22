/** The operating system's process of one server: started, signalled, waited for. Knows nothing of Redis. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import { closeSync, openSync } from "node:fs"
import type { Watchdog } from "./Watchdog.ts"

export interface ServerProcess {
  /** `undefined` when the program could not be started at all; then `exited` says why. */
  readonly pid: number | undefined
  /** Why it ended, as soon as it has: `exit status 1`, `SIGKILL`. */
  readonly exited: Effect.Effect<string>
  readonly isRunning: () => boolean
  /** Has no effect on a process that has ended. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
}

export interface ServerProgram {
  readonly path: string
  readonly arguments: ReadonlyArray<string>
  readonly folder: string
  /** Where its output goes, appended. */
  readonly logFile: string
}

/** Starts the process; whoever calls this has to see to its end. */
export const spawnServer = (program: ServerProgram, watchdog: Watchdog): ServerProcess => {
  const log = openSync(program.logFile, "a", 0o600)
  const child = spawn(program.path, program.arguments, {
    cwd: program.folder,
    // A session of its own: Ctrl-C on the terminal is for our command, which still needs its servers then.
    detached: true,
    stdio: ["ignore", log, log]
  })
  closeSync(log)
  const { pid } = child
  if (pid !== undefined) child.once("exit", watchdog.watch(pid, "KILL"))
  let ended: string | undefined
  child.once("error", (error) => (ended ??= error.message))
  child.once("exit", (status, signal) => (ended ??= signal ?? `exit status ${status}`))
  return {
    pid,
    exited: Effect.async((resume) => {
      if (ended !== undefined) return resume(Effect.succeed(ended))
      return waitFor(child, () => resume(Effect.sync(() => ended ?? "")))
    }),
    isRunning: () => pid !== undefined && ended === undefined,
    signal: (signal) => Effect.sync(() => void child.kill(signal))
  }
}

/** Returns how to stop waiting. */
const waitFor = (child: ChildProcess, done: () => void): Effect.Effect<void> => {
  child.once("exit", done)
  child.once("error", done)
  return Effect.sync(() => {
    child.off("exit", done)
    child.off("error", done)
  })
}
