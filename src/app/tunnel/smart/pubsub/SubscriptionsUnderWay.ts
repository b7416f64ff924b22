/**
 * One server has subscribed a client before it reads what another publishes
 * afterwards. Behind the proxy subscribing takes a while and a connection of its
 * own: what is published meanwhile waits until it is done.
 */
export class SubscriptionsUnderWay {
  private readonly underWay = new Set<object>()
  private waiting: Array<{ readonly missing: Set<object>; readonly action: () => void }> = []

  /** A subscription begins; what comes back is to be called when it is made, refused or given up, at least once. */
  begin(): () => void {
    const one = {}
    this.underWay.add(one)
    return () => this.end(one)
  }

  get isIdle(): boolean {
    return this.underWay.size === 0
  }

  /** Runs `action` once those that are under way now have ended. */
  after(action: () => void): void {
    if (this.isIdle) action()
    else this.waiting.push({ missing: new Set(this.underWay), action })
  }

  private end(one: object): void {
    if (!this.underWay.delete(one)) return
    const ready = this.waiting.filter(({ missing }) => missing.delete(one) && missing.size === 0)
    this.waiting = this.waiting.filter(({ missing }) => missing.size > 0)
    for (const { action } of ready) action()
  }
}
