import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Timetable, type TimetableOptions } from "../../../src/app/bench/Timetable.ts"

const timetable = (options: Partial<TimetableOptions>): Timetable =>
  new Timetable({
    rate: 1000,
    worker: 0,
    workers: 1,
    start: 0,
    warmup: 0,
    duration: Infinity,
    requests: Infinity,
    ...options
  })

describe("Timetable", () => {
  it("has a command due at the start, and then at the same distance", () => {
    const table = timetable({ rate: 200, start: 10 })
    expect([0, 1, 2, 100].map((position) => table.dueAt(position))).toEqual([10, 15, 20, 510])
    expect([10, 10.1, 15, 15.1, 110.1].map((now) => table.due(now))).toEqual([0, 1, 1, 2, 21])
  })

  it("of several workers together is that of one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 500 }),
        (rate, workers, count) => {
          const alone = timetable({ rate })
          const together = Array.from({ length: workers }, (_, worker) =>
            timetable({ rate, worker, workers })
          )
          for (let position = 0; position < count; position++) {
            const due = together[position % workers].dueAt(Math.floor(position / workers))
            expect(due).toBeCloseTo(alone.dueAt(position), 6)
          }
        }
      )
    )
  })

  it.each([1, 2, 3])("of %d workers has as many commands as the rate and the time say", (workers) => {
    const lengths = Array.from({ length: workers }, (_, worker) => {
      const table = timetable({ rate: 700, worker, workers, warmup: 500, duration: 2000 })
      return table.length - table.countsFrom
    })
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(1400)
  })

  it("ends with the number of commands asked for, those of the warm-up aside, and with the last one's time", () => {
    const table = timetable({ rate: 100, warmup: 95, requests: 50 })
    expect([table.countsFrom, table.length, table.end]).toEqual([10, 60, 600])
    expect(table.due(1e9)).toBe(60)
  })
})
