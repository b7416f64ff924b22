/** Words that this program answers itself, on the command line, in lines of standard input and at the prompt. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import type { CommandFailure, EndWith } from "../../CommandFailure.ts"
import { CommandRun, type JsonDocument } from "../../CommandRun.ts"
import { print, printJson } from "../../Output.ts"
import type { KeySelection } from "../CliSettings.ts"
import type { ReplyFormat } from "../reply/ReplyFormat.ts"

/** What a built-in works with. */
export interface BuiltinContext {
  /** That of the session, which AUTH and HELLO replace: look at it when it is needed. */
  readonly client: RedisCommands
  readonly format: ReplyFormat
  readonly keys: KeySelection
  /** Rows of a ranking. */
  readonly top: number
  /** Elements of a collection that MEMORY USAGE weighs; `undefined`: as the server likes. */
  readonly memorySamples: number | undefined
  readonly intervalMs: number | undefined
  /** How often to sample; `undefined`: for it to decide. */
  readonly repeat: number | undefined
  /** At the prompt an interruption ends the built-in, elsewhere the program. */
  readonly isPrompt: boolean
}

export type BuiltinFailure = CommandFailure | EndWith

/** Prints what there is to say. `words` begin with the name. When it is interrupted, it prints what it has found. */
export type BuiltinRun = (
  words: CommandArguments,
  context: BuiltinContext
) => Effect.Effect<void, BuiltinFailure>

/** What there is to say, at any time. */
export interface BuiltinReport {
  readonly text: () => string
  readonly document: () => JsonDocument
}

export const isJson = ({ format }: BuiltinContext): boolean => format.kind === "json"

export const printReport = (context: BuiltinContext, report: BuiltinReport): Effect.Effect<void> =>
  Effect.suspend(() => (isJson(context) ? printJson(report.document()) : print(report.text())))

/** Prints the report when the work is done, and as far as it has come when that fails or is interrupted. */
export const reporting = <E>(
  context: BuiltinContext,
  report: BuiltinReport,
  work: Effect.Effect<unknown, E>
): Effect.Effect<void, E> =>
  Effect.gen(function* () {
    // Outside of the prompt the program prints the document of --json itself, with the error.
    const isPrintedWithError = isJson(context) && !context.isPrompt
    if (isPrintedWithError) (yield* CommandRun).onFailure(() => report.document())
    yield* Effect.onError(work, () => (isPrintedWithError ? Effect.void : printReport(context, report)))
    yield* printReport(context, report)
  })
