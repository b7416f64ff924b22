/** A TCP or TLS stream from options: opened, not yet connected, and how to tell when it is. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as tls from "node:tls"
import { KEEP_ALIVE_DELAY, type TlsOptions } from "./ConnectionOptions.ts"
import { PipelineFailure } from "./PipelineFailure.ts"

export interface TransportOptions {
  readonly host: string
  readonly port: number
  readonly tls?: TlsOptions | undefined
}

/**
 * Connects; the scope destroys the socket. Fails with `Connect` or `Tls`, and
 * what the system said. `onTcpUp` is called when only TLS is still to come.
 */
export const open = (
  options: TransportOptions,
  onTcpUp: () => void = () => {}
): Effect.Effect<net.Socket, PipelineFailure, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => start(options)),
    (socket) => Effect.sync(() => socket.destroy())
  ).pipe(Effect.tap((socket) => connected(socket, options.tls !== undefined, onTcpUp)))

const start = (options: TransportOptions): net.Socket => {
  const tcp = {
    host: options.host,
    port: options.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: Duration.toMillis(KEEP_ALIVE_DELAY)
  }
  if (options.tls === undefined) return net.connect(tcp)
  const { ca, cert, insecure, key, serverName } = options.tls
  const name = serverName ?? options.host
  const socket = tls.connect({
    ...tcp,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    // An address is no server name (RFC 6066, section 3); Node verifies it against the certificate all the same.
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    ...(serverName === undefined
      ? {}
      : {
          checkServerIdentity: (_: string, certificate: tls.PeerCertificate) =>
            tls.checkServerIdentity(serverName, certificate)
        }),
    rejectUnauthorized: insecure !== true
  })
  // tls.connect leaves these options of the TCP socket alone.
  socket.setNoDelay(true)
  socket.setKeepAlive(true, Duration.toMillis(KEEP_ALIVE_DELAY))
  return socket
}

const connected = (
  socket: net.Socket,
  isTls: boolean,
  onTcpUp: () => void
): Effect.Effect<void, PipelineFailure> =>
  Effect.async((resume) => {
    let isTcpUp = false
    const onConnect = (): void => {
      isTcpUp = true
      if (isTls) onTcpUp()
      else finish(Effect.void)
    }
    const onSecure = (): void => finish(Effect.void)
    const onError = (error: NodeJS.ErrnoException): void =>
      finish(Effect.fail(new PipelineFailure(isTls && isTcpUp ? "Tls" : "Connect", "no", describe(error))))
    const onClose = (): void =>
      finish(
        Effect.fail(
          new PipelineFailure(isTls && isTcpUp ? "Tls" : "Connect", "no", "the server closed the connection")
        )
      )
    const finish = (result: Effect.Effect<void, PipelineFailure>): void => {
      socket.off("connect", onConnect)
      socket.off("secureConnect", onSecure)
      socket.off("close", onClose)
      socket.off("error", onError)
      // A socket that was given up may still report why; nobody is left to be told.
      socket.on("error", ignore)
      resume(result)
    }
    socket.on("connect", onConnect)
    socket.on("secureConnect", onSecure)
    socket.on("close", onClose)
    socket.on("error", onError)
  })

const ignore = (): void => {}

const describe = (error: NodeJS.ErrnoException & { readonly reason?: string }): string => {
  switch (error.code) {
    case "ECONNREFUSED":
      return "connection refused; is a server running there?"
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "the host name could not be resolved"
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return "the server does not speak TLS on this port"
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return `the server's certificate is not trusted (${error.code}); name its authority as ca`
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the server's certificate is for another name: ${error.reason ?? error.message}`
    default:
      // Of OpenSSL's errors only the reason is one line. The system's text for several failed addresses (AggregateError) is empty.
      return error.reason || error.message || error.code || "connection failed"
  }
}
