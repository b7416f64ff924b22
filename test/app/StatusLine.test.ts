import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { progressBar, showProgress } from "../../src/app/Progress.ts"
import { StatusLine } from "../../src/app/StatusLine.ts"

const recorder = (isTTY: boolean, columns = 20, rows = 24) => {
  const written: Array<string> = []
  return { isTTY, columns, rows, written, write: (text: string) => written.push(text) }
}
const drawn = (text: string): string => `\r${text}\u001b[K\u001b[J`
const ERASE = "\r\u001b[J"

describe("StatusLine", () => {
  it("draws in place, cut to the terminal's width, and only what changed", () => {
    const output = recorder(true, 10)
    const line = new StatusLine(output)
    line.draw("0123456789abc")
    line.draw("0123456789abc")
    line.draw("ab")
    line.clear()
    line.clear()
    expect(output.written).toEqual([drawn("012345678"), drawn("ab"), ERASE])
  })

  it("prints messages above the drawn line", () => {
    const output = recorder(true)
    const line = new StatusLine(output)
    line.draw("50 %")
    line.print("a warning")
    expect(output.written).toEqual([drawn("50 %"), ERASE, "a warning\n", drawn("50 %")])
  })

  it("draws several lines over the ones before, and erases those that are too many", () => {
    const output = recorder(true)
    const line = new StatusLine(output)
    line.draw("a\nb\nc")
    line.draw("d\ne")
    line.clear()
    expect(output.written).toEqual([
      drawn("a\u001b[K\r\nb\u001b[K\r\nc"),
      "\r\u001b[2Ad\u001b[K\r\ne\u001b[K\u001b[J",
      "\r\u001b[1A\u001b[J"
    ])
  })

  it("keeps to the terminal's height, and finds its first line in one that was made narrower", () => {
    const output = recorder(true, 11, 3)
    const line = new StatusLine(output)
    line.draw("0123456789\nb\nc")
    line.clear()
    expect(output.written).toEqual([drawn("0123456789\u001b[K\r\nb"), "\r\u001b[1A\u001b[J"])
    line.draw("0123456789\nb")
    output.columns = 5
    line.clear()
    expect(output.written.at(-1)).toBe("\r\u001b[2A\u001b[J")
  })

  it("takes a terminal that does not know its size for one of 80 columns", () => {
    const output = recorder(true, 0, 0)
    new StatusLine(output).draw("a".repeat(100))
    expect(output.written).toEqual([drawn("a".repeat(79))])
  })

  it("draws nothing where there is no terminal", () => {
    const output = recorder(false)
    const line = new StatusLine(output)
    line.draw("50 %")
    line.clear()
    line.print("plain")
    expect(output.written).toEqual(["plain\n"])
  })
})

describe("Progress", () => {
  it.effect("on a terminal it is drawn several times a second, and erased at the end", () =>
    Effect.gen(function* () {
      const output = recorder(true)
      let count = 0
      const text = { terminal: () => `${++count}`, plain: () => "plain" }
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* showProgress(text, new StatusLine(output))
          yield* TestClock.adjust("400 millis")
        })
      )
      expect(output.written).toEqual([drawn("1"), drawn("2"), drawn("3"), ERASE])
    })
  )

  it.effect("elsewhere it is a line every five seconds", () =>
    Effect.gen(function* () {
      const output = recorder(false)
      const text = { terminal: () => "terminal", plain: () => "plain" }
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* showProgress(text, new StatusLine(output))
          yield* TestClock.adjust("4 seconds")
          expect(output.written).toEqual([])
          yield* TestClock.adjust("7 seconds")
        })
      )
      expect(output.written).toEqual(["plain\n", "plain\n"])
    })
  )

  it.effect("is erased when the operation fails", () =>
    Effect.gen(function* () {
      const output = recorder(true)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* showProgress({ terminal: () => "x", plain: () => "x" }, new StatusLine(output))
          yield* TestClock.adjust("200 millis")
          yield* Effect.fail("lost")
        })
      ).pipe(Effect.ignore)
      expect(output.written.at(-1)).toBe(ERASE)
    })
  )

  it("a bar is always as wide as asked", () => {
    expect(progressBar(0.25, 8)).toBe("[##......]")
    expect(progressBar(-1, 4)).toBe("[....]")
    expect(progressBar(2, 4)).toBe("[####]")
  })
})
