/**
 * Clients that send commands and time the answers, without a fiber each.
 *
 * In a closed loop a client sends as soon as it has been answered. In an open
 * loop commands are due by a timetable that does not care how the servers are:
 * one that finds no client free waits, and its waiting counts (response time),
 * beside the time from sending to answer (service time).
 *
 * Node's timers are a millisecond coarse, so the last moments before a command
 * is due are spent going round the event loop, and are told apart from work.
 */
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import type { RespValue } from "../../protocol/Resp.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"
import type { LoadTally } from "./LoadTally.ts"
import type { Timetable } from "./Timetable.ts"
import type { Workload } from "./Workload.ts"

export interface LoadOptions {
  readonly client: Pick<RedisCommands, "unsafeSubmit">
  readonly workload: Workload
  readonly tally: LoadTally
  readonly clients: number
  /** Commands that a client sends together; it sends the next when all are answered. */
  readonly pipeline: number
  /** `undefined`: a closed loop. */
  readonly timetable: Timetable | undefined
  /** When counting begins and sending ends, milliseconds of `performance.now()`; `Infinity`: `requests` ends it. */
  readonly countsFrom: number
  readonly endsAt: number
  /** Commands to send that count; `Infinity` when the time ends the run. */
  readonly requests: number
  /** Called once, when the last command has been answered. */
  readonly onEnd: () => void
}

/** A client that was refused without the server being asked waits so long: the reason lasts. Milliseconds. */
const PAUSE_AFTER_FAILURE = 10
/** A timer is set to so long before a command is due, or it might be late. Milliseconds. */
const TIMER_MARGIN = 2
/** Commands that were due when the time was over are still sent for so long. Milliseconds. */
const GRACE = 1000

export class LoadLoop {
  private readonly options: LoadOptions
  /** By lane: a place for one command under way. A client has as many as it sends together. */
  private readonly sentAt: Float64Array
  private readonly dueAt: Float64Array
  private readonly counts: Uint8Array
  private readonly operationOf: Uint16Array
  private readonly slotOf: Int32Array
  /** Commands that a client waits for. */
  private readonly unanswered: Uint32Array
  private readonly free: Array<number> = []
  private freeSince = 0
  private underWay = 0
  /** Commands sent, and those of them that count. */
  private sent = 0
  private sentCounting = 0
  private lastAnswer = 0
  private endedAt: number | undefined
  private isEnding = false
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private isSpinning = false
  private isBusy = false
  private spinFrom = 0
  /** Milliseconds spent waiting for a command to be due, without anything to do. */
  spun = 0
  /** How late commands were sent that a client was free for: the loop's own fault. Of an open loop. */
  readonly lateness: LatencyHistogram = new LatencyHistogram()

  constructor(options: LoadOptions) {
    const lanes = options.clients * options.pipeline
    this.options = options
    this.sentAt = new Float64Array(lanes)
    this.dueAt = new Float64Array(lanes)
    this.counts = new Uint8Array(lanes)
    this.operationOf = new Uint16Array(lanes)
    this.slotOf = new Int32Array(lanes)
    this.unanswered = new Uint32Array(options.clients)
  }

  start(): void {
    const { clients, endsAt } = this.options
    for (let client = clients - 1; client >= 0; client--) this.free.push(client)
    this.freeSince = performance.now()
    if (endsAt !== Infinity) this.after(endsAt - performance.now(), "end", this.onTimeOver)
    this.sendWhatMayBe(performance.now())
    // One of many workers may have nothing to send.
    this.endIfDone()
  }

  /** Sends nothing more; `onEnd` is called when what is under way has been answered. */
  stop(): void {
    this.isEnding = true
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.endIfDone()
  }

  /** Milliseconds of what has been counted so far: to the last answer, or for as long as commands were due. */
  get measured(): number {
    const { countsFrom, endsAt, timetable } = this.options
    const now = this.endedAt ?? performance.now()
    // The last command of a timetable has its time, also when it is answered before that is over.
    const hasAllSent = timetable !== undefined && this.endedAt !== undefined && this.sent === timetable.length
    const isByRequests = timetable === undefined && endsAt === Infinity
    const planned = timetable === undefined ? endsAt : timetable.end
    const until = hasAllSent
      ? planned
      : isByRequests && this.endedAt !== undefined
        ? 0
        : Math.min(planned, now)
    return Math.max(0, Math.max(this.lastAnswer, until) - countsFrom)
  }

  /** Commands that were due and have not been sent. */
  get unsent(): number {
    const { timetable } = this.options
    return timetable === undefined ? 0 : timetable.due(this.endedAt ?? performance.now()) - this.sent
  }

