import * as fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { ConnectionMeter, SAMPLE_INTERVAL } from "../../src/connection/ConnectionMeter.ts"

afterEach(() => {
  vi.restoreAllMocks()
})

describe("ConnectionMeter", () => {
  it("gives each timed command its own time, however commands and replies follow each other", () => {
    let now = 0
    vi.spyOn(performance, "now").mockImplementation(() => now)
    // Bursts of commands and of replies: a reply more than there are commands waiting is left out.
    const bursts = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 200 })), { maxLength: 60 })
    fc.assert(
      fc.property(bursts, (steps) => {
        const measured: Array<number> = []
        const readings = { replies: 0, onLatency: (milliseconds: number) => void measured.push(milliseconds) }
        const meter = new ConnectionMeter(readings)
        const queuedAt: Array<number> = []
        const expected: Array<number> = []
        let answered = 0
        for (const [isReply, count] of steps) {
          for (let each = 0; each < count; each++) {
            now++
            if (!isReply) {
              queuedAt.push(now)
              meter.onQueued()
            } else if (answered < queuedAt.length) {
              if (answered % SAMPLE_INTERVAL === 0) expected.push(now - queuedAt[answered])
              answered++
              meter.onReply()
            }
          }
        }
        expect(measured).toEqual(expected)
        expect(readings.replies).toBe(answered)
      })
    )
  })

  it("adds to the replies of other connections to the node", () => {
    const readings = { replies: 0, onLatency: () => {} }
    for (const meter of [new ConnectionMeter(readings), new ConnectionMeter(readings)]) {
      meter.onQueued()
      meter.onReply()
    }
    expect(readings.replies).toBe(2)
  })
})
