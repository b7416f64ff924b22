/**
 * One server that runs a script says BUSY to everybody. Behind the proxy only
 * the script's own node does: a transaction at another node has to ask it.
 */
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"
import { PartRequest } from "../upstream/PartRequest.ts"

const PING = Replies.command("PING")
const BUSY = "-BUSY"

/** Calls back with the node's words if a script has been running somewhere for too long; at once when none runs. */
export const askWhetherBusy = (client: ProxyClient, answered: (busy: Buffer | undefined) => void): void => {
  const { recovery, sets } = client.context
  const address = sets.busyWithScript(client.set.flavor)
  if (address === undefined) return answered(undefined)
  const unheard = { ...recovery, onErrorReply: () => false, onLost: () => answered(undefined) }
  const probe = new PartRequest(client.set, unheard, undefined, -1, PING, (reply) => {
    if (client.isClosed) return
    const isBusy = reply.toString("latin1", 0, BUSY.length) === BUSY
    // The bytes are those of a chunk that goes on to be used.
    answered(isBusy ? Buffer.from(reply) : undefined)
  })
  client.set.ofAddress(address).submit(probe)
}
