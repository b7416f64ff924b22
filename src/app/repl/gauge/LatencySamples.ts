/** Round-trip times of one node, counted in buckets of one percent, so that a day of them takes no more memory than a second. */
const BUCKET_WIDTH = Math.log(1.01)

export class LatencySamples {
  private readonly buckets = new Map<number, number>()
  private sum = 0
  count = 0
  min = Infinity
  max = 0

  /** @param milliseconds more than 0 */
  add(milliseconds: number): void {
    const bucket = Math.ceil(Math.log(milliseconds) / BUCKET_WIDTH)
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1)
    this.count++
    this.sum += milliseconds
    this.min = Math.min(this.min, milliseconds)
    this.max = Math.max(this.max, milliseconds)
  }

  get mean(): number {
    return this.sum / this.count
  }

  /** A time within which this share of the answers came, at most a percent too long; of none, not a number. */
  percentile(share: number): number {
    if (this.count === 0) return NaN
    const needed = Math.ceil(share * this.count)
    let seen = 0
    for (const bucket of Array.from(this.buckets.keys()).sort((a, b) => a - b)) {
      seen += this.buckets.get(bucket)!
      if (seen >= needed) return Math.min(this.max, Math.exp(bucket * BUCKET_WIDTH))
    }
    return this.max
  }
}
