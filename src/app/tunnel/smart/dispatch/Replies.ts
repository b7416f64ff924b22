/** Replies of the proxy's own, in the protocol's bytes. */
import { RespEncoder } from "../../../../protocol/RespEncoder.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"

const line = (text: string): Buffer => Buffer.from(`${text}\r\n`, "latin1")

export const OK = line("+OK")
export const QUEUED = line("+QUEUED")
export const PONG = line("+PONG")

export const NULL = line("_")
export const NULL_ARRAY = line("*-1")
export const NULL_BULK = line("$-1")

/** No value, as a server that speaks this version writes it where a text might stand. */
export const nil = (protocol: 2 | 3): Buffer => (protocol === 3 ? NULL : NULL_BULK)

/** An error reply, its first word included: `ERR syntax error`. What Redis would not send in a line becomes blanks. */
export const error = (text: string): Buffer => Buffer.from(`-${text.replaceAll(/[\r\n]/g, " ")}\r\n`)

export const integer = (value: number): Buffer => line(`:${value}`)

export const bulk = (text: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(text)
  return Buffer.concat([line(`$${bytes.length}`), bytes, CRLF])
}

const CRLF = Buffer.from("\r\n")

/** A value as a server that speaks this version writes it. */
export const encode = (value: RespValue, protocol: 2 | 3): Buffer => {
  const encoder = new RespEncoder()
  encoder.value(value, protocol)
  return encoder.take()!
}

/** A command as it is sent to a server. */
export const command = (...args: ReadonlyArray<string | number | Uint8Array>): Buffer => {
  const encoder = new RespEncoder()
  encoder.command(args)
  return encoder.take()!
}

export const CROSS_SLOT = error("CROSSSLOT Keys in request don't hash to the same slot")
export const SYNTAX = error("ERR syntax error")
export const NOT_AN_INTEGER = error("ERR value is not an integer or out of range")
export const NO_CLUSTER = error("ERR This instance has cluster support disabled")
export const NOT_AUTHENTICATED = error("NOAUTH Authentication required.")

export const wrongArity = (name: string): Buffer =>
  error(`ERR wrong number of arguments for '${name}' command`)
