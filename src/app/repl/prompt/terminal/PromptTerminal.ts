/**
 * The terminal of a prompt, from the first line to the last: it is in raw mode
 * all the time, so that every key comes here, and back as it was whichever way
 * the program ends.
 *
 * What is typed or pasted while a command runs waits for the next line; Ctrl-C
 * ends the command and forgets what waits.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { writeSync } from "node:fs"
import { StringDecoder } from "node:string_decoder"
import { type LineEnd, LineEditor, type LineEditorOptions } from "./LineEditor.ts"
import { pastedLines } from "./PastedLines.ts"
import { BRACKETED_PASTE_OFF, BRACKETED_PASTE_ON, TypedInput, type TypedPart } from "./TypedInput.ts"

export type LineOptions = Omit<LineEditorOptions, "output" | "onEnd" | "onReady">

export interface PromptTerminal {
  readonly readLine: (options: LineOptions) => Effect.Effect<LineEnd>
  /** Runs the effect until it ends or Ctrl-C is pressed, which interrupts it: then there is nothing. */
  readonly untilCtrlC: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Option.Option<A>, E, R>
  /** Asks for a `y`; any other key says no. */
  readonly ask: (question: string) => Effect.Effect<boolean>
  /** Gives the terminal to another program while the effect runs. */
  readonly lend: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Shows a line at once: above the one that is being typed, if there is one. */
  readonly notice: (text: string, prompt: string) => void
}

/** Restores the terminal when the scope closes, and when the process exits without that. */
export const make: Effect.Effect<PromptTerminal, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => new RawTerminal()),
  (terminal) => Effect.sync(() => terminal.close())
)

const CTRL_C = "\u0003"

class RawTerminal implements PromptTerminal {
  private readonly input = process.stdin
  private readonly output = process.stdout
  private readonly decoder = new StringDecoder("utf8")
  private readonly typed = new TypedInput()
  /** Not taken yet. */
  private waiting: Array<TypedPart> = []
  private editor: LineEditor | undefined
  private onCtrlC: (() => void) | undefined
  private onAnswer: ((answer: string) => void) | undefined
  private hasGone = false

  constructor() {
    this.input.on("data", this.onData)
    this.input.on("end", this.onGone)
    this.input.on("close", this.onGone)
    this.input.on("error", this.onGone)
    process.on("exit", this.restore)
    this.enter()
  }

  readonly readLine: PromptTerminal["readLine"] = (options) =>
    Effect.async((resume) => {
      if (this.hasGone) return resume(Effect.succeed({ _tag: "Left" }))
      const editor = new LineEditor({
        ...options,
        output: this.output,
        onEnd: (end) => {
          this.editor = undefined
          resume(Effect.succeed(end))
        },
        onReady: () => this.feed()
      })
      this.editor = editor
      this.feed()
      return Effect.sync(() => editor.leave())
    })

  readonly untilCtrlC: PromptTerminal["untilCtrlC"] = (effect) =>
    Effect.raceFirst(Effect.map(effect, Option.some), Effect.as(this.ctrlC, Option.none()))

  private readonly ctrlC: Effect.Effect<void> = Effect.async((resume) => {
    this.onCtrlC = () => resume(Effect.void)
    return Effect.sync(() => {
      this.onCtrlC = undefined
    })
  }).pipe(Effect.ensuring(Effect.sync(() => (this.onCtrlC = undefined))))

  readonly ask: PromptTerminal["ask"] = (question) =>
    Effect.async((resume) => {
      this.output.write(`${question} [y/N] `)
      this.onAnswer = (answer) => {
        this.onAnswer = undefined
        const isYes = answer.toLowerCase() === "y"
        this.output.write(`${isYes ? "y" : "n"}\n`)
        resume(Effect.succeed(isYes))
      }
      if (this.hasGone) this.onAnswer("")
      return Effect.sync(() => {
        this.onAnswer = undefined
      })
    })

  readonly lend: PromptTerminal["lend"] = (effect) =>
    Effect.acquireUseRelease(
      Effect.sync(() => this.leave()),
      () => effect,
      () => Effect.sync(() => this.enter())
    )

  readonly notice = (text: string, prompt: string): void => {
    if (this.editor === undefined) this.output.write(`${text}\n`)
    else this.editor.printAbove(text, prompt)
  }

  close(): void {
    // Whoever writes next does so on a line of its own.
    if (this.editor !== undefined) this.output.write("\n")
    this.editor?.leave()
    this.input.off("data", this.onData)
    this.input.off("end", this.onGone)
    this.input.off("close", this.onGone)
    this.leave()
    process.off("exit", this.restore)
  }

  private enter(): void {
    this.input.setRawMode(true)
    this.input.resume()
    this.output.write(BRACKETED_PASTE_ON)
  }

  private leave(): void {
    this.output.write(BRACKETED_PASTE_OFF)
    this.input.pause()
    if (!this.hasGone) this.input.setRawMode(false)
  }

  /** When nothing else has run any more: what is written has to be written now. */
  private readonly restore = (): void => {
    try {
      this.input.setRawMode(false)
      writeSync(this.output.fd, BRACKETED_PASTE_OFF)
    } catch {
      // A terminal that has gone needs nothing.
    }
  }

  private readonly onGone = (): void => {
    this.hasGone = true
    this.onCtrlC?.()
    this.onAnswer?.("")
    this.editor?.leave()
  }

  private readonly onData = (chunk: Buffer): void => {
    for (const part of this.typed.push(this.decoder.write(chunk))) this.onPart(part)
    this.feed()
  }

  private onPart(part: TypedPart): void {
    if (this.onAnswer !== undefined && !part.isPaste) {
      // An arrow is one key, of which nothing is left over.
      const rest = part.text.startsWith("\u001b") ? "" : part.text.slice(1)
      if (rest !== "") this.waiting.push({ isPaste: false, text: rest })
      return this.onAnswer(part.text[0])
    }
    const ctrlC = part.isPaste || this.editor !== undefined ? -1 : part.text.lastIndexOf(CTRL_C)
    if (ctrlC < 0) {
      this.waiting.push(part)
      return
    }
    this.waiting = []
    const rest = part.text.slice(ctrlC + 1)
    if (rest !== "") this.waiting.push({ isPaste: false, text: rest })
    this.onCtrlC?.()
  }

  /** Types what waits, up to the end of the line. */
  private feed(): void {
    for (;;) {
      const { editor } = this
      if (editor === undefined || editor.isCompleting) return
      const part = this.waiting.shift()
      if (part === undefined) return
      if (part.isPaste) this.paste(editor, part.text)
      else {
        const rest = editor.type(part.text)
        if (rest !== "") this.waiting.unshift({ isPaste: false, text: rest })
      }
    }
  }

  /** One command of what was pasted; the others wait. */
  private paste(editor: LineEditor, text: string): void {
    if (!/[\r\n]/.test(text)) return editor.insert(text)
    const { lines, rest } = pastedLines(editor.line, text)
    const [first, ...others] = lines
    if (first === undefined) return editor.replace(rest)
    const later = others.map((line) => `${line}\n`).join("") + rest
    if (later !== "") this.waiting.unshift({ isPaste: true, text: later })
    editor.submit(first)
  }
}
