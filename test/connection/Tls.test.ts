import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import * as tls from "node:tls"
import { inspect } from "node:util"
import { generate } from "selfsigned"
import { makeCertificates } from "../../src/app/sandbox/Certificates.ts"
import * as Connection from "../../src/connection/Connection.ts"
import type { TlsOptions } from "../../src/connection/ConnectionOptions.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"

const certificates = Effect.runPromise(makeCertificates)
const authority = Effect.promise(async () => (await certificates).ca)
const serverPair = Effect.promise(async () => (await certificates).server)

/** A Redis behind TLS, with a certificate for localhost, 127.0.0.1 and ::1. */
const secureNode = Effect.flatMap(serverPair, (pair) => FakeNode.make(undefined, { tls: pair }))

const connectTo = (
  { port }: { readonly port: number },
  tlsOptions: TlsOptions | undefined,
  options: { readonly host?: string; readonly connectTimeout?: number } = {}
) => Connection.connect({ host: "127.0.0.1", port, tls: tlsOptions, ...options })

const listen = <S extends net.Server>(server: S): Effect.Effect<S & { port: number }, never, Scope.Scope> => {
  const sockets = new Set<net.Socket>()
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
  })
  return Effect.acquireRelease(
    Effect.async<S & { port: number }>((resume) => {
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as net.AddressInfo
        resume(Effect.succeed(Object.assign(server, { port })))
      })
    }),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )
}

describe("TLS", () => {
  it.scopedLive("verifies the server by its authority and its address or name", () =>
    Effect.gen(function* () {
      const node = yield* secureNode
      const ca = yield* authority
      const byAddress = yield* connectTo(node, { ca })
      expect(Resp.text(yield* byAddress.execute("ECHO", "x"))).toBe("x")
      const byName = yield* connectTo(node, { ca }, { host: "localhost" })
      expect(byName).toMatchObject({ version: 3, node: `localhost:${node.port}` })
    })
  )

  it.scopedLive("sends the server name and verifies it, and no name for an address", () =>
    Effect.gen(function* () {
      const named: Array<string | false | null | undefined> = []
      const own = yield* Effect.promise(() =>
        generate([{ name: "commonName", value: "redis.example" }], {
          keyType: "ec",
          algorithm: "sha256",
          extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "redis.example" }] }]
        })
      )
      const server = yield* listen(
        tls.createServer({ key: own.private, cert: own.cert }, (socket) => {
          named.push(socket.servername)
          socket.on("error", () => {})
          socket.on("data", () => socket.write("+OK\r\n+OK\r\n"))
        })
      )
      const attempt = (tlsOptions: TlsOptions) => Effect.scoped(connectTo(server, tlsOptions))
      yield* Effect.either(attempt({ ca: own.cert, serverName: "redis.example" }))
      expect(named).toEqual(["redis.example"])
      const other = yield* Effect.flip(attempt({ ca: own.cert, serverName: "other.example" }))
      expect(other).toMatchObject({ reason: "Tls", sent: "no" })
      expect(other.detail).toMatch(/other\.example/)
      const unnamed = yield* Effect.flip(attempt({ ca: own.cert }))
      expect(unnamed).toMatchObject({ reason: "Tls" })
      expect(unnamed.detail).toMatch(/127\.0\.0\.1/)
      yield* Effect.either(attempt({ insecure: true }))
      expect(named.slice(-1)).toEqual([false])
    })
  )

  it.scopedLive("refuses a certificate that nobody vouches for, unless told to accept any", () =>
    Effect.gen(function* () {
      const node = yield* secureNode
      const password = "s3cr3t-Pa55"
      const error = yield* Effect.flip(
        Connection.connect({
          host: node.host,
          port: node.port,
          tls: {},
          credentials: { password: Redacted.make(password) }
        })
      )
      expect(error).toMatchObject({ reason: "Tls", sent: "no" })
      expect(error.message).toMatch(/certificate is not trusted \([A-Z_]+\); name its authority as ca$/)
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(password)
      // The password was not sent to a server that could be anybody.
      expect(node.commands).toEqual([])
      const connection = yield* connectTo(node, { insecure: true })
      expect(connection.version).toBe(3)
    })
  )

  it.scopedLive("shows the client's certificate where one is asked for", () =>
    Effect.gen(function* () {
      const { ca, client, server: pair } = yield* Effect.promise(() => certificates)
      const server = yield* listen(
        tls.createServer({ ...pair, ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
          socket.on("error", () => {})
          socket.on("data", (chunk) => {
            const commands = chunk.toString().match(/HELLO|SETINFO|INFO|PING/g) ?? []
            socket.write("+OK\r\n".repeat(commands.length))
          })
        })
      )
      const connection = yield* connectTo(server, { ca, ...client })
      expect(yield* connection.execute("PING")).toEqual(Resp.ok)
      const error = yield* Effect.flip(connectTo(server, { ca }))
      expect(error).toMatchObject({ reason: "Tls", sent: "no" })
      expect(error.message).toMatch(/^[^\n]*certificate required$/)
    })
  )
})

