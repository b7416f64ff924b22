import { describe, expect, it } from "@effect/vitest"
import { keysPerSecond, parseRate } from "../../src/app/RateOption.ts"

describe("A rate", () => {
  it.each([
    ["50000", { _tag: "Keys", keys: 50_000 }],
    ["1", { _tag: "Keys", keys: 1 }],
    ["20MB", { _tag: "Bytes", bytes: 20 * 1024 ** 2 }],
    ["1.5 KiB/s", { _tag: "Bytes", bytes: 1536 }]
  ])("%s", (given, value) => {
    expect(parseRate(given)).toEqual({ value })
  })

  it.each(["0", "0B", "-1", "1.5", "fast", "", "1e3", "20MB/m"])("refuses %s", (given) => {
    expect(parseRate(given)).toMatchObject({ problem: expect.any(String) })
  })

  it("of bytes is one of keys when a key has so many", () => {
    expect(keysPerSecond({ _tag: "Bytes", bytes: 2048 }, 1024)).toBe(2)
    expect(keysPerSecond({ _tag: "Keys", keys: 7 }, 1024)).toBe(7)
  })
})
