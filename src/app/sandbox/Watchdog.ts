/**
 * Removes the servers and the folder of a sandbox whose process ended without doing so itself: SIGKILL leaves no time
 * for a finalizer. A small shell process reads from a pipe whose only writing end is ours; when we are gone, however
 * that came about, it reads the end of input and cleans up.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { SandboxError } from "./SandboxError.ts"

export interface Watchdog {
  /** The temporary folder, there as long as the scope and no longer. */
  readonly folder: string
  /**
   * When we are gone, the process is sent the signal: SIGKILL for what only we
   * need, SIGHUP for what has a life of its own.
   *
   * @returns what to call when the process has ended: its number may soon be somebody else's
   */
  readonly watch: (pid: number, signal: "KILL" | "HUP") => () => void
}

/** Makes the folder, and the process that removes it. */
export const startWatchdog: Effect.Effect<Watchdog, SandboxError, Scope.Scope> = Effect.acquireRelease(
  Effect.try({ try: start, catch: folderError }),
  ({ close }) => close
)

/** Signals of a terminal are not for it: it ends when the servers may end. */
const SCRIPT = `
trap '' HUP INT QUIT TERM
watched=' '
while read -r word entry; do
  case $word in
    watch) watched="$watched$entry " ;;
    forget) watched="\${watched%% $entry *} \${watched#* $entry }" ;;
  esac
done
for entry in $watched; do kill -s "\${entry%:*}" "\${entry#*:}" 2>/dev/null; done
tries=0
until rm -rf -- "$1" 2>/dev/null || [ $tries -ge 50 ]; do
  tries=$((tries + 1))
  sleep 0.1
done
`

function start(): Watchdog & { readonly close: Effect.Effect<void> } {
  const folder = mkdtempSync(join(tmpdir(), "redis-client-sandbox-"))
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "redis-client-sandbox-watchdog", folder], {
    cwd: "/",
    // A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"]
  })
  // Without a shell there is no watchdog, and the finalizer below still removes the folder.
  shell.on("error", () => {})
  shell.stdin.on("error", () => {})
  return {
    folder,
    watch: (pid, signal) => {
      shell.stdin.write(`watch ${signal}:${pid}\n`)
      return () => shell.stdin.write(`forget ${signal}:${pid}\n`)
    },
    close: Effect.zipRight(
      endOf(shell),
      Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
  }
}

const endOf = (shell: ChildProcess): Effect.Effect<void> =>
  Effect.async((resume) => {
    if (shell.pid === undefined || shell.exitCode !== null || shell.signalCode !== null)
      return resume(Effect.void)
    shell.once("exit", () => resume(Effect.void))
    shell.stdin?.end()
  })

function folderError(cause: unknown): SandboxError {
  return new SandboxError({
    reason: "Folder",
    message: `sandbox: no temporary folder could be made in ${tmpdir()}: ${cause instanceof Error ? cause.message : String(cause)}`
  })
}
