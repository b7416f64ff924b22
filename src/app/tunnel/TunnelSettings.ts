/** What a tunnel is told beside how to connect. */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import type { ListenAddress } from "./ListenAddress.ts"

export interface TunnelSettings {
  /** `undefined`: the default port; in pinned mode that of each node. */
  readonly listen: ListenAddress | undefined
  /** What clients have to log in with. */
  readonly password: Redacted.Redacted | undefined
  readonly tls: ListenTls | undefined
  readonly limits: TunnelLimits
  /** Where the operator's metrics are served. */
  readonly metrics: ListenAddress | undefined
}

/** PEM texts. */
export interface ListenTls {
  readonly cert: string
  readonly key: string
}

export interface TunnelLimits {
  /** Clients at once; one more is told so and closed. */
  readonly maxClients: number
  /** Bytes of replies that may wait for one client before it is closed. */
  readonly outputBuffer: number
  /** Bytes that one command of a client may have before it is closed. */
  readonly queryBuffer: number
  /** A client that says nothing for so long is closed; zero for never. */
  readonly idleTimeout: Duration.Duration
}

export const DEFAULT_LISTEN_PORT = 6379
