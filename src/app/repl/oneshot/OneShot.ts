/** One command from the arguments of the program: its reply, and its exit status. */
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import type { ClientError } from "../../../client/ClusterError.ts"
import { isBlocking, lookupCommand, type RequestPolicy } from "../../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { CommandLineError } from "../../CommandLineError.ts"
import { FAILED } from "../../ExitStatus.ts"
import type { BuiltinContext } from "../builtin/Builtin.ts"
import { readTyped } from "../builtin/Builtins.ts"
import type { CliSettings } from "../CliSettings.ts"
import { asReply } from "../reply/ErrorReply.ts"
import type { CommandSession, SessionReply } from "../session/CommandSession.ts"
import { answer } from "../session/SessionAnswer.ts"
import { statefulCommand } from "../session/StatefulCommand.ts"
import { printSaid } from "./SaidPrinter.ts"
import { readStandardInput } from "./StandardInput.ts"

type OneShotFailure = CommandFailure | CommandLineError | EndWith

export const runCommand = (
  words: CommandArguments,
  settings: CliSettings,
  session: CommandSession,
  context: BuiltinContext
): Effect.Effect<void, OneShotFailure> =>
  Effect.gen(function* () {
    const typed = readTyped(yield* withStandardInput(words, settings.fromStdin))
    if (typed.builtin !== undefined) return yield* typed.builtin.run(typed.words, context)
    yield* repeat(typed.words, settings, session)
  })

/** EVAL of a file: keys in front of the comma, other arguments behind it. */
export const runScript = (
  file: string,
  words: CommandArguments,
  settings: CliSettings,
  session: CommandSession
): Effect.Effect<void, OneShotFailure> =>
  Effect.gen(function* () {
    const script = yield* Effect.tryPromise({
      try: () => readFile(file),
      catch: () =>
        new CommandFailure({ tag: "FileError", message: `--eval: the file '${file}' cannot be read` })
    })
    yield* repeat(scriptCommand(script, words), settings, session)
  })

/** @example scriptCommand(script, ["k1", "k2", ",", "a"]) // ["EVAL", script, 2, "k1", "k2", "a"] */
export const scriptCommand = (script: Uint8Array, words: CommandArguments): CommandArguments => {
  const comma = words.indexOf(",")
  const keys = comma < 0 ? words : words.slice(0, comma)
  return ["EVAL", script, keys.length, ...keys, ...(comma < 0 ? [] : words.slice(comma + 1))]
}

const withStandardInput = (
  words: CommandArguments,
  from: CliSettings["fromStdin"]
): Effect.Effect<CommandArguments, CommandLineError> => {
  if (from === undefined) return Effect.succeed(words)
  if (from === "last") return Effect.map(readStandardInput, (input) => [...words, input])
  const index = words.indexOf(from.tag)
  return index < 0
    ? Effect.fail(
        new CommandLineError({ message: "-X: the tag is not among the arguments; allowed: one of them" })
      )
    : Effect.map(readStandardInput, (input) => words.map((word, at) => (at === index ? input : word)))
}

/** The status is that of all of them: 1 when one of the replies was an error. */
const repeat = (
  command: CommandArguments,
  { format, intervalMs, repeat = 1 }: CliSettings,
  session: CommandSession
): Effect.Effect<void, OneShotFailure> =>
  Effect.gen(function* () {
    let hasFailed = false
    for (let turn = 0; turn < repeat; turn++) {
      if (turn > 0 && intervalMs !== undefined) yield* Effect.sleep(intervalMs)
      const reply = yield* Effect.catchAll(execute(session, command), asAnswer)
      if (yield* printSaid(command, reply, format)) hasFailed = true
    }
    if (hasFailed) return yield* new EndWith({ status: FAILED })
  })

/**
 * What is nothing to its connection is sent on the one that is there already:
 * one of its own would have to be opened first.
 */
const execute = (
  session: CommandSession,
  command: CommandArguments
): Effect.Effect<SessionReply, ClientError> => {
  const spec = lookupCommand(command)
  const isPlain = spec !== undefined && !NEEDS_SESSION.has(spec.requestPolicy) && !isBlocking(spec, command)
  if (!isPlain || statefulCommand(command) !== undefined) return session.execute(command)
  const [name, ...args] = command
  return Effect.map(session.client.execute(String(name), ...args), (reply) => answer(reply))
}

const NEEDS_SESSION: ReadonlySet<RequestPolicy | undefined> = new Set(["session", "special", "refuse"])

const asAnswer = (error: ClientError): Effect.Effect<SessionReply, CommandFailure> =>
  Effect.map(asReply(error), (reply) => answer(reply))
