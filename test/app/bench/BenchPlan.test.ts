import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type { GivenBench } from "../../../src/app/bench/BenchOptions.ts"
import { benchSettings } from "../../../src/app/bench/BenchPlan.ts"
import type { BenchSettings } from "../../../src/app/bench/BenchSettings.ts"
import { NO_FLAGS } from "../ConnectFlagsFixture.ts"

const given = (some: Partial<GivenBench> = {}): GivenBench => ({
  connect: NO_FLAGS,
  operation: "set",
  ratio: Option.none(),
  command: Option.none(),
  duration: Option.none(),
  requests: Option.none(),
  warmup: Option.none(),
  clients: 50,
  pipeline: 1,
  multiplexers: 1,
  workers: 1,
  rate: Option.none(),
  data: Option.none(),
  keys: Option.none(),
  keySize: 512,
  valueSize: 512,
  seed: 0,
  sequential: false,
  zipf: Option.none(),
  interval: Option.none(),
  hdr: Option.none(),
  ...some
})

const planned = (some: Partial<GivenBench> = {}): BenchSettings =>
  Effect.runSync(benchSettings(given(some), { cluster: true }))

describe("benchSettings", () => {
  it("without any option are those of the contract", () => {
    expect(planned()).toMatchObject({
      isCluster: true,
      operation: "set",
      mix: [{ name: "set", weight: 1 }],
      keys: 100_000,
      keyChoice: { _tag: "Uniform" },
      rate: undefined,
      warmup: 1000,
      limit: { _tag: "Duration", milliseconds: 30_000 },
      interval: 1000,
      isByInterval: false
    })
  })

  it("have no warm-up that was not asked for when commands are counted", () => {
    const requests = Option.some(5)
    expect(planned({ requests })).toMatchObject({ warmup: 0, limit: { _tag: "Requests", count: 5 } })
    expect(planned({ requests, warmup: Option.some(Duration.seconds(2)) }).warmup).toBe(2000)
  })

  it("mix reads and writes four to one, or as told", () => {
    const weights = (some: Partial<GivenBench>) =>
      planned({ operation: "mixed", ...some }).mix.map(({ name, weight }) => [name, weight])
    expect(weights({})).toEqual([
      ["set", 1],
      ["get", 4]
    ])
    expect(weights({ ratio: Option.some({ sets: 0, gets: 3 }) })).toEqual([["get", 3]])
  })

  it("have as many keys as the amount of data has", () => {
    expect(planned({ data: Option.some(1024 * 1024) }).keys).toBe(1024)
    expect(planned({ keys: Option.some(7) }).keys).toBe(7)
  })

  it.each<[Partial<GivenBench>, string]>([
    [
      { command: Option.some("GET {k}"), operation: "get" },
      "--command: not together with --operation; give one of them"
    ],
    [{ ratio: Option.some({ sets: 1, gets: 1 }) }, "--ratio: means nothing without --operation mixed"],
    [
      { requests: Option.some(1), duration: Option.some(Duration.seconds(1)) },
      "--requests: not together with --duration; give one of them"
    ],
    [
      { keys: Option.some(1), data: Option.some(1) },
      "--keys: not together with --data (-d); give one of them"
    ],
    [{ sequential: true, zipf: Option.some(1) }, "--sequential: not together with --zipf; give one of them"],
    [
      { workers: 3, clients: 2 },
      "--workers: 3 have nothing to do for 2 clients; allowed: at most --clients (-n)"
    ],
    [
      { keySize: 5 },
      "--key-size: '5' is too short for its slot's tag and the number of 100000 keys; allowed: 6 to 65536"
    ],
    [
      { command: Option.some("GET 'x") },
      "--command: its quotes are not balanced, or there is no word in it; as 'HSET {k} field {v}'"
    ],
    [
      { valueSize: 1024 ** 2, clients: 100, pipeline: 11 },
      "--value-size: 1100 commands under way (--clients times --pipeline) would hold 1.07 GiB; allowed: 1 GiB in all"
    ]
  ])("are refused in one line when they contradict each other", (some, message) => {
    const refused = Effect.runSync(Effect.either(benchSettings(given(some), { cluster: true })))
    expect(Either.isLeft(refused) && refused.left.message).toBe(message)
  })
})
