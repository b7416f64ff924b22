/** The built program (dist/main.js) as a process: what it prints, and how it ends. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

/** `npm test` builds it; after a change, `npm run build` does. A bundle of tests, which stands elsewhere, is told where it is. */
const MAIN =
  process.env["REDIS_CLIENT_TEST_MAIN"] ?? fileURLToPath(new URL("../../dist/main.js", import.meta.url))

export interface ProgramRun {
  readonly pid: number
  /** Gives standard output so far once the condition holds; dies when the program ends before. */
  readonly awaitOutput: (condition: (stdout: string, stderr: string) => boolean) => Effect.Effect<string>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits for the end. */
  readonly end: Effect.Effect<ProgramEnd>
}

export interface ProgramEnd {
  /** `null` when a signal ended it. */
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Starts the program without a terminal; it is killed when the scope closes.
 *
 * @param environment added to ours; what is `undefined` is taken away
 * @param input what its standard input has; nothing unless given
 */
export const startProgram = (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string | undefined>> = {},
  input?: string | Uint8Array
): Effect.Effect<ProgramRun, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [MAIN, ...args], {
        env: { ...process.env, ...environment }
      })
      // The program may end before it has read everything.
      child.stdin.on("error", () => {}).end(input)
      let stdout = ""
      let stderr = ""
      let ended: ProgramEnd | undefined
      const watchers = new Set<() => void>()
      const notify = (): void => watchers.forEach((watcher) => watcher())
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        stdout += chunk
        notify()
      })
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        stderr += chunk
        notify()
      })
      child.on("close", (status, signal) => {
        ended = { status, signal, stdout, stderr }
        notify()
      })
      /** The first value other than `undefined`, now or after some output or the end. */
      const firstOf = <A>(look: () => A | undefined): Effect.Effect<A> =>
        Effect.async((resume) => {
          const watcher = (): void => {
            const found = look()
            if (found === undefined) return
            watchers.delete(watcher)
            resume(Effect.succeed(found))
          }
          watchers.add(watcher)
          watcher()
          return Effect.sync(() => watchers.delete(watcher))
        })
      const run: ProgramRun = {
        pid: child.pid ?? 0,
        awaitOutput: (condition) =>
          firstOf(() =>
            condition(stdout, stderr) ? "there" : ended === undefined ? undefined : "missing"
          ).pipe(
            Effect.flatMap((found) =>
              found === "there"
                ? Effect.succeed(stdout)
                : Effect.dieMessage(`the program ended early (${ended?.status}): ${stdout}${stderr}`)
            )
          ),
        signal: (signal) => Effect.sync(() => void child.kill(signal)),
        end: firstOf(() => ended)
      }
      return run
    }),
    (run) => Effect.zipRight(run.signal("SIGKILL"), run.end)
  )

/** Runs the program to its end. */
export const runProgram = (
  args: ReadonlyArray<string>,
  environment?: Readonly<Record<string, string | undefined>>,
  input?: string | Uint8Array
): Effect.Effect<ProgramEnd> =>
  Effect.scoped(Effect.flatMap(startProgram(args, environment, input), ({ end }) => end))
