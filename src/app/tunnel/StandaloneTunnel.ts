/** A plain port to one server: each client has a connection of its own there, and every byte is the server's. */
import * as Effect from "effect/Effect"
import type { ConnectionOptions } from "../../connection/ConnectionOptions.ts"
import { closed, refuse } from "./ClientSocket.ts"
import type { ServeClient } from "./Listener.ts"
import { Splice } from "./Splice.ts"
import { openUpstream } from "./Upstream.ts"

export const serveStandalone =
  (options: ConnectionOptions): ServeClient =>
  (client) =>
    Effect.scoped(
      Effect.matchEffect(openUpstream(options), {
        onFailure: (error) =>
          Effect.logWarning(`client ${client.address} not served: ${error.message}`).pipe(
            Effect.zipRight(refuse(client.socket, error.message))
          ),
        onSuccess: (upstream) =>
          Effect.suspend(() => {
            const splice = new Splice(client.socket, upstream)
            client.onDrain = () => splice.drain()
            return closed(client.socket)
          })
      })
    )
