import { availableParallelism } from "node:os"
import { describe, expect, it } from "vitest"
import type { ClientPart } from "../../../src/app/bench/ClientGauge.ts"
import { clientUse } from "../../../src/app/bench/ClientUse.ts"
import { LatencyHistogram } from "../../../src/app/bench/LatencyHistogram.ts"
import { benchSettings } from "./BenchFixture.ts"

const part = (busy: number): ClientPart => ({
  busy,
  delay: { p50: 0.1, p99: busy, max: 2 * busy },
  lateness: new Float64Array()
})

const late = (milliseconds: number): LatencyHistogram => {
  const histogram = new LatencyHistogram()
  for (let count = 0; count < 100; count++) histogram.record(milliseconds)
  return histogram
}

const closed = benchSettings()
const open = benchSettings({ rate: 1000 })

describe("clientUse", () => {
  it("finds nothing to say of a client that had time to spare", () => {
    expect(clientUse(closed, [part(0.5)], late(0), 0.5).bottleneck).toBeUndefined()
    expect(clientUse(open, [part(0.5)], late(0.5), 0.5).bottleneck).toBeUndefined()
  })

  it("is that of the busiest worker", () => {
    const use = clientUse(benchSettings({ workers: 2 }), [part(0.2), part(0.8)], late(0), 1)
    expect(use).toMatchObject({ workers: 2, busy: 0.8, delay: { p50: 0.1, p99: 0.8, max: 1.6 } })
  })

  it("says that a client without time to spare was what was measured, and to use more workers", () => {
    const { bottleneck } = clientUse(closed, [part(0.97)], late(0), 0.95)
    expect(bottleneck).toMatch(
      /^the client was the bottleneck: its busiest thread had work 97 % of the time,/
    )
    expect(bottleneck).toMatch(availableParallelism() > 1 ? /use --workers 2 / : /on a larger machine/)
    const many = benchSettings({ workers: availableParallelism() })
    expect(clientUse(many, [part(0.97)], late(0), many.workers).bottleneck).toMatch(/on a larger machine/)
  })

  it("says that a client that others kept from running is to have a machine of its own", () => {
    expect(clientUse(closed, [part(0.97)], late(0), 0.4).bottleneck).toMatch(/share its processor/)
    expect(clientUse(open, [part(0.5)], late(9), 0.5).bottleneck).toMatch(
      /it sent 1 % of the commands 9\.0 ms late or later.*share its processor/
    )
  })

  it("does not take lateness for the client's in a closed loop, which has no timetable", () => {
    expect(clientUse(closed, [part(0.5)], late(9), 0.5).bottleneck).toBeUndefined()
  })
})
