import { afterEach, beforeEach, describe, expect, it, vi } from "@effect/vitest"
import { keyProgress, type KeyProgressState, number } from "../../src/app/KeyProgress.ts"
import { RateMeter } from "../../src/app/RateMeter.ts"
import { coloured, cutToWidth, visibleLength } from "../../src/app/TerminalText.ts"

beforeEach(() => {
  vi.stubEnv("NO_COLOR", "")
  vi.useFakeTimers({ toFake: ["performance"], now: 0 })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

describe("number", () => {
  it("is written as en-US has it", () => {
    for (const value of [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 1_234_567_890, -1000, 2 ** 53]) {
      expect(number(value)).toBe(value.toLocaleString("en-US"))
    }
  })
})

describe("RateMeter", () => {
  it("tells the rate of the last three seconds", () => {
    const meter = new RateMeter()
    expect(meter.update(0, 0)).toBe(0)
    expect(meter.update(1000, 1000)).toBe(1000)
    for (let second = 2; second <= 10; second++) meter.update(1000 * second, 1000 * second)
    // It stands still from the tenth second on.
    expect(meter.update(10_000, 11_500)).toBeCloseTo(2000 / 3.5)
    expect(meter.update(10_000, 14_000)).toBe(0)
  })

  it("tells one from two looks that are far apart", () => {
    const meter = new RateMeter()
    meter.update(0, 0)
    expect(meter.update(50, 5000)).toBe(10)
    expect(meter.update(150, 10_000)).toBe(20)
  })
})

describe("Text with colours", () => {
  it("is cut by what can be seen, and its colour ends there", () => {
    const text = `${coloured("abc", "red")}def`
    expect(visibleLength(text)).toBe(6)
    expect(cutToWidth(text, 6)).toBe(text)
    expect(cutToWidth(text, 2)).toBe("\u001b[31mab\u001b[0m")
    expect(cutToWidth("plain", 3)).toBe("pla")
  })

  it("has none with NO_COLOR", () => {
    vi.stubEnv("NO_COLOR", "1")
    expect(coloured("abc", "red")).toBe("abc")
  })
})

describe("Progress of keys", () => {
  const nothing: KeyProgressState = { keys: 0, keysOfNode: new Map(), remarks: [], problems: [] }

  it("shows how far it is, how fast, and when it will be done", () => {
    vi.stubEnv("NO_COLOR", "1")
    let state = {
      ...nothing,
      keysOfNode: new Map([
        ["a:7001", 0],
        ["a:900", 0]
      ])
    }
    const text = keyProgress({ verb: "written", totalKeys: 4000, bytesPerKey: 1024, state: () => state })
    text.terminal()
    vi.advanceTimersByTime(1000)
    state = {
      keys: 1000,
      keysOfNode: new Map([
        ["a:7001", 600],
        ["a:900", 400]
      ]),
      remarks: ["moved 3"],
      problems: ["OOM 2"]
    }
    expect(text.terminal().split("\n")).toEqual([
      "[########......................] 25 %, 3s left",
      "1,000 of 4,000 keys written",
      "1,000 keys/s, 1.0 MB/s, moved 3, errors: OOM 2",
      "  a:900  400 keys/s, 0.4 MB/s",
      "  a:7001  600 keys/s, 0.6 MB/s"
    ])
    expect(text.plain()).toBe("1,000 of 4,000 keys written, 1,000 keys/s, 1.0 MB/s, 3s left, errors: OOM 2")
  })

  it("shows a few masters of many", () => {
    const keysOfNode = new Map(Array.from({ length: 40 }, (_, node) => [`a:${7000 + node}`, 1]))
    const state = { ...nothing, keysOfNode }
    const lines = keyProgress({ verb: "read", totalKeys: 1, bytesPerKey: 1, state: () => state })
      .terminal()
      .split("\n")
    expect(lines).toHaveLength(20)
    expect(lines.at(-1)).toBe("  and 24 more")
  })
})
