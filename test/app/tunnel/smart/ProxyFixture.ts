/** A smart proxy in front of real servers, and plain clients of it. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import type { ProxyEvent } from "../../../../src/app/tunnel/smart/ProxyEvent.ts"
import * as SmartProxy from "../../../../src/app/tunnel/smart/SmartProxy.ts"
import * as ClusterClient from "../../../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../../../src/client/ClusterConfig.ts"
import type { CommandArgument, RespValue } from "../../../../src/protocol/Resp.ts"
import { RespDecoder } from "../../../../src/protocol/RespDecoder.ts"
import { RespEncoder } from "../../../../src/protocol/RespEncoder.ts"
import type { TestServers } from "../../../support/TestCluster.ts"

export interface RunningProxy extends SmartProxy.SmartProxy {
  readonly port: number
  readonly events: ReadonlyArray<ProxyEvent>
}

/** Listens on a free port until the scope closes. */
export const startProxy = (
  cluster: TestServers,
  options: Partial<SmartProxy.SmartProxyOptions> = {},
  clientOptions: Partial<ClusterOptions> = {}
): Effect.Effect<RunningProxy, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { server } = cluster.masters[0]
    const client = yield* ClusterClient.make({
      ...server.connectionOptions,
      seeds: cluster.masters.map(({ server: { host, port } }) => ({ host, port })),
      maxConnectionsPerNode: 10_000,
      ...clientOptions
    })
    const events: Array<ProxyEvent> = []
    const proxy = yield* SmartProxy.make({ client, onEvent: (event) => events.push(event), ...options })
    const listener = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
          proxy.accept(socket, {
            address: `${socket.remoteAddress}:${socket.remotePort}`,
            localAddress: `${socket.localAddress}:${socket.localPort}`
          })
        )
      ),
      (server) => Effect.sync(() => server.close())
    )
    yield* Effect.async<void>((resume) => {
      listener.listen(0, "127.0.0.1", () => resume(Effect.void))
    })
    return { ...proxy, port: (listener.address() as Net.AddressInfo).port, events }
  }).pipe(Effect.orDie)

/** A client that says what it is told and shows what came back, errors included. */
export class PlainClient {
  readonly socket: Net.Socket
  /** Everything received, in order. */
  readonly replies: Array<RespValue> = []
  isClosed = false
  private taken = 0
  private watcher: (() => void) | undefined
  private readonly decoder = new RespDecoder((value) => this.replies.push(value))

  constructor(port: number) {
    this.socket = Net.connect({ port, host: "127.0.0.1", noDelay: true })
    this.socket.on("data", (chunk: Buffer) => {
      this.decoder.push(chunk)
      this.watcher?.()
    })
    this.socket.on("error", () => {})
    this.socket.on("close", () => {
      this.isClosed = true
      this.watcher?.()
    })
  }

  send(...args: ReadonlyArray<CommandArgument>): void {
    const encoder = new RespEncoder()
    encoder.command(args)
    this.socket.write(encoder.take()!)
  }

  /** Replies that have come and not been taken. */
  get untaken(): number {
    return this.replies.length - this.taken
  }

  /** The next so many replies that have not been taken yet. */
  take(count: number): Effect.Effect<ReadonlyArray<RespValue>> {
    return Effect.async((resume) => {
      const look = (): void => {
        if (this.replies.length - this.taken < count && !this.isClosed) return
        this.watcher = undefined
        this.taken += count
        resume(Effect.succeed(this.replies.slice(this.taken - count, this.taken)))
      }
      this.watcher = look
      look()
    })
  }

  /** Sends a command and takes one reply. */
  ask(...args: ReadonlyArray<CommandArgument>): Effect.Effect<unknown> {
    return Effect.suspend(() => {
      this.send(...args)
      return Effect.map(this.take(1), ([reply]) => plain(reply))
    })
  }

  readonly closed: Effect.Effect<void> = Effect.async((resume) => {
    if (this.isClosed) return resume(Effect.void)
    this.socket.once("close", () => resume(Effect.void))
  })
}

export const connectPlain = (port: number): Effect.Effect<PlainClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new PlainClient(port)),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

/** A value as a test likes to write it: text for strings, `-text` for errors, arrays, objects for maps. */
export const plain = (value: RespValue | undefined): unknown => {
  if (value === undefined) return undefined
  switch (value._tag) {
    case "SimpleError":
    case "BulkError":
      return `-${value.value}`
    case "BulkString":
    case "VerbatimString":
      return Buffer.from(value.value).toString("latin1")
    case "Array":
    case "Set":
      return value.value.map(plain)
    case "Push":
      return { push: value.value.map(plain) }
    case "Map":
      return Object.fromEntries(value.value.map(([name, each]) => [String(plain(name)), plain(each)]))
    case "Attribute":
      return plain(value.value)
    default:
      return value.value
  }
}
