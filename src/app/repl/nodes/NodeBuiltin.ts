/** A command with `@...` in front: run at those nodes in parallel, each one's answer shown. */
import * as Effect from "effect/Effect"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { FAILED } from "../../ExitStatus.ts"
import { print, write } from "../../Output.ts"
import type { BuiltinContext, BuiltinRun } from "../builtin/Builtin.ts"
import { formatReply, JSON_FORMAT, printedReply } from "../reply/ReplyFormat.ts"
import { answerTable } from "./AnswerTable.ts"
import { askNodes, type NodeAnswer, wordText } from "./NodeAnswers.ts"
import { findTargets } from "./NodeTarget.ts"

export const atNodes: BuiltinRun = ([target, ...command], context) =>
  Effect.gen(function* () {
    const nodes = findTargets(wordText(target), yield* context.client.topology)
    if (typeof nodes === "string") return yield* wrongTarget(nodes)
    if (command.length === 0) return yield* wrongTarget(`${wordText(target)}: a command is missing`)
    const answers = yield* askNodes(context.client, nodes, command)
    yield* printAnswers(command, answers, context)
    if (answers.some(({ reply }) => Resp.isError(reply))) return yield* new EndWith({ status: FAILED })
  })

const wrongTarget = (message: string): CommandFailure => new CommandFailure({ tag: "NodeError", message })

const printAnswers = (
  command: CommandArguments,
  answers: ReadonlyArray<NodeAnswer>,
  { format }: BuiltinContext
): Effect.Effect<void> => {
  if (format.kind === "json") return print(answersJson(answers))
  // Not a terminal, or one that does not say how wide it is: 0.
  const table =
    format.kind === "csv" ? undefined : answerTable(command, answers, process.stdout.columns || Infinity)
  if (table !== undefined) return print(table)
  if (answers.length === 1) return write(printedReply(command, answers[0].reply, format))
  return write(
    Buffer.concat(
      answers.flatMap(({ node, reply }) => {
        const body = printedReply(command, reply, format)
        return [Buffer.from(`# ${node.address} ${node.role}\n`), body, ...(endsLine(body) ? [] : [LINE_END])]
      })
    )
  )
}

const LINE_END = Buffer.from("\n")

const endsLine = (bytes: Buffer): boolean => bytes.length === 0 || bytes[bytes.length - 1] === LINE_END[0]

/** One document: an element per node, with its reply or its error. */
const answersJson = (answers: ReadonlyArray<NodeAnswer>): string => {
  const elements = answers.map(({ node, reply }) => {
    const place = `"node":${JSON.stringify(node.address)},"role":"${node.role}"`
    return Resp.isError(reply)
      ? `{${place},"error":${JSON.stringify(reply.value)}}`
      : `{${place},"reply":${formatReply(reply, JSON_FORMAT).toString().trimEnd()}}`
  })
  return `[${elements.join(",")}]`
}
