import { describe, expect, it } from "vitest"
import { makeKeyChooser } from "../../../src/app/bench/KeyChoice.ts"

const ALONE = { worker: 0, workers: 1 }

const take = (next: () => number, count: number): ReadonlyArray<number> => Array.from({ length: count }, next)

describe("makeKeyChooser", () => {
  it("goes through all keys one after the other, and around", () => {
    expect(take(makeKeyChooser({ _tag: "Sequential" }, 3, ALONE), 7)).toEqual([0, 1, 2, 0, 1, 2, 0])
  })

  it("divides the keys among workers that go through them", () => {
    const taken = [0, 1, 2].flatMap((worker) =>
      take(makeKeyChooser({ _tag: "Sequential" }, 12, { worker, workers: 3 }), 4)
    )
    expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index))
  })

  it("chooses every key as often as any other, or the first most often", () => {
    const countsOf = (next: () => number): ReadonlyArray<number> => {
      const counts = new Array<number>(10).fill(0)
      for (const index of take(next, 100_000)) counts[index]++
      return counts
    }
    const uniform = countsOf(makeKeyChooser({ _tag: "Uniform" }, 10, ALONE))
    for (const count of uniform) expect(Math.abs(count - 10_000)).toBeLessThan(600)
    const zipfian = countsOf(makeKeyChooser({ _tag: "Zipfian", exponent: 0.99 }, 10, ALONE))
    expect(zipfian[0]).toBeGreaterThan(zipfian[1] * 1.5)
    expect(zipfian.every((count) => count > 0)).toBe(true)
  })
})
