/** What servers say of keys that have changed, in the form in which a client hears of it. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import { Subscriptions } from "../pubsub/Subscriptions.ts"

const CHANNEL = "__redis__:invalidate"
/** As a push, all that stands before the keys. */
const HEADER_BYTES = ">2\r\n$10\r\ninvalidate\r\n".length
const MESSAGE = Buffer.from(`*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n`)
const UNDERSCORE = 0x5f
const NULL_ARRAY = Buffer.from("*-1\r\n")

/** All keys: the database was flushed. */
export const isAll = (chunk: Buffer, start: number, end: number): boolean =>
  end - start > HEADER_BYTES && chunk[start + HEADER_BYTES] === UNDERSCORE

/** RESP3 as it is; RESP2 as a message on the channel made for it, if the client has subscribed to that. */
export const deliverInvalidation = (client: ProxyClient, chunk: Buffer, start: number, end: number): void => {
  if (client.profile.protocol === 3) return client.push(chunk, start, end)
  const { subscription } = client.sessions
  if (!(subscription instanceof Subscriptions) || !subscription.wished.channel.has(CHANNEL)) return
  const keys = isAll(chunk, start, end) ? NULL_ARRAY : chunk.subarray(start + HEADER_BYTES, end)
  const message = Buffer.concat([MESSAGE, keys])
  client.push(message, 0, message.length)
}
