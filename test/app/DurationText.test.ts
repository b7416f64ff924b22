import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { formatDuration, parseDuration } from "../../src/app/DurationText.ts"

describe("DurationText", () => {
  it.each([
    ["5", 5000],
    ["0.5", 500],
    ["5s", 5000],
    ["500ms", 500],
    ["2m", 120_000],
    ["2 min", 120_000],
    ["1.5h", 5_400_000],
    ["1D", 86_400_000],
    ["0", 0]
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each(["", "s", "-1s", "5 parsecs", "1e3", "5ss", "1:30", "99999999999999h"])(
    "%s is no duration",
    (text) => {
      expect(parseDuration(text)).toBe(undefined)
    }
  )

  it("shows durations for people", () => {
    expect(formatDuration(1)).toBe("1ms")
    expect(formatDuration(999)).toBe("999ms")
    expect(formatDuration(1500)).toBe("1.5s")
    expect(formatDuration(90_000)).toBe("1m 30s")
    expect(formatDuration(86_400_000 + 3_600_000 + 5000)).toBe("1d 1h 5s")
  })

  it("what it shows means the same length, to a second", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 10_000_000 }), (seconds) => {
        const parts = formatDuration(seconds * 1000).split(" ")
        expect(parts.reduce((sum, part) => sum + parseDuration(part)!, 0)).toBe(seconds * 1000)
      })
    )
  })

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const milliseconds = parseDuration(text)
        expect(milliseconds === undefined || milliseconds >= 0).toBe(true)
      })
    )
  })
})