  /** Commands that may be sent now by one client. */
  private allowed(now: number): number {
    const { countsFrom, endsAt, pipeline, requests, timetable } = this.options
    if (this.isEnding) return 0
    if (timetable !== undefined) return Math.min(pipeline, timetable.due(now) - this.sent)
    if (now >= endsAt) return 0
    return now < countsFrom ? pipeline : Math.min(pipeline, requests - this.sentCounting)
  }

  private sendWhatMayBe(now: number): void {
    const { timetable } = this.options
    while (this.free.length > 0) {
      const count = this.allowed(now)
      if (count === 0) break
      this.send(this.free.pop()!, count, now)
    }
    if (timetable === undefined || this.isEnding) return
    if (this.sent >= timetable.length) return this.stop()
    // Without a free client the next answer calls.
    if (this.free.length > 0) this.comeBack(timetable.dueAt(this.sent) - now)
  }

  private send(client: number, count: number, now: number): void {
    const { countsFrom, pipeline, timetable } = this.options
    const first = client * pipeline
    this.unanswered[client] = count
    this.underWay += count
    this.isBusy = true
    for (let lane = first; lane < first + count; lane++) {
      const isCounting = timetable === undefined ? now >= countsFrom : this.sent >= timetable.countsFrom
      const due = timetable === undefined ? now : timetable.dueAt(this.sent)
      if (timetable !== undefined) this.lateness.record(Math.max(0, now - Math.max(due, this.freeSince)))
      this.dueAt[lane] = due
      this.counts[lane] = isCounting ? 1 : 0
      this.sent++
      if (isCounting) this.sentCounting++
      this.submit(lane, now)
    }
  }

  private submit(lane: number, now: number): void {
    const { client, tally, workload } = this.options
    const command = workload.next(lane)
    this.sentAt[lane] = now
    this.operationOf[lane] = workload.operation
    this.slotOf[lane] = workload.slot
    tally.onSent(workload.slot, now)
    client.unsafeSubmit(command, this.settle, lane)
  }

  private readonly settle = (outcome: RespValue | ClientError, lane: number): void => {
    const { pipeline, tally } = this.options
    const now = performance.now()
    const slot = this.slotOf[lane]
    const operation = this.operationOf[lane]
    const isError = outcome instanceof Error
    this.underWay--
    this.isBusy = true
    tally.onSettled(slot, outcome, now)
    if (this.counts[lane] === 1) {
      this.lastAnswer = now
      if (isError) tally.countError(operation, slot, outcome)
      else tally.count(operation, slot, now - this.sentAt[lane], now - this.dueAt[lane], outcome)
    }
    const client = pipeline === 1 ? lane : Math.floor(lane / pipeline)
    if (--this.unanswered[client] > 0) return
    if (isError && outcome._tag !== "RedisError" && !this.isEnding) {
      setTimeout(() => this.onFree(client, performance.now()), PAUSE_AFTER_FAILURE)
    } else this.onFree(client, now)
  }

  private onFree(client: number, now: number): void {
    if (this.free.push(client) === 1) this.freeSince = now
    if (!this.isEnding) this.sendWhatMayBe(now)
    this.endIfDone()
  }

  private comeBack(wait: number): void {
    if (wait > TIMER_MARGIN) return this.after(wait - TIMER_MARGIN, "due", this.onDue)
    if (this.isSpinning) return
    this.isSpinning = true
    this.isBusy = false
    this.spinFrom = performance.now()
    setImmediate(this.spin)
  }

  private readonly onDue = (): void => this.sendWhatMayBe(performance.now())

  private readonly spin = (): void => {
    const now = performance.now()
    this.isSpinning = false
    if (this.isEnding) return
    if (!this.isBusy) this.spun += now - this.spinFrom
    this.sendWhatMayBe(now)
  }

  private readonly onTimeOver = (): void => {
    if (this.options.timetable === undefined) return this.stop()
    this.after(GRACE, "grace", () => this.stop())
    this.onDue()
  }

  private after(milliseconds: number, purpose: string, then: () => void): void {
    clearTimeout(this.timers.get(purpose))
    this.timers.set(purpose, setTimeout(then, milliseconds))
  }

  private endIfDone(): void {
    if (this.endedAt !== undefined || this.underWay > 0) return
    const now = performance.now()
    if (!this.isEnding && (this.options.timetable !== undefined || this.allowed(now) > 0)) return
    this.isEnding = true
    this.endedAt = now
    for (const timer of this.timers.values()) clearTimeout(timer)
    this.options.onEnd()
  }
}
