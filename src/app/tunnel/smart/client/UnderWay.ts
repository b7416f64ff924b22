/**
 * What one server does at once, and the proxy needs a while for: a subscription, a
 * MONITOR. One server has done it before it reads what another client says
 * afterwards, so what depends on it waits until it is done.
 */
export class UnderWay {
  private readonly underWay = new Set<object>()
  private waiting: Array<{ readonly missing: Set<object>; readonly action: () => void }> = []

  /** Something begins; what comes back is to be called when it is done, refused or given up, at least once. */
  begin(): () => void {
    const one = {}
    this.underWay.add(one)
    return () => this.end(one)
  }

  get isIdle(): boolean {
    return this.underWay.size === 0
  }

  /** Runs `action` once what is under way now has ended. */
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
