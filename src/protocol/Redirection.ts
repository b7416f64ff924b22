/**
 * What the text of an error reply means to a cluster client: where it points,
 * and what kind of answer it asks for.
 *
 * Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#redirection-and-resharding
 */
import { SLOT_COUNT } from "./HashSlot.ts"

/** Where a MOVED or ASK reply sends the command. */
export interface RedirectionInfo {
  readonly kind: "MOVED" | "ASK"
  /** 0 to 16383. */
  readonly slot: number
  /** An address or host name without brackets; empty means the host of the node that answered. */
  readonly host: string
  /** 1 to 65535. */
  readonly port: number
}

export type ErrorClass =
  "Moved" | "Ask" | "TryAgain" | "ClusterDown" | "Loading" | "MasterDown" | "ReadOnly" | "CrossSlot" | "Other"

const SPACE = 0x20
const COLON = 0x3a
const DIGIT_ZERO = 0x30
const DELETE = 0x7f
const HIGHEST_PORT = 65535

/**
 * Reads `MOVED 3999 127.0.0.1:6381` and `ASK 3999 127.0.0.1:6381`, the text
 * of an error reply without its type byte and line end; `undefined` for
 * anything else, a malformed redirection included.
 *
 * The port follows the last colon, since Redis writes IPv6 without brackets
 * (`::1:7000`); brackets are taken off. Surplus spaces are passed over anywhere
 * between the words. Only the space parts words: a tab, like any other control
 * character, makes the text malformed. The kinds are upper case, as servers send
 * them.
 *
 * @example parseRedirectionError("MOVED 3999 ::1:6381") // { kind: "MOVED", slot: 3999, host: "::1", port: 6381 }
 */
export const parseRedirectionError = (message: string): RedirectionInfo | undefined => {
  const start = skipSpaces(message, 0)
  const kind = message.startsWith("MOVED ", start)
    ? "MOVED"
    : message.startsWith("ASK ", start)
      ? "ASK"
      : undefined
  if (kind === undefined) return undefined

  let index = skipSpaces(message, start + kind.length)
  let slot = 0
  for (; index < message.length && message.charCodeAt(index) !== SPACE; index++) {
    const digit = message.charCodeAt(index) - DIGIT_ZERO
    if (digit < 0 || digit > 9) return undefined
    slot = slot * 10 + digit
    if (slot >= SLOT_COUNT) return undefined
  }

  index = skipSpaces(message, index)
  const hostStart = index
  // What follows the colon read last: -1 as long as it is not a port.
  let port = -1
  let hostEnd = -1
  for (; index < message.length; index++) {
    const unit = message.charCodeAt(index)
    if (unit === SPACE) break
    if (unit < SPACE || unit === DELETE) return undefined
    if (unit === COLON) {
      hostEnd = index
      port = 0
    } else if (port >= 0) {
      const digit = unit - DIGIT_ZERO
      port = digit >= 0 && digit <= 9 ? port * 10 + digit : -1
      if (port > HIGHEST_PORT) port = -1
    }
  }
  if (port < 1 || skipSpaces(message, index) < message.length) return undefined
  return { kind, slot, host: withoutBrackets(message, hostStart, hostEnd), port }
}

const skipSpaces = (message: string, start: number): number => {
  let index = start
  while (index < message.length && message.charCodeAt(index) === SPACE) index++
  return index
}

const withoutBrackets = (message: string, start: number, end: number): string =>
  end - start > 2 && message[start] === "[" && message[end - 1] === "]"
    ? message.slice(start + 1, end - 1)
    : message.slice(start, end)

/**
 * The first word of an error reply, which names its kind; empty if it has none.
 *
 * @example errorKind("OOM command not allowed when used memory > 'maxmemory'.") // "OOM"
 */
export const errorKind = (message: string): string => {
  const start = skipSpaces(message, 0)
  let end = start
  while (end < message.length && message.charCodeAt(end) > SPACE) end++
  return message.slice(start, end)
}

/**
 * What an error reply asks of a cluster client, by its first word: a MOVED that
 * `parseRedirectionError` cannot read is still "Moved". A blocking command that
 * ends because its node becomes a replica is "ReadOnly" too. "Other" is an
 * ordinary error, for the caller.
 */
export const classifyError = (message: string): ErrorClass => {
  switch (errorKind(message)) {
    case "MOVED":
      return "Moved"
    case "ASK":
      return "Ask"
    case "TRYAGAIN":
      return "TryAgain"
    case "CLUSTERDOWN":
      return "ClusterDown"
    case "LOADING":
      return "Loading"
    case "MASTERDOWN":
      return "MasterDown"
    case "READONLY":
      return "ReadOnly"
    case "UNBLOCKED":
      // Otherwise somebody has ended the command with CLIENT UNBLOCK.
      return message.includes("instance state changed") ? "ReadOnly" : "Other"
    case "CROSSSLOT":
      return "CrossSlot"
    default:
      return "Other"
  }
}
