/**
 * A set of indexes that grows by groups, held as runs of indexes a stride
 * apart: what of a data set has been written. Streams write neighbouring groups
 * one after the other, so a terabyte is a few runs; and since it says nothing of
 * streams or nodes, the rest can be planned anew on any others.
 *
 * Of stride 16384 there is one lane per slot, of stride 1 a single one. In a
 * lane, index `row * stride + residue` is named by its row.
 */
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import type { IndexRange } from "./FillPlan.ts"
import { residueOfSlot } from "./KeyFormat.ts"

/** Rows from each even element up to and without the odd one after it, in ascending order, apart from each other. */
export type Rows = ReadonlyArray<number>

/** Lanes in slot order that have the same rows: how many they are, and the rows. */
export type LaneRuns = ReadonlyArray<readonly [lanes: number, ...rows: Array<number>]>

export class IndexRuns {
  /** 1, or 16384. */
  readonly stride: number
  /** By residue. */
  private readonly lanes: ReadonlyArray<Array<number>>
  private count = 0

  constructor(stride: number) {
    this.stride = stride
    this.lanes = Array.from({ length: stride }, () => [])
  }

  /** Indexes in the set. */
  get size(): number {
    return this.count
  }

  /** Adds `keys` indexes from `first` on, a stride apart; those in the set already stay in it. */
  add(first: number, keys: number): void {
    const residue = first % this.stride
    const row = (first - residue) / this.stride
    this.count += addRows(this.lanes[residue], row, row + keys)
  }

  /** Indexes of a residue in the set. */
  sizeOf(residue: number): number {
    const rows = this.lanes[residue]
    let count = 0
    for (let run = 0; run < rows.length; run += 2) count += rows[run + 1] - rows[run]
    return count
  }

  /** The rows of a residue that lie in the range and not in the set. */
  gaps(residue: number, range: IndexRange): Rows {
    const { from, to } = this.rowsOf(residue, range)
    const rows = this.lanes[residue]
    const gaps: Array<number> = []
    let next = from
    for (let run = 0; run < rows.length && next < to; run += 2) {
      const start = Math.min(rows[run], to)
      if (start > next) gaps.push(next, start)
      next = Math.max(next, rows[run + 1])
    }
    if (next < to) gaps.push(next, to)
    return gaps
  }

  /** The rows of the range that a residue has. */
  private rowsOf(residue: number, { from, to }: IndexRange): IndexRange {
    const rowFrom = Math.max(0, Math.ceil((from - residue) / this.stride))
    return { from: rowFrom, to: Math.max(rowFrom, Math.ceil((to - residue) / this.stride)) }
  }

  /** As plain data, neighbouring slots that have the same rows told once. */
  toLaneRuns(): LaneRuns {
    const runs: Array<[lanes: number, ...rows: Array<number>]> = []
    for (let lane = 0; lane < this.stride; lane++) {
      const rows = this.lanes[residueOfLane(this.stride, lane)]
      const last = runs[runs.length - 1]
      const isSame = last?.length === rows.length + 1 && rows.every((row, index) => row === last[index + 1])
      if (isSame) last[0]++
      else runs.push([1, ...rows])
    }
    return runs
  }

  /** `undefined` when the data are not those of a set with this stride within the range. */
  static fromLaneRuns(stride: number, range: IndexRange, runs: unknown): IndexRuns | undefined {
    if (!Array.isArray(runs)) return undefined
    const set = new IndexRuns(stride)
    let lane = 0
    for (const run of runs as ReadonlyArray<unknown>) {
      if (!Array.isArray(run) || !run.every(Number.isSafeInteger)) return undefined
      const [lanes, ...rows] = run as ReadonlyArray<number>
      if (lanes < 1 || lane + lanes > stride || rows.length % 2 !== 0) return undefined
      for (const end = lane + lanes; lane < end; lane++) {
        const residue = residueOfLane(stride, lane)
        const { from, to } = set.rowsOf(residue, range)
        // Ascending and apart, so that neither the set nor its size is in doubt.
        const isSound = rows.every((row, index) => row <= to && row >= from && !(row <= rows[index - 1]))
        if (!isSound) return undefined
        for (let index = 0; index < rows.length; index += 2) {
          set.add(rows[index] * stride + residue, rows[index + 1] - rows[index])
        }
      }
    }
    return lane === stride ? set : undefined
  }
}

/** The lanes of a cluster are in the order of the slots, since streams work on neighbouring slots. */
const residueOfLane = (stride: number, lane: number): number =>
  stride === SLOT_COUNT ? residueOfSlot(lane) : lane

/** Adds rows to those of a lane; gives back how many are new. */
const addRows = (rows: Array<number>, from: number, to: number): number => {
  // What streams do nearly always: the next group of the last run.
  if (rows.length > 0 && rows[rows.length - 1] === from) {
    rows[rows.length - 1] = to
    return to - from
  }
  const begin = firstRunEndingFrom(rows, from)
  let end = begin
  let start = from
  let stop = to
  let known = 0
  while (end < rows.length && rows[end] <= to) {
    known += rows[end + 1] - rows[end]
    start = Math.min(start, rows[end])
    stop = Math.max(stop, rows[end + 1])
    end += 2
  }
  rows.splice(begin, end - begin, start, stop)
  return stop - start - known
}

/** Position of the first run that ends at `row` or later: all before it lie apart from what begins there. */
const firstRunEndingFrom = (rows: Rows, row: number): number => {
  let low = 0
  let high = rows.length / 2
  while (low < high) {
    const middle = (low + high) >>> 1
    if (rows[middle * 2 + 1] < row) low = middle + 1
    else high = middle
  }
  return low * 2
}
