/**
 * One line being typed. Node's readline edits it (keys as in Emacs, history,
 * undo, completion); what it does not have is added here: colours and a hint,
 * drawn over the line after each key, and the search for an earlier line.
 *
 * readline is fed key by key and gets no stream of its own, so that what comes
 * after the end of the line stays with the caller.
 */
import * as Readline from "node:readline"
import { HistorySearch } from "./HistorySearch.ts"
import { KeyInput } from "./KeyInput.ts"
import { BRACKETED_PASTE_OFF, BRACKETED_PASTE_ON } from "./TypedInput.ts"

export interface LineView {
  /** The line with its colours; as wide as it is without. */
  readonly painted: string
  /** Shown behind the line, if there is room for it. */
  readonly hint: string
}

export interface LineEditorOptions {
  readonly output: NodeJS.WriteStream
  readonly prompt: string
  /** The latest first. */
  readonly history: ReadonlyArray<string>
  readonly view: (line: string) => LineView
  readonly paintHint: (hint: string) => string
  /** What the line up to the cursor can become, and which end of it that replaces. */
  readonly complete: (line: string) => Promise<readonly [candidates: ReadonlyArray<string>, replaced: string]>
  readonly onEnd: (end: LineEnd) => void
  /** Keys can be taken again. */
  readonly onReady: () => void
}

export type LineEnd =
  | { readonly _tag: "Line"; readonly text: string }
  /** Ctrl-C. */
  | { readonly _tag: "Cancelled" }
  /** Ctrl-D on an empty line, or a terminal that has gone. */
  | { readonly _tag: "Left" }

const CTRL_C = "\u0003"
const CTRL_D = "\u0004"
const CTRL_R = "\u0012"
/** Keys that mean something here, each by itself; everything else in one piece. */
const KEYS = /[\u0003\u0004\t\u0012\r\n]|[^\u0003\u0004\t\u0012\r\n]+/g

const SAVE_CURSOR = "\u001b7"
const RESTORE_CURSOR = "\u001b8"
const ERASE_BELOW = "\u001b[J"

export class LineEditor {
  private readonly options: LineEditorOptions
  private prompt: string
  private keys = new KeyInput()
  private readline: Readline.Interface
  private search: HistorySearch | undefined
  /** Rows above the cursor that the search has drawn; `undefined` while what is seen is readline's. */
  private searchRows: number | undefined
  private hasEnded = false
  /** What is typed meanwhile would change the line that is being completed. */
  isCompleting = false
  /** Several keys at once are drawn once. */
  private isTyping = false

  constructor(options: LineEditorOptions) {
    this.options = options
    this.prompt = options.prompt
    this.readline = this.open("")
  }

  get line(): string {
    return this.readline.line
  }

  /** Takes keys up to the end of the line, or as long as nothing has to be waited for, and gives back the rest. */
  type(text: string): string {
    this.isTyping = true
    let position = 0
    while (position < text.length && !this.hasEnded && !this.isCompleting) {
      if (this.search !== undefined) {
        position = this.typeInSearch(this.search, text, position)
        continue
      }
      KEYS.lastIndex = position
      const [key] = KEYS.exec(text)!
      this.press(key)
      position += key.length
    }
    this.isTyping = false
    this.draw(true)
    return text.slice(position)
  }

  /** Puts text in, whatever characters it has. */
  insert(text: string): void {
    this.readline.write(text.replaceAll(CONTROL, " "))
    this.draw(true)
  }

  /** As if it had been typed, with a line end. */
  submit(line: string): void {
    this.replace(line)
    this.press("\r")
  }

  leave(): void {
    this.end({ _tag: "Left" })
  }

  /** Writes above the line, which stays as it is. */
  printAbove(text: string, prompt: string): void {
    const { output } = this.options
    if (this.search !== undefined) {
      this.toTop()
      output.write(`${ERASE_BELOW}${text}\n`)
      this.prompt = prompt
      return this.drawSearch(this.search)
    }
    const { cols, rows } = this.readline.getCursorPos()
    Readline.moveCursor(output, -cols, -rows)
    // readline goes up as many rows as it has drawn above the cursor.
    output.write(`${ERASE_BELOW}${text}\n${"\n".repeat(rows)}`)
    this.prompt = prompt
    this.readline.setPrompt(prompt)
    this.readline.prompt(true)
    this.draw(true)
  }

  /** Draws all of it anew, on a screen that was cleared or has another size. */
  redraw(): void {
    this.readline.prompt(true)
    this.draw(true)
  }

