/** When the commands of an open loop are due: at a fixed distance from one another, however the servers are. */

export interface TimetableOptions {
  /** Commands per second of all workers together. */
  readonly rate: number
  /** They take turns: this one has the first command, and then every so many. */
  readonly worker: number
  readonly workers: number
  /** Milliseconds of `performance.now()`. */
  readonly start: number
  /** Milliseconds from the start in which commands do not count. */
  readonly warmup: number
  /** Milliseconds after the warm-up; `Infinity` when `requests` ends it. */
  readonly duration: number
  /** Commands of this worker that count; `Infinity` when `duration` ends it. */
  readonly requests: number
}

export class Timetable {
  private readonly options: TimetableOptions
  /** The first command that counts. */
  readonly countsFrom: number
  /** Commands in all. */
  readonly length: number
  /** When the last one has had its time. */
  readonly end: number

  constructor(options: TimetableOptions) {
    const { duration, requests, start, warmup } = options
    this.options = options
    this.countsFrom = this.dueWithin(warmup)
    this.length = Math.min(
      this.countsFrom + requests,
      duration === Infinity ? Infinity : this.dueWithin(warmup + duration)
    )
    this.end = Math.min(start + warmup + duration, this.dueAt(this.countsFrom + requests))
  }

  /** When command `position` is due, from 0. */
  dueAt(position: number): number {
    const { rate, start, worker, workers } = this.options
    return start + ((worker + position * workers) * 1000) / rate
  }

  /** Commands that are due before then, and so may be sent then. */
  due(now: number): number {
    return Math.min(this.length, this.dueWithin(now - this.options.start))
  }

  /** By whole numbers of all the workers' commands, so that rounding takes none from one of them. */
  private dueWithin(milliseconds: number): number {
    const { rate, worker, workers } = this.options
    const ofAll = Math.ceil((milliseconds * rate) / 1000)
    return Math.max(0, Math.ceil((ofAll - worker) / workers))
  }
}
