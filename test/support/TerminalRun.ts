/**
 * The built program on a real terminal: a pseudo-terminal of `script`, which every
 * Debian has (bsdutils is essential), and macOS too. Keys go in, a screen comes out.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { Screen } from "./Screen.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))
const COLUMNS = 100
const ROWS = 30

export const KEY = {
  enter: "\r",
  tab: "\t",
  ctrlC: "\u0003",
  ctrlD: "\u0004",
  ctrlR: "\u0012",
  up: "\u001b[A",
  down: "\u001b[B",
  left: "\u001b[D",
  home: "\u001b[H",
  backspace: "\u007f"
} as const

export const pasted = (text: string): string => `\u001b[200~${text}\u001b[201~`

export interface TerminalRun {
  readonly screen: Screen
  /** All bytes, as they came. */
  readonly output: () => string
  readonly press: (keys: string) => Effect.Effect<void>
  /** Waits until the screen meets the condition; dies with what is on it when the program has ended. */
  readonly see: (condition: string | RegExp | ((screen: Screen) => boolean)) => Effect.Effect<void>
  /** Presses, and waits for what comes of it. */
  readonly say: (line: string, expected: string | RegExp) => Effect.Effect<void>
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Closes the terminal, as when its window is closed. */
  readonly hangUp: Effect.Effect<void>
  /** Of the program itself, once it runs. */
  readonly pid: Effect.Effect<number>
  /** Waits for the end: the status, and whether the terminal is as it was before. */
  readonly end: Effect.Effect<{ readonly status: number; readonly isRestored: boolean }>
}

/** Says who it is, becomes the program, and says afterwards how that ended. */
const SCRIPT = [
  `stty cols ${COLUMNS} rows ${ROWS}`,
  "before=$(stty -g)",
  `sh -c 'echo "<pid $$>"; exec "$@"' sh "$@"`,
  "status=$?",
  "after=$(stty -g)",
  '[ "$before" = "$after" ] && same=yes || same=no',
  'echo "<ended $status $same>"'
].join("\n")

/** That of BSD, and so of macOS, has other options than that of util-linux. */
const scriptArguments = (words: string): ReadonlyArray<string> =>
  process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", words] : ["-qefc", words, "/dev/null"]

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

export const startTerminal = (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string | undefined>> = {}
): Effect.Effect<TerminalRun, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const words = ["sh", "-c", SCRIPT, "sh", process.execPath, MAIN, ...args].map(quote).join(" ")
      const child = spawn("script", scriptArguments(words), {
        stdio: "pipe",
        env: { ...process.env, TERM: "xterm-256color", NO_COLOR: undefined, ...environment }
      })
      const screen = new Screen(COLUMNS, ROWS)
      let output = ""
      let hasEnded = false
      const watchers = new Set<() => void>()
      const notify = (): void => watchers.forEach((watcher) => watcher())
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk
        screen.write(chunk)
        notify()
      })
      child.stdin.on("error", () => {})
      child.on("error", () => {
        output += "script (of util-linux) cannot be started"
      })
      child.on("close", () => {
        hasEnded = true
        notify()
      })
      const firstOf = <A>(look: () => A | undefined): Effect.Effect<A> =>
        Effect.async((resume) => {
          const watcher = (): void => {
            const found = look()
            if (found === undefined && !hasEnded) return
            watchers.delete(watcher)
            resume(
              found === undefined ? Effect.dieMessage(`it ended early:\n${output}`) : Effect.succeed(found)
            )
          }
          watchers.add(watcher)
          watcher()
          return Effect.sync(() => watchers.delete(watcher))
        })
      const press = (keys: string): Effect.Effect<void> => Effect.sync(() => void child.stdin.write(keys))
      const see: TerminalRun["see"] = (condition) =>
        firstOf(() => (meets(screen, condition) ? true : undefined)).pipe(
          Effect.timeoutFail({ duration: "20 seconds", onTimeout: () => new Error("not seen") }),
          Effect.mapError(() => new Error(`${String(condition)} is not on the screen:\n${screen.text}`)),
          Effect.orDie
        )
      const pid = firstOf(() => /<pid (\d+)>/.exec(output)?.[1]).pipe(Effect.map(Number))
      const run: TerminalRun = {
        screen,
        output: () => output,
        press,
        see,
        say: (line, expected) => Effect.zipRight(press(line + KEY.enter), see(expected)),
        pid,
        signal: (signal) => Effect.map(pid, (id) => void process.kill(id, signal)),
        hangUp: Effect.sync(() => void child.kill("SIGKILL")),
        end: firstOf(() => /<ended (\d+) (yes|no)>/.exec(output) ?? undefined).pipe(
          Effect.map(([, status, same]) => ({ status: Number(status), isRestored: same === "yes" }))
        )
      }
      return { run, child }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  ).pipe(Effect.map(({ run }) => run))

const meets = (screen: Screen, condition: string | RegExp | ((screen: Screen) => boolean)): boolean =>
  typeof condition === "function"
    ? condition(screen)
    : typeof condition === "string"
      ? screen.text.includes(condition)
      : condition.test(screen.text)
