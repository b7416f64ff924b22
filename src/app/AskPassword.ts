/** Reads a password from the terminal without showing it. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { StringDecoder } from "node:string_decoder"
import { EndWith } from "./CommandFailure.ts"
import { CommandLineError } from "./CommandLineError.ts"
import { SIGNAL_STATUS } from "./ExitStatus.ts"

const CTRL_C = "\u0003"
const CTRL_D = "\u0004"
const CTRL_U = "\u0015"
const BACKSPACES: ReadonlyArray<string> = ["\b", "\u007f"]
const LINE_ENDS: ReadonlyArray<string> = ["\r", "\n"]

/** A password typed so far, one character after the other. Pure. */
export class PasswordLine {
  private readonly characters: Array<string> = []

  /** `"done"` at the end of the line, `"left"` when the person gave up. */
  type(character: string): "done" | "left" | "more" {
    if (LINE_ENDS.includes(character)) return "done"
    if (character === CTRL_C || (character === CTRL_D && this.characters.length === 0)) return "left"
    if (BACKSPACES.includes(character)) this.characters.pop()
    else if (character === CTRL_U) this.characters.length = 0
    else if (character >= " ") this.characters.push(character)
    return "more"
  }

  get password(): Redacted.Redacted {
    return Redacted.make(this.characters.join(""))
  }
}

/** Asks on standard error, since standard output is for results. Ctrl-C ends the program, as everywhere. */
export const askPassword: Effect.Effect<Redacted.Redacted, CommandLineError | EndWith> = Effect.gen(
  function* () {
    if (process.stdin.isTTY !== true) {
      return yield* new CommandLineError({
        message: "--askpass: needs a terminal; set REDISCLI_AUTH instead"
      })
    }
    return yield* Effect.acquireUseRelease(
      hideTyping,
      () => readLine,
      () => showTyping
    )
  }
)

const hideTyping = Effect.sync(() => {
  process.stdin.setRawMode(true)
  process.stderr.write("Password: ")
})

const showTyping = Effect.sync(() => {
  process.stdin.setRawMode(false)
  process.stdin.pause()
  process.stderr.write("\n")
})

const readLine = Effect.async<Redacted.Redacted, EndWith>((resume) => {
  const line = new PasswordLine()
  const decoder = new StringDecoder("utf8")
  const stop = (): void => {
    process.stdin.off("data", onData)
    process.stdin.off("end", onEnd)
  }
  const leave = (): void => {
    stop()
    resume(new EndWith({ status: SIGNAL_STATUS.SIGINT }))
  }
  const onEnd = (): void => leave()
  const onData = (chunk: Buffer): void => {
    for (const character of decoder.write(chunk)) {
      const state = line.type(character)
      if (state === "left") return leave()
      if (state === "done") {
        stop()
        return resume(Effect.succeed(line.password))
      }
    }
  }
  process.stdin.on("data", onData)
  process.stdin.on("end", onEnd)
  return Effect.sync(stop)
})
