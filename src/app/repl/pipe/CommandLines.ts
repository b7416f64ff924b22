/** Standard input that is no terminal: a command per line, or in the protocol's form; the replies in the same order. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Resp from "../../../protocol/Resp.ts"
import { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { FAILED } from "../../ExitStatus.ts"
import { write } from "../../Output.ts"
import type { BuiltinContext, BuiltinFailure } from "../builtin/Builtin.ts"
import { readTyped } from "../builtin/Builtins.ts"
import { isLost, replyOf } from "../reply/ErrorReply.ts"
import { printedReply } from "../reply/ReplyFormat.ts"
import { wordText } from "../nodes/NodeAnswers.ts"
import * as CommandInput from "./CommandInput.ts"
import type { ReadCommand } from "./CommandReader.ts"
import { executeStream } from "./CommandStream.ts"

/** Ends with status 1 when one of the replies was an error. */
export const runCommandLines = (context: BuiltinContext): Effect.Effect<void, BuiltinFailure> =>
  Effect.gen(function* () {
    const { client, format } = context
    const source = CommandInput.make(process.stdin)
    const input = { ...source, take: Effect.map(source.take, (commands) => commands.map(withoutMark)) }
    let hasFailed = false
    let hasLeft = false

    const printError = (message: string): Effect.Effect<void> => {
      hasFailed = true
      return write(printedReply([""], Resp.simpleError(message), format))
    }

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

    yield* executeStream(client, input, {
      instead,
      hasEnded: () => hasLeft,
      onResults: (commands, results) =>
        Effect.suspend(() => {
          const printed: Array<Buffer> = []
          for (const [index, result] of results.entries()) {
            const { number, words } = commands[index]
            if (Either.isLeft(result) && isLost(result.left)) {
              const { _tag, message } = result.left
              const failure = new CommandFailure({
                tag: _tag,
                node: "node" in result.left ? result.left.node : undefined,
                message: `${input.unit()} ${number}: ${message}; what follows was not sent`
              })
              return Effect.zipRight(write(Buffer.concat(printed)), Effect.fail(failure))
            }
            const reply = Either.getOrElse(result, replyOf)
            if (Resp.isError(reply)) hasFailed = true
            printed.push(printedReply(words, reply, format))
          }
          return write(Buffer.concat(printed))
        })
    })
    const problem = input.problem()
    if (problem !== undefined) yield* printError(`ERR ${problem}`)
    if (hasFailed) return yield* new EndWith({ status: FAILED })
  })

/** `-- NAME` is the command of that name, whatever built-in has it as well. */
const withoutMark = (command: ReadCommand): ReadCommand =>
  command.words[0] === "--" && command.words.length > 1
    ? { ...command, words: command.words.slice(1), isSent: true }
    : command

/** As at the prompt. */
const LEAVING: ReadonlySet<string> = new Set(["quit", "exit"])
