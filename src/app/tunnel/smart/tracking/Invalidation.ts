/** What servers say of keys that have changed, in the form in which a client hears of it. */
import type { ProxyClient } from "../client/ProxyClient.ts"
import * as Replies from "../dispatch/Replies.ts"

const CHANNEL = "__redis__:invalidate"
/** As a push, all that stands before the keys. */
const HEADER = Buffer.from(">2\r\n$10\r\ninvalidate\r\n")
const HEADER_BYTES = HEADER.length
const MESSAGE = Buffer.from(`*3\r\n$7\r\nmessage\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n`)
const ASTERISK = 0x2a

/** Of keys, one of them or all; not that the connection that is told is gone. */
export const isInvalidation = (chunk: Buffer, start: number): boolean =>
  chunk.subarray(start, start + HEADER_BYTES).equals(HEADER)

/** All keys: the database was flushed. The null is one of the protocol of who reads, whoever is told. */
export const isAll = (chunk: Buffer, start: number): boolean => chunk[start + HEADER_BYTES] !== ASTERISK

/** RESP3 as it is; RESP2, if the client is told of another's keys and has subscribed to anything, as a message on the channel made for it. */
export const deliverInvalidation = (
  client: ProxyClient,
  chunk: Buffer,
  start: number,
  end: number,
  isRedirected: boolean
): void => {
  const { profile } = client
  if (profile.protocol === 3) return client.push(chunk, start, end)
  if (!isRedirected || profile.subscriptions === 0) return
  const keys = isAll(chunk, start) ? Replies.NULL_BULK : chunk.subarray(start + HEADER_BYTES, end)
  const message = Buffer.concat([MESSAGE, keys])
  client.push(message, 0, message.length)
}
