/** `[ADDRESS:]PORT` as people write it: where to listen. Pure. */
import type { Converted } from "../CommandOption.ts"
import { MAX_PORT, parseHostPort } from "../HostPort.ts"

export interface ListenAddress {
  /** Without brackets. */
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
}

export const LOOPBACK = "127.0.0.1"

/** @example parseListenAddress("[::1]:6379") // { value: { host: "::1", port: 6379 } } */
export const parseListenAddress = (given: string): Converted<ListenAddress> => {
  const [, address, digits] = /^(?:(.+):)?(\d{1,5})$/.exec(given) ?? []
  const port = Number(digits)
  const host = address === undefined ? LOOPBACK : hostOf(address)
  return digits === undefined || host === undefined || port > MAX_PORT
    ? { problem: "not an address to listen at", allowed: ALLOWED }
    : { value: { host, port } }
}

const ALLOWED = `PORT or ADDRESS:PORT, as 6379, 0.0.0.0:6379 or [::1]:6379, with a port from 0 (any free one) to ${MAX_PORT}`

/** IPv6 has to stand in brackets, or its last group would be taken for the port. */
const hostOf = (address: string): string | undefined => {
  const parsed = parseHostPort(address)
  if (parsed === undefined || parsed.port !== undefined) return undefined
  return parsed.host.includes(":") === address.startsWith("[") ? parsed.host : undefined
}

/** Whether only this machine can connect there. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)
