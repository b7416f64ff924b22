/** What a subscribed connection receives, as far as it has to be looked at; and the confirmations that the proxy writes itself. */

export interface PubSubMessage {
  /** `message`, `pmessage`, `smessage`, `subscribe`, ... */
  readonly type: string
  /** The channel; of a `pmessage`, the pattern. As bytes in latin1. */
  readonly name: string
  /** Of a `pmessage`: the channel. */
  readonly channel: string
}

const CR = 13
const DOLLAR = 36
const ZERO = 48
const CRLF_BYTES = 2

/** Reads the first elements of `*3 $7 message $5 first $2 hi`, or of the same as a push; `undefined` for anything else. */
export const readMessage = (chunk: Buffer, start: number): PubSubMessage | undefined => {
  let index = chunk.indexOf(CR, start) + CRLF_BYTES
  const words: Array<string> = []
  while (words.length < 3 && chunk[index] === DOLLAR) {
    let length = 0
    for (index++; chunk[index] !== CR; index++) {
      const digit = chunk[index] - ZERO
      // `$-1`: nothing was left to unsubscribe from.
      if (digit < 0 || digit > 9)
        return words.length === 0 ? undefined : { type: words[0], name: "", channel: "" }
      length = length * 10 + digit
    }
    index += CRLF_BYTES
    words.push(chunk.toString("latin1", index, index + length))
    index += length + CRLF_BYTES
  }
  return words.length < 2 ? undefined : { type: words[0], name: words[1], channel: words[2] ?? "" }
}

/** `name` in latin1; without one: nothing was left to unsubscribe from. */
export const confirmation = (
  type: string,
  name: string | undefined,
  count: number,
  protocol: 2 | 3
): Buffer => {
  const nil = protocol === 3 ? "_\r\n" : "$-1\r\n"
  const shown = name === undefined ? nil : `$${name.length}\r\n${name}\r\n`
  const head = `${protocol === 3 ? ">" : "*"}3\r\n$${type.length}\r\n${type}\r\n`
  return Buffer.from(`${head}${shown}:${count}\r\n`, "latin1")
}
