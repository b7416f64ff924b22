/**
 * A TCP relay in front of one server, for a network that fails without saying
 * so: while it is cut, nothing is forwarded and nothing is closed, and new
 * connections are accepted by the system and lead nowhere.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"

export interface Relay {
  readonly host: string
  readonly port: number
  /** Stops forwarding; what arrives meanwhile waits. */
  cut(): void
  /** Goes on, with what has waited first, as TCP does after a cut. */
  heal(): void
}

const HOST = "127.0.0.1"

/** Starts a relay to the target; it ends with the scope. */
export const startRelay = (target: {
  readonly host: string
  readonly port: number
}): Effect.Effect<Relay, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<TcpRelay>((resume) => {
        const relay = new TcpRelay(target)
        relay.server.listen(0, HOST, () => resume(Effect.succeed(relay)))
      }),
      (relay) => relay.close
    ),
    (relay): Relay => relay
  )

class TcpRelay implements Relay {
  readonly host = HOST
  readonly server: Net.Server
  private readonly target: { readonly host: string; readonly port: number }
  private readonly sockets = new Set<Net.Socket>()
  private isCut = false

  constructor(target: { readonly host: string; readonly port: number }) {
    this.target = target
    this.server = Net.createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.accept(socket))
  }

  get port(): number {
    return (this.server.address() as Net.AddressInfo).port
  }

  cut(): void {
    this.isCut = true
    for (const socket of this.sockets) socket.pause()
  }

  heal(): void {
    this.isCut = false
    for (const socket of this.sockets) socket.resume()
  }

  readonly close: Effect.Effect<void> = Effect.async((resume) => {
    this.server.close(() => resume(Effect.void))
    for (const socket of this.sockets) socket.destroy()
  })

  private accept(near: Net.Socket): void {
    const { host, port } = this.target
    const far = Net.connect({ host, port, noDelay: true })
    this.forward(near, far)
    this.forward(far, near)
  }

  /** Without `pipe`, which would resume a paused socket by itself when the other side drains. */
  private forward(from: Net.Socket, to: Net.Socket): void {
    this.sockets.add(from)
    from.on("data", (chunk: Buffer) => to.write(chunk))
    from.on("error", () => from.destroy())
    from.on("close", () => {
      this.sockets.delete(from)
      to.destroy()
    })
    if (this.isCut) from.pause()
    else from.resume()
  }
}
