/**
 * What a server sends of its own accord on a connection that has been given
 * over to it: the values in their order, as fast as they are taken. The socket
 * is paused meanwhile, so that a MONITOR that is quicker than its reader does
 * not fill the memory.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Duplex } from "node:stream"
import { type CommandArguments, type RespValue } from "../../../protocol/Resp.ts"
import { RespDecoder } from "../../../protocol/RespDecoder.ts"
import { RespEncoder } from "../../../protocol/RespEncoder.ts"

/** Values that wait to be taken before the socket is paused. */
const MOST_WAITING = 1000

export class MessageSource {
  private readonly socket: Duplex
  private readonly decoder = new RespDecoder((value) => this.waiting.push(value))
  private waiting: Array<RespValue> = []
  private hasEnded = false
  private wake: (() => void) | undefined

  constructor(socket: Duplex) {
    this.socket = socket
    socket.on("data", this.onData)
    socket.on("end", this.onEnd)
    socket.on("error", this.onEnd)
    socket.on("close", this.onEnd)
    // One that ended a moment ago says so no more.
    if (socket.destroyed) this.onEnd()
  }

  send(command: CommandArguments): void {
    const encoder = new RespEncoder()
    encoder.command(command)
    this.socket.write(encoder.take()!)
  }

  /** What has come since the last time, at least one value; nothing more once the connection has ended. */
  readonly take: Effect.Effect<Chunk.Chunk<RespValue>, Option.Option<never>> = Effect.async((resume) => {
    const look = (): void => {
      if (this.waiting.length > 0) {
        const taken = this.waiting
        this.waiting = []
        this.socket.resume()
        resume(Effect.succeed(Chunk.unsafeFromArray(taken)))
      } else if (this.hasEnded) resume(Effect.fail(Option.none()))
      else this.wake = look
    }
    look()
  })

  close(): void {
    this.socket.destroy()
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.decoder.push(chunk) !== undefined) this.socket.destroy()
    if (this.waiting.length > MOST_WAITING) this.socket.pause()
    this.notify()
  }

  private readonly onEnd = (): void => {
    this.hasEnded = true
    this.notify()
  }

  private notify(): void {
    const { wake } = this
    this.wake = undefined
    wake?.()
  }
}
