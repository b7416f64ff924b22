/**
 * When a shard did not answer, and when it did again: a shard is the slots that
 * a master had when the run began, whoever serves them later.
 *
 * An outage begins with an error that says the shard could not be reached, or
 * with a second in which commands waited and none was answered. It ends with
 * the first answer after that. Times are milliseconds of one clock.
 */

export interface Outage {
  /** The master that had the slots when the run began. */
  readonly node: string
  /** The last answer before it, or when its first command was sent. */
  readonly from: number
  /** Commands that failed for good; a command that the client sent again with success is none. */
  readonly errors: number
  readonly firstError: number | undefined
  readonly lastError: number | undefined
  /** The first answer after the last error, or after the silence; `undefined`: none came. */
  readonly recovered: number | undefined
}

/** Commands that wait and are not answered for so long make an outage without any error. Milliseconds. */
const SILENCE = 1000
/** Errors so long after an answer are another outage. Milliseconds. */
const APART = 5000

type OpenOutage = { -readonly [Field in keyof Outage]: Outage[Field] }

export class ShardWatch {
  private readonly nodes: ReadonlyArray<string>
  private readonly waiting: Uint32Array
  /** Since when a command has waited without an answer coming. */
  private readonly quietSince: Float64Array
  private readonly latest: Array<OpenOutage | undefined>
  private readonly all: Array<OpenOutage> = []

  /** @param nodes the masters, by shard */
  constructor(nodes: ReadonlyArray<string>) {
    this.nodes = nodes
    this.waiting = new Uint32Array(nodes.length)
    this.quietSince = new Float64Array(nodes.length)
    this.latest = nodes.map(() => undefined)
  }

  onSent(shard: number, now: number): void {
    if (this.waiting[shard]++ === 0) this.quietSince[shard] = now
  }

  onAnswer(shard: number, now: number): void {
    this.waiting[shard]--
    const since = this.quietSince[shard]
    this.quietSince[shard] = now
    if (now - since >= SILENCE) this.outageAt(shard, since).recovered = now
    else if (this.latest[shard] !== undefined) this.latest[shard].recovered ??= now
  }

  /** A command came to nothing because the shard could not be reached. */
  onFailure(shard: number, now: number): void {
    this.waiting[shard]--
    const outage = this.outageAt(shard, this.quietSince[shard])
    outage.errors++
    outage.firstError ??= now
    outage.lastError = now
    outage.recovered = undefined
  }

  /** As far as is known; commands that have waited for long by `now` are an outage that has not ended. */
  outages(now: number): ReadonlyArray<Outage> {
    for (let shard = 0; shard < this.nodes.length; shard++) {
      const since = this.quietSince[shard]
      if (this.waiting[shard] > 0 && now - since >= SILENCE) this.outageAt(shard, since).recovered = undefined
    }
    return this.all.map((outage) => ({ ...outage }))
  }

  private outageAt(shard: number, since: number): OpenOutage {
    const latest = this.latest[shard]
    if (latest !== undefined && since - (latest.recovered ?? since) < APART) return latest
    const outage: OpenOutage = {
      node: this.nodes[shard],
      from: since,
      errors: 0,
      firstError: undefined,
      lastError: undefined,
      recovered: undefined
    }
    this.latest[shard] = outage
    this.all.push(outage)
    return outage
  }
}

/** What several workers saw of the same shards, put together: outages of a shard that are not apart are one. */
export const mergeOutages = (seen: ReadonlyArray<Outage>): ReadonlyArray<Outage> => {
  const merged: Array<Outage> = []
  for (const outage of seen.toSorted((a, b) => a.from - b.from)) {
    const at = merged.findIndex(
      ({ node, recovered }) => node === outage.node && outage.from - (recovered ?? outage.from) < APART
    )
    if (at < 0) merged.push(outage)
    else merged[at] = joined(merged[at], outage)
  }
  return merged
}

const joined = (a: Outage, b: Outage): Outage => ({
  node: a.node,
  from: Math.min(a.from, b.from),
  errors: a.errors + b.errors,
  firstError: extreme(Math.min, a.firstError, b.firstError),
  lastError: extreme(Math.max, a.lastError, b.lastError),
  recovered:
    a.recovered === undefined || b.recovered === undefined ? undefined : Math.max(a.recovered, b.recovered)
})

const extreme = (
  choose: (a: number, b: number) => number,
  a: number | undefined,
  b: number | undefined
): number | undefined => (a === undefined ? b : b === undefined ? a : choose(a, b))
