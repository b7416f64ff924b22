/** Arbitrary data sets, ranges of indexes and divisions of the slots, for properties. */
import * as fc from "fast-check"
import { DataSet } from "../../src/dataset/DataSet.ts"
import type { IndexRange } from "../../src/dataset/FillPlan.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"

export const seed: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.maxSafeNat(),
  fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER)
)

/** Indexes that keys of `numberLength` 8 have names for: all there are. */
export const index: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: 0, max: 100_000 }),
  fc.maxSafeNat(),
  fc.constantFrom(0, SLOT_COUNT - 1, SLOT_COUNT, 2 ** 32 - 1, 2 ** 32, 2 ** 44, Number.MAX_SAFE_INTEGER)
)

/** Keys long enough for any index, values from shorter than their stamp on. */
export const dataSet: fc.Arbitrary<DataSet> = fc
  .record({
    seed,
    keySize: fc.integer({ min: 13, max: 60 }),
    valueSize: fc.integer({ min: 1, max: 60 })
  })
  .map((options) => new DataSet(options))

export const range: fc.Arbitrary<IndexRange> = fc
  .record({
    from: fc.oneof(fc.constant(0), fc.constant(SLOT_COUNT), fc.integer({ min: 0, max: 3 * SLOT_COUNT })),
    length: fc.oneof(
      fc.integer({ min: 0, max: 50 }),
      fc.constant(SLOT_COUNT),
      fc.integer({ min: 0, max: 4 * SLOT_COUNT })
    )
  })
  .map(({ from, length }) => ({ from, to: from + length }))

/** All slots, dealt out to a few masters in ranges of any length; a master may get none. */
export const slotRangesByMaster: fc.Arbitrary<ReadonlyArray<ReadonlyArray<readonly [number, number]>>> = fc
  .record({
    masters: fc.integer({ min: 1, max: 5 }),
    cuts: fc.uniqueArray(fc.integer({ min: 1, max: SLOT_COUNT - 1 }), { maxLength: 12 }),
    deal: fc.array(fc.nat(), { minLength: 13, maxLength: 13 })
  })
  .map(({ cuts, deal, masters }) => {
    const bounds = [0, ...cuts.toSorted((a, b) => a - b), SLOT_COUNT]
    const ranges = Array.from({ length: masters }, () => [] as Array<readonly [number, number]>)
    bounds.slice(0, -1).forEach((first, part) => {
      ranges[deal[part] % masters].push([first, bounds[part + 1] - 1])
    })
    return ranges
  })

/** The slots of inclusive ranges. */
export const slotsIn = (ranges: ReadonlyArray<readonly [number, number]>): ReadonlyArray<number> =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))

export const ALL_SLOTS: ReadonlyArray<number> = slotsIn([[0, SLOT_COUNT - 1]])
