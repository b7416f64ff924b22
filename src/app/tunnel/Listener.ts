/**
 * A port that clients connect to, for as long as a scope is open: TCP or TLS,
 * so many clients at once, and an end in good order.
 *
 * When the scope closes, nobody else is let in, each client is asked to finish
 * what it has begun, and those that have not after `DRAIN_LIMIT` are cut off.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as tls from "node:tls"
import { KEEP_ALIVE_DELAY } from "../../connection/ConnectionOptions.ts"
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import { CommandFailure } from "../CommandFailure.ts"
import type { ClientCensus } from "./ClientCensus.ts"
import type { ListenAddress } from "./ListenAddress.ts"
import type { ListenTls, TunnelLimits } from "./TunnelSettings.ts"

/** A client that has come in. */
export interface TunnelClient {
  /** Half open: its end does not end what is still to be said to it. */
  readonly socket: net.Socket
  /** `host:port` of the client. */
  readonly address: string
  /** Called once when the listener closes: answer what has been asked, then end. */
  onDrain: () => void
}

/** Serves one client, until it or its server has gone. Interrupted when it took too long to drain. */
export type ServeClient = (client: TunnelClient) => Effect.Effect<void>

export interface ListenerOptions {
  readonly listen: ListenAddress
  readonly tls: ListenTls | undefined
  readonly limits: Pick<TunnelLimits, "idleTimeout">
  /** The clients of all listeners of a tunnel together. */
  readonly census: ClientCensus
  readonly serve: ServeClient
  /** Asks all clients together to finish, where each by itself is not asked. */
  readonly drain?: Effect.Effect<void>
}

export interface Listener {
  /** Where it listens; the port is never 0. */
  readonly address: ListenAddress
}

/** How long clients are given for what is in flight when the tunnel ends. */
export const DRAIN_LIMIT: Duration.Duration = Duration.seconds(5)
/** For a client's part of a TLS handshake. */
const HANDSHAKE_TIMEOUT: Duration.Duration = Duration.seconds(10)
/** Connections that the system may keep waiting for us, as Redis asks for. */
const BACKLOG = 511

/** As Redis words it. */
const TOO_MANY_CLIENTS = "-ERR max number of clients reached\r\n"

export const listen = (options: ListenerOptions): Effect.Effect<Listener, CommandFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const clients = new Set<TunnelClient>()
    const serving = yield* FiberSet.make<void>()
    const run = yield* FiberSet.runtime(serving)<never>()
    const accept = (socket: net.Socket): void => {
      const client = admit(socket, options)
      if (client === undefined) return
      clients.add(client)
      socket.once("close", () => {
        clients.delete(client)
        options.census.left()
      })
      run(serveLogged(client, options.serve))
    }
    const server = yield* open(options, accept)
    // Registered last, so that it comes first: before the fibers that serve are interrupted.
    yield* Effect.addFinalizer(() => drain(server, clients, serving, options.drain))
    const { port } = server.address() as net.AddressInfo
    return { address: { host: options.listen.host, port } }
  })

const admit = (socket: net.Socket, { census, limits }: ListenerOptions): TunnelClient | undefined => {
  // Somebody has to listen, or the process ends; whoever serves the client sees that it has closed.
  socket.on("error", () => socket.destroy())
  socket.setNoDelay(true)
  socket.setKeepAlive(true, Duration.toMillis(KEEP_ALIVE_DELAY))
  if (!census.enter()) {
    socket.end(TOO_MANY_CLIENTS)
    socket.resume()
    return undefined
  }
  const idle = Duration.toMillis(limits.idleTimeout)
  if (idle > 0) socket.setTimeout(idle, () => socket.destroy())
  return {
    socket,
    address: formatAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0),
    onDrain: () => socket.destroy()
  }
}

const serveLogged = (client: TunnelClient, serve: ServeClient): Effect.Effect<void> =>
  Effect.logDebug(`client ${client.address} in`).pipe(
    Effect.zipRight(serve(client)),
    Effect.ensuring(
      Effect.suspend(() => {
        client.socket.destroy()
        return Effect.logDebug(`client ${client.address} out`)
      })
    )
  )

/** The scope closes the port and cuts off whoever is left, in the middle of a TLS handshake perhaps. */
const open = (
  options: ListenerOptions,
  accept: (socket: net.Socket) => void
): Effect.Effect<net.Server, CommandFailure, Scope.Scope> => {
  const sockets = new Set<net.Socket>()
  const start = Effect.async<net.Server, CommandFailure>((resume) => {
    const server = makeServer(options.tls, accept)
    server.on("connection", (socket: net.Socket) => {
      sockets.add(socket)
      socket.once("close", () => sockets.delete(socket))
    })
    // Later ones are of a client that could not be accepted, for want of descriptors: it is told by its own system.
    server.on("error", (error: NodeJS.ErrnoException) =>
      resume(Effect.fail(cannotListen(options.listen, error)))
    )
    const { host, port } = options.listen
    server.listen({ host, port, backlog: BACKLOG }, () => resume(Effect.succeed(server)))
  })
  return Effect.acquireRelease(start, (server) =>
    Effect.sync(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
    })
  )
}

const makeServer = (given: ListenTls | undefined, accept: (socket: net.Socket) => void): net.Server => {
  const tcp = { allowHalfOpen: true, noDelay: true }
  if (given === undefined) return net.createServer(tcp, accept)
  const handshakeTimeout = Duration.toMillis(HANDSHAKE_TIMEOUT)
  return tls.createServer({ ...tcp, ...given, handshakeTimeout }, accept)
}

/** The error for an address that cannot be listened at. */
export const cannotListen = (
  { host, port }: ListenAddress,
  { code, message }: NodeJS.ErrnoException,
  option = "--listen"
): CommandFailure => {
  const node = formatAddress(host, port)
  const reason =
    code === "EADDRINUSE"
      ? `the port is in use; choose another with ${option}`
      : code === "EACCES"
        ? `that port needs more privileges; choose one above 1023 with ${option}`
        : code === "EADDRNOTAVAIL" || code === "ENOTFOUND"
          ? "this machine has no such address"
          : message
  return new CommandFailure({
    tag: "ListenError",
    node,
    message: `tunn: cannot listen at ${node}: ${reason}`
  })
}

const drain = (
  server: net.Server,
  clients: ReadonlySet<TunnelClient>,
  serving: FiberSet.FiberSet<void>,
  drainAll: Effect.Effect<void> = Effect.sync(() => clients.forEach((client) => client.onDrain()))
): Effect.Effect<void> =>
  Effect.sync(() => server.close()).pipe(
    Effect.zipRight(drainAll),
    Effect.zipRight(FiberSet.awaitEmpty(serving)),
    Effect.interruptible,
    Effect.timeoutOption(DRAIN_LIMIT),
    Effect.asVoid
  )
