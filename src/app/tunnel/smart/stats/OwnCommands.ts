/**
 * What the proxy answers itself, counted as a server counts its commands: with
 * the servers' own counts it makes those of one server. It begins anew with
 * CONFIG RESETSTAT.
 */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"

const ANSWERED =
  /^(ping|echo|client\|(id|info|list|getname|setname|setinfo|reply|pause|unpause|kill|no-evict|no-touch)|slowlog\|(get|len))$/

/** By the name that the command table has for it. */
export const isAnsweredHere = (name: string): boolean => ANSWERED.test(name)

/** Upper bounds in microseconds, as LATENCY HISTOGRAM has them; each of the later ones is twice the one before. */
const BOUNDS: ReadonlyArray<number> = [1, 2, 4, 8, 16, 33, 66, 132, 264, 528, 1056, 2113, 4227, 8454, 16_909]

interface Count {
  calls: number
  microseconds: number
  /** By the index of their bound. */
  readonly buckets: Array<number>
}

export class OwnCommands {
  private readonly counts = new Map<string, Count>()

  /** Has a command of this name answered; gives back how many microseconds that took. */
  run(name: string, answer: () => void): number {
    const begin = performance.now()
    answer()
    const microseconds = (performance.now() - begin) * 1000
    const count = this.counts.get(name) ?? { calls: 0, microseconds: 0, buckets: [] }
    this.counts.set(name, count)
    count.calls++
    count.microseconds += microseconds
    let index = 0
    while (index < BOUNDS.length - 1 && microseconds > BOUNDS[index]) index++
    count.buckets[index] = (count.buckets[index] ?? 0) + 1
    return microseconds
  }

  reset(): void {
    this.counts.clear()
  }

  /** As a server answers LATENCY HISTOGRAM: of the commands named, containers for all of theirs; of all without a name. */
  histogram(names: ReadonlyArray<string>): RespValue {
    const isAsked = (name: string): boolean =>
      names.length === 0 || names.includes(name) || names.includes(name.split("|")[0])
    return Resp.map(
      Array.from(this.counts)
        .filter(([name]) => isAsked(name))
        .map(([name, { buckets, calls }]) => {
          let upTo = 0
          const bounds = Object.entries(buckets).map(
            ([index, count]) => [Resp.integer(BOUNDS[Number(index)]), Resp.integer((upTo += count))] as const
          )
          return [
            Resp.bulkString(name),
            Resp.map([
              [Resp.bulkString("calls"), Resp.integer(calls)],
              [Resp.bulkString("histogram_usec"), Resp.map(bounds)]
            ])
          ]
        })
    )
  }

  /** As INFO commandstats has them. */
  stats(): Map<string, string> {
    return new Map(
      Array.from(this.counts, ([name, { calls, microseconds }]) => [
        `cmdstat_${name}`,
        `calls=${calls},usec=${Math.round(microseconds)},usec_per_call=${(microseconds / calls).toFixed(2)},rejected_calls=0,failed_calls=0`
      ])
    )
  }
}
