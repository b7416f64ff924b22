/**
 * Commands one after the other out of what a client sends, as fast as that is
 * allowed: not while the client is held, nor while too many of its commands await
 * their replies. What it sends meanwhile waits, a little of it here.
 */
import type { Duplex } from "node:stream"
import type { ProxyLimits } from "../ProxyLimits.ts"
import { COMMAND, MALFORMED, RequestScanner } from "../request/RequestScanner.ts"
import type { ReplyQueue } from "./ReplyQueue.ts"

/** Bytes that are read from a client that is held; what else it sends waits in the network, unseen. */
const HELD_BYTES = 1024 * 1024

export interface CommandFeedEvents {
  /** A command has been found: it stands in the scanner. */
  readonly onCommand: (scanner: RequestScanner) => void
  /** What has come is not of the protocol; nothing more is read. */
  readonly onMalformed: (error: string) => void
  /** So many bytes have come without a command in them. */
  readonly onOverflow: (bytes: number) => void
  /** The client has said its last word, and all its commands have been dealt with. */
  readonly onFinished: () => void
}

export class CommandFeed {
  readonly scanner = new RequestScanner()
  private readonly socket: Duplex
  private readonly queue: ReplyQueue
  private readonly limits: ProxyLimits
  private readonly events: CommandFeedEvents
  private isHeld = false
  private isStopped = false
  private isPumping = false
  private isPaused = false
  private isFull = false
  private hasEnded = false
  private whenDrained: (() => void) | undefined

  constructor(socket: Duplex, queue: ReplyQueue, limits: ProxyLimits, events: CommandFeedEvents) {
    this.socket = socket
    this.queue = queue
    this.limits = limits
    this.events = events
  }

  append(chunk: Buffer): void {
    const { scanner } = this
    scanner.append(chunk)
    this.pump()
    if (scanner.buffered > this.limits.queryBuffer) this.events.onOverflow(scanner.buffered)
  }

  /** The client will say nothing more. */
  end(): void {
    this.hasEnded = true
    this.pump()
  }

  /** No command is dealt with any more, whatever happens. */
  stop(): void {
    this.isStopped = true
  }

  hold(): void {
    this.isHeld = true
  }

  release(): void {
    this.isHeld = false
    this.pump()
  }

  /** Ends the hold with a command that was kept waiting; what it holds again stays held. */
  letThrough(command: () => void): void {
    this.isHeld = false
    command()
    this.pump()
  }

  /** Holds the client, and runs `action` once all replies that are awaited have come. */
  afterDrained(action: () => void): void {
    this.isHeld = true
    if (this.queue.length === 0) action()
    else this.whenDrained = action
  }

  /** Who holds it already sees to it himself. */
  holdUntilDrained(): void {
    if (!this.isHeld) this.afterDrained(() => this.release())
  }

  /** To be called when nothing is awaited any more; true when somebody had waited for it. */
  onDrained(): boolean {
    const action = this.whenDrained
    if (action === undefined) return false
    this.whenDrained = undefined
    action()
    return true
  }

  /** To be called when there are fewer replies awaited than before. */
  onRoom(): void {
    const { limits, queue } = this
    if (!this.isFull || queue.length > limits.pipelined / 2 || queue.bytes > limits.pipelinedBytes / 2) return
    this.isFull = false
    this.pump()
  }

  private pump(): void {
    // Releasing it may be the last thing that a command does, within this very loop.
    if (this.isPumping) return
    this.isPumping = true
    while (!this.isHeld && !this.isStopped) {
      if (this.queue.length >= this.limits.pipelined || this.queue.bytes >= this.limits.pipelinedBytes) {
        this.isFull = true
        break
      }
      const found = this.scanner.next()
      if (found === COMMAND) this.events.onCommand(this.scanner)
      else {
        if (found === MALFORMED) this.events.onMalformed(this.scanner.error)
        break
      }
    }
    this.isPumping = false
    this.pauseOrResume()
    if (this.hasEnded && !this.isHeld && !this.isFull && !this.isStopped) this.events.onFinished()
  }

  private pauseOrResume(): void {
    const mustPause = (this.isHeld || this.isFull) && this.scanner.buffered > HELD_BYTES
    if (mustPause === this.isPaused) return
    this.isPaused = mustPause
    if (mustPause) this.socket.pause()
    else this.socket.resume()
  }
}
