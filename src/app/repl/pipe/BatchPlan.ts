/**
 * Which commands may be sent together so that each still finds what those
 * before it have done: the ones of one slot go to one node in their order, one
 * of several slots as a part for each of them, and one that concerns several
 * nodes, or that may block, goes by itself. Pure.
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

/** Whether the command can stand in a batch with others. */
export const isBatchable = (args: CommandArguments, { isCluster, learned }: BatchPlanOptions): boolean => {
  const spec = lookupCommand(args, learned)
  if (spec === undefined) return !isCluster
  if (isBlocking(spec, args)) return false
  return !isCluster || isRoutable(spec, args)
}

const isRoutable = (spec: CommandSpec, args: CommandArguments): boolean => {
  switch (spec.requestPolicy) {
    case undefined:
    case "any-node":
      return isOfOneSlot(commandSlot(spec, args), spec)
    case "multi-shard":
      return commandSlot(spec, args) !== NO_KEY
    default:
      return false
  }
}

/** Without a key they may go to any master, and find nothing there that another command has done. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(["echo", "time"])

const isOfOneSlot = (slot: number, { name }: CommandSpec): boolean =>
  slot >= 0 || (slot === NO_KEY && WITHOUT_EFFECT.has(name))

/** The commands in their order, in parts to be sent one after the other. */
export const batchesOf = <A>(
  commands: ReadonlyArray<A>,
  canStandWithOthers: (command: A) => boolean
): ReadonlyArray<ReadonlyArray<A>> => {
  const batches: Array<Array<A>> = []
  let open: Array<A> | undefined
  for (const command of commands) {
    if (canStandWithOthers(command)) {
      if (open === undefined) batches.push((open = []))
      open.push(command)
    } else {
      batches.push([command])
      open = undefined
    }
  }
  return batches
}
