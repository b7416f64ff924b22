/** Commands that wait: for an element, for a message of a stream, for replicas. */
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { commandSlot, CROSS_SLOT as CROSSED } from "../../../../protocol/CommandTable.ts"
import type { ProxyClient } from "../client/ProxyClient.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { decoded } from "../dispatch/FanOut.ts"
import * as Replies from "../dispatch/Replies.ts"
import type { Command } from "../request/Command.ts"
import type { OpenedLink } from "../upstream/LinkOpener.ts"
import { PartRequest } from "../upstream/PartRequest.ts"
import type { RequestRecovery } from "../upstream/RoutedRequest.ts"
import { Unheard } from "../upstream/RoutedRequest.ts"
import { BlockingTurn } from "./BlockingTurn.ts"

export const block: Handler = (client, command) => blockWith(client, command, client.context.recovery)

/** To the owner of its keys, on a connection of its own; what the client says meanwhile waits. */
export const blockWith = (client: ProxyClient, command: Command, recovery: RequestRecovery): void => {
  const slot = commandSlot(command.entry!.spec, command.args)
  if (slot === CROSSED) return client.reply(Replies.CROSS_SLOT, command.entry)
  client.afterDrained(() => {
    const turn = client.enqueue(new BlockingTurn(client, recovery, command, slot, () => unblocked(client)))
    blocked(client, 1, () => turn.abandon())
    blockedTurns.set(client, turn)
    const { sets } = client.context
    const address = slot < 0 ? sets.masters()[0] : sets.addressOf(slot)
    if (address === undefined) client.context.recovery.onUnserved(turn)
    else turn.goTo(address, false)
  })
}

const blockedTurns = new WeakMap<ProxyClient, BlockingTurn>()

/** Where a client's command waits, for CLIENT UNBLOCK. */
export const blockedAt = (client: ProxyClient): OpenedLink | undefined =>
  client.profile.isBlocked ? blockedTurns.get(client)?.link : undefined

const blocked = (client: ProxyClient, connections: number, abandon: () => void): void => {
  client.profile.isBlocked = true
  client.profile.blockedConnections = connections
  client.abandonBlocked = abandon
}

const unblocked = (client: ProxyClient): void => {
  client.profile.isBlocked = false
  client.profile.blockedConnections = 0
  client.abandonBlocked = undefined
  if (!client.isClosed) client.release()
}

const PING = Replies.command("PING")

/**
 * WAIT waits for the writes of its own connection, and a client has none of its
 * own: so it is asked at every master on a connection that has just said PING,
 * which the server takes for its last write; that covers all that came before.
 */
export const wait: Handler = (client, command) =>
  client.afterDrained(() => {
    const { context, set } = client
    const addresses = context.sets.masters()
    const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
    const links: Array<OpenedLink> = []
    const replies: Array<Buffer> = []
    blocked(client, addresses.length, () => links.forEach((link) => context.sets.discard(link)))
    const settle = (reply: Buffer): void => {
      if (replies.push(reply) < addresses.length) return
      turn.answer(leastOf(replies))
      unblocked(client)
    }
    const onePart: RequestRecovery = {
      ...context.recovery,
      onErrorReply: () => false,
      onLost: (_, { detail }) =>
        settle(Replies.error(`ERR a node was lost while it was waited for: ${detail}`))
    }
    for (const address of addresses) {
      context.sets.acquire(address, set.flavor, (link) => {
        if (link instanceof PipelineFailure) return settle(Replies.error(`ERR no connection to ${address}`))
        if (client.isClosed) return context.sets.giveBack(link)
        links.push(link)
        link.pipeline.submit(new Unheard(PING))
        link.pipeline.submit(
          waitRequest(client, command, onePart, (reply) => {
            context.sets.giveBack(link)
            settle(reply)
          })
        )
      })
    }
  })

const waitRequest = (
  client: ProxyClient,
  command: Command,
  recovery: RequestRecovery,
  onReply: (reply: Buffer) => void
): PartRequest => {
  const bytes = command.bytes.subarray(command.start, command.end)
  const request = new PartRequest(client.set, recovery, command.entry, -1, bytes, onReply)
  request.isPatient = true
  return request
}

/** As many replicas as every master has; the first error, if there is one. */
const leastOf = (replies: ReadonlyArray<Buffer>): Buffer => {
  const values = replies.map(decoded)
  const failed = values.findIndex((value) => value._tag !== "Integer")
  if (failed >= 0) return replies[failed]
  return Replies.integer(Math.min(...values.map(({ value }) => Number(value))))
}
