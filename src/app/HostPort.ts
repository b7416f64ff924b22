/** `HOST[:PORT]` as people write it: names, IPv4, `[IPv6]` with or without a port, bare IPv6. */
export interface HostPort {
  /** Without brackets. */
  readonly host: string
  readonly port: number | undefined
}

export const MAX_PORT = 65535

const BRACKETED = /^\[([0-9a-f:.]+(?:%[\w.-]+)?)\](?::(\d{1,5}))?$/i
const PLAIN = /^([^\s:/@[\]]+)(?::(\d{1,5}))?$/
const BARE_IPV6 = /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i

/** `undefined` when the text is no host, or its port is not 1 to 65535. */
export const parseHostPort = (text: string): HostPort | undefined => {
  if (BARE_IPV6.test(text)) return { host: text, port: undefined }
  const match = BRACKETED.exec(text) ?? PLAIN.exec(text)
  if (match === null) return undefined
  const [, host, digits] = match
  if (digits === undefined) return { host, port: undefined }
  const port = Number(digits)
  return port >= 1 && port <= MAX_PORT ? { host, port } : undefined
}
