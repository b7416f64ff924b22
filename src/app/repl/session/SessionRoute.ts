/**
 * Where a command goes: on a connection of the session's own where one node
 * will do, so that WAIT, CLIENT ID and CLIENT TRACKING mean what was sent
 * before them; otherwise to the client, which also follows redirections, waits
 * for a failover, and asks several nodes.
 */
import * as Effect from "effect/Effect"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { ConnectionError } from "../../../connection/ConnectionError.ts"
import { commandSlot, lookupCommand, NO_KEY } from "../../../protocol/CommandTable.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import type { Answer, SessionReply } from "./CommandSession.ts"
import { answer, eitherOf, isForOneNode, isRedirected, isRepeatable, wantsNode } from "./SessionAnswer.ts"
import type { SessionLink } from "./SessionLink.ts"
import type { SessionMemory } from "./SessionMemory.ts"

type Outcome = Effect.Effect<SessionReply, ClientError>

export interface SessionRoute {
  /** To the node that answered last. `onSuccess` runs after a reply that is no error. */
  readonly ask: (command: CommandArguments, onSuccess?: () => void) => Outcome
  /** Wherever the command belongs. */
  readonly send: (command: CommandArguments) => Outcome
}

export const make = <E>(link: SessionLink<E>, memory: SessionMemory, isCluster: boolean): SessionRoute => {
  const askAt = (
    node: string,
    command: CommandArguments,
    slot: number
  ): Effect.Effect<Answer, ConnectionError> =>
    Effect.flatMap(link.get(node), (connection) =>
      Effect.map(link.ask(connection, command), (reply) => answer(reply, node, slot))
    )

  const ask: SessionRoute["ask"] = (command, onSuccess) => {
    const once = Effect.suspend(() => askAt(memory.node, command, NO_KEY))
    return once.pipe(
      Effect.catchIf(
        // Who could not even connect a moment ago would wait in vain once more.
        (error) => error.reason !== "Connect" && isRepeatable(error, command),
        () => once
      ),
      Effect.tap(({ reply }) => Effect.sync(() => !Resp.isError(reply) && onSuccess?.()))
    )
  }

  const askClient = (command: CommandArguments, slot: number): Outcome => {
    const [name, ...args] = command
    return Effect.matchEffect(link.client.execute(String(name), ...args), {
      onSuccess: (reply) => {
        if (slot < 0) return Effect.succeed(answer(reply))
        return Effect.map(link.ownerOf(slot), (node) => {
          if (node !== undefined) memory.node = node
          return answer(reply, node, slot)
        })
      },
      onFailure: (error) =>
        error._tag === "RoutingError"
          ? Effect.succeed(answer(Resp.simpleError(`ERR ${wantsNode(command)}`)))
          : eitherOf(error)
    })
  }

  const route = (command: CommandArguments): Outcome => {
    const spec = lookupCommand(command)
    const slot = spec === undefined ? NO_KEY : commandSlot(spec, command)
    if (spec === undefined || !isForOneNode(spec, slot)) return askClient(command, slot)
    const isOfSession = spec.requestPolicy === "session"
    const isKeyed = slot >= 0 && !isOfSession
    return Effect.flatMap(isKeyed ? link.ownerOf(slot) : Effect.succeed(memory.node), (node) => {
      if (node === undefined) return askClient(command, slot)
      return Effect.matchEffect(askAt(node, command, isKeyed ? slot : NO_KEY), {
        onSuccess: (answered) =>
          isRedirected(answered.reply) && !isOfSession ? askClient(command, slot) : Effect.succeed(answered),
        onFailure: (error) =>
          isRepeatable(error, command) && !isOfSession ? askClient(command, slot) : Effect.fail(error)
      })
    })
  }

  return { ask, send: isCluster ? route : ask }
}
