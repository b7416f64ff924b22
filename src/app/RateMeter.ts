/** How fast something grows at present: over the last few seconds, and not since it began. */

interface Sample {
  readonly at: number
  readonly count: number
}

/** Long enough that the figure can be read, short enough that it follows a server that slows down. */
const WINDOW_MS = 3000

export class RateMeter {
  private readonly samples: Array<Sample> = []

  /**
   * @param count since the beginning, at `now`, milliseconds
   * @returns per second
   */
  update(count: number, now: number = performance.now()): number {
    this.samples.push({ at: now, count })
    // One sample older than the window stays, so that the whole window is covered.
    while (this.samples.length > 2 && now - this.samples[1].at >= WINDOW_MS) this.samples.shift()
    const [oldest] = this.samples
    return now > oldest.at ? ((count - oldest.count) / (now - oldest.at)) * 1000 : 0
  }
}