  private open(text: string): Readline.Interface {
    const { complete, history, output } = this.options
    this.keys = new KeyInput()
    const readline = Readline.createInterface({
      input: this.keys as unknown as NodeJS.ReadableStream,
      output,
      terminal: true,
      prompt: this.prompt,
      history: [...history],
      historySize: Math.max(1, history.length + 1),
      escapeCodeTimeout: ESCAPE_TIMEOUT_MS,
      completer: (line: string, done: (error: null, result: [Array<string>, string]) => void) => {
        this.isCompleting = true
        const completed = complete(line).catch((): readonly [ReadonlyArray<string>, string] => [[], line])
        void completed.then(([candidates, replaced]) => {
          this.isCompleting = false
          if (this.hasEnded) return
          done(null, [[...candidates], replaced])
          this.draw(true)
          this.options.onReady()
        })
      }
    })
    readline.on("SIGTSTP", () => this.suspend())
    this.keys.on("keypress", () => this.draw(true))
    readline.prompt()
    if (text !== "") readline.write(text)
    this.readline = readline
    this.draw(true)
    return readline
  }

  /** Ctrl-Z: the shell gets its terminal back as it was. */
  private suspend(): void {
    const { output } = this.options
    process.stdin.setRawMode(false)
    output.write(BRACKETED_PASTE_OFF)
    process.once("SIGCONT", () => {
      process.stdin.setRawMode(true)
      output.write(BRACKETED_PASTE_ON)
      this.redraw()
    })
    process.kill(process.pid, "SIGTSTP")
  }

  private press(key: string): void {
    switch (key) {
      case CTRL_C:
        this.readline.write(null, { ctrl: true, name: "e" })
        this.draw(false)
        this.options.output.write("^C\n")
        return this.end({ _tag: "Cancelled" })
      case CTRL_D:
        if (this.line !== "") return this.keys.press(key)
        this.options.output.write("\n")
        return this.end({ _tag: "Left" })
      case CTRL_R:
        this.search = new HistorySearch(this.options.history)
        return this.drawSearch(this.search)
      case "\r":
      case "\n": {
        const text = this.line
        this.draw(false)
        this.keys.press("\r")
        return this.end({ _tag: "Line", text })
      }
      default:
        this.keys.press(key)
    }
  }

  private end(end: LineEnd): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.readline.close()
    this.options.onEnd(end)
  }

  /** Puts the line in the place of what was typed. */
  replace(line: string): void {
    this.readline.write(null, { ctrl: true, name: "e" })
    this.readline.write(null, { ctrl: true, name: "u" })
    if (line !== "") this.readline.write(line)
  }

  /** The line as readline has drawn it, once more in colour, and the hint. */
  private draw(isHinted: boolean): void {
    if (this.hasEnded || this.search !== undefined || (this.isTyping && isHinted)) return
    const { output, paintHint, view } = this.options
    const { cols, rows } = this.readline.getCursorPos()
    const { hint, painted } = view(this.line)
    const isAtEnd = this.readline.cursor === this.line.length
    const room = (output.columns || DEFAULT_COLUMNS) - cols - 1
    const shown = isHinted && isAtEnd && room > 0 ? hint.slice(0, room) : ""
    const up = rows > 0 ? `\u001b[${rows}A` : ""
    output.write(
      `${SAVE_CURSOR}\r${up}${ERASE_BELOW}${this.prompt}${painted}${paintHint(shown)}${RESTORE_CURSOR}`
    )
  }

  /** Takes one key and gives the position after it. */
  private typeInSearch(search: HistorySearch, text: string, position: number): number {
    const key = HistorySearch.keyAt(text, position)
    switch (search.press(key)) {
      case "searching":
        this.drawSearch(search)
        return position + key.length
      case "cancelled":
        this.endSearch(this.line)
        return position + key.length
      case "taken":
        this.endSearch(search.match ?? this.line)
        return position + key.length
      case "taken for the key":
        this.endSearch(search.match ?? this.line)
        return position
    }
  }

  private drawSearch(search: HistorySearch): void {
    const { output } = this.options
    this.toTop()
    // One row at most, so that it can be taken away again.
    output.write(`${ERASE_BELOW}${search.text.slice(0, (output.columns || DEFAULT_COLUMNS) - 1)}`)
    this.searchRows = 0
  }

  private endSearch(line: string): void {
    this.toTop()
    this.options.output.write(ERASE_BELOW)
    this.search = undefined
    this.searchRows = undefined
    this.readline.close()
    this.open(line)
  }

  /** To where the prompt begins. */
  private toTop(): void {
    const rows = this.searchRows ?? this.readline.getCursorPos().rows
    this.options.output.write(`\r${rows > 0 ? `\u001b[${rows}A` : ""}`)
  }
}

/** How long an escape may be the beginning of a key. */
const ESCAPE_TIMEOUT_MS = 50
const DEFAULT_COLUMNS = 80
const CONTROL = /[\u0000-\u001f\u007f]/g
