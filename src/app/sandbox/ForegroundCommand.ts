/** Runs a program in the foreground, on our terminal, and ends as it ends. Should we be killed, it is told so (SIGHUP). */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { constants } from "node:os"
import type { EndingSignal } from "../ExitStatus.ts"
import { SandboxError } from "./SandboxError.ts"
import type { Watchdog } from "./Watchdog.ts"

const FORWARDED: ReadonlyArray<EndingSignal> = ["SIGHUP", "SIGINT", "SIGTERM"]

/**
 * The exit status of the program: its own, or 128 and the number of the signal that ended it.
 *
 * While it runs, signals to us go on to it alone: it decides what it does about them, and its servers stay until it
 * has ended.
 *
 * @param environment added to ours; what is `undefined` is taken away
 */
export const runInForeground = (
  command: readonly [program: string, ...words: Array<string>],
  environment: Readonly<Record<string, string | undefined>>,
  watchdog: Watchdog
): Effect.Effect<number, SandboxError> =>
  Effect.async<number, SandboxError>((resume) => {
    const [program, ...words] = command
    const child = spawn(program, words, { stdio: "inherit", env: withVariables(environment) })
    if (child.pid !== undefined) child.once("exit", watchdog.watch(child.pid, "HUP"))
    const giveBack = FORWARDED.map((signal) =>
      divert(signal, () => {
        if (signal !== "SIGINT" || !sharesTerminal()) child.kill(signal)
      })
    )
    const end = (result: Effect.Effect<number, SandboxError>): void => {
      for (const each of giveBack) each()
      resume(result)
    }
    child.once("error", (error: NodeJS.ErrnoException) => end(Effect.fail(notStarted(program, error))))
    child.once("exit", (status, signal) =>
      end(Effect.succeed(signal === null ? (status ?? 0) : 128 + constants.signals[signal]))
    )
  }).pipe(Effect.uninterruptible)

/**
 * Takes a signal away from everybody else in this process, so that it does not also end the program that it is sent on
 * from; gives back how to undo that.
 */
const divert = (signal: NodeJS.Signals, listener: () => void): (() => void) => {
  const others = process.rawListeners(signal) as Array<NodeJS.SignalsListener>
  process.removeAllListeners(signal)
  process.on(signal, listener)
  return () => {
    for (const other of others) process.on(signal, other)
    process.off(signal, listener)
  }
}

/** A terminal sends Ctrl-C to the program itself; sent on, it would arrive twice, and twice often means "at once". */
const sharesTerminal = (): boolean => process.stdin.isTTY === true

const withVariables = (environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv => {
  const variables = { ...process.env, ...environment }
  for (const [name, value] of Object.entries(variables)) if (value === undefined) delete variables[name]
  return variables
}

const notStarted = (program: string, error: NodeJS.ErrnoException): SandboxError =>
  new SandboxError({
    reason: "Command",
    message:
      error.code === "ENOENT"
        ? `sandbox: there is no program '${program}' on the PATH`
        : `sandbox: '${program}' could not be started: ${error.message}`
  })
