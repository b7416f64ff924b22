/** A command that goes to one node as it is, and its reply back as it is. */
import type { ReplyTurn } from "../client/ReplyQueue.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Command } from "../request/Command.ts"

/** To the owner of the slot; a negative slot: to any master, the same one as long as it is there. */
export const forward = (client: ProxyClient, command: Command, slot: number): ReplyTurn => {
  const turn = client.turnFor(command.entry, slot, command.bytes, command.start, command.end)
  send(client, turn)
  return turn
}

export const send = (client: ProxyClient, turn: ReplyTurn): void => {
  const { recovery, sets } = client.context
  const [first] = slotless(turn.slot) ? sets.masters() : []
  const link = first === undefined ? turn.set.ofSlot(turn.slot) : turn.set.ofAddress(first)
  if (link === undefined) recovery.onUnserved(turn)
  else turn.sendTo(link)
}

const slotless = (slot: number): boolean => slot < 0
