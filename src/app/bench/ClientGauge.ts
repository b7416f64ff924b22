/** How much of its thread a worker has used, and how late its event loop came: whether the client was what was measured. */
import { monitorEventLoopDelay } from "node:perf_hooks"
import type { LatencyHistogram, SparseCounts } from "./LatencyHistogram.ts"

/** Of one worker, since counting began. */
export interface ClientPart {
  /** Of the thread's time, 0 to 1: all but waiting for replies, or for a command to be due. */
  readonly busy: number
  /** Milliseconds that timers were late. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number }
  /** How late the loop came for commands that were due: only of an open loop. */
  readonly lateness: SparseCounts
}

/** What the gauge asks of the load. */
export interface Spinning {
  /** Milliseconds that the loop has gone round without anything to do. */
  readonly spun: number
  readonly lateness: LatencyHistogram
}

/** Milliseconds between two timers whose lateness is taken: it is part of what the monitor records. */
const RESOLUTION = 10
const NANOSECONDS = 1e6

export class ClientGauge {
  private readonly load: Spinning
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  private readonly from = performance.eventLoopUtilization()
  private readonly startedAt = performance.now()
  private readonly spunBefore: number

  /** Begins. */
  constructor(load: Spinning) {
    this.load = load
    this.spunBefore = load.spun
    load.lateness.take()
    this.delay.enable()
  }

  /** `lateness` is handed out in parts that add up; the rest is of all the time so far. */
  take(): ClientPart {
    const { idle } = performance.eventLoopUtilization(this.from)
    const elapsed = performance.now() - this.startedAt
    const waited = idle + this.load.spun - this.spunBefore
    return {
      busy: elapsed > 0 ? Math.min(1, Math.max(0, 1 - waited / elapsed)) : 0,
      delay: { p50: this.late(50), p99: this.late(99), max: this.late(100) },
      lateness: this.load.lateness.take()
    }
  }

  stop(): void {
    this.delay.disable()
  }

  private late(percent: number): number {
    return this.delay.count === 0 ? 0 : Math.max(0, this.delay.percentile(percent) / NANOSECONDS - RESOLUTION)
  }
}
