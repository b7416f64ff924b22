/**
 * Standard error with, on a terminal, one line at its end that is drawn anew in
 * place. Everything that the program says there goes through here, so that no
 * message is written into the line.
 *
 * The cursor stays visible and the line is never longer than the terminal is
 * wide: there is nothing to restore, even when the program is killed.
 */
import * as Effect from "effect/Effect"

export interface TerminalOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const ERASE_LINE = "\r\u001b[K"
const DEFAULT_COLUMNS = 80

export class StatusLine {
  private readonly output: TerminalOutput
  private drawn = ""

  constructor(output: TerminalOutput) {
    this.output = output
  }

  /** Whether a line can be drawn in place at all. */
  get isTerminal(): boolean {
    return this.output.isTTY === true && process.env["TERM"] !== "dumb"
  }

  /** Draws the line; nothing where there is no terminal. */
  draw(text: string): void {
    if (!this.isTerminal) return
    const line = text.slice(0, (this.output.columns ?? DEFAULT_COLUMNS) - 1)
    if (line === this.drawn) return
    this.output.write(`${ERASE_LINE}${line}`)
    this.drawn = line
  }

  clear(): void {
    if (this.drawn === "") return
    this.output.write(ERASE_LINE)
    this.drawn = ""
  }

  /** Writes whole lines above the drawn one. */
  print(text: string): void {
    const { drawn } = this
    this.clear()
    this.output.write(`${text}\n`)
    if (drawn !== "") this.draw(drawn)
  }
}

let standardError: StatusLine | undefined

/** The process's own standard error. */
export const statusLine = (): StatusLine => (standardError ??= new StatusLine(process.stderr))

/** A message for the person at the terminal: one line on standard error. */
export const notice = (message: string): Effect.Effect<void> =>
  Effect.sync(() => statusLine().print(`redis-client: ${message}`))
