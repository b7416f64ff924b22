/** What every mode does with the socket of a client: wait for its end, say a last word. */
import * as Effect from "effect/Effect"
import type * as net from "node:net"
import { LINGER_MS } from "./Splice.ts"

/** Waits until the socket has closed. */
export const closed = (socket: net.Socket): Effect.Effect<void> =>
  Effect.async((resume) => {
    const done = (): void => resume(Effect.void)
    if (socket.destroyed) return done()
    socket.once("close", done)
    return Effect.sync(() => socket.off("close", done))
  })

/** Tells the client why it is not served, and waits until it has heard. */
export const refuse = (socket: net.Socket, message: string): Effect.Effect<void> =>
  Effect.suspend(() => {
    socket.end(`-ERR tunnel: ${message}\r\n`)
    socket.resume()
    return closed(socket)
  }).pipe(Effect.timeoutOption(LINGER_MS), Effect.asVoid)
