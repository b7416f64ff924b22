/**
 * Standard error with, on a terminal, a few lines at its end that are drawn anew
 * in place. Everything that the program says there goes through here, so that no
 * message is written into them.
 *
 * The cursor stays visible, no line is longer than the terminal is wide, and all
 * of them fit its height: there is nothing to restore, even when the program is
 * killed. Lines are written over and not erased first, all in one write, so that
 * nothing flickers.
 */
import * as Effect from "effect/Effect"
import { cutToWidth, visibleLength } from "./TerminalText.ts"

export interface TerminalOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

const ERASE_REST_OF_LINE = "\u001b[K"
const ERASE_BELOW = "\u001b[J"
const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

export class StatusLine {
  private readonly output: TerminalOutput
  /** As it stands on the terminal; empty when nothing does. */
  private drawn: ReadonlyArray<string> = []

  constructor(output: TerminalOutput) {
    this.output = output
  }

  /** Whether lines can be drawn in place at all. */
  get isTerminal(): boolean {
    return this.output.isTTY === true && process.env["TERM"] !== "dumb"
  }

  /** Draws the lines of the text; nothing where there is no terminal. */
  draw(text: string): void {
    if (!this.isTerminal) return
    const lines = text
      .split("\n")
      .slice(0, Math.max(1, this.rows - 1))
      .map((line) => cutToWidth(line, this.columns - 1))
    if (lines.join("\n") === this.drawn.join("\n")) return
    const cleared = lines.map((line) => `${line}${ERASE_REST_OF_LINE}`)
    this.output.write(`${this.toTop()}${cleared.join("\r\n")}${ERASE_BELOW}`)
    this.drawn = lines
  }

  clear(): void {
    if (this.drawn.length === 0) return
    this.output.write(`${this.toTop()}${ERASE_BELOW}`)
    this.drawn = []
  }

  /** Writes whole lines above the drawn ones. */
  print(text: string): void {
    const drawn = this.drawn.join("\n")
    this.clear()
    this.output.write(`${text}\n`)
    if (drawn !== "") this.draw(drawn)
  }

  /** A terminal that was never told its size says 0. */
  private get columns(): number {
    return this.output.columns || DEFAULT_COLUMNS
  }

  private get rows(): number {
    return this.output.rows || DEFAULT_ROWS
  }

  /** Moves the cursor to where the first drawn line begins. A terminal made narrower has broken lines in two. */
  private toTop(): string {
    const above = this.drawn.reduce(
      (rows, line) => rows + Math.max(1, Math.ceil(visibleLength(line) / this.columns)),
      -1
    )
    return above > 0 ? `\r\u001b[${above}A` : "\r"
  }
}

let standardError: StatusLine | undefined

/** The process's own standard error. */
export const statusLine = (): StatusLine => (standardError ??= new StatusLine(process.stderr))

/** A message for the person at the terminal: one line on standard error. */
export const notice = (message: string): Effect.Effect<void> =>
  Effect.sync(() => statusLine().print(`redis-client: ${message}`))
