/**
 * Commands that concern more than one node: taken apart by slot, or sent to
 * every master or every node, and their replies made into one, as the command
 * table says.
 */
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import { ConnectionError } from "../connection/ConnectionError.ts"
import { type CommandSpec, NO_KEY } from "../protocol/CommandTable.ts"
import { type CommandPart, joinParts, splitByKey } from "../protocol/CommandSplit.ts"
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { mergeReplies } from "../protocol/ReplyMerge.ts"
import * as Resp from "../protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { send } from "./Attempt.ts"
import * as Backoff from "./Backoff.ts"
import type { ClusterConfig } from "./ClusterConfig.ts"
import type { ClientError } from "./ClusterError.ts"
import type { Node } from "./NodeRegistry.ts"
import { mayRepeat, untilChange, withRetry } from "./Recovery.ts"
import { RedisError } from "./RedisError.ts"
import { RoutingError } from "./RoutingError.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

type Execute = (args: CommandArguments) => Effect.Effect<RespValue, ClientError>
type ExecuteMany = (
  commands: ReadonlyArray<CommandArguments>
) => Effect.Effect<ReadonlyArray<Either.Either<RespValue, ClientError>>>

/**
 * Sends each part to the node of its slot, all at once, and joins their
 * replies. Not atomic. Fails with the first failure, when all have ended. As a
 * batch: a fiber for each part was most of what the command cost.
 */
export const executeParts = (
  spec: CommandSpec,
  parts: ReadonlyArray<CommandPart>,
  executeMany: ExecuteMany
): Effect.Effect<RespValue, ClientError> =>
  Effect.flatMap(executeMany(parts.map(({ args }) => args)), (results) => {
    const replies: Array<RespValue> = []
    for (const result of results) {
      if (result._tag === "Left") return Effect.fail(result.left)
      replies.push(result.right)
    }
    return Effect.succeed(joinParts(spec.responsePolicy, parts, replies))
  })

/** A group whose slot is on the move is divided between two nodes, and only single keys can follow their ASK, each by itself. */
export const executeSingly = (
  spec: CommandSpec,
  args: CommandArguments,
  execute: Execute
): Effect.Effect<RespValue, ClientError> =>
  executeParts(spec, splitByKey(spec, args), (commands) =>
    Effect.forEach(commands, (command) => Effect.either(execute(command)), { concurrency: "unbounded" })
  )

export interface Broadcast {
  /** To every master or every node, by the request policy; one reply, by the response policy. */
  broadcast(
    spec: CommandSpec,
    args: CommandArguments,
    isRepeatable: boolean
  ): Effect.Effect<RespValue, ClientError>
}

export const makeBroadcast = (config: ClusterConfig, topology: TopologyRef): Broadcast => {
  const broadcast: Broadcast["broadcast"] = (spec, args, isRepeatable) =>
    Effect.gen(function* () {
      const name = String(args[0])
      const isSafe = isRepeatable || spec.readOnly
      const replies = new Map<Node, RespValue>()
      let unavailable: Schedule.ScheduleDriver<unknown, ClientError> | undefined
      for (;;) {
        const table = yield* topology.get
        const nodes = spec.requestPolicy === "all-nodes" ? table.nodes : table.masters
        // Who has executed a command may not do so twice; an answer that is only read is of one moment with the others.
        if (isSafe) replies.clear()
        const missing = nodes.filter((node) => !replies.has(node))
        const results = yield* Effect.forEach(missing, (node) => Effect.either(sendTo(node, args, name)), {
          concurrency: "unbounded"
        })
        let lost: ConnectionError | undefined
        for (const [index, result] of results.entries()) {
          if (result._tag === "Right") replies.set(missing[index], result.right)
          else if (mayRepeat(result.left, isSafe) && !topology.isClosed()) lost = result.left
          else return yield* result.left
        }
        if (lost === undefined) return yield* merge(spec, nodes, replies, name)
        yield* topology.refreshSoon
        unavailable ??= yield* Schedule.driver(Backoff.unavailable(config))
        yield* untilChange(withRetry(unavailable, lost, lost), topology)
      }
    })
  return { broadcast }
}

/** One reply of several, by the response policy. */
const merge = (
  spec: CommandSpec,
  nodes: ReadonlyArray<Node>,
  replies: ReadonlyMap<Node, RespValue>,
  name: string
): Effect.Effect<RespValue, RedisError> => {
  const all = nodes.map((node) => replies.get(node)!)
  const reply = mergeReplies(
    spec.responsePolicy ?? "all-succeeded",
    spec.responsePolicy === "special" ? all.map((each, index) => labelled(each, nodes[index])) : all
  )
  if (!Resp.isError(reply)) return Effect.succeed(reply)
  const source = nodes[all.indexOf(reply)] ?? nodes[0]
  return Effect.fail(RedisError.of(reply.value, source.address, name))
}

const sendTo = (
  node: Node,
  args: CommandArguments,
  name: string
): Effect.Effect<RespValue, ConnectionError> =>
  Effect.flatMap(send(node, args), (outcome) => {
    switch (outcome._tag) {
      case "ConnectionError":
        return Effect.fail(outcome)
      case "PipelineFailure":
        return Effect.fail(ConnectionError.of(node.address, name, outcome))
      default:
        return Effect.succeed(outcome as RespValue)
    }
  })

/** A text about one node (INFO, LATENCY DOCTOR) says which, before it stands among others. */
const labelled = (reply: RespValue, node: Node): RespValue =>
  reply._tag === "BulkString" || reply._tag === "VerbatimString"
    ? { ...reply, value: Buffer.concat([Buffer.from(`# Node ${node.address}\r\n`), reply.value]) }
    : reply

/**
 * Where a command goes whose policy is `special`: to a slot that it names
 * itself, to every node, or nowhere.
 */
export const specialRoute = (
  spec: CommandSpec,
  args: CommandArguments
): { readonly slot: number } | { readonly broadcast: CommandSpec } | RoutingError => {
  const command = String(args[0])
  switch (spec.name) {
    case "cluster|countkeysinslot":
    case "cluster|getkeysinslot": {
      const slot = Number(args[2])
      return Number.isInteger(slot) && slot >= 0 && slot < SLOT_COUNT ? { slot } : { slot: NO_KEY }
    }
    case "client|kill":
      return args.some((word) => String(word).toUpperCase() === "ID")
        ? new RoutingError({ command, reason: "a client id belongs to one node; name it with executeOn" })
        : {
            broadcast: {
              ...spec,
              requestPolicy: "all-nodes",
              responsePolicy: args.length > 3 ? "agg-sum" : "one-succeeded"
            }
          }
    case "scan":
      return new RoutingError({
        command,
        reason: "a cursor belongs to one node; use scan, which walks all masters, or executeOn"
      })
    default:
      return { broadcast: { ...spec, requestPolicy: "all-masters", responsePolicy: "all-succeeded" } }
  }
}

/** Why a command cannot be sent on a connection that others share, or without naming a node. */
export const refusal = (spec: CommandSpec, args: CommandArguments): RoutingError =>
  new RoutingError({
    command: String(args[0]),
    reason:
      spec.requestPolicy === "session"
        ? "it concerns the connection that it is sent on, which others share; use session, transaction or PubSub"
        : "it is meant for one node; name it with executeOn"
  })
