/**
 * The sibling of `Pipeline` for who forwards: commands go out as the bytes they
 * came in, replies come back as ranges of what was read, and nothing is encoded
 * or decoded.
 *
 * - Commands of one turn of the event loop leave in one write (`TurnFlush`).
 * - The queue is a list of the requests themselves, so that a command costs no
 *   allocation here.
 * - A reply larger than a chunk is handed on in parts as it comes; an error reply
 *   or a push always whole.
 * - Whoever owns it looks in now and then (`look`): it counts looks instead of
 *   reading a clock, as `Pipeline` does.
 *
 * Does not: connect, authenticate, reconnect, retry, or know Effect.
 */
import type { Duplex } from "node:stream"
import { CarryBuffer } from "../protocol/CarryBuffer.ts"
import { INCOMPLETE, MALFORMED, ReplyScanner } from "../protocol/ReplyScanner.ts"
import { BULK_ERROR, PUSH, SIMPLE_ERROR } from "../protocol/RespLine.ts"
import { type FailureReason, PipelineFailure } from "./PipelineFailure.ts"
import { type PipelineOwner, PipelineSocket } from "./PipelineSocket.ts"
import type { Flushable, TurnFlush } from "./TurnFlush.ts"
import { WriteGather } from "./WriteGather.ts"

/** A command in the protocol's bytes, and where its reply goes. In one pipeline at a time. */
export interface RawRequest {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** It may wait on the server for as long as it likes. */
  readonly isPatient: boolean
  /** The next request of the pipeline; kept by `RawPipeline`. */
  nextRequest: RawRequest | undefined
  /** A part of the reply, the only one as a rule. Must not throw. */
  onReply(chunk: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void
  /** There will be no reply, or no more of it. Must not throw. */
  onFailure(failure: PipelineFailure): void
}

export interface RawPipelineEvents {
  /** Receives what the server sends of its own accord (RESP3). */
  onPush: ((chunk: Buffer, start: number, end: number) => void) | undefined
  /** Receives every whole reply in place of the requests, on a connection that has become a stream (RESP2's messages, MONITOR). */
  onStream: ((chunk: Buffer, start: number, end: number) => void) | undefined
  /** Called once, after everything pending has been failed. */
  onClose: ((failure: PipelineFailure) => void) | undefined
}

export class RawPipeline implements Flushable, PipelineOwner {
  readonly events: RawPipelineEvents = {
    onPush: undefined,
    onStream: undefined,
    onClose: undefined
  }
  isFlushArmed = false
  /** Commands without a reply so far. */
  pending = 0
  /** Replies and pushes received so far, and parts of them: as long as it grows, the server is alive. */
  replies = 0
  private readonly socket: PipelineSocket
  private readonly turn: TurnFlush
  private readonly onEnded: (failure: PipelineFailure, unanswered: number) => void
  private readonly scanner = new ReplyScanner()
  private readonly carry = new CarryBuffer()
  private readonly output = new WriteGather()
  private oldest: RawRequest | undefined
  private youngest: RawRequest | undefined
  /** The oldest of the youngest requests, whose bytes have not been written. */
  private unsent: RawRequest | undefined
  /** A reply has begun: the type that it began with. */
  private type = 0
  private failure: PipelineFailure | undefined
  private lookedAt = 0
  private silentLooks = 0

  /** `onEnded` is for who opened it; `events` are for who uses it at present. */
  constructor(
    socket: Duplex,
    turn: TurnFlush,
    onEnded: (failure: PipelineFailure, unanswered: number) => void = () => {}
  ) {
    this.socket = new PipelineSocket(socket, this)
    this.turn = turn
    this.onEnded = onEnded
  }

  get isOpen(): boolean {
    return this.failure === undefined
  }

