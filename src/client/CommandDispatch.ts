/**
 * The walk of a command, the same over a cluster and over one server: from its
 * name to its slot, from the slot to a node, onto that node's connection.
 *
 * What succeeds costs one `Effect.async` and nothing else of the Effect runtime;
 * what does not goes on in `Recovery`.
 */
import * as Effect from "effect/Effect"
import {
  type CommandSpec,
  commandSlot,
  CROSS_SLOT,
  isBlocking,
  isReadOnly,
  NO_KEY
} from "../protocol/CommandTable.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { errorOf, isReply, noOwner, type Outcome, send } from "./Attempt.ts"
import { type ClientError, CrossSlotError } from "./ClusterError.ts"
import { makeBatch } from "./CommandBatch.ts"
import type { Node } from "./NodeRegistry.ts"
import type { CommandOptions, RedisCommands } from "./RedisCommands.ts"
import type { Routing } from "./Routing.ts"

type Resume = (effect: Effect.Effect<RespValue, ClientError>) => void

export const make = (routing: Routing, options: CommandOptions = {}): RedisCommands => {
  const { isCluster, knowledge, pool, recovery, route, topology } = routing
  const isIdempotent = options.idempotent === true

  const recover = (
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number,
    node: Node | undefined,
    outcome: Outcome
  ): Effect.Effect<RespValue, ClientError> =>
    recovery.recover(
      { args, slot, isRepeatable: isIdempotent || (spec !== undefined && isReadOnly(spec)) },
      node,
      outcome
    )

  const begin = (args: CommandArguments, resume: Resume): void => {
    const spec = knowledge.lookup(args)
    if (spec === undefined && isCluster && !knowledge.isForeign(args)) {
      return resume(Effect.zipRight(knowledge.learn(args, execute), execute(args)))
    }
    const slot = slotOf(args, spec)
    if (slot === CROSS_SLOT) return resume(Effect.fail(new CrossSlotError({ command: nameOf(args) })))
    const node = route(slot)
    if (node === undefined) return resume(recover(args, spec, slot, node, noOwner))
    if (spec !== undefined && spec.blocking && isBlocking(spec, args))
      return resume(executeApart(args, spec, slot, node))
    const pipeline = node.connection.unsafePipeline()
    if (pipeline === undefined) {
      return resume(
        Effect.flatMap(send(node, args, false), (outcome) => finish(args, spec, slot, node, outcome))
      )
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

  const slotOf = (args: CommandArguments, spec: CommandSpec | undefined): number =>
    spec === undefined || !isCluster ? NO_KEY : commandSlot(spec, args)

  const finish = (
    args: CommandArguments,
    spec: CommandSpec | undefined,
    slot: number,
    node: Node,
    outcome: Outcome
  ): Effect.Effect<RespValue, ClientError> =>
    isReply(outcome) ? Effect.succeed(outcome) : recover(args, spec, slot, node, outcome)

  const execute = (args: CommandArguments): Effect.Effect<RespValue, ClientError> =>
    Effect.async((resume) => begin(args, resume))

  /** A blocking command has a connection to itself, or everybody behind it would wait with it. */
  const executeApart = (
    args: CommandArguments,
    spec: CommandSpec,
    slot: number,
    node: Node
  ): Effect.Effect<RespValue, ClientError> =>
    pool.get(node.address).pipe(
      Effect.flatMap((connection) => connection.executeBlocking(args)),
      Effect.scoped,
      Effect.merge,
      Effect.flatMap((outcome) => finish(args, spec, slot, node, outcome))
    )

  return {
    execute: (...args) => execute(args),
    executeMany: makeBatch({ ...routing, slotOf, execute, recover }),
    executeOn: (address, ...args) =>
      Effect.flatMap(topology.nodeAt(address), (node) =>
        Effect.flatMap(send(node, args, false), (outcome) => {
          const error = errorOf(outcome, node.address, args[0], NO_KEY)
          return error === undefined ? Effect.succeed(outcome as RespValue) : Effect.fail(error)
        })
      ),
    withOptions: (other) => make(routing, { ...options, ...other }),
    connectTo: (address) => pool.get(address),
    topology: Effect.map(topology.get, (table) => table.topology),
    refreshTopology: topology.refresh
  }
}

const nameOf = (args: CommandArguments): string => String(args[0])
