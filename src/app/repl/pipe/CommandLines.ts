/** Standard input that is no terminal: a command per line, or in the protocol's form; the replies in the same order. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import * as Resp from "../../../protocol/Resp.ts"
import { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { FAILED } from "../../ExitStatus.ts"
import { print, write } from "../../Output.ts"
import type { BuiltinContext, BuiltinFailure } from "../builtin/Builtin.ts"
import { readTyped } from "../builtin/Builtins.ts"
import { isLost, replyOf } from "../reply/ErrorReply.ts"
import { formatReply, printedReply } from "../reply/ReplyFormat.ts"
import { wordText } from "../nodes/NodeAnswers.ts"
import { printSaid } from "../oneshot/SaidPrinter.ts"
import type { CommandSession } from "../session/CommandSession.ts"
import { answer } from "../session/SessionAnswer.ts"
import * as CommandInput from "./CommandInput.ts"
import type { ReadCommand } from "./CommandReader.ts"
import { executeStream } from "./CommandStream.ts"

/** Ends with status 1 when one of the replies was an error. */
export const runCommandLines = (
  session: CommandSession,
  context: BuiltinContext
): Effect.Effect<void, BuiltinFailure> =>
  Effect.gen(function* () {
    const { format } = context
    const source = CommandInput.make(process.stdin)
    const input = { ...source, take: Effect.map(source.take, (commands) => commands.map(withoutMark)) }
    let hasFailed = false
    let hasLeft = false

    const printError = (message: string): Effect.Effect<void> =>
      Effect.suspend(() => {
        hasFailed = true
        // As redis-cli does: a line of its own in every format but JSON, whose lines are documents.
        return format.kind === "json" ? write(formatReply(Resp.simpleError(message), format)) : print(message)
      })

    const instead = (command: ReadCommand): Effect.Effect<void, BuiltinFailure> | undefined => {
      if (command.isSent === true) return undefined
      if (command.problem !== undefined) return printError(command.problem)
      if (LEAVING.has(wordText(command.words[0]).toLowerCase()) && command.words.length === 1) {
        return Effect.sync(() => {
          hasLeft = true
        })
      }
      const builtin = readTyped(command.words).builtin
      return builtin === undefined
        ? undefined
        : Effect.catchTag(builtin.run(command.words, context), "EndWith", () =>
            Effect.sync(() => {
              hasFailed = true
            })
          )
    }

    yield* executeStream(session, input, {
      instead,
      hasEnded: () => hasLeft,
      onResults: (commands, results) =>
        Effect.gen(function* () {
          let printed: Array<Buffer> = []
          const flush = Effect.suspend(() => {
            const bytes = Buffer.concat(printed)
            printed = []
            return bytes.length === 0 ? Effect.void : write(bytes)
          })
          for (const [index, result] of results.entries()) {
            const { number, words } = commands[index]
            if (Either.isLeft(result) && isLost(result.left)) {
              yield* flush
              return yield* lostAt(`${input.unit()} ${number}`, result.left)
            }
            const said = Either.getOrElse(result, (error) => answer(replyOf(error)))
            if (said._tag === "Messages") {
              yield* flush
              if (yield* printSaid(words, said, format)) hasFailed = true
            } else if (said._tag === "Answer") {
              if (Resp.isError(said.reply)) hasFailed = true
              printed.push(printedReply(words, said.reply, format))
            }
          }
          yield* flush
        })
    })
    const problem = input.problem()
    if (problem !== undefined) yield* printError(problem)
    if (hasFailed) return yield* new EndWith({ status: FAILED })
  })

const lostAt = (place: string, error: ClientError): CommandFailure =>
  new CommandFailure({
    tag: error._tag,
    node: "node" in error ? error.node : undefined,
    message: `${place}: ${error.message}; what follows was not sent`
  })

/** `-- NAME` is the command of that name, whatever built-in has it as well. */
const withoutMark = (command: ReadCommand): ReadCommand =>
  command.words[0] === "--" && command.words.length > 1
    ? { ...command, words: command.words.slice(1), isSent: true }
    : command

/** As at the prompt. */
const LEAVING: ReadonlySet<string> = new Set(["quit", "exit"])
