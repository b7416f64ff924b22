/** What a line typed at the prompt says, and doing it: the prompt's own words, built-ins, and commands. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type CommandArguments, utf8 } from "../../../protocol/Resp.ts"
import { write } from "../../Output.ts"
import { scanWords } from "../../Words.ts"
import { type Builtin, BUILTINS, readTyped } from "../builtin/Builtins.ts"
import type { CliSettings } from "../CliSettings.ts"
import type { CommandSession } from "../session/CommandSession.ts"
import { INVALID_REPEAT, readRepeat } from "../words/Repeat.ts"
import { dangerOf } from "./DangerousCommand.ts"
import { docHelp, helpOf } from "./help/CommandHelp.ts"
import { docFromReply } from "./help/ServerDocs.ts"
import type { History } from "./history/History.ts"
import { type PromptOptions, setOption } from "./PromptOptions.ts"
import * as ReplyPrinter from "./ReplyPrinter.ts"
import type { PromptTerminal } from "./terminal/PromptTerminal.ts"

export interface PromptWordsOptions {
  readonly session: CommandSession
  readonly terminal: PromptTerminal
  readonly settings: CliSettings
  readonly history: History
}

export interface PromptWords {
  readonly options: () => PromptOptions
  readonly execute: (line: string) => Effect.Effect<"leave" | "stay">
}

/** As redis-cli says it. */
const INVALID_ARGUMENTS = "Invalid argument(s)"
const CLEAR_SCREEN = "\u001b[H\u001b[2J"
const HISTORY_SHOWN = 20

export const make = ({ history, session, settings, terminal }: PromptWordsOptions): PromptWords => {
  const hasColours = (process.env["NO_COLOR"] ?? "") === ""
  let options: PromptOptions = {
    format: settings.format,
    pager: false,
    hints: hasColours,
    colours: hasColours
  }
  const printer = ReplyPrinter.make(terminal, () => options)
  const { printText } = printer

  const execute = (line: string): Effect.Effect<"leave" | "stay"> =>
    Effect.gen(function* () {
      yield* history.add(line)
      const { error, words } = scanWords(line, "utf8")
      if (words.length === 0) return "stay" as const
      if (error !== undefined) {
        yield* printText(INVALID_ARGUMENTS)
        return "stay" as const
      }
      const command = words.map(({ value }) => value)
      const name = utf8(command[0]).toLowerCase()
      if (command.length === 1 && (name === "exit" || name === "quit")) return "leave" as const
      yield* executeWords(name, command)
      return "stay" as const
    })

  const executeWords = (name: string, command: ReadonlyArray<Buffer>): Effect.Effect<void> => {
    const args = command.slice(1).map(utf8)
    switch (name) {
      case "help":
      case "?":
        return help(args)
      case "clear":
        if (args.length === 0) return write(CLEAR_SCREEN)
        break
      case ":set": {
        const next = setOption(options, args)
        if (typeof next === "string") return printText(next)
        options = next
        return Effect.void
      }
      case ":history":
        return showHistory(Number(args[0] ?? HISTORY_SHOWN))
    }
    if (name.startsWith(":")) return printText(`${name}: there are :set and :history`)
    const repeated = readRepeat(command)
    if (repeated === "invalid") return printText(INVALID_REPEAT)
    return sendAfterQuestion(repeated.words, repeated.times)
  }

  const sendAfterQuestion = (command: CommandArguments, times: number): Effect.Effect<void> =>
    Effect.gen(function* () {
      const { builtin, words } = readTyped(command)
      if (words.length === 0) return
      const danger = dangerOf(words, session.state.isCluster)
      if (danger !== undefined && !(yield* terminal.ask(`${danger} Go on?`))) return
      const once = builtin === undefined ? send(words) : runBuiltin(builtin, words)
      for (let turn = 0; turn < times; turn++) if (!(yield* once)) return
    })

  /** Whether it came to its end, so that it may be repeated. */
  const send = (command: CommandArguments): Effect.Effect<boolean> =>
    Effect.gen(function* () {
      const started = yield* Clock.currentTimeMillis
      const said = yield* terminal.untilCtrlC(Effect.either(session.execute(command)))
      if (Option.isNone(said)) {
        yield* write("^C\n")
        return false
      }
      if (said.value._tag === "Left") {
        yield* printer.printFailure(command, said.value.left)
        return false
      }
      const reply = said.value.right
      yield* printer.print(command, reply, (yield* Clock.currentTimeMillis) - started)
      return reply._tag !== "Messages"
    })

  const runBuiltin = (builtin: Builtin, words: CommandArguments): Effect.Effect<boolean> => {
    const { intervalMs, keys, memorySamples, top } = settings
    const context = {
      client: session.client,
      format: options.format,
      keys,
      top,
      memorySamples,
      intervalMs,
      repeat: undefined,
      isPrompt: true
    }
    return terminal.untilCtrlC(builtin.run(words, context)).pipe(
      Effect.map(Option.isSome),
      Effect.catchAll((error) =>
        error._tag === "EndWith" ? Effect.succeed(false) : Effect.as(printText(error.message), false)
      )
    )
  }

  const help = (args: ReadonlyArray<string>): Effect.Effect<void> => {
    const known = helpOf(args, BUILTINS)
    if (known !== undefined) return printText(known)
    return terminal.untilCtrlC(Effect.option(session.client.execute("COMMAND", "DOCS", args[0]))).pipe(
      Effect.map(Option.flatten),
      Effect.flatMap((reply) => {
        const doc = Option.isSome(reply) ? docFromReply(reply.value) : undefined
        return printText(
          doc === undefined
            ? `There is no help on '${args.join(" ")}'; help alone says what there is`
            : docHelp(args[0], doc)
        )
      })
    )
  }

  const showHistory = (count: number): Effect.Effect<void> => {
    const shown = history.lines.slice(0, Number.isSafeInteger(count) && count > 0 ? count : HISTORY_SHOWN)
    return shown.length === 0 ? Effect.void : printText(shown.toReversed().join("\n"))
  }

  return { options: () => options, execute }
}
