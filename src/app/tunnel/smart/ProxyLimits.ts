/** What clients of the proxy may take of it, with the defaults. */
import * as Duration from "effect/Duration"

export interface ProxyLimits {
  /** Clients at once; one more is refused in Redis's words. */
  readonly clients: number
  /** Bytes of a command that is not complete yet; a client that sends more is closed. */
  readonly queryBuffer: number
  /** Bytes that a client has not read yet; one that lets more gather is closed. */
  readonly outputBuffer: number
  /** The same for a client with subscriptions, or one that monitors. */
  readonly subscriberOutputBuffer: number
  /** A client that says nothing for so long is closed; zero: never. Subscribers and blocked clients may be silent. */
  readonly idle: Duration.Duration
  /** Commands of one client that await their replies; it is read from no further until some have come. */
  readonly pipelined: number
  /** The same for their bytes: a server that has stopped takes none, and they have to stay somewhere. */
  readonly pipelinedBytes: number
}

const MEBIBYTE = 1024 * 1024

/** As Redis has them, except the output buffer, which Redis leaves unbounded for ordinary clients. */
export const DEFAULT_LIMITS: ProxyLimits = {
  clients: 10_000,
  queryBuffer: 1024 * MEBIBYTE,
  outputBuffer: 1024 * MEBIBYTE,
  subscriberOutputBuffer: 32 * MEBIBYTE,
  idle: Duration.zero,
  pipelined: 10_000,
  pipelinedBytes: 64 * MEBIBYTE
}
