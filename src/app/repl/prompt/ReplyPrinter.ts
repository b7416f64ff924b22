/** Shows at a prompt what became of a command. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ClientError } from "../../../client/ClusterError.ts"
import { isError, type CommandArguments, type RespValue } from "../../../protocol/Resp.ts"
import { write } from "../../Output.ts"
import { coloured } from "../../TerminalText.ts"
import { replyOf } from "../reply/ErrorReply.ts"
import { printedReply } from "../reply/ReplyFormat.ts"
import type { Answer, Messages, SessionReply } from "../session/CommandSession.ts"
import { isLong, page } from "./Pager.ts"
import type { PromptOptions } from "./PromptOptions.ts"
import type { PromptTerminal } from "./terminal/PromptTerminal.ts"

export interface ReplyPrinter {
  /** Waits for the end of what has no end but Ctrl-C. */
  readonly print: (command: CommandArguments, said: SessionReply, millis: number) => Effect.Effect<void>
  readonly printFailure: (command: CommandArguments, error: ClientError) => Effect.Effect<void>
  readonly printText: (text: string) => Effect.Effect<void>
}

/** As redis-cli: a command that took longer says how long. */
const SLOW_MS = 500
const LINE_END = 0x0a

export const make = (terminal: PromptTerminal, options: () => PromptOptions): ReplyPrinter => {
  let notedNode: string | undefined

  const show = (output: Buffer): Effect.Effect<void> =>
    Effect.gen(function* () {
      const whole =
        output.length === 0 || output[output.length - 1] === LINE_END
          ? output
          : Buffer.concat([output, Buffer.from("\n")])
      if (options().pager && isLong(whole, process.stdout.rows)) {
        if (yield* terminal.lend(page(whole, process.env["PAGER"]))) return
        yield* write("the pager cannot be started; PAGER names another\n")
      }
      yield* write(whole)
    })

  const bytesOf = (command: CommandArguments, reply: RespValue): Buffer => {
    const { colours, format } = options()
    const output = printedReply(command, reply, format)
    return colours && format.kind === "text" && isError(reply)
      ? Buffer.from(inRed(output.toString().trimEnd()))
      : output
  }

  const inRed = (text: string): string => `${options().colours ? coloured(text, "red") : text}\n`

  /** Where the answer came from, when that is another node than before. */
  const note = ({ node, slot }: Answer): Effect.Effect<void> => {
    if (options().format.kind !== "text" || node === undefined || slot === undefined || node === notedNode) {
      return Effect.void
    }
    notedNode = node
    return write(`${coloured(`-> slot ${slot} at ${node}`, "grey")}\n`)
  }

  const follow = (command: CommandArguments, { messages }: Messages): Effect.Effect<void> =>
    Effect.gen(function* () {
      if (options().format.kind === "text")
        yield* write(`${coloured("Reading messages... (press Ctrl-C to quit)", "grey")}\n`)
      const ended = yield* terminal.untilCtrlC(
        Stream.runForEachChunk(messages, (values) =>
          write(Buffer.concat(Chunk.toReadonlyArray(values).map((value) => bytesOf(command, value))))
        ).pipe(Effect.catchAll((error) => printFailure(command, error)))
      )
      if (ended._tag === "None") yield* write("^C\n")
    })

  const printFailure = (command: CommandArguments, error: ClientError): Effect.Effect<void> =>
    options().format.kind === "text"
      ? show(Buffer.from(inRed(error.message)))
      : show(bytesOf(command, replyOf(error)))

  return {
    printFailure,
    printText: (text) => show(Buffer.from(`${text}\n`)),
    print: (command, said, millis) => {
      switch (said._tag) {
        case "Silence":
          return Effect.void
        case "Messages":
          return follow(command, said)
        case "Answer":
          return Effect.gen(function* () {
            yield* note(said)
            yield* show(bytesOf(command, said.reply))
            if (millis >= SLOW_MS && options().format.kind === "text") {
              yield* write(`(${(millis / 1000).toFixed(2)}s)\n`)
            }
          })
      }
    }
  }
}
