import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import type { ConnectSettings } from "../../../src/app/ConnectSettings.ts"
import { FillTally, NOTHING_COUNTED } from "../../../src/app/fill/FillTally.ts"
import { partsOf } from "../../../src/app/fill/worker/WorkerCrew.ts"
import { makeOrder, readOrder } from "../../../src/app/fill/worker/WorkerProtocol.ts"
import { rangeOfShard } from "../../../src/app/ShardOption.ts"
import { keysOfAmount } from "../../../src/dataset/FillPlan.ts"
import { singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"
import { settingsOf } from "./FillFixture.ts"

const topology = singleNodeTopology("a", 1)

describe("The parts of worker processes", () => {
  it("cover every key once, for any amount, shard and number of processes", () => {
    const counts = fc.integer({ min: 1, max: 64 })
    fc.assert(
      fc.property(fc.maxSafeNat(), counts, counts, (keys, parts, processes) => {
        let next = 0
        for (let part = 1; part <= parts; part++) {
          const range = rangeOfShard({ from: 0, to: keys }, { part, parts })
          for (const settings of partsOf(settingsOf(0, { range, processes }), topology)) {
            expect(settings.range.from).toBe(next)
            next = settings.range.to
          }
          expect(next).toBe(range.to)
        }
        expect(next).toBe(keys)
      })
    )
  })

  it("lose nothing of -P 4 -d 0.1", () => {
    const keys = keysOfAmount(0.1 * 1024 ** 3, 512, 512)
    const parts = partsOf(settingsOf(keys, { processes: 4 }), topology)
    expect(parts.map(({ range }) => range.to - range.from)).toEqual([26_215, 26_215, 26_214, 26_214])
  })

  it("share the streams exactly, and every process has one", () => {
    const streams = (processes: number, connections?: number, isCluster = false) =>
      partsOf(settingsOf(1000, { processes, connections, isCluster }), topology).map(
        (settings) => settings.connections
      )
    expect(streams(3, 8)).toEqual([3, 3, 2])
    expect(streams(3)).toEqual([3, 3, 2])
    expect(streams(12)).toEqual(Array.from({ length: 12 }, () => 1))
    expect(streams(2, undefined, true)).toEqual([1, 1])
  })
})

describe("An order to a worker", () => {
  it("comes out of the channel as it went in, the password with it", () => {
    const settings = settingsOf(1000, { silenceTimeout: Duration.seconds(3) })
    const connect: ConnectSettings = {
      seeds: [{ host: "a", port: 1 }],
      cluster: true,
      tls: undefined,
      username: "me",
      password: Redacted.make("secret"),
      askpass: false,
      database: 0,
      connectTimeout: Duration.seconds(5),
      commandTimeout: Duration.millis(1),
      json: true
    }
    const read = readOrder(structuredClone(makeOrder(settings, connect)))
    expect(read).toEqual({ settings, connect })
    expect(Redacted.value(read.connect.password!)).toBe("secret")
  })
})

describe("The counts of parts", () => {
  it("add up to those of the whole, and can be taken away again", () => {
    const part = new FillTally(true)
    part.add(3, 5, "a:1")
    part.addError("OOM", 2, "OOM ...", "a:1")
    part.addExecuted("a:1", 4)
    part.moved = 1
    const whole = new FillTally(true)
    whole.add(3, 1, "b:1")
    const before = structuredClone(whole.counts())
    whole.addCounts(part.counts(), 1)
    expect([whole.keys, whole.moved, whole.refused, whole.executed.get("a:1")]).toEqual([6, 1, 2, 4])
    expect(whole.keysOfSlot.filter((keys) => keys > 0)).toEqual(Float64Array.of(6))
    whole.addCounts(part.counts(), -1)
    expect(whole.counts()).toMatchObject({
      ...before,
      keysOfNode: [
        ["b:1", 1],
        ["a:1", 0]
      ],
      executed: [["a:1", 0]]
    })
    whole.addCounts(NOTHING_COUNTED, 1)
    expect(whole.keys).toBe(1)
  })
})
