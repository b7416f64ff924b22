/** The prompt of `cli`: reads a line, does what it says, and so on until it is left. */
import * as Effect from "effect/Effect"
import { homedir } from "node:os"
import { elements, text } from "../../../protocol/Resp.ts"
import { type ConnectFailure, withWantedPassword } from "../../ConnectLayer.ts"
import type { ConnectSettings } from "../../ConnectSettings.ts"
import { coloured } from "../../TerminalText.ts"
import { BUILTINS } from "../builtin/Builtins.ts"
import { makeCliSession } from "../CliSession.ts"
import type { CliSettings } from "../CliSettings.ts"
import type { CommandSession } from "../session/CommandSession.ts"
import { complete } from "./Completion.ts"
import * as History from "./history/History.ts"
import { historyPath } from "./history/HistoryPath.ts"
import { keyNames } from "./KeyNames.ts"
import { ParameterNames } from "./ParameterNames.ts"
import { paintLine } from "./LinePainter.ts"
import { promptText } from "./PromptText.ts"
import { pushText } from "./PushText.ts"
import * as PromptWords from "./PromptWords.ts"
import { CommandNames } from "./syntax/CommandNames.ts"
import { type LineContext, readLine } from "./syntax/LineReading.ts"
import * as PromptTerminal from "./terminal/PromptTerminal.ts"

/** Ends when the person leaves; everything it has opened ends with it. */
export const runPrompt = (
  given: ConnectSettings,
  settings: CliSettings
): Effect.Effect<void, ConnectFailure> =>
  Effect.scoped(
    Effect.gen(function* () {
      const voice = new Voice()
      const connect = yield* withWantedPassword(given)
      const session = yield* makeCliSession({
        connect,
        protocol: settings.protocol,
        commandTimeout: Infinity,
        onNotice: voice.notice,
        onPush: (push) => voice.notice(pushText(push))
      })
      const history = yield* History.make(
        historyPath({ name: process.platform, home: homedir(), environment: process.env }),
        voice.notice
      )
      const names = new CommandNames(BUILTINS)
      yield* Effect.forkScoped(learnNames(session, names))
      const terminal = yield* PromptTerminal.make
      voice.speak = (said) => terminal.notice(coloured(said, "grey"), promptText(session.state))
      const words = PromptWords.make({ session, terminal, settings, history })
      yield* converse(session, terminal, words, history, names, given.database)
    })
  )

/** What is told beside the replies: at first nobody can hear it. */
class Voice {
  private unsaid: Array<string> = []
  private speaker: ((text: string) => void) | undefined

  set speak(speaker: (text: string) => void) {
    this.speaker = speaker
    for (const text of this.unsaid.splice(0)) speaker(text)
  }

  readonly notice = (text: string): void => {
    if (this.speaker === undefined) this.unsaid.push(text)
    else this.speaker(text)
  }
}

/** What the server has beyond our table; an older one does not say, and what is typed is then marked as unknown. */
const learnNames = (session: CommandSession, names: CommandNames): Effect.Effect<void> =>
  session.client.execute("COMMAND", "LIST").pipe(
    Effect.map((reply) => names.learn((elements(reply) ?? []).map((name) => text(name) ?? ""))),
    Effect.ignore
  )

const converse = (
  session: CommandSession,
  terminal: PromptTerminal.PromptTerminal,
  words: PromptWords.PromptWords,
  history: History.History,
  names: CommandNames,
  database: number
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const lineContext = (): LineContext => ({
      names,
      isCluster: session.state.isCluster,
      transactionSlot: session.state.transaction?.slot
    })
    const keys = (prefix: Buffer) => {
      const { database: number, node } = session.state
      const place = number === database ? undefined : { number, node }
      return keyNames({ client: session.client, database: place }, prefix)
    }
    const settings = new ParameterNames()
    const parameters = Effect.suspend(() => settings.ask(session.client, session.state.node))
    for (;;) {
      const end = yield* terminal.readLine({
        prompt: promptText(session.state),
        history: history.lines,
        view: (line) => {
          const { colours, hints } = words.options()
          if (!colours && !hints) return { painted: line, hint: "" }
          const reading = readLine(line, lineContext())
          const space = line === "" || line.endsWith(" ") ? "" : " "
          return {
            painted: colours ? paintLine(line, reading) : line,
            hint: hints && reading.hint !== "" ? space + reading.hint : ""
          }
        },
        paintHint: (hint) => coloured(hint, "grey"),
        complete: (line) => Effect.runPromise(complete(line, { ...lineContext(), keys, parameters }))
      })
      if (end._tag === "Left") return
      if (end._tag === "Line" && (yield* words.execute(end.text)) === "leave") return
    }
  })
