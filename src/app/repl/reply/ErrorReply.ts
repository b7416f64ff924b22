/** What is printed in the place of a reply that did not come. */
import * as Effect from "effect/Effect"
import type { ClientError } from "../../../client/ClusterError.ts"
import { CommandFailure } from "../../CommandFailure.ts"
import * as Resp from "../../../protocol/Resp.ts"

/** An error reply as the server sent it; what the client refused or lost, in its own words. */
export const replyOf = (error: ClientError): Resp.SimpleError => {
  switch (error._tag) {
    case "RedisError":
    case "ClusterDownError":
    case "TryAgainError":
      return Resp.simpleError(error.reply)
    case "MovedError":
    case "AskError": {
      const { host, kind, port, slot } = error.redirection
      return Resp.simpleError(`${kind} ${slot} ${host}:${port}`)
    }
    case "CrossSlotError":
      return Resp.simpleError(`CROSSSLOT ${error.message}`)
    default:
      return Resp.simpleError(`ERR ${error.message}`)
  }
}

/** What was refused is a reply like another; what could not be sent, or got none, is a failure of the program. */
export const asReply = (error: ClientError): Effect.Effect<Resp.SimpleError, CommandFailure> => {
  if (error._tag !== "ConnectionError" && error._tag !== "TopologyError")
    return Effect.succeed(replyOf(error))
  const { _tag, message, node } = error
  return Effect.fail(new CommandFailure({ tag: _tag, node, message }))
}

/** The servers could not be reached for as long as the client waits: others would wait in vain as well. */
export const isLost = (error: ClientError): boolean =>
  error._tag === "TopologyError" || (error._tag === "ConnectionError" && error.sent === "no")
