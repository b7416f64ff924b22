/** `/metrics` and `/healthz` over HTTP, for as long as a scope is open. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as http from "node:http"
import type * as net from "node:net"
import type { CommandFailure } from "../../CommandFailure.ts"
import type { ListenAddress } from "../ListenAddress.ts"
import { cannotListen } from "../Listener.ts"
import { CONTENT_TYPE, prometheusText } from "./PrometheusText.ts"
import type { TunnelReadings } from "./TunnelReadings.ts"

export interface Watched {
  readonly readings: () => TunnelReadings
  /** Why clients cannot be served at present; `undefined` when they can. */
  readonly ailment: Effect.Effect<string | undefined>
}

/** Where it listens; the port is never 0. */
export const serve = (
  where: ListenAddress,
  watched: Watched
): Effect.Effect<ListenAddress, CommandFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const run = yield* FiberSet.makeRuntime<never>()
    const server = yield* Effect.acquireRelease(
      Effect.async<http.Server, CommandFailure>((resume) => {
        const server = http.createServer((request, response) => run(answer(request, response, watched)))
        server.on("error", (error) => resume(Effect.fail(cannotListen(where, error, "--metrics"))))
        server.listen(where.port, where.host, () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          server.closeAllConnections()
        })
    )
    return { host: where.host, port: (server.address() as net.AddressInfo).port }
  })

const answer = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
  { ailment, readings }: Watched
): Effect.Effect<void> => {
  const end = (status: number, type: string, body: string): void => {
    response.writeHead(status, { "content-type": type }).end(request.method === "HEAD" ? undefined : body)
  }
  if (request.method !== "GET" && request.method !== "HEAD") {
    return Effect.sync(() => end(405, PLAIN, "only GET and HEAD\n"))
  }
  switch ((request.url ?? "").split("?")[0]) {
    case "/metrics":
      return Effect.sync(() => end(200, CONTENT_TYPE, prometheusText(readings(), new Date())))
    case "/healthz":
      return Effect.map(ailment, (reason) =>
        reason === undefined ? end(200, PLAIN, "ok\n") : end(503, PLAIN, `${reason}\n`)
      )
    default:
      return Effect.sync(() => end(404, PLAIN, "/metrics and /healthz are here\n"))
  }
}

const PLAIN = "text/plain; charset=utf-8"
