/**
 * Serves a client with a connection of its own to a server: every byte that it
 * says is the server's to judge, and what the server says is handed on.
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import type { ConnectionOptions } from "../../connection/ConnectionOptions.ts"
import { closed, refuse } from "./ClientSocket.ts"
import type { ServeClient, TunnelClient } from "./Listener.ts"
import { admit } from "./PasswordGate.ts"
import { Splice, type SpliceOptions } from "./Splice.ts"
import type { NodeTraffic } from "./traffic/TrafficMeter.ts"
import { openUpstream } from "./Upstream.ts"

export interface RawServiceOptions {
  /** Where the server is, asked for each client. */
  readonly server: Effect.Effect<ConnectionOptions, ConnectionError>
  /** What clients have to log in with at the tunnel. */
  readonly password: Redacted.Redacted | undefined
  /** The server's part of the traffic, when it is counted. */
  readonly traffic: () => NodeTraffic | undefined
  readonly watch: (client: TunnelClient, traffic: NodeTraffic | undefined) => SpliceOptions["watch"]
}

export const serveRaw =
  (options: RawServiceOptions): ServeClient =>
  (client) =>
    Effect.gen(function* () {
      const first = options.password === undefined ? NOTHING : yield* admit(client.socket, options.password)
      if (first === undefined) return yield* closed(client.socket)
      yield* Effect.scoped(join(client, first, options))
    })

const NOTHING: Buffer = Buffer.alloc(0)

const join = (client: TunnelClient, first: Buffer, { server, traffic, watch }: RawServiceOptions) =>
  Effect.matchEffect(Effect.flatMap(server, openUpstream), {
    onFailure: (error) =>
      Effect.logWarning(`client ${client.address} not served: ${error.message}`).pipe(
        Effect.zipRight(refuse(client.socket, error.message))
      ),
    onSuccess: (far) =>
      Effect.suspend(() => {
        const part = traffic()
        const splice = new Splice(client.socket, far, { first, watch: watch(client, part) })
        client.onDrain = () => splice.drain()
        part?.joined()
        return Effect.ensuring(
          closed(client.socket),
          Effect.sync(() => part?.left())
        )
      })
  })
