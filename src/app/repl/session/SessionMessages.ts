/** SUBSCRIBE, PSUBSCRIBE, SSUBSCRIBE and MONITOR of a session: which nodes to listen to. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ClientError } from "../../../client/ClusterError.ts"
import { commandSlot, CROSS_SLOT, lookupCommand, NO_KEY } from "../../../protocol/CommandTable.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import type { SessionReply } from "./CommandSession.ts"
import { messages } from "./Messages.ts"
import { answer } from "./SessionAnswer.ts"
import type { SessionLink } from "./SessionLink.ts"
import type { SessionMemory } from "./SessionMemory.ts"

type Outcome = Effect.Effect<SessionReply, ClientError>

export interface SessionMessages {
  readonly subscribe: (command: CommandArguments, isSharded: boolean) => Outcome
  /** In a cluster, what all masters execute. */
  readonly monitor: (command: CommandArguments) => Outcome
}

export const make = <E>(
  link: SessionLink<E>,
  memory: SessionMemory,
  isCluster: boolean,
  onNotice: (text: string) => void
): SessionMessages => {
  const messagesFrom = (
    command: CommandArguments,
    place: Effect.Effect<string, ClientError>
  ): Stream.Stream<RespValue, ClientError> => messages({ client: link.client, command, place, onNotice })

  return {
    subscribe: (command, isSharded) =>
      Effect.sync(() => {
        const spec = lookupCommand(command)
        const slot = isSharded && isCluster && spec !== undefined ? commandSlot(spec, command) : NO_KEY
        if (slot === CROSS_SLOT)
          return answer(Resp.simpleError("CROSSSLOT the channels belong to different slots"))
        const place = slot < 0 ? Effect.sync(() => memory.node) : link.serverOf(slot, command)
        return { _tag: "Messages", messages: messagesFrom(command, place) }
      }),
    monitor: (command) =>
      Effect.map(link.client.topology, ({ nodes }) => ({
        _tag: "Messages",
        messages: Stream.mergeAll(
          nodes
            .filter(({ role }) => role === "master")
            .map(({ address }) => messagesFrom(command, Effect.succeed(address))),
          { concurrency: "unbounded" }
        )
      }))
  }
}
