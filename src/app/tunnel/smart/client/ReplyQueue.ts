/**
 * Replies in the order of their commands: one client's commands go to several
 * nodes, whose replies come when they come. What is first in line is handed on
 * as it arrives; the rest is held until its turn.
 */
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import { RoutedRequest } from "../upstream/RoutedRequest.ts"

/** Where the replies go. */
export interface ReplyOutput {
  add(chunk: Buffer, start: number, end: number): void
  /** Nothing is awaited any more. */
  onDrained(): void
  /** A reply has been handed on in full, and others are awaited. */
  onRoom(): void
  /** So many bytes of replies have come before their turn. */
  onHeld(bytes: number): void
  /** A command is to be sent again: those that have not been sent yet should wait for it. */
  onTroubled(): void
  /** The rest of a reply will not come, although its beginning has been handed on. */
  onBroken(detail: string): void
}

interface Piece {
  readonly chunk: Buffer
  readonly start: number
  readonly end: number
}

const MINUS = 0x2d
/** Nobody is told of fewer. */
const FEW_BYTES = 1024 * 1024

/** A command's place in line. It may be sent to a node itself, or be answered by who had it made. */
export class ReplyTurn extends RoutedRequest {
  /** Kept by the queue. */
  next: ReplyTurn | undefined = undefined
  isDone = false
  /** Parts of its reply that came before its turn. */
  held: Array<Piece> | undefined = undefined
  /** Its reply is not for the client (CLIENT REPLY OFF). */
  isSilent = false
  /** Milliseconds of `performance.now()` when it was read, if it is timed; else 0. */
  startedAt = 0
  /** Instead of going on as a whole when its keys are divided between two nodes. */
  onDivided: (() => void) | undefined = undefined
  queue!: ReplyQueue
  private isBegun = false

  protected deliver(chunk: Buffer, start: number, end: number, isLast: boolean): void {
    if (this.entry !== undefined) {
      if (!this.isBegun && chunk[start] === MINUS) this.entry.errors++
      if (isLast && this.startedAt !== 0)
        this.onTimed(this.entry, (performance.now() - this.startedAt) * 1000)
    }
    this.isBegun = true
    this.queue.deliver(this, chunk, start, end, isLast)
  }

  /** What waits at a node for something to happen says nothing about the node. */
  private onTimed(entry: CommandEntry, microseconds: number): void {
    entry.onLatency(microseconds)
    if (this.address === undefined || this.isPatient) return
    this.set.get(this.address)?.latencies.onLatency(microseconds)
  }

  protected breakOff(failure: PipelineFailure): void {
    this.queue.output.onBroken(failure.detail)
  }

  /** The whole reply at once. */
  answer(reply: Buffer): void {
    this.deliver(reply, 0, reply.length, true)
  }

  override onTroubled(): void {
    this.queue.output.onTroubled()
  }

  override divide(): boolean {
    const { onDivided } = this
    if (onDivided === undefined) return false
    this.onDivided = undefined
    onDivided()
    return true
  }
}

export class ReplyQueue {
  readonly output: ReplyOutput
  length = 0
  /** Of the commands that are awaited. */
  bytes = 0
  private heldBytes = 0
  private head: ReplyTurn | undefined
  private tail: ReplyTurn | undefined

  constructor(output: ReplyOutput) {
    this.output = output
  }

  push(turn: ReplyTurn): void {
    turn.queue = this
    if (this.tail === undefined) this.head = turn
    else this.tail.next = turn
    this.tail = turn
    this.length++
    this.bytes += turn.end - turn.start
  }

  deliver(turn: ReplyTurn, chunk: Buffer, start: number, end: number, isLast: boolean): void {
    if (isLast) turn.isDone = true
    if (turn !== this.head) {
      if (turn.isSilent) return
      const held = (turn.held ??= [])
      held.push({ chunk, start, end })
      this.heldBytes += end - start
      if (this.heldBytes > FEW_BYTES) this.output.onHeld(this.heldBytes)
      return
    }
    if (!turn.isSilent) this.output.add(chunk, start, end)
    if (isLast) this.advance(turn)
  }

  /** The client is gone: replies that still come are nobody's. */
  abandon(): void {
    for (let turn = this.head; turn !== undefined; turn = turn.next) {
      turn.isSilent = true
      turn.held = undefined
    }
    this.heldBytes = 0
  }

  private advance(done: ReplyTurn): void {
    let turn = done.next
    this.length--
    this.bytes -= done.end - done.start
    while (turn !== undefined) {
      if (turn.held !== undefined) {
        for (const { chunk, end, start } of turn.held) {
          this.heldBytes -= end - start
          if (!turn.isSilent) this.output.add(chunk, start, end)
        }
        turn.held = undefined
      }
      if (!turn.isDone) break
      this.length--
      this.bytes -= turn.end - turn.start
      turn = turn.next
    }
    this.head = turn
    if (turn === undefined) {
      this.tail = undefined
      this.output.onDrained()
    } else this.output.onRoom()
  }
}
