/**
 * One socket that carries groups of the data set to a server as fast as it
 * takes them: no Effect, no promise, nothing kept of what was sent but indexes.
 *
 * What holds at every moment:
 * - at most a window of keys is unacknowledged, those held for another try included,
 *   and at most a flight of them is unanswered;
 * - the batch is rendered anew only when the kernel has all of its bytes;
 * - replies are matched with groups in the order sent; a reply that fits none, a
 *   closed socket, or silence for as long as a command may take, ends the stream;
 * - `onEnd` is called once; what was not answered, and the work not begun, can be
 *   taken out then.
 *
 * The replies are read by the caller's reader, so that the same stream writes and
 * reads back.
 */
import type { GroupReplies } from "../../dataset/FillReplies.ts"
import { type GroupBatch, makeBatch } from "../../dataset/GroupBatch.ts"
import { divideWork, type GroupCursor, ListCursor } from "../../dataset/GroupCursor.ts"
import { PendingGroups } from "../../dataset/PendingGroups.ts"
import type { Brake } from "./Brake.ts"
import { Farewell, REPLIES_OFF, REPLIES_ON } from "./Farewell.ts"
import type { GroupStreamOptions, StreamEnd } from "./GroupStreamOptions.ts"
import { SendWindow } from "./SendWindow.ts"

/** How often silence is looked for within its timeout. */
const LOOKS_PER_TIMEOUT = 10

export class GroupStream {
  private readonly options: GroupStreamOptions
  private readonly pending: PendingGroups
  private readonly batch: GroupBatch
  private readonly replies: GroupReplies
  private readonly window: SendWindow
  private readonly work: Array<GroupCursor> = []
  private readonly watch: NodeJS.Timeout
  private isWriting = false
  private isBraked = false
  private isStopping = false
  private hasEnded = false
  private lastSign = performance.now()
  /** Of replies off: once the answer to REPLIES_ON is asked for. */
  private farewell: Farewell | undefined

  constructor(options: GroupStreamOptions) {
    this.options = options
    // Without replies nothing is pending, so one group suffices.
    this.pending = new PendingGroups(Math.min(options.sizes.windowKeys, INITIAL_PENDING))
    this.batch = makeBatch(options.format, options.stride, options.sizes.batchBytes)
    this.replies = options.makeReplies(this.pending)
    this.window = new SendWindow(options.sizes)
    options.socket.on("data", this.onData)
    options.socket.on("error", this.onError)
    options.socket.on("close", this.onClose)
    options.socket.on("end", this.onClose)
    this.watch = setInterval(this.onWatch, options.silenceTimeout / LOOKS_PER_TIMEOUT)
    if (options.replies === "off") options.socket.write(REPLIES_OFF)
  }

  /** Keys assigned and not yet sent. */
  get remainingKeys(): number {
    return this.work.reduce((keys, cursor) => keys + cursor.remainingKeys, 0)
  }

  /** Adds work and goes on; false when the stream has ended or is about to, and the work is still the caller's. */
  assign(cursors: ReadonlyArray<GroupCursor>): boolean {
    if (this.hasEnded || this.isStopping || this.farewell !== undefined) return false
    this.work.push(...cursors)
    this.pump()
    return true
  }

  /**
   * Keys that were answered stay in the window until they are settled (elsewhere, or in a checkpoint), so that a
   * stream does not run ahead of its refusals or its checkpoint.
   */
  hold(keys: number): void {
    this.window.hold(keys)
  }

  settle(keys: number): void {
    this.window.settle(keys)
    this.pump()
  }

  /**
   * Divides the work not yet sent by slot owner, keeps that of `own`, and gives
   * back the rest, by owner.
   */
  release<Owner>(ownerOf: (slot: number) => Owner, own: Owner): Map<Owner, Array<GroupCursor>> {
    const parts = divideWork(this.work.splice(0), ownerOf)
    this.work.push(...(parts.get(own) ?? []))
    parts.delete(own)
    this.pump()
    return parts
  }

  /** Sends nothing new; ends when what was sent is answered. */
  stop(): void {
    this.isStopping = true
    this.pump()
  }

  /** Milliseconds without a sign of life, when one is due. */
  get silentFor(): number {
    const isDue = this.isWriting || !this.pending.isEmpty || this.farewell !== undefined
    return isDue && !this.hasEnded ? performance.now() - this.lastSign : 0
  }

