/**
 * The groups that a stream has sent and not yet seen answered, oldest first:
 * a ring of numbers, since a fill of single keys has a million of them.
 */
export class PendingGroups {
  private firsts: Float64Array
  private counts: Int32Array
  private mask: number
  private head = 0
  private length = 0
  private keysInAll = 0

  constructor(capacity: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, capacity)))
    this.firsts = new Float64Array(size)
    this.counts = new Int32Array(size)
    this.mask = size - 1
  }

  get isEmpty(): boolean {
    return this.length === 0
  }

  /** Keys of all groups together. */
  get totalKeys(): number {
    return this.keysInAll
  }

  /** Index of the oldest group's first key. */
  get first(): number {
    return this.firsts[this.head]
  }

  /** Keys of the oldest group. */
  get keys(): number {
    return this.counts[this.head]
  }

  push(first: number, keys: number): void {
    if (this.length > this.mask) this.grow()
    const index = (this.head + this.length) & this.mask
    this.firsts[index] = first
    this.counts[index] = keys
    this.length++
    this.keysInAll += keys
  }

  /** Drops the oldest group. */
  shift(): void {
    this.keysInAll -= this.keys
    this.head = (this.head + 1) & this.mask
    this.length--
  }

  /** Drops the first `keys` keys of the oldest group, fewer than it has. */
  shorten(keys: number, stride: number): void {
    this.firsts[this.head] += keys * stride
    this.counts[this.head] -= keys
    this.keysInAll -= keys
  }

  /** Takes all groups out, oldest first. */
  drain(): Array<Group> {
    const groups: Array<Group> = []
    for (; this.length > 0; this.shift()) groups.push({ first: this.first, keys: this.keys })
    return groups
  }

  private grow(): void {
    const larger = new PendingGroups((this.mask + 1) * 2)
    for (; this.length > 0; this.shift()) larger.push(this.first, this.keys)
    this.firsts = larger.firsts
    this.counts = larger.counts
    this.mask = larger.mask
    this.head = 0
    this.length = larger.length
    this.keysInAll = larger.keysInAll
  }
}

/** Keys that are sent together: `keys` indexes from `first` on, a stride apart that the whole run has in common. */
export interface Group {
  readonly first: number
  readonly keys: number
}
