import { afterEach, beforeEach, describe, expect, it, vi } from "@effect/vitest"
import { type Brake, bothBrakes } from "../../../src/app/transfer/Brake.ts"
import { MemoryBudget } from "../../../src/app/transfer/MemoryBudget.ts"
import { Pace } from "../../../src/app/transfer/Pace.ts"

/** Sends groups as a stream does, as often as it is let; gives what has been sent so far. */
const streamOf = (brake: Brake, groupKeys: number): (() => number) => {
  let sent = 0
  const pump = (): void => {
    while (brake.allows(groupKeys)) {
      brake.pass(groupKeys)
      sent += groupKeys
    }
    brake.wait(groupKeys, pump)
  }
  pump()
  return () => sent
}

describe("A pace", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"], now: 0 }))
  afterEach(() => void vi.useRealTimers())

  for (const [rate, group] of [
    [1, 1],
    [300, 1],
    [7777, 38],
    [50_000, 128],
    [1_000_000, 128]
  ] as const) {
    it(`is kept within one per cent by several streams, at ${rate} keys a second, in small steps`, () => {
      const pace = new Pace(rate)
      const streams = Array.from({ length: 5 }, () => streamOf(pace, group))
      const sent = (): number => streams.reduce((sum, stream) => sum + stream(), 0)
      const step = 50
      let before = 0
      let most = 0
      for (let time = 0; time < 20_000; time += step) {
        vi.advanceTimersByTime(step)
        most = Math.max(most, sent() - before)
        before = sent()
      }
      expect(Math.abs(sent() - 20 * rate)).toBeLessThanOrEqual(Math.max(0.01 * 20 * rate, group))
      // What an even flow brings in that time, and a few groups.
      expect(most).toBeLessThanOrEqual((rate * step) / 1000 + 5 * group)
      const shares = streams.map((stream) => stream())
      if (rate > 1) expect(Math.min(...shares) / Math.max(...shares)).toBeGreaterThan(0.8)
    })
  }

  it("lets nobody make up for a pause with a burst", () => {
    const pace = new Pace(10_000)
    expect(pace.allows()).toBe(false)
    vi.advanceTimersByTime(60_000)
    const sent = streamOf(pace, 10)()
    expect(sent).toBeGreaterThan(0)
    expect(sent).toBeLessThanOrEqual(1010)
  })

  it("lets nobody go on once it is stopped", () => {
    const pace = new Pace(1000)
    const sent = streamOf(pace, 1)
    vi.advanceTimersByTime(1000)
    pace.stop()
    const before = sent()
    vi.advanceTimersByTime(1000)
    expect(sent()).toBe(before)
  })
})

describe("A memory budget", () => {
  it("lets nothing pass before it is granted, and no more than is granted", () => {
    let exhausted = 0
    const budget = new MemoryBudget(() => exhausted++)
    const sent = streamOf(budget.brakeOf("a:1"), 10)
    expect([sent(), exhausted]).toEqual([0, 1])
    budget.grant("a:1", 35)
    expect([sent(), exhausted]).toEqual([30, 2])
    expect(budget.account("a:1")).toEqual({ sent: 30, settled: 0, waitingFor: 10 })
    budget.settle("a:1", 30)
    budget.grant("a:1", 39)
    expect(sent()).toBe(30)
    budget.grant("a:1", 40)
    expect(sent()).toBe(40)
    expect(budget.accounts()).toEqual([["a:1", { sent: 40, settled: 30, waitingFor: 10 }]])
  })

  it("is one for each node", () => {
    const budget = new MemoryBudget(() => {})
    const [a, b] = [streamOf(budget.brakeOf("a:1"), 1), streamOf(budget.brakeOf("b:1"), 1)]
    budget.grant("b:1", 5)
    expect([a(), b()]).toEqual([0, 5])
  })
})

describe("Two brakes", () => {
  it("wait for the one that holds", () => {
    const [first, second] = [new MemoryBudget(() => {}), new MemoryBudget(() => {})]
    const sent = streamOf(bothBrakes(first.brakeOf("a:1"), second.brakeOf("a:1")), 2)
    second.grant("a:1", 4)
    expect(sent()).toBe(0)
    first.grant("a:1", 100)
    expect(sent()).toBe(4)
    second.grant("a:1", 6)
    expect(sent()).toBe(6)
    expect(first.account("a:1").sent).toBe(6)
  })
})
