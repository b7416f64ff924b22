/** What a connection is told: where, as whom, and its limits. */
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/** TLS as Node has it; certificates and keys are PEM texts. The server is verified unless `insecure`. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the system's. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The name sent (SNI) and verified; the host when not given. */
  readonly serverName?: string | undefined
  /** Accept any certificate. */
  readonly insecure?: boolean | undefined
}

export interface Credentials {
  /** Default `default`. */
  readonly username?: string | undefined
  readonly password: Redacted.Redacted<string>
  /** For a token that expires: AUTH is sent again, with new credentials, before this has passed. */
  readonly timeToLive?: Duration.DurationInput | undefined
}

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly tls?: TlsOptions | undefined
  readonly credentials?: Credentials | undefined
  /** Number of the database to SELECT; a cluster has only 0. */
  readonly database?: number | undefined
  /** For CLIENT SETNAME. */
  readonly clientName?: string | undefined
  /** For TCP, TLS and the handshake together. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** How long a command may stay unanswered before the connection is given up. */
  readonly commandTimeout?: Duration.DurationInput | undefined
  /** Commands that may await their reply on one connection. */
  readonly maxPending?: number | undefined
  /** Sends READONLY: a replica in a cluster then answers reads instead of redirecting them. */
  readonly readOnly?: boolean | undefined
  /** 3, falling back to 2 where the server has no HELLO (before Redis 6); 2 asks for RESP2. */
  readonly protocol?: 2 | 3 | undefined
}

export const DEFAULT_CONNECT_TIMEOUT: Duration.Duration = Duration.seconds(5)
export const DEFAULT_COMMAND_TIMEOUT: Duration.Duration = Duration.seconds(10)
export const DEFAULT_MAX_PENDING = 65_536
/** A connection that says nothing for so long is probed by TCP. */
export const KEEP_ALIVE_DELAY: Duration.Duration = Duration.seconds(30)
