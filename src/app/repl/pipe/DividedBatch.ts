/**
 * A batch of commands in which those of several slots (MSET, DEL, ...) are sent
 * as a part for each slot. The parts of a slot keep their order among all
 * others, and no command has to wait for the one before it. Pure.
 */
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import { type CommandPart, joinParts, splitBySlot } from "../../../protocol/CommandSplit.ts"
import { commandSlot, type CommandSpec, CROSS_SLOT, lookupCommand } from "../../../protocol/CommandTable.ts"
import type { CommandArguments, RespValue } from "../../../protocol/Resp.ts"
import type { SessionReply } from "../session/CommandSession.ts"
import { answer } from "../session/SessionAnswer.ts"

export type Result = Either.Either<SessionReply, ClientError>

interface Division {
  readonly spec: CommandSpec
  readonly parts: ReadonlyArray<CommandPart>
}

export class DividedBatch {
  /** What is to be sent. */
  readonly parts: ReadonlyArray<CommandArguments>
  private readonly count: number
  /** By the index of the command. */
  private readonly divisions = new Map<number, Division>()

  constructor(commands: ReadonlyArray<CommandArguments>) {
    const sent: Array<CommandArguments> = []
    commands.forEach((args, index) => {
      const spec = lookupCommand(args)
      if (spec?.requestPolicy !== "multi-shard" || commandSlot(spec, args) !== CROSS_SLOT) {
        sent.push(args)
        return
      }
      const parts = splitBySlot(spec, args)
      this.divisions.set(index, { spec, parts })
      for (const part of parts) sent.push(part.args)
    })
    this.parts = sent
    this.count = commands.length
  }

  /** A result for each command from those of the parts. One part that failed is the failure of its command. */
  join(results: ReadonlyArray<Result>): ReadonlyArray<Result> {
    if (this.divisions.size === 0) return results
    const joined = new Array<Result>(this.count)
    let next = 0
    for (let index = 0; index < this.count; index++) {
      const division = this.divisions.get(index)
      joined[index] =
        division === undefined
          ? results[next++]
          : joinDivision(division, results.slice(next, (next += division.parts.length)))
    }
    return joined
  }
}

const joinDivision = ({ parts, spec }: Division, results: ReadonlyArray<Result>): Result => {
  const replies: Array<RespValue> = []
  for (const result of results) {
    if (Either.isLeft(result) || result.right._tag !== "Answer") return result
    replies.push(result.right.reply)
  }
  return Either.right(answer(joinParts(spec.responsePolicy, parts, replies)))
}
