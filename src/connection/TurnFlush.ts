/**
 * Flushes once per turn of the event loop, after all sockets that had something
 * have been read: so fifty clients' commands leave in one write per master, and
 * fifty replies in one write per client.
 */

export interface Flushable {
  /** Whether it is on the list already; kept by `TurnFlush`. */
  isFlushArmed: boolean
  flush(): void
}

export class TurnFlush {
  private armed: Array<Flushable> = []
  private flushing: Array<Flushable> = []

  /** `target.flush` is called at the end of this turn. */
  arm(target: Flushable): void {
    target.isFlushArmed = true
    if (this.armed.push(target) === 1) setImmediate(run, this)
  }

  /** @internal */
  run(): void {
    const targets = this.armed
    this.armed = this.flushing
    this.flushing = targets
    for (let index = 0; index < targets.length; index++) {
      targets[index].isFlushArmed = false
      targets[index].flush()
    }
    targets.length = 0
  }
}

const run = (turn: TurnFlush): void => turn.run()
