import { describe, expect, it } from "@effect/vitest"
import { mergeHistograms } from "../../../../src/app/tunnel/smart/fanout/LatencyHistogram.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../../src/protocol/Resp.ts"

type Histogram = readonly [name: string, calls: number, ...buckets: ReadonlyArray<readonly [number, number]>]

const reply = (
  shape: (pairs: ReadonlyArray<readonly [RespValue, RespValue]>) => RespValue,
  ...commands: ReadonlyArray<Histogram>
): RespValue =>
  shape(
    commands.map(([name, calls, ...buckets]) => [
      Resp.bulkString(name),
      shape([
        [Resp.bulkString("calls"), Resp.integer(calls)],
        [
          Resp.bulkString("histogram_usec"),
          shape(buckets.map(([bound, count]) => [Resp.integer(bound), Resp.integer(count)]))
        ]
      ])
    ])
  )

describe("LATENCY HISTOGRAM of several servers", () => {
  it.each([
    ["maps", Resp.map],
    ["flat arrays", (pairs: ReadonlyArray<readonly [RespValue, RespValue]>) => Resp.array(pairs.flat())]
  ])("adds up calls, and buckets that count those below (%s)", (_, shape) => {
    const one = reply(shape, ["set", 3, [1, 1], [4, 3]], ["get", 1, [2, 1]])
    const two = reply(shape, ["set", 2, [2, 1], [8, 2]])
    expect(mergeHistograms([one, two])).toEqual(
      reply(Resp.map, ["set", 5, [1, 1], [2, 2], [4, 4], [8, 5]], ["get", 1, [2, 1]])
    )
  })

  it("is empty when all are", () => {
    expect(mergeHistograms([Resp.map([]), Resp.array([])])).toEqual(Resp.map([]))
  })
})
