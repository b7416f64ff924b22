/**
 * Commands on many keys (MGET, MSET, DEL, UNLINK, EXISTS, TOUCH), taken apart
 * into commands on the keys of one slot each, or on one key each.
 *
 * What it takes apart is no longer atomic. The table's request policy says which
 * commands bear that; MSETNX does not.
 */
import { calculateSlot } from "./HashSlot.ts"
import { type KeyLayout, keyIndexes } from "./KeySpec.ts"
import type { CommandArguments, RespValue } from "./Resp.ts"
import * as Resp from "./Resp.ts"
import { mergeReplies } from "./ReplyMerge.ts"
import type { ResponsePolicy } from "./RoutingPolicy.ts"

/** Part of a command: its arguments, and which of the whole command's keys it has. */
export interface CommandPart {
  readonly slot: number
  readonly args: CommandArguments
  /** 0 for the whole command's first key. */
  readonly keys: ReadonlyArray<number>
}

/** A part per slot, in the order in which the slots first appear. */
export const splitBySlot = (layout: KeyLayout, args: CommandArguments): ReadonlyArray<CommandPart> => {
  const parts = new Map<number, MutablePart>()
  eachKey(layout, args, (words, key) => {
    const slot = calculateSlot(words[0])
    const part = parts.get(slot)
    if (part === undefined) {
      parts.set(slot, { slot, args: [args[0], ...words], keys: [key] })
    } else {
      part.args.push(...words)
      part.keys.push(key)
    }
  })
  return Array.from(parts.values())
}

/** A part per key. */
export const splitByKey = (layout: KeyLayout, args: CommandArguments): ReadonlyArray<CommandPart> => {
  const parts: Array<CommandPart> = []
  eachKey(layout, args, (words, key) =>
    parts.push({ slot: calculateSlot(words[0]), args: [args[0], ...words], keys: [key] })
  )
  return parts
}

/**
 * The reply of the whole from the replies of its parts. Without a policy each
 * part replies with an array, an element per key, which go where their keys
 * stood. The first error is the reply.
 */
export const joinParts = (
  policy: ResponsePolicy | undefined,
  parts: ReadonlyArray<CommandPart>,
  replies: ReadonlyArray<RespValue>
): RespValue => {
  if (policy !== undefined) return mergeReplies(policy, replies)
  const values: Array<RespValue> = []
  for (let index = 0; index < parts.length; index++) {
    const reply = replies[index]
    if (Resp.isError(reply)) return reply
    const elements = Resp.elements(reply) ?? []
    parts[index].keys.forEach((key, position) => {
      values[key] = elements[position] ?? Resp.nullValue
    })
  }
  return Resp.array(values)
}

interface MutablePart {
  readonly slot: number
  readonly args: Array<CommandArguments[number]>
  readonly keys: Array<number>
}

/** Calls back with each key and what belongs to it (MSET: its value), and its number. */
const eachKey = (
  layout: KeyLayout,
  args: CommandArguments,
  visit: (words: CommandArguments, key: number) => void
): void => {
  const step = layout.keySpecs[0]?.step ?? 1
  keyIndexes(layout, args).forEach((index, key) => visit(args.slice(index, index + step), key))
}
