/** The far side of a pipeline in memory: what was written is kept, and the test says what arrives and when there is room. */
import { Duplex } from "node:stream"

export class ManualSocket extends Duplex {
  /** One entry per write that reached the system. */
  readonly written: Array<string> = []
  private isStalled = false
  private unfinished: (() => void) | undefined

  constructor(highWaterMark = 16_384) {
    super({ writableHighWaterMark: highWaterMark, allowHalfOpen: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString())
    if (this.isStalled) this.unfinished = done
    else done()
  }

  /** What the server sends. */
  receive(bytes: string | Buffer): void {
    this.emit("data", Buffer.from(bytes))
  }

  /** From the next write on the peer reads nothing. */
  stall(): void {
    this.isStalled = true
  }

  /** The peer has read everything. */
  resumeReading(): void {
    this.isStalled = false
    this.unfinished?.()
  }
}
