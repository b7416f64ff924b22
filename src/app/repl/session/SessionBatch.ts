/** Many commands of a session: those that leave no state behind are sent together. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import { ConnectionError } from "../../../connection/ConnectionError.ts"
import { PipelineFailure } from "../../../connection/PipelineFailure.ts"
import { masters } from "../../../protocol/ClusterTopology.ts"
import { commandSlot, lookupCommand, NO_KEY } from "../../../protocol/CommandTable.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { nameOf } from "./CommandName.ts"
import type { CommandSession, SessionReply } from "./CommandSession.ts"
import { answer, eitherOf } from "./SessionAnswer.ts"
import type { SessionLink } from "./SessionLink.ts"
import type { SessionMemory } from "./SessionMemory.ts"
import { statefulCommand } from "./StatefulCommand.ts"

type Result = Either.Either<SessionReply, ClientError>
type Results = Effect.Effect<ReadonlyArray<Result>>

export const make = <E>(
  link: SessionLink<E>,
  memory: SessionMemory,
  isCluster: boolean,
  execute: CommandSession["execute"]
): CommandSession["executeMany"] => {
  const isBatchable = (command: CommandArguments): boolean => {
    const { replies, transaction } = memory
    if (replies !== "on" || statefulCommand(command) !== undefined) return false
    if (!isCluster) return transaction?.isLost !== true
    const spec = lookupCommand(command)
    return transaction === undefined && spec !== undefined && spec.requestPolicy !== "session"
  }

  const throughClient = (commands: ReadonlyArray<CommandArguments>): Results =>
    Effect.map(link.client.executeMany(commands), (results) =>
      results.map((result) =>
        Either.match(result, {
          onLeft: (error): Result => eitherOf(error),
          onRight: (reply): Result => Either.right(answer(reply))
        })
      )
    )

  const onOwnConnection = (commands: ReadonlyArray<CommandArguments>, node = memory.node): Results =>
    Effect.suspend(() => {
      const { transaction } = memory
      const own = transaction?.connection
      return Effect.matchEffect(own === undefined ? link.get(node) : Effect.succeed(own), {
        onFailure: (error) => Effect.succeed(commands.map((): Result => Either.left(error))),
        onSuccess: (connection) =>
          Effect.map(link.exchange(connection, commands), (outcomes) =>
            outcomes.map((outcome, index): Result => {
              if (outcome instanceof PipelineFailure) {
                return Either.left(ConnectionError.of(connection.node, nameOf(commands[index]), outcome))
              }
              if (transaction !== undefined && !Resp.isError(outcome)) transaction.length++
              memory.isConnected = true
              return Either.right(answer(outcome, connection.node))
            })
          )
      })
    })

  /** One master for all of them, or a subscriber would have what is published in another order. */
  const onOneMaster = (commands: ReadonlyArray<CommandArguments>): Results =>
    Effect.gen(function* () {
      const [master] = masters(yield* link.client.topology)
      if (master === undefined) return yield* throughClient(commands)
      const results = yield* onOwnConnection(commands, master.address)
      return yield* Effect.forEach(results, (result, index) =>
        isUnsent(result) ? Effect.either(execute(commands[index])) : Effect.succeed(result)
      )
    })

  const together = (commands: ReadonlyArray<CommandArguments>): Results =>
    !isCluster
      ? onOwnConnection(commands)
      : commands.every(hasNoKey)
        ? onOneMaster(commands)
        : throughClient(commands)

  return (commands) =>
    Effect.gen(function* () {
      const results: Array<Result> = []
      while (results.length < commands.length) {
        let end = results.length
        while (end < commands.length && isBatchable(commands[end])) end++
        if (end > results.length + 1) {
          for (const result of yield* together(commands.slice(results.length, end))) results.push(result)
        } else results.push(yield* Effect.either(execute(commands[results.length])))
      }
      return results
    })
}

const hasNoKey = (command: CommandArguments): boolean => {
  const spec = lookupCommand(command)
  return spec !== undefined && commandSlot(spec, command) === NO_KEY
}

const isUnsent = (result: Result): boolean =>
  Either.isLeft(result) && result.left._tag === "ConnectionError" && result.left.sent === "no"
