/** One attempt to have a node execute a command, and what it came to. */
import * as Effect from "effect/Effect"
import { ConnectionError } from "../connection/ConnectionError.ts"
import * as PipelineEffect from "../connection/PipelineEffect.ts"
import type { PipelineFailure } from "../connection/PipelineFailure.ts"
import { parseAddress } from "../protocol/ClusterTopology.ts"
import { classifyError, errorKind, parseRedirectionError } from "../protocol/Redirection.ts"
import * as Resp from "../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import {
  AskError,
  type ClientError,
  ClusterDownError,
  CrossSlotError,
  MovedError,
  TopologyError,
  TryAgainError
} from "./ClusterError.ts"
import type { Node } from "./NodeRegistry.ts"
import { RedisError } from "./RedisError.ts"

/** What an attempt came to, when it is not a reply to keep. `NoOwner`: the slot is nobody's. */
export type Outcome = RespValue | PipelineFailure | ConnectionError | NoOwner

export interface NoOwner {
  readonly _tag: "NoOwner"
}
export const noOwner: NoOwner = { _tag: "NoOwner" }

const ASKING: CommandArguments = ["ASKING"]

/** One attempt, its failure as a value. With `isAsking`, ASKING goes ahead of the command and nothing comes between. */
export type Sender = (node: Node, args: CommandArguments, isAsking?: boolean) => Effect.Effect<Outcome>

/** On the connection that all callers share. */
export const send: Sender = (node, args, isAsking = false) =>
  Effect.matchEffect(node.connection.get, {
    onFailure: Effect.succeed<Outcome>,
    onSuccess: ({ pipeline }) =>
      Effect.merge(
        isAsking
          ? Effect.map(PipelineEffect.executeMany(pipeline, [ASKING, args]), (replies) => replies[1])
          : PipelineEffect.execute(pipeline, args)
      )
  })

/** The typed error that an outcome stands for; `undefined` for a reply to keep. */
export const errorOf = (
  outcome: Outcome,
  node: string,
  command: string,
  slot: number
): ClientError | undefined => {
  switch (outcome._tag) {
    case "ConnectionError":
      return outcome
    case "PipelineFailure":
      return ConnectionError.of(node, command, outcome)
    case "NoOwner":
      return new TopologyError({ reason: `${command}: no node serves slot ${slot}`, node })
    default:
      return Resp.isError(outcome) ? errorOfReply(outcome.value, node, command) : undefined
  }
}

const errorOfReply = (reply: string, node: string, command: string): ClientError => {
  switch (classifyError(reply)) {
    case "Moved":
    case "Ask": {
      const redirection = parseRedirectionError(reply)
      if (redirection === undefined) return RedisError.of(reply, node, command)
      // An empty host means the one that answered.
      const place = { ...redirection, host: redirection.host || (parseAddress(node)?.host ?? "") }
      return redirection.kind === "MOVED"
        ? new MovedError({ redirection: place, node, command })
        : new AskError({ redirection: place, node, command })
    }
    case "TryAgain":
      return new TryAgainError({ reply, node, command })
    case "ClusterDown":
    case "Loading":
    case "MasterDown":
    case "ReadOnly":
      return new ClusterDownError({ kind: errorKind(reply), reply, node, command })
    case "CrossSlot":
      return new CrossSlotError({ command })
    case "Other":
      return RedisError.of(reply, node, command)
  }
}

/** A reply to keep: neither an error nor the lack of a reply. */
export const isReply = (outcome: Outcome): outcome is RespValue => {
  switch (outcome._tag) {
    case "PipelineFailure":
    case "ConnectionError":
    case "NoOwner":
      return false
    default:
      return !Resp.isError(outcome)
  }
}
