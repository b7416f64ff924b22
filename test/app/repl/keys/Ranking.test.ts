import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { Ranking } from "../../../../src/app/repl/keys/Ranking.ts"

const entries = fc.uniqueArray(
  fc.record({ key: fc.string({ maxLength: 4 }).map((text) => Buffer.from(text)), size: fc.nat(20) }),
  { selector: ({ key }) => key.toString("latin1"), maxLength: 60 }
)

describe("Ranking", () => {
  it("holds what sorting all of them would begin with, in whatever order they come", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 10 }), (all, capacity) => {
        const ranking = new Ranking(capacity)
        for (const entry of all) ranking.add(entry)
        const sorted = all.toSorted((a, b) => b.size - a.size || Buffer.compare(a.key, b.key))
        expect(ranking.entries).toEqual(sorted.slice(0, capacity))
      })
    )
  })

  it("has a key once, however often SCAN gives it", () => {
    const ranking = new Ranking(3)
    for (const size of [5, 5, 7]) ranking.add({ key: Buffer.from("k"), size })
    ranking.add({ key: Buffer.from("l"), size: 1 })
    expect(ranking.entries.map(({ size }) => size)).toEqual([5, 1])
  })
})
