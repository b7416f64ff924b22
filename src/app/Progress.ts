/** Progress of a long operation, on standard error. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type StatusLine, statusLine } from "./StatusLine.ts"

export interface ProgressText {
  /** Drawn in place, several times a second, where there is a terminal; one line or several, cut to its width. */
  readonly terminal: () => string
  /** A line of its own every few seconds elsewhere. */
  readonly plain: () => string
}

const TERMINAL_INTERVAL = "125 millis"
const PLAIN_INTERVAL = "5 seconds"

/**
 * Shows progress until the scope closes; it is then erased, so that what
 * follows (a report, an error, the shell's prompt) starts on a clean line.
 *
 * @example yield* showProgress(progressView({ done, total, what: "read", lines }))
 */
export const showProgress = (
  text: ProgressText,
  line: StatusLine = statusLine()
): Effect.Effect<void, never, Scope.Scope> => {
  const isTerminal = line.isTerminal
  const show = Effect.sync(() => (isTerminal ? line.draw(text.terminal()) : line.print(text.plain())))
  return Effect.repeat(show, Schedule.spaced(isTerminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL)).pipe(
    Effect.delay(isTerminal ? TERMINAL_INTERVAL : PLAIN_INTERVAL),
    Effect.ensuring(Effect.sync(() => line.clear())),
    Effect.forkScoped,
    Effect.asVoid
  )
}

const FULL = "#"
const EMPTY = "."

/** @example progressBar(0.25, 8) // "[##......]" */
export const progressBar = (fraction: number, width: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * width)
  return `[${FULL.repeat(filled)}${EMPTY.repeat(width - filled)}]`
}
