import { describe, expect, it } from "vitest"
import { mergeOutages, type Outage, ShardWatch } from "../../../src/app/bench/ShardWatch.ts"

const outage = (some: Partial<Outage>): Outage => ({
  node: "a",
  from: 0,
  errors: 0,
  firstError: undefined,
  lastError: undefined,
  recovered: undefined,
  ...some
})

/** Commands of one shard that are answered at once, one every 10 ms, from the first time to before the last. */
const answerAll = (watch: ShardWatch, from: number, to: number, shard = 0): void => {
  for (let now = from; now < to; now += 10) {
    watch.onSent(shard, now)
    watch.onAnswer(shard, now + 1)
  }
}

describe("ShardWatch", () => {
  it("sees nothing in a shard that answers, or that is not asked", () => {
    const watch = new ShardWatch(["a", "b"])
    answerAll(watch, 0, 1000)
    answerAll(watch, 9000, 9500)
    expect(watch.outages(20_000)).toEqual([])
  })

  it("tells from when to when a shard that failed commands was not served", () => {
    const watch = new ShardWatch(["a", "b"])
    answerAll(watch, 0, 100, 1)
    watch.onSent(1, 200)
    watch.onSent(1, 201)
    watch.onFailure(1, 210)
    watch.onFailure(1, 215)
    watch.onSent(1, 220)
    answerAll(watch, 0, 4000, 0)
    watch.onAnswer(1, 3900)
    answerAll(watch, 3910, 4000, 1)
    expect(watch.outages(4000)).toEqual([
      outage({ node: "b", from: 200, errors: 2, firstError: 210, lastError: 215, recovered: 3900 })
    ])
  })

  it("takes a second without an answer for an outage, although the client hid every error", () => {
    const watch = new ShardWatch(["a"])
    answerAll(watch, 0, 100)
    watch.onSent(0, 100)
    expect(watch.outages(1050)).toEqual([])
    expect(watch.outages(2000)).toEqual([outage({ from: 100 })])
    watch.onAnswer(0, 2500)
    expect(watch.outages(2500)).toEqual([outage({ from: 100, recovered: 2500 })])
  })

  it("ends an outage with the first answer after its last error, not with one in between", () => {
    const watch = new ShardWatch(["a"])
    for (let count = 0; count < 3; count++) watch.onSent(0, 0)
    watch.onFailure(0, 10)
    watch.onAnswer(0, 20)
    watch.onFailure(0, 30)
    watch.onSent(0, 40)
    watch.onAnswer(0, 900)
    watch.onSent(0, 901)
    watch.onAnswer(0, 905)
    expect(watch.outages(905)).toEqual([
      outage({ from: 0, errors: 2, firstError: 10, lastError: 30, recovered: 900 })
    ])
  })

  it("tells outages apart that lie far from each other", () => {
    const watch = new ShardWatch(["a"])
    for (const at of [0, 20_000]) {
      watch.onSent(0, at)
      watch.onFailure(0, at + 1)
      answerAll(watch, at + 10, at + 100)
    }
    expect(watch.outages(30_000).map(({ from, recovered }) => [from, recovered])).toEqual([
      [0, 11],
      [20_000, 20_011]
    ])
  })
})

describe("mergeOutages", () => {
  it("puts together what several workers saw of one outage, and keeps shards apart", () => {
    const merged = mergeOutages([
      outage({ node: "b", from: 120, recovered: 3000 }),
      outage({ from: 110, errors: 1, firstError: 130, lastError: 140, recovered: 3100 }),
      outage({ from: 100, errors: 2, firstError: 120, lastError: 125, recovered: 3050 }),
      outage({ from: 50_000, recovered: 51_500 })
    ])
    expect(merged).toEqual([
      outage({ from: 100, errors: 3, firstError: 120, lastError: 140, recovered: 3100 }),
      outage({ node: "b", from: 120, recovered: 3000 }),
      outage({ from: 50_000, recovered: 51_500 })
    ])
  })

  it("has one that a worker does not see the end of end for nobody", () => {
    const merged = mergeOutages([outage({ from: 1, recovered: 2000 }), outage({ from: 2 })])
    expect(merged).toEqual([outage({ from: 1 })])
  })
})
