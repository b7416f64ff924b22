/** A server of a Redis Cluster, and the text that names it to people and tells it from the others. */

export interface ClusterNode {
  /** 40 hexadecimal digits; empty where nobody said it: a server before 4.0, a node known from a MOVED alone. */
  readonly id: string
  /** Address or host name to connect to, without brackets. */
  readonly host: string
  readonly port: number
  /** `host:port`, `[v6]:port`: what names the node to people and tells it from others. */
  readonly address: string
  readonly role: "master" | "replica"
  /** The announced host name, if any: what a certificate is made out to. */
  readonly hostname: string | undefined
  /** The announced address where `host` is not that address. */
  readonly ip?: string | undefined
  /** Of a replica: the id of its master, or its address if it has no id. */
  readonly masterId: string | undefined
}

/** A master of which nothing but its address is known. */
export const nodeAt = (host: string, port: number): ClusterNode => ({
  id: "",
  host,
  port,
  address: formatAddress(host, port),
  role: "master",
  hostname: undefined,
  ip: undefined,
  masterId: undefined
})

/** What replicas name their master by, and entries of one reply their nodes. */
export const identity = (node: ClusterNode): string => node.id || node.address

export const HIGHEST_PORT = 65535

/** @example formatAddress("::1", 7000) // "[::1]:7000" */
export const formatAddress = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`

/**
 * Reads what `formatAddress` writes; `undefined` for anything else: no host, a
 * port outside 1 to 65535, IPv6 without brackets (its port would be a guess),
 * blanks.
 */
export const parseAddress = (text: string): { readonly host: string; readonly port: number } | undefined => {
  const colon = text.lastIndexOf(":")
  const port = parsePort(text, colon + 1)
  const bracketed = text[0] === "[" && text[colon - 1] === "]"
  const host = bracketed ? text.slice(1, colon - 1) : text.slice(0, Math.max(colon, 0))
  if (port === undefined || host === "" || host.includes(":") !== bracketed || !isHost(host)) return undefined
  return { host, port }
}

const parsePort = (text: string, start: number): number | undefined => {
  let port = 0
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return undefined
    port = port * 10 + digit
    if (port > HIGHEST_PORT) return undefined
  }
  return port === 0 ? undefined : port
}

/** Neither brackets nor blanks nor control characters. */
const isHost = (host: string): boolean => {
  for (let index = 0; index < host.length; index++) {
    const unit = host.charCodeAt(index)
    if (unit <= 0x20 || unit === 0x7f || unit === 0x5b || unit === 0x5d) return false
  }
  return true
}
