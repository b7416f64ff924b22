/** The answers of a session, and what it can do about those that are none. Pure. */
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { ConnectionError } from "../../../connection/ConnectionError.ts"
import { type CommandSpec, CROSS_SLOT, isReadOnly, lookupCommand } from "../../../protocol/CommandTable.ts"
import { classifyError } from "../../../protocol/Redirection.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import { replyOf } from "../reply/ErrorReply.ts"
import { nameOf } from "./CommandName.ts"
import type { Answer, SessionReply, Silence } from "./CommandSession.ts"

export const SILENCE: Silence = { _tag: "Silence" }

export const answer = (reply: RespValue, node?: string, slot?: number): Answer => ({
  _tag: "Answer",
  reply,
  node,
  slot: slot !== undefined && slot >= 0 ? slot : undefined
})

/** What a server, or we in its place, have answered is an answer; that nobody has is a failure. */
export const eitherOf = (error: ClientError): Either.Either<Answer, ClientError> => {
  switch (error._tag) {
    case "RedisError":
    case "ClusterDownError":
    case "TryAgainError":
    case "CrossSlotError":
      return Either.right(answer(replyOf(error), "node" in error ? error.node : undefined))
    default:
      return Either.left(error)
  }
}

/** The server has not seen the command, or it does no harm twice. */
export const isRepeatable = (error: ConnectionError, command: CommandArguments): boolean => {
  if (error.sent === "no") return true
  const spec = lookupCommand(command)
  return spec !== undefined && isReadOnly(spec)
}

/** The client knows what to do about it. */
export const isRedirected = (reply: RespValue): boolean => {
  if (!Resp.isError(reply)) return false
  const kind = classifyError(reply.value)
  return kind !== "Other" && kind !== "CrossSlot"
}

/** A connection to one node is all that the command needs. */
export const isForOneNode = (spec: CommandSpec, slot: number): boolean => {
  switch (spec.requestPolicy) {
    case undefined:
      return slot !== CROSS_SLOT
    case "any-node":
    case "session":
      return true
    case "multi-shard":
      return slot >= 0
    default:
      return false
  }
}

/** What the client refuses to guess, in the words of the prompt. */
export const wantsNode = (command: CommandArguments): string => {
  const name = nameOf(command)
  return name === "SCAN"
    ? "SCAN: a cursor belongs to one node; put @HOST:PORT in front of it, or use --scan, which walks all masters"
    : `${name}: it is meant for one node; put @HOST:PORT in front of it`
}

/** Nothing is subscribed to on a session's connections: what a server would say to that. */
export const unsubscribed = (type: string, [, ...channels]: CommandArguments): SessionReply => {
  const names =
    channels.length === 0 ? [Resp.nullBulkString] : channels.map((name) => Resp.bulkString(bytesOf(name)))
  const replies = names.map((name) => Resp.array([Resp.bulkString(type), name, Resp.integer(0)]))
  return replies.length === 1
    ? answer(replies[0])
    : { _tag: "Messages", messages: Stream.fromIterable(replies) }
}

const bytesOf = (argument: CommandArguments[number]): Uint8Array =>
  typeof argument === "object" ? argument : Buffer.from(String(argument))
