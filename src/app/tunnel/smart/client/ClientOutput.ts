/** What a client is to get: gathered, and written once per turn of the event loop, up to a limit of what it has not taken. */
import type { Duplex } from "node:stream"
import type { Flushable, TurnFlush } from "../../../../connection/TurnFlush.ts"
import { WriteGather } from "../../../../connection/WriteGather.ts"
import type { ProxyCounters } from "../ProxyCounters.ts"

export class ClientOutput implements Flushable {
  isFlushArmed = false
  /** Bytes that may wait for the client. */
  limit: number
  private readonly socket: Duplex
  private readonly turn: TurnFlush
  private readonly counters: ProxyCounters
  private readonly onOverflow: (bytes: number) => void
  private readonly gathered = new WriteGather()
  private isClosed = false

  constructor(
    socket: Duplex,
    turn: TurnFlush,
    counters: ProxyCounters,
    limit: number,
    onOverflow: (bytes: number) => void
  ) {
    this.socket = socket
    this.turn = turn
    this.counters = counters
    this.limit = limit
    this.onOverflow = onOverflow
  }

  /** Bytes that the client has not taken so far. */
  get size(): number {
    return this.gathered.size + this.socket.writableLength
  }

  add(chunk: Buffer, start: number, end: number): void {
    if (this.isClosed) return
    this.gathered.add(chunk, start, end)
    if (!this.isFlushArmed) this.turn.arm(this)
  }

  flush(): void {
    if (this.isClosed) return
    this.counters.bytesSent += this.gathered.size
    this.gathered.flush(this.socket)
    if (this.socket.writableLength > this.limit) this.onOverflow(this.socket.writableLength)
  }

  /** With so many bytes that wait elsewhere for the client. */
  checkWith(bytes: number): void {
    if (this.size + bytes > this.limit) this.onOverflow(this.size + bytes)
  }

  /** What waits is written, then the stream ended. */
  end(whenEnded: () => void): void {
    this.flush()
    this.socket.end(whenEnded)
  }

  close(): void {
    this.isClosed = true
    this.gathered.clear()
    this.socket.destroy()
  }
}
