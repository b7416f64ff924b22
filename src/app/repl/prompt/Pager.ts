/** Long output through the person's pager. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"

/** Shows colours, and ends at once with what fits the screen. */
const DEFAULT_PAGER = "less -RFX"

/** Whether so many bytes of text are more than the screen shows. */
export const isLong = (text: Buffer, rows: number): boolean => {
  let lines = 0
  for (let at = text.indexOf(LINE_END); at >= 0; at = text.indexOf(LINE_END, at + 1)) {
    if (++lines >= rows) return true
  }
  return false
}

const LINE_END = 0x0a

/** False when the pager could not be started: then the output has not been seen. */
export const page = (output: Buffer, pager: string | undefined): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const command = pager === undefined || pager.trim() === "" ? DEFAULT_PAGER : pager
    const child = spawn(command, { shell: true, stdio: ["pipe", "inherit", "inherit"] })
    child.on("error", () => resume(Effect.succeed(false)))
    child.on("close", (status) => resume(Effect.succeed(status !== NOT_FOUND)))
    // A pager that is left early does not read the rest.
    child.stdin?.on("error", () => {})
    child.stdin?.end(output)
    return Effect.sync(() => void child.kill())
  })

/** Of the shell, when there is no such program. */
const NOT_FOUND = 127
