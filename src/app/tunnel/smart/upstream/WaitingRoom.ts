/**
 * Commands that can only be sent again later, when another topology or a little
 * patience may help. They leave it together and in the order in which they came,
 * so that two commands of a client on one key do not overtake each other.
 *
 * It is left at once when the topology changes, and otherwise after waits that
 * double as long as somebody comes back.
 */
import * as Duration from "effect/Duration"
import { FIRST_UNAVAILABLE_WAIT, LONGEST_WAIT } from "../../../../client/Backoff.ts"
import { DEFAULT_AVAILABILITY_DEADLINE } from "../../../../client/ClusterConfig.ts"

export interface Waiting {
  readonly retry: () => void
  /** Nothing helped within the deadline. */
  readonly giveUp: () => void
  /** When it first came, as `performance.now()`. */
  readonly since: number
}

const FIRST_WAIT = Duration.toMillis(FIRST_UNAVAILABLE_WAIT)
const LAST_WAIT = Duration.toMillis(LONGEST_WAIT)
const DEADLINE = Duration.toMillis(DEFAULT_AVAILABILITY_DEADLINE)
const GROWTH = 2
/** Waits vary by this share, so that several proxies do not ask in step. */
const JITTER = 0.2

export class WaitingRoom {
  private waiting: Array<Waiting> = []
  private timer: NodeJS.Timeout | undefined
  private wait = FIRST_WAIT
  private isClosed = false

  enter(waiting: Waiting): void {
    if (this.isClosed) return waiting.giveUp()
    this.waiting.push(waiting)
    if (this.timer !== undefined) return
    this.timer = setTimeout(this.onTimer, this.wait * (1 - JITTER + 2 * JITTER * Math.random()))
  }

  /** Everybody tries again: there is another topology. */
  open(): void {
    this.wait = FIRST_WAIT
    this.leave()
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    for (const { giveUp } of this.waiting.splice(0)) giveUp()
  }

  private readonly onTimer = (): void => {
    this.wait = Math.min(this.wait * GROWTH, LAST_WAIT)
    this.leave()
    if (this.waiting.length === 0) this.wait = FIRST_WAIT
  }

  private leave(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const now = performance.now()
    for (const { giveUp, retry, since } of this.waiting.splice(0)) {
      if (now - since > DEADLINE) giveUp()
      else retry()
    }
  }
}