  submit(request: RawRequest): void {
    if (this.failure !== undefined) {
      return request.onFailure(new PipelineFailure(this.failure.reason, "no", this.failure.detail))
    }
    request.nextRequest = undefined
    if (this.youngest === undefined) this.oldest = request
    else this.youngest.nextRequest = request
    this.youngest = request
    if (this.unsent === undefined) this.unsent = request
    this.pending++
    this.output.add(request.bytes, request.start, request.end)
    if (!this.isFlushArmed) this.turn.arm(this)
  }

  /** Bytes to which no reply comes, or one that nobody queued for gets (see `onStream`). */
  write(bytes: Buffer): void {
    if (this.failure !== undefined) return
    this.output.add(bytes, 0, bytes.length)
    if (!this.isFlushArmed) this.turn.arm(this)
  }

  flush(): void {
    if (this.socket.isFull || this.failure !== undefined) return
    this.unsent = undefined
    if (!this.output.flush(this.socket.stream)) this.socket.isFull = true
  }

  /** How often in a row it has been looked at without anything having come, while commands that may not wait did. */
  look(): number {
    const isWaiting = this.oldest !== undefined && !this.oldest.isPatient
    this.silentLooks = isWaiting && this.lookedAt === this.replies ? this.silentLooks + 1 : 0
    this.lookedAt = this.replies
    return this.silentLooks
  }

  /** Ends the connection and fails what is pending. */
  close(reason: FailureReason, detail: string): void {
    if (this.failure !== undefined) return
    const failure = new PipelineFailure(reason, "maybe", detail)
    const notSent = new PipelineFailure(reason, "no", detail)
    this.failure = failure
    this.socket.stream.destroy()
    this.output.clear()
    const unanswered = this.pending
    let request = this.oldest
    let isSent = true
    this.oldest = this.youngest = undefined
    this.pending = 0
    while (request !== undefined) {
      if (request === this.unsent) isSent = false
      const next = request.nextRequest
      request.nextRequest = undefined
      request.onFailure(isSent ? failure : notSent)
      request = next
    }
    this.unsent = undefined
    this.onEnded(failure, unanswered)
    this.events.onClose?.(failure)
  }

  /** @internal */
  onData(chunk: Buffer): void {
    let start = 0
    while (start < chunk.length && this.failure === undefined) {
      const isFirst = this.type === 0
      if (isFirst) this.type = chunk[start]
      const end = this.scanner.next(chunk, start)
      if (end === MALFORMED) return this.close("Protocol", "the server sent what is not of the protocol")
      this.replies++
      const stop = end === INCOMPLETE ? chunk.length : end
      if (this.isHandedOnWhole()) this.gather(chunk, start, stop, end !== INCOMPLETE)
      else this.handOn(chunk, start, stop, isFirst, end !== INCOMPLETE)
      start = stop
    }
  }

  private isHandedOnWhole(): boolean {
    return (
      this.type === SIMPLE_ERROR ||
      this.type === PUSH ||
      this.type === BULK_ERROR ||
      this.events.onStream !== undefined
    )
  }

  private handOn(chunk: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void {
    const request = this.oldest
    if (request === undefined) return this.close("Protocol", "a reply came that no command asked for")
    if (isLast) {
      this.type = 0
      this.oldest = request.nextRequest
      if (this.oldest === undefined) this.youngest = undefined
      this.pending--
    }
    request.onReply(chunk, start, end, isFirst, isLast)
  }

  private gather(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    if (!isLast) return this.carry.append(chunk, start, end, Infinity)
    if (this.carry.length === 0) return this.deliver(chunk, start, end)
    this.carry.append(chunk, start, end, Infinity)
    const whole = this.carry.take(this.carry.length)
    this.deliver(whole, 0, whole.length)
  }

  private deliver(chunk: Buffer, start: number, end: number): void {
    const { onPush, onStream } = this.events
    if (onStream !== undefined) {
      this.type = 0
      onStream(chunk, start, end)
    } else if (this.type === PUSH) {
      this.type = 0
      onPush?.(chunk, start, end)
    } else this.handOn(chunk, start, end, true, true)
  }
}
