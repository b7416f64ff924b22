/** Commands on keys of several slots (MGET, MSET, DEL, UNLINK, EXISTS, TOUCH): a part for each, and one reply of theirs. A part that fails is an error, never a nil. */
import { type CommandPart, joinParts, splitByKey, splitBySlot } from "../../../../protocol/CommandSplit.ts"
import { decodeAll } from "../../../../protocol/RespDecoder.ts"
import { RespEncoder } from "../../../../protocol/RespEncoder.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { ReplyTurn } from "../client/ReplyQueue.ts"
import type { Command } from "../request/Command.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import { encode } from "./Replies.ts"

/** Sends a part to each slot; a part whose slot is on the move goes on as one for each key. */
export const split = (client: ProxyClient, command: Command): void => {
  const entry = command.entry!
  const turn = client.turnFor(entry, -1, command.bytes, command.start, command.end)
  sendParts(client, entry, splitBySlot(entry.spec, command.args), (reply) =>
    turn.answer(encode(reply, client.profile.protocol))
  )
}

/** Has a command on several keys of one slot go on by keys, should the slot be on the move. */
export const divideByKey = (client: ProxyClient, command: Command, turn: ReplyTurn): void => {
  const entry = command.entry!
  turn.onDivided = () =>
    sendParts(client, entry, splitByKey(entry.spec, command.args), (reply) =>
      turn.answer(encode(reply, client.profile.protocol))
    )
}

const sendParts = (
  client: ProxyClient,
  entry: CommandEntry,
  parts: ReadonlyArray<CommandPart>,
  whenJoined: (reply: RespValue) => void
): void => {
  const { recovery } = client.context
  const replies = new Array<RespValue>(parts.length)
  let missing = parts.length
  const settle = (index: number, reply: RespValue): void => {
    replies[index] = reply
    if (--missing === 0) whenJoined(joinParts(entry.spec.responsePolicy, parts, replies))
  }
  parts.forEach((part, index) => {
    const request = new SplitPart(client.set, recovery, entry, part.slot, encoded(part), (reply) =>
      settle(index, decodeAll(reply).values[0])
    )
    if (part.keys.length > 1) {
      request.onDivided = () =>
        sendParts(client, entry, splitByKey(entry.spec, part.args), (reply) => settle(index, reply))
    }
    const link = client.set.ofSlot(part.slot)
    if (link === undefined) recovery.onUnserved(request)
    else request.sendTo(link)
  })
}

class SplitPart extends PartRequest {
  onDivided: (() => void) | undefined

  override divide(): boolean {
    this.onDivided?.()
    return this.onDivided !== undefined
  }
}

const encoded = ({ args }: CommandPart): Buffer => {
  const encoder = new RespEncoder()
  encoder.command(args)
  return encoder.take()!
}
