import { describe, expect, it } from "vitest"
import { LatencyHistogram, type SparseCounts } from "../../../src/app/bench/LatencyHistogram.ts"
import { type Account, RunAccount } from "../../../src/app/bench/RunAccount.ts"
import type { RunPart } from "../../../src/app/bench/WorkerMessage.ts"

const counts = (...milliseconds: ReadonlyArray<number>): SparseCounts => {
  const histogram = new LatencyHistogram()
  for (const value of milliseconds) histogram.record(value)
  return histogram.take()
}

/** Of a run that reads: `hits` and a miss in every interval. */
const part = (position: number, hits: number, some: Partial<RunPart> = {}): RunPart => ({
  position,
  isLast: false,
  from: position * 1000,
  to: (position + 1) * 1000,
  tally: {
    operations: [
      { operations: hits + 1, errors: 2, hits, misses: 1, service: counts(1, 2), response: counts(3, 4) }
    ],
    nodes: [{ address: "a:1", operations: hits + 1, errors: 2, response: undefined }],
    errors: [{ kind: "OOM", count: 2, example: `of interval ${position}`, node: "a:1" }]
  },
  unsent: position,
  outages: [],
  client: { busy: 0.5, delay: { p50: 0, p99: 0, max: 0 }, lateness: counts(1) },
  ...some
})

const accountOf = (workers: number): { readonly account: RunAccount; readonly intervals: Array<Account> } => {
  const intervals: Array<Account> = []
  return {
    intervals,
    account: new RunAccount(["get"], true, workers, (interval) => intervals.push(interval))
  }
}

describe("RunAccount", () => {
  it("adds up what the workers say", () => {
    const { account } = accountOf(2)
    account.add(0, part(0, 9))
    account.add(1, part(0, 19))
    account.add(0, part(1, 4, { isLast: true, to: 2500 }))
    account.add(1, part(1, 4, { isLast: true }))
    const { total } = account
    expect([total.count, total.errorCount, total.seconds, total.perSecond]).toEqual([40, 8, 2.5, 16])
    expect(total.hitRate).toBeCloseTo(36 / 40)
    expect([total.service.count, total.service.max, total.response.count, total.response.max]).toEqual([
      8, 2, 8, 4
    ])
    expect(total.errors.get("OOM")).toEqual({ kind: "OOM", count: 8, example: "of interval 0", node: "a:1" })
    expect(total.nodes.get("a:1")).toMatchObject({ operations: 40, errors: 8 })
    expect([account.unsent, account.lateness.count]).toEqual([2, 4])
  })

  it("tells of an interval once, when every worker has told its part of it, in order", () => {
    const { account, intervals } = accountOf(2)
    account.add(0, part(0, 1))
    account.add(0, part(1, 1))
    expect(intervals).toHaveLength(0)
    account.add(1, part(0, 1))
    expect(intervals.map(({ count, from }) => [from, count])).toEqual([[0, 4]])
    account.add(1, part(1, 1))
    expect(intervals.map(({ from }) => from)).toEqual([0, 1000])
  })

  it("does not wait for a worker that has ended", () => {
    const { account, intervals } = accountOf(2)
    account.add(0, part(0, 1, { isLast: true }))
    account.add(1, part(0, 1))
    account.add(1, part(1, 1))
    account.add(1, part(2, 1, { isLast: true }))
    expect(intervals.map(({ count, from }) => [from, count])).toEqual([
      [0, 4],
      [1000, 2],
      [2000, 2]
    ])
  })

  it("leaves out outages that were over before counting began", () => {
    const { account } = accountOf(1)
    const outage = { node: "a:1", errors: 1, firstError: -9, lastError: -8 }
    account.add(
      0,
      part(0, 1, {
        outages: [
          { ...outage, from: -10, recovered: -5 },
          { ...outage, node: "b:1", from: -10, recovered: 700 }
        ]
      })
    )
    expect(account.outages.map(({ node }) => node)).toEqual(["b:1"])
  })
})
