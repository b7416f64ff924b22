/** Commands from an input, executed in its order and as many at a time as may be. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { type CommandSpec, lookupCommand, specFromCommandInfo } from "../../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { wordText } from "../nodes/NodeAnswers.ts"
import type { CommandSession } from "../session/CommandSession.ts"
import { batchesOf, batchKind, type BatchKind } from "./BatchPlan.ts"
import type { CommandInput } from "./CommandInput.ts"
import type { ReadCommand } from "./CommandReader.ts"
import { DividedBatch, type Result } from "./DividedBatch.ts"

export interface StreamHandlers<E> {
  /** What became of commands that were sent together; an error of it ends the stream. */
  readonly onResults: (
    commands: ReadonlyArray<ReadCommand>,
    results: ReadonlyArray<Result>
  ) => Effect.Effect<void, E>
  /** A command that is not to be sent as it is; `undefined` for all others. */
  readonly instead: (command: ReadCommand) => Effect.Effect<void, E> | undefined
  /** Nothing more is wanted. */
  readonly hasEnded: () => boolean
}

/** Of a command that is to be repeated, so many are sent together. */
const MOST_REPEATED = 10_000

export const executeStream = <E>(
  session: CommandSession,
  input: CommandInput,
  { hasEnded, instead, onResults }: StreamHandlers<E>
): Effect.Effect<void, E> =>
  Effect.gen(function* () {
    const { isCluster } = session.state
    const learned = new Map<string, CommandSpec>()
    const asked = new Set<string>()
    const kindOf = (command: ReadCommand): BatchKind | undefined =>
      command.times === 1 && instead(command) === undefined
        ? batchKind(command.words, { isCluster, learned })
        : undefined

    for (;;) {
      const taken = yield* input.take
      if (taken.length === 0) return
      if (isCluster) yield* learnUnknown(session.client, taken, learned, asked)
      for (const batch of batchesOf(taken, kindOf)) {
        if (hasEnded()) return
        const other = batch.length === 1 ? instead(batch[0]) : undefined
        if (other !== undefined) yield* other
        else if (batch[0].times > 1) yield* executeRepeated(session, batch[0], onResults)
        else yield* onResults(batch, yield* executeTogether(session, batch))
      }
    }
  })

/** In a transaction a command of several slots is for the session to refuse. */
const executeTogether = (
  session: CommandSession,
  batch: ReadonlyArray<ReadCommand>
): Effect.Effect<ReadonlyArray<Result>> => {
  const commands = batch.map(({ words }) => words)
  const { isCluster, transaction } = session.state
  if (!isCluster || transaction !== undefined) return session.executeMany(commands)
  const divided = new DividedBatch(commands)
  return Effect.map(session.executeMany(divided.parts), (results) => divided.join(results))
}

const executeRepeated = <E>(
  session: CommandSession,
  command: ReadCommand,
  onResults: StreamHandlers<E>["onResults"]
): Effect.Effect<void, E> =>
  Effect.gen(function* () {
    for (let left = command.times; left > 0; left -= MOST_REPEATED) {
      const batch = new Array<ReadCommand>(Math.min(left, MOST_REPEATED)).fill(command)
      yield* onResults(batch, yield* executeTogether(session, batch))
    }
  })

/** Asks once per command that the table lacks where its keys stand, a module's as a rule. */
const learnUnknown = (
  client: RedisCommands,
  commands: ReadonlyArray<ReadCommand>,
  learned: Map<string, CommandSpec>,
  asked: Set<string>
): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (const { words } of commands) {
      const name = unknownName(words)
      if (name === undefined || asked.has(name)) continue
      asked.add(name)
      const spec = yield* client.execute("COMMAND", "INFO", name).pipe(
        Effect.map(specFromCommandInfo),
        Effect.orElseSucceed(() => undefined)
      )
      if (spec !== undefined) learned.set(name, spec)
    }
  })

const unknownName = (words: CommandArguments): string | undefined =>
  lookupCommand(words) === undefined ? wordText(words[0]).toLowerCase() : undefined
