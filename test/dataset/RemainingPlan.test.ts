import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type IndexRange, planRange, planSlots } from "../../src/dataset/FillPlan.ts"
import type { GroupCursor } from "../../src/dataset/GroupCursor.ts"
import { IndexRuns } from "../../src/dataset/IndexRuns.ts"
import { slotOfIndex } from "../../src/dataset/KeyFormat.ts"
import { planRemainingRange, planRemainingSlots } from "../../src/dataset/RemainingPlan.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { ALL_SLOTS, range, slotRangesByMaster, slotsIn } from "./DataSetArbitrary.ts"

/** Writes groups of the streams' work in turn, up to a limit, and notes those that are acknowledged. */
const work = (
  streams: ReadonlyArray<ReadonlyArray<GroupCursor>>,
  stride: number,
  groupKeys: number,
  limit: number,
  isAcknowledged: (first: number) => boolean,
  done: IndexRuns,
  sent: Array<number>
): void => {
  let left = limit
  for (const cursor of streams.flat()) {
    for (; cursor.keys > 0 && left > 0; left--, cursor.advance()) {
      if (cursor.keys > groupKeys) throw new Error(`a group has ${cursor.keys} keys, not ${groupKeys}`)
      if (!isAcknowledged(cursor.first)) continue
      for (let key = 0; key < cursor.keys; key++) sent.push(cursor.first + key * stride)
      done.add(cursor.first, cursor.keys)
    }
  }
}

/** Sorted, they are exactly the range: nothing missing, nothing twice. */
const expectWhole = (indexes: Array<number>, { from, to }: IndexRange): void => {
  const sorted = Float64Array.from(indexes).sort()
  expect(sorted.length).toBe(to - from)
  expect(sorted.findIndex((index, position) => index !== from + position)).toBe(-1)
}

/** How a run ends: after so many groups, of which every so manieth was not acknowledged. */
const interruptions = fc.array(
  fc.record({
    groups: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40_000 })),
    lost: fc.integer({ min: 2, max: 50 }),
    streams: fc.integer({ min: 1, max: 5 }),
    groupKeys: fc.integer({ min: 1, max: 40 })
  }),
  { maxLength: 4 }
)

/** Through what a checkpoint keeps of it. */
const kept = (done: IndexRuns, range: IndexRange): IndexRuns => {
  const lanes = JSON.parse(JSON.stringify(done.toLaneRuns())) as unknown
  const restored = IndexRuns.fromLaneRuns(done.stride, range, lanes)
  if (restored === undefined) throw new Error("a checkpoint is not understood")
  expect(restored.size).toBe(done.size)
  expect(restored.toLaneRuns()).toEqual(done.toLaneRuns())
  return restored
}

