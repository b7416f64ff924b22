/** Runs a program in the foreground, on our terminal, and ends as it ends. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { constants } from "node:os"
import type { EndingSignal } from "../ExitStatus.ts"
import { SandboxError } from "./SandboxError.ts"

const FORWARDED: ReadonlyArray<EndingSignal> = ["SIGHUP", "SIGINT", "SIGTERM"]

/**
 * The exit status of the program: its own, or 128 and the number of the signal that ended it.
 *
 * Not to be interrupted: a signal to us goes on to the program, which decides what it does about it, and its servers
 * stay until it has ended.
 *
 * @param environment added to ours; what is `undefined` is taken away
 */
export const runInForeground = (
  command: readonly [program: string, ...words: Array<string>],
  environment: Readonly<Record<string, string | undefined>>
): Effect.Effect<number, SandboxError> =>
  Effect.async<number, SandboxError>((resume) => {
    const [program, ...words] = command
    const child = spawn(program, words, { stdio: "inherit", env: withVariables(environment) })
    const listeners = FORWARDED.map((signal) => {
      const forward = (): void => {
        if (signal !== "SIGINT" || !sharesTerminal()) child.kill(signal)
      }
      process.on(signal, forward)
      return () => process.off(signal, forward)
    })
    const end = (result: Effect.Effect<number, SandboxError>): void => {
      for (const remove of listeners) remove()
      resume(result)
    }
    child.once("error", (error: NodeJS.ErrnoException) => end(Effect.fail(notStarted(program, error))))
    child.once("exit", (status, signal) =>
      end(Effect.succeed(signal === null ? (status ?? 0) : 128 + constants.signals[signal]))
    )
  }).pipe(Effect.uninterruptible)

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
