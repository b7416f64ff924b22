/** One command at several nodes at once, and what each of them said. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import type { ClusterNode } from "../../../protocol/ClusterTopology.ts"
import { isBlocking, keyIndexes, lookupCommand } from "../../../protocol/CommandTable.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { replyOf } from "../reply/ErrorReply.ts"

export interface NodeAnswer {
  readonly node: ClusterNode
  /** An error reply, and a node that could not be asked, are values too. */
  readonly reply: RespValue
}

export const askNodes = (
  client: RedisCommands,
  nodes: ReadonlyArray<ClusterNode>,
  command: CommandArguments
): Effect.Effect<ReadonlyArray<NodeAnswer>> =>
  Effect.forEach(
    nodes,
    (node) =>
      Effect.map(Effect.either(askNode(client, node, command)), (answer) => ({
        node,
        reply: Either.getOrElse(answer, replyOf)
      })),
    { concurrency: "unbounded" }
  )

/**
 * A command about its connection gets one of its own, and so does one on keys
 * at a replica, which answers those only after READONLY.
 */
const askNode = (
  client: RedisCommands,
  { address, role }: ClusterNode,
  command: CommandArguments
): Effect.Effect<RespValue, ClientError> => {
  const spec = lookupCommand(command)
  const isReplicaRead = role === "replica" && spec?.readOnly === true && keyIndexes(spec, command).length > 0
  if (spec?.requestPolicy !== "session" && !isReplicaRead) {
    const [name, ...args] = command
    return client.executeOn(address, wordText(name), ...args)
  }
  return Effect.scoped(
    Effect.gen(function* () {
      const { executeBlocking, executeMany, pipeline } = yield* client.connectTo(address)
      // What was done to the connection must not be there for its next user.
      yield* Effect.addFinalizer(() => Effect.sync(() => pipeline.close("Closed", "it was changed")))
      if (isReplicaRead) return (yield* executeMany([["READONLY"], command]))[1]
      return spec !== undefined && isBlocking(spec, command)
        ? yield* executeBlocking(command)
        : (yield* executeMany([command]))[0]
    })
  )
}

export const wordText = (word: CommandArguments[number]): string =>
  typeof word === "object" ? Resp.utf8(word) : String(word)
