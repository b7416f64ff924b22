import { describe, expect, it } from "vitest"
import { RefusalGauge } from "../../../src/app/transfer/RefusalGauge.ts"

describe("the refusal gauge", () => {
  it("is full after 1000 small keys in a row, per node", () => {
    const gauge = new RefusalGauge(1024)
    expect(gauge.refuse("a", 999)).toBe(false)
    expect(gauge.refuse("b", 999)).toBe(false)
    expect(gauge.refuse("a", 1)).toBe(true)
  })

  it("falls with every key acknowledged by that node", () => {
    const gauge = new RefusalGauge(1024)
    for (let turn = 0; turn < 10_000; turn++) {
      expect(gauge.refuse("a", 1)).toBe(false)
      gauge.acknowledge("a", 1)
    }
    gauge.refuse("a", 900)
    gauge.acknowledge("b", 5000)
    expect(gauge.refuse("a", 100)).toBe(true)
  })

  it("does not fall below empty", () => {
    const gauge = new RefusalGauge(1024)
    gauge.refuse("a", 1)
    gauge.acknowledge("a", 1_000_000)
    expect(gauge.refuse("a", 1000)).toBe(true)
  })

  it("is full after 64 MiB of large values, and not before four", () => {
    const large = new RefusalGauge(8 * 1024 * 1024)
    expect([large.refuse("a", 7), large.refuse("a", 1)]).toEqual([false, true])
    const largest = new RefusalGauge(512 * 1024 * 1024)
    expect([largest.refuse("a", 3), largest.refuse("a", 1)]).toEqual([false, true])
  })
})
