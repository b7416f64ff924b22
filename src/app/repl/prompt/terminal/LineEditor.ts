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
import { LineScreen, type LineView } from "./LineScreen.ts"
import { BRACKETED_PASTE_OFF, BRACKETED_PASTE_ON } from "./TypedInput.ts"

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

export class LineEditor {
  private readonly options: LineEditorOptions
  private readonly screen: LineScreen
  private keys = new KeyInput()
  private readline: Readline.Interface
  private search: HistorySearch | undefined
  private hasEnded = false
  /** What is typed meanwhile would change the line that is being completed. */
  isCompleting = false
  /** Several keys at once are drawn once. */
  private isTyping = false

  constructor(options: LineEditorOptions) {
    this.options = options
    const { output, paintHint, prompt, view } = options
    this.screen = new LineScreen(output, prompt, view, paintHint)
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
    const place = this.readline.getCursorPos()
    this.screen.clear(place)
    this.screen.prompt = prompt
    if (this.search !== undefined) {
      output.write(`${text}\n`)
      return this.drawSearch(this.search)
    }
    // readline goes up as many rows as it has drawn above the cursor.
    output.write(`${text}\n${"\n".repeat(place.rows)}`)
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
      prompt: this.screen.prompt,
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

  private draw(isHinted: boolean): void {
    if (this.hasEnded || this.search !== undefined || (this.isTyping && isHinted)) return
    const { cursor, line } = this.readline
    this.screen.draw({ text: line, cursor, place: this.readline.getCursorPos(), isHinted })
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

  private drawSearch({ text }: HistorySearch): void {
    this.screen.drawSearch(text, this.readline.getCursorPos())
  }

  private endSearch(line: string): void {
    this.screen.endSearch(this.readline.getCursorPos())
    this.search = undefined
    this.readline.close()
    this.open(line)
  }
}

/** How long an escape may be the beginning of a key. */
const ESCAPE_TIMEOUT_MS = 50
const CONTROL = /[\u0000-\u001f\u007f]/g
