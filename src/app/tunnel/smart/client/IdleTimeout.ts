/** A client that says nothing is closed after a while, unless it waits for something. */
import { Socket } from "node:net"
import type { Duplex } from "node:stream"
import type { ProxyClient } from "./ProxyClient.ts"

/** `milliseconds` is 0 for never. A stream that is no socket has no such timeout. */
export const closeWhenIdle = (client: ProxyClient, stream: Duplex, milliseconds: number): void => {
  if (milliseconds === 0 || !(stream instanceof Socket)) return
  stream.setTimeout(milliseconds, () => {
    const { isBlocked, subscriptions } = client.profile
    if (!isBlocked && subscriptions === 0 && client.sessions.monitor === undefined) client.close("idle")
  })
}