  /** Ends as a lost connection does: nobody wants its answers any more. */
  abandon(detail: string): void {
    this.lose(detail)
  }

  /** The work not yet sent, for after the end. */
  takeWork(): Array<GroupCursor> {
    return this.work.splice(0)
  }

  /** What was sent and not answered, for after the end. */
  takeUnanswered(): ListCursor {
    return new ListCursor(this.pending.drain())
  }

  /** Lets go of the socket; `onEnd` is not called any more. */
  detach(): void {
    this.hasEnded = true
    clearInterval(this.watch)
    const { socket } = this.options
    socket.off("data", this.onData)
    socket.off("close", this.onClose)
    socket.off("end", this.onClose)
    // "error" stays: a write under way may still fail, and nobody else listens.
  }

  private pump(): void {
    if (this.hasEnded || this.isWriting) return
    if (!this.isStopping) this.fillBatch()
    if (!this.batch.isEmpty) this.writePiece()
    else if (this.pending.isEmpty && (this.isStopping || this.work.length === 0)) this.finish()
  }

  private fillBatch(): void {
    const { brake } = this.options
    const isAnswered = this.options.replies === "on"
    let room = this.window.room(this.pending.totalKeys)
    if (!this.pending.isEmpty && !this.window.isWorthAWrite(room)) return
    const isIdle = this.pending.isEmpty && this.window.isUnheld
    const now = performance.now()
    while (this.work.length > 0) {
      const [cursor] = this.work
      const { first, keys } = cursor
      if (keys === 0) {
        this.work.shift()
        continue
      }
      // A group that exceeds them goes by itself.
      if (keys > room && !(isIdle && this.batch.isEmpty)) return
      if (brake !== undefined && !brake.allows(keys)) return this.waitFor(brake, keys)
      if (!this.batch.append(first, keys)) return
      brake?.pass(keys)
      if (isAnswered) {
        this.pending.push(first, keys)
        this.window.send(keys, now)
        room -= keys
      }
      this.options.onSent(first, keys)
      cursor.advance()
    }
  }

  private waitFor(brake: Brake, keys: number): void {
    if (this.isBraked) return
    this.isBraked = true
    brake.wait(keys, this.onReleased)
  }

  private readonly onReleased = (): void => {
    this.isBraked = false
    this.pump()
  }

  private writePiece(): void {
    const piece = this.batch.takePiece()
    if (piece === undefined) return this.pump()
    if (!this.isWriting && this.pending.isEmpty) this.lastSign = performance.now()
    this.isWriting = true
    this.options.socket.write(piece, this.onWritten)
  }

  private readonly onWritten = (error?: Error | null): void => {
    if (error !== undefined && error !== null) return this.lose(error.message)
    if (this.hasEnded) return
    this.lastSign = performance.now()
    this.isWriting = false
    this.writePiece()
  }

  private readonly onData = (chunk: Buffer): void => {
    this.lastSign = performance.now()
    if (this.options.replies === "off") return this.readFarewell(chunk)
    const problem = this.replies.push(chunk)
    if (problem !== undefined) return this.lose(problem)
    this.window.answer(this.pending.totalKeys, this.lastSign)
    this.pump()
  }

  /** All is written and answered; without replies, the server is asked to say so. */
  private finish(): void {
    if (this.options.replies === "on") return this.end({ _tag: this.isStopping ? "Stopped" : "Drained" })
    if (this.farewell !== undefined) return
    this.farewell = new Farewell()
    this.lastSign = performance.now()
    this.options.socket.write(REPLIES_ON)
  }

  private readFarewell(chunk: Buffer): void {
    const isWhole = this.farewell?.read(chunk)
    if (isWhole === undefined) this.lose("it sent a reply that was not asked for")
    else if (isWhole) this.end({ _tag: this.isStopping ? "Stopped" : "Drained" })
  }

  private readonly onError = (error: Error): void => this.lose(error.message)

  private readonly onClose = (): void => this.lose("the server closed the connection")

  private readonly onWatch = (): void => {
    const { silenceTimeout } = this.options
    if (this.silentFor >= silenceTimeout) this.lose(`no sign of life for ${silenceTimeout / 1000} s`)
  }

  private lose(detail: string): void {
    this.end({ _tag: "Lost", detail })
  }

  private end(end: StreamEnd): void {
    if (this.hasEnded) return
    this.detach()
    this.options.onEnd(end)
  }
}

/** Groups that the ring of pending ones begins with room for. */
const INITIAL_PENDING = 1024