describe("TLS that does not come about", () => {
  it.scopedLive("for want of a cipher that both sides know: the reason in one line", () =>
    Effect.gen(function* () {
      const pair = yield* serverPair
      const server = yield* listen(
        tls.createServer({ ...pair, minVersion: "TLSv1.3", ciphers: "TLS_AES_128_CCM_SHA256" })
      )
      const error = yield* Effect.flip(connectTo(server, { insecure: true }))
      expect(error).toMatchObject({ reason: "Tls", sent: "no" })
      expect(error.message).toMatch(/^[^\n]*handshake failure$/)
    })
  )

  it.scopedLive("for want of it on a server that answers in plaintext", () =>
    Effect.gen(function* () {
      const server = yield* listen(
        net.createServer((socket) => socket.on("data", () => socket.write("-ERR Protocol error\r\n")))
      )
      const error = yield* Effect.flip(connectTo(server, {}))
      expect(error).toMatchObject({
        reason: "Tls",
        sent: "no",
        detail: "the server does not speak TLS on this port"
      })
    })
  )

  it.scopedLive("for want of it on a server that hangs up", () =>
    Effect.gen(function* () {
      const server = yield* listen(net.createServer((socket) => socket.on("data", () => socket.end())))
      const error = yield* Effect.flip(connectTo(server, {}))
      expect(error).toMatchObject({ reason: "Tls", sent: "no" })
    })
  )

  it.scopedLive("for want of it on a server that waits for more", () =>
    Effect.gen(function* () {
      const server = yield* listen(net.createServer())
      const error = yield* Effect.flip(connectTo(server, {}, { connectTimeout: 100 }))
      expect(error).toMatchObject({
        reason: "Tls",
        sent: "no",
        detail: "no TLS handshake within 100ms; does the server speak TLS?"
      })
    })
  )

  it.scopedLive("for want of it on our side", () =>
    Effect.gen(function* () {
      const node = yield* secureNode
      const error = yield* Effect.flip(connectTo(node, undefined))
      expect(error).toMatchObject({ reason: "Connect", sent: "no" })
      expect(error.detail).toMatch(/does it expect TLS\?$/)
    })
  )

  it.scopedLive("for want of it on our side, said by an alert", () =>
    Effect.gen(function* () {
      const alert = Buffer.from([21, 3, 1, 0, 2, 2, 70])
      const server = yield* listen(net.createServer((socket) => socket.on("data", () => socket.end(alert))))
      const error = yield* Effect.flip(connectTo(server, undefined))
      expect(error).toMatchObject({ reason: "Connect", sent: "no" })
      expect(error.detail).toMatch(/does it expect TLS\?$/)
    })
  )
})
