/**
 * The walk of a command, the same over a cluster and over one server: from its
 * name to its slot, from the slot to a node, onto that node's connection.
 *
 * What succeeds costs one `Effect.async` and nothing else of the Effect runtime;
 * what does not goes on in `Recovery`.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import {
  type CommandSpec,
  commandSlot,
  CROSS_SLOT,
  isBlocking,
  isReadOnly,
  keyIndexes,
  NO_KEY
} from "../protocol/CommandTable.ts"
import { splitBySlot } from "../protocol/CommandSplit.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { errorOf, isReply, noOwner, type Outcome, send, type Sender } from "./Attempt.ts"
import { type ClientError, CrossSlotError } from "./ClusterError.ts"
import { makeBatch } from "./CommandBatch.ts"
import { executeParts, executeSingly, refusal, specialRoute } from "./FanOut.ts"
import type { Node } from "./NodeRegistry.ts"
import type { CommandOptions, RedisCommands, SettleCommand } from "./RedisCommands.ts"
import type { Routing } from "./Routing.ts"
import { handleMoved } from "./Recovery.ts"
import { RoutingError } from "./RoutingError.ts"

type Resume = (effect: Effect.Effect<RespValue, ClientError>) => void

export const make = (routing: Routing, options: CommandOptions = {}): RedisCommands => {
  const { broadcast, fork, isCluster, knowledge, pool, recovery, router, topology } = routing
  const isIdempotent = options.idempotent === true

  const recover = (
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number,
    node: Node | undefined,
    outcome: Outcome,
    sender?: Sender
  ): Effect.Effect<RespValue, ClientError> =>
    recovery.recover(
      {
        args,
        slot,
        send: sender,
        isRead: spec !== undefined && isReadOnly(spec),
        isRepeatable: isIdempotent || (spec !== undefined && isReadOnly(spec)),
        whenDivided:
          spec?.requestPolicy === "multi-shard" && keyIndexes(spec, args).length > 1
            ? executeSingly(spec, args, execute)
            : undefined
      },
      node,
      outcome
    )

  const begin = (args: CommandArguments, resume: Resume): void => {
    const spec = knowledge.lookup(args)
    const slot = slotOf(args, spec)
    if (!isDirect(args, spec, slot)) return resume(executeOtherwise(args, spec, slot))
    const node = router.route(slot, spec !== undefined && spec.readOnly)
    if (node === undefined) return resume(recover(args, spec, slot, node, noOwner))
    const pipeline = node.connection.unsafePipeline()
    if (pipeline === undefined) {
      return resume(executeBy(send, args, spec, slot))
    }
    pipeline.submit(args, (outcome) => {
      const tag = outcome._tag
      resume(
        tag === "PipelineFailure" || tag === "SimpleError" || tag === "BulkError"
          ? recover(args, spec, slot, node, outcome)
          : Effect.succeed(outcome)
      )
    })
  }

  /** One node's shared connection will do, and it is known which. */
  const isDirect = (args: CommandArguments, spec: CommandSpec | undefined, slot: number): boolean => {
    if (spec === undefined) return !isCluster || knowledge.isForeign(args)
    if (slot === CROSS_SLOT || (spec.blocking && isBlocking(spec, args))) return false
    switch (spec.requestPolicy) {
      case undefined:
      case "any-node":
      case "multi-shard":
        return true
      case "session":
        return false
      default:
        return !isCluster
    }
  }

  const executeOtherwise = (
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number
  ): Effect.Effect<RespValue, ClientError> => {
    if (spec === undefined) return Effect.zipRight(knowledge.learn(args, execute), execute(args))
    if (spec.requestPolicy === "session") return Effect.fail(refusal(spec, args))
    if (slot === CROSS_SLOT) {
      return spec.requestPolicy === "multi-shard"
        ? executeParts(spec, splitBySlot(spec, args), executeMany)
        : Effect.fail(new CrossSlotError({ command: nameOf(args) }))
    }
    if (spec.blocking && isBlocking(spec, args)) return executeBy(sendApart, args, spec, slot)
    if (spec.requestPolicy === "refuse") return Effect.fail(refusal(spec, args))
    if (spec.requestPolicy !== "special") return broadcast.broadcast(spec, args, isIdempotent)
    const special = specialRoute(spec, args)
    if (special instanceof RoutingError) return Effect.fail(special)
    return "slot" in special
      ? executeBy(send, args, spec, special.slot)
      : broadcast.broadcast(special.broadcast, args, isIdempotent)
  }

  const slotOf = (args: CommandArguments, spec: CommandSpec | undefined): number =>
    spec === undefined || !isCluster ? NO_KEY : commandSlot(spec, args)

  const execute = (args: CommandArguments): Effect.Effect<RespValue, ClientError> =>
    Effect.async((resume) => begin(args, resume))

  const executeMany = makeBatch({ ...routing, slotOf, isDirect, execute, recover })

  const submit = (args: CommandArguments, settle: SettleCommand, index: number): void =>
    begin(args, (rest) => {
      if (isReplied(rest)) return settle(rest.value, index)
      fork(
        Effect.match(rest, {
          onFailure: (error) => settle(error, index),
          onSuccess: (reply) => settle(reply, index)
        })
      )
    })

  const executeBy = (
    sender: Sender,
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number
  ): Effect.Effect<RespValue, ClientError> =>
    Effect.suspend(() => {
      const node = router.route(slot, spec !== undefined && spec.readOnly)
      if (node === undefined) return recover(args, spec, slot, node, noOwner, sender)
      return Effect.flatMap(sender(node, args), (outcome) =>
        isReply(outcome) ? Effect.succeed(outcome) : recover(args, spec, slot, node, outcome, sender)
      )
    })

  /**
   * A blocking command has a connection to itself, or everybody behind it would
   * wait with it. Whether its node still answers is seen on the shared
   * connection, so that one is there as well.
   */
  const sendApart: Sender = (node, args, isAsking = false) =>
    Effect.zipRight(node.connection.get, pool.get(node.address)).pipe(
      Effect.tap((connection) => (isAsking ? connection.execute("ASKING") : Effect.void)),
      Effect.flatMap((connection) => connection.executeBlocking(args)),
      Effect.scoped,
      Effect.merge
    )

  const executeOn = (address: string, args: CommandArguments): Effect.Effect<RespValue, ClientError> => {
    const spec = knowledge.lookup(args)
    if (spec?.requestPolicy === "session") return Effect.fail(refusal(spec, args))
    const isApart = spec !== undefined && isBlocking(spec, args)
    return Effect.flatMap(topology.nodeAt(address), (node) =>
      Effect.flatMap((isApart ? sendApart : send)(node, args), (outcome) => {
        const error = errorOf(outcome, node.address, nameOf(args), NO_KEY)
        return error === undefined ? Effect.succeed(outcome as RespValue) : Effect.fail(error)
      })
    )
  }

  return {
    execute: (...args) => execute(args),
    unsafeSubmit: submit,
    executeMany,
    executeOn: (address, ...args) => executeOn(address, args),
    executeOnEach: (which, ...args) =>
      Effect.flatMap(topology.get, ({ topology: { nodes } }) =>
        Effect.forEach(
          nodes.filter(({ role }) => which === "nodes" || which === `${role}s`),
          ({ address }) =>
            Effect.map(Effect.either(executeOn(address, args)), (reply) => ({ node: address, reply })),
          { concurrency: "unbounded" }
        )
      ),
    withOptions: (other) => make(routing, { ...options, ...other }),
    connectTo: (address) => pool.get(address),
    retryPolicy: routing.retryPolicy,
    topology: Effect.map(topology.get, (table) => table.topology),
    topologyChanges: topology.changes,
    refreshTopology: topology.refresh,
    refreshSoon: topology.refreshSoon,
    followMoved: (redirection) => Effect.map(handleMoved(topology, redirection), ({ address }) => address)
  }
}

const nameOf = (args: CommandArguments): string => String(args[0])

/** There is nothing left to do: the first attempt has its reply. */
const isReplied = (
  rest: Effect.Effect<RespValue, ClientError>
): rest is Exit.Success<RespValue, ClientError> => Exit.isExit(rest) && Exit.isSuccess(rest)