describe("what is left of a run", () => {
  it("is every index that was not acknowledged, once, whatever the interruptions (one server)", () => {
    fc.assert(
      fc.property(range, interruptions, (range, interruptions) => {
        let done = new IndexRuns(1)
        const written: Array<number> = []
        for (const { groupKeys, groups, lost, streams } of interruptions) {
          const plan = planRemainingRange(range, done, streams, groupKeys)
          work(plan, 1, groupKeys, groups, (first) => first % lost !== 0, done, written)
          done = kept(done, range)
        }
        work(planRemainingRange(range, done, 3, 20), 1, 20, Infinity, () => true, done, written)
        expectWhole(written, range)
        expect(done.size).toBe(range.to - range.from)
        expect(planRemainingRange(range, done, 3, 20)).toEqual([])
      }),
      { numRuns: 60 }
    )
  })

  it("is every index that was not acknowledged, once, on whatever masters (cluster)", () => {
    fc.assert(
      fc.property(
        range,
        interruptions,
        fc.array(slotRangesByMaster, { minLength: 5, maxLength: 5 }),
        (range, interruptions, topologies) => {
          let done = new IndexRuns(SLOT_COUNT)
          const written: Array<number> = []
          const planOn = (topology: number, streams: number, groupKeys: number) =>
            topologies[topology].flatMap((own) => {
              const slots = slotsIn(own)
              const plan = planRemainingSlots(range, done, slots, streams, groupKeys)
              expect(plan.length).toBeLessThanOrEqual(streams)
              const owned = new Set(slots)
              for (const cursor of plan.flat()) {
                for (const clone = cursor.clone(); clone.keys > 0; clone.advance()) {
                  if (!owned.has(slotOfIndex(clone.first))) throw new Error("another master's slot")
                }
              }
              return plan
            })
          interruptions.forEach(({ groupKeys, groups, lost, streams }, topology) => {
            const plan = planOn(topology, streams, groupKeys)
            work(plan, SLOT_COUNT, groupKeys, groups, (first) => first % lost !== 0, done, written)
            done = kept(done, range)
          })
          work(planOn(4, 3, 20), SLOT_COUNT, 20, Infinity, () => true, done, written)
          expectWhole(written, range)
          expect(planOn(4, 3, 20)).toEqual([])
        }
      ),
      { numRuns: 25 }
    )
  })

  it("of a fresh run is what FillPlan gives", () => {
    const all = { from: 5, to: 5 + 3 * SLOT_COUNT }
    const fresh = planRange(all, 4, 20).map(({ first, keys }) => [first, keys])
    const [...left] = planRemainingRange(all, new IndexRuns(1), 4, 20).map(([{ first, keys }]) => [
      first,
      keys
    ])
    expect(left).toEqual(fresh)
  })

  it("is shared by the streams of a master as keys, not as slots", () => {
    const done = new IndexRuns(SLOT_COUNT)
    const all = { from: 0, to: 64 * SLOT_COUNT }
    for (const cursor of planSlots(all, ALL_SLOTS.slice(0, 12_000), 1, 64)) {
      for (; cursor.keys > 0; cursor.advance()) done.add(cursor.first, cursor.keys)
    }
    const keys = planRemainingSlots(all, done, ALL_SLOTS, 4, 64).map((cursors) =>
      cursors.reduce((sum, { remainingKeys }) => sum + remainingKeys, 0)
    )
    expect(keys).toEqual(Array.from({ length: 4 }, () => ((SLOT_COUNT - 12_000) / 4) * 64))
  })
})

describe("a set of indexes", () => {
  it("holds what is added, in any order and more than once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ row: fc.nat(60), keys: fc.integer({ min: 1, max: 9 }), lane: fc.nat(2) }), {
          maxLength: 40
        }),
        fc.constantFrom(1, SLOT_COUNT),
        (groups, stride) => {
          const set = new IndexRuns(stride)
          const expected = new Set<number>()
          for (const { keys, lane, row } of groups) {
            const first = stride === 1 ? row : row * stride + lane
            set.add(first, keys)
            for (let key = 0; key < keys; key++) expected.add(first + key * stride)
          }
          expect(set.size).toBe(expected.size)
          const range = { from: 0, to: 80 * stride }
          for (let residue = 0; residue < Math.min(3, stride); residue++) {
            const gaps = set.gaps(residue, range)
            const inGap = (row: number) =>
              gaps.some((from, index) => index % 2 === 0 && row >= from && row < gaps[index + 1])
            for (let row = 0; row < 80; row++) {
              expect(inGap(row)).toBe(!expected.has(row * stride + residue))
            }
          }
        }
      ),
      { numRuns: 100 }
    )
  })

  it("is a few numbers for a terabyte half written by six streams", () => {
    const done = new IndexRuns(SLOT_COUNT)
    const all = { from: 0, to: 2 ** 26 }
    for (const cursor of planSlots(all, ALL_SLOTS, 6, 128)) {
      const half = cursor.remainingKeys / 2
      for (; cursor.remainingKeys > half; cursor.advance()) done.add(cursor.first, cursor.keys)
    }
    expect(done.toLaneRuns().flat().length).toBeLessThan(50)
  })

  it("is not made of what is no set of the range", () => {
    const range = { from: 0, to: 100 }
    const of = (runs: unknown) => IndexRuns.fromLaneRuns(1, range, runs)
    expect(of([[1, 0, 5, 7, 100]])?.size).toBe(98)
    for (const runs of [
      undefined,
      {},
      [],
      [[]],
      [[2, 0, 5]],
      [[1, 0]],
      [[1, 5, 0]],
      [[1, 0, 5, 5, 6]],
      [[1, 0, 5, 3, 6]],
      [[1, 0, 101]],
      [[1, -1, 5]],
      [[1, 0, 5.5]],
      [[1, 0, "5"]],
      [[1, 0, 5], [1]]
    ]) {
      expect([runs, of(runs)]).toEqual([runs, undefined])
    }
  })
})
