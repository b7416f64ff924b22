/** The connection to a server that stands behind one client: verified, logged in, and raw. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Duplex } from "node:stream"
import * as Connection from "../../connection/Connection.ts"
import { ConnectionError } from "../../connection/ConnectionError.ts"
import { type ConnectionOptions, DEFAULT_CONNECT_TIMEOUT } from "../../connection/ConnectionOptions.ts"
import * as Transport from "../../connection/Transport.ts"
import { formatAddress } from "../../protocol/ClusterTopology.ts"

/**
 * Connects, and logs in when there are credentials or a database to select. No
 * byte is said beyond that: the client finds the connection as the server makes
 * it, on RESP2. The scope destroys it.
 */
export const openUpstream = (
  options: ConnectionOptions
): Effect.Effect<Duplex, ConnectionError, Scope.Scope> =>
  options.credentials === undefined && (options.database ?? 0) === 0
    ? openUnknown(options)
    : Effect.map(Connection.connect({ ...options, protocol: 2, clientName: undefined }), (connection) =>
        connection.takeSocket()
      )

const openUnknown = (options: ConnectionOptions): Effect.Effect<Duplex, ConnectionError, Scope.Scope> => {
  const node = formatAddress(options.host, options.port)
  const failed = (reason: ConnectionError["reason"], detail: string): ConnectionError =>
    new ConnectionError({ reason, sent: "no", node, command: "CONNECT", detail })
  return Transport.open(options).pipe(
    Effect.mapError(({ detail, reason }) => failed(reason, detail)),
    Effect.timeoutFail({
      duration: options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT,
      onTimeout: () => failed("Timeout", "no connection in time")
    })
  )
}
