/**
 * One server says once that all keys are invalid. Behind the proxy every master
 * says so after a FLUSHALL, each when it is done: the client is told when all
 * have, or when no other has within a moment, since only one may have been emptied.
 */
const LONGEST_WAIT_MILLISECONDS = 100

export class FlushGathering<Source> {
  private readonly tell: () => void
  private readonly heard = new Set<Source>()
  private timer: NodeJS.Timeout | undefined

  constructor(tell: () => void) {
    this.tell = tell
  }

  /** `source` has said so; one that says it again before the others begins another flush. */
  onFlush(source: Source, sources: Iterable<Source>): void {
    if (this.heard.has(source)) this.settle()
    this.heard.add(source)
    for (const each of sources) if (!this.heard.has(each)) return this.wait()
    this.settle()
  }

  /** Everything has been told to be invalid for another reason, or nobody listens any more. */
  forget(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.heard.clear()
  }

  private wait(): void {
    this.timer ??= setTimeout(() => this.settle(), LONGEST_WAIT_MILLISECONDS).unref()
  }

  private settle(): void {
    this.forget()
    this.tell()
  }
}
