/** The largest of many, however many there are; equals in the order of their keys. */
export interface Ranked {
  readonly key: Uint8Array
  readonly size: number
}

export class Ranking<A extends Ranked> {
  private readonly capacity: number
  /** Largest first. */
  private readonly best: Array<A> = []

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get entries(): ReadonlyArray<A> {
    return this.best
  }

  /** A key that is seen again, as SCAN may give one twice, keeps its first place. */
  add(entry: A): void {
    const { best, capacity } = this
    if (best.length === capacity && order(entry, best[capacity - 1]) >= 0) return
    let low = 0
    let high = best.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (order(best[middle], entry) < 0) low = middle + 1
      else high = middle
    }
    if (best.some(({ key }) => Buffer.compare(key, entry.key) === 0)) return
    best.splice(low, 0, entry)
    if (best.length > capacity) best.pop()
  }
}

const order = (a: Ranked, b: Ranked): number => b.size - a.size || Buffer.compare(a.key, b.key)
