/**
 * Which commands may be sent together so that each still finds what those
 * before it have done: the ones of one slot go to one node in their order, one
 * of several slots as a part for each of them, those without a key (PUBLISH,
 * EVAL) to one master in their order, and one that concerns several nodes, or
 * that may block, goes by itself. Pure.
 */
import {
  commandSlot,
  type CommandSpec,
  isBlocking,
  type LearnedCommands,
  lookupCommand,
  NO_KEY
} from "../../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"

export interface BatchPlanOptions {
  readonly isCluster: boolean
  /** Commands that the table lacks. */
  readonly learned: LearnedCommands
}

/** What a command can stand in a batch with: others that have keys, or, in a cluster, others that have none. */
export type BatchKind = "keys" | "no keys"

/** `undefined`: with nothing. */
export const batchKind = (
  args: CommandArguments,
  { isCluster, learned }: BatchPlanOptions
): BatchKind | undefined => {
  const spec = lookupCommand(args, learned)
  if (spec === undefined) return isCluster ? undefined : "keys"
  if (isBlocking(spec, args)) return undefined
  return isCluster ? clusterKind(spec, args) : "keys"
}

const clusterKind = (spec: CommandSpec, args: CommandArguments): BatchKind | undefined => {
  const slot = commandSlot(spec, args)
  switch (spec.requestPolicy) {
    case undefined:
    case "any-node":
      if (slot === NO_KEY) return WITHOUT_EFFECT.has(spec.name) ? "keys" : "no keys"
      return slot >= 0 ? "keys" : undefined
    case "multi-shard":
      return slot === NO_KEY ? undefined : "keys"
    default:
      return undefined
  }
}

/** Without a key they may go to any master, and find nothing there that another command has done. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["echo", "time"])

/** The commands in their order, in parts to be sent one after the other. */
export const batchesOf = <A>(
  commands: ReadonlyArray<A>,
  kindOf: (command: A) => BatchKind | undefined
): ReadonlyArray<ReadonlyArray<A>> => {
  const batches: Array<Array<A>> = []
  let open: BatchKind | undefined
  for (const command of commands) {
    const kind = kindOf(command)
    if (kind !== undefined && kind === open) batches[batches.length - 1].push(command)
    else batches.push([command])
    open = kind
  }
  return batches
}
