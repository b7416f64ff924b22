/**
 * Keys per second that all streams together may send: a token bucket that fills
 * with time and is emptied group by group.
 *
 * It begins empty and is looked into every few milliseconds, so that what is
 * sent follows the rate in small steps. What streams did not use is kept for a
 * moment only: enough that a late timer costs nothing, too little for a burst.
 */
import type { Brake } from "./Brake.ts"

/** What a group may amount to, and how long nothing at all may be sent at a high rate. */
export const PACE_STEP_MS = 5
/** Unused keys are kept for so long. */
const KEPT_MS = 100

export class Pace implements Brake {
  private readonly keysPerMs: number
  /** Below 0 after a group that is larger than what there was. */
  private keys = 0
  private filledAt = performance.now()
  private readonly waiting: Array<() => void> = []
  private timer: NodeJS.Timeout | undefined

  constructor(keysPerSecond: number) {
    this.keysPerMs = keysPerSecond / 1000
  }

  allows(): boolean {
    const now = performance.now()
    const most = Math.max(1, this.keysPerMs * KEPT_MS)
    this.keys = Math.min(most, this.keys + (now - this.filledAt) * this.keysPerMs)
    this.filledAt = now
    return this.keys > 0
  }

  pass(keys: number): void {
    this.keys -= keys
  }

  wait(_keys: number, resume: () => void): void {
    this.waiting.push(resume)
    this.arm()
  }

  /** Lets nobody go on any more. */
  stop(): void {
    clearTimeout(this.timer)
    this.waiting.length = 0
  }

  private readonly onTimer = (): void => {
    this.timer = undefined
    // In the order in which they came, so that no stream starves; each takes what it finds and waits again.
    for (let left = this.waiting.length; left > 0 && this.allows(); left--) this.waiting.shift()?.()
    if (this.waiting.length > 0) this.arm()
  }

  private arm(): void {
    this.timer ??= setTimeout(this.onTimer, Math.max(PACE_STEP_MS, Math.ceil(-this.keys / this.keysPerMs)))
  }
}
