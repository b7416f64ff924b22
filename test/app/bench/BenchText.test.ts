import { describe, expect, it } from "vitest"
import { benchProgress } from "../../../src/app/bench/BenchProgress.ts"
import type { BenchReport } from "../../../src/app/bench/BenchReport.ts"
import type { BenchSettings } from "../../../src/app/bench/BenchSettings.ts"
import { benchText } from "../../../src/app/bench/BenchText.ts"
import type { OperationPart } from "../../../src/app/bench/LoadTally.ts"
import { LatencyHistogram, type SparseCounts } from "../../../src/app/bench/LatencyHistogram.ts"
import { type Account, RunAccount } from "../../../src/app/bench/RunAccount.ts"
import type { RunPart } from "../../../src/app/bench/WorkerMessage.ts"
import { benchSettings, GET, SET } from "./BenchFixture.ts"

/** A hundred latencies: 1 ms, 2 ms, ... 100 ms. */
const hundred = (): SparseCounts => {
  const histogram = new LatencyHistogram()
  for (let value = 1; value <= 100; value++) histogram.record(value)
  return histogram.take()
}

const none: SparseCounts = new Float64Array()

const operation = (some: Partial<OperationPart> = {}): OperationPart => ({
  operations: 100,
  errors: 0,
  hits: 0,
  misses: 0,
  service: hundred(),
  response: none,
  ...some
})

const part = (operations: ReadonlyArray<OperationPart>, some: Partial<RunPart> = {}): RunPart => ({
  position: 0,
  isLast: true,
  from: 0,
  to: 2000,
  tally: {
    operations,
    nodes: [
      { address: "h:7001", operations: 40, errors: 0, response: hundred() },
      { address: "h:7000", operations: 60, errors: 0, response: hundred() }
    ],
    errors: []
  },
  unsent: 0,
  outages: [],
  client: {
    busy: 0.5,
    delay: { p50: 0.1, p99: 0.25, max: 1.5 },
    lateness: none
  },
  ...some
})

const accountOf = (
  settings: BenchSettings,
  run: RunPart
): { account: RunAccount; latest: Account | undefined } => {
  let latest: Account | undefined
  const names = settings.mix.map(({ name }) => name)
  const account = new RunAccount(names, settings.rate !== undefined, 1, (interval) => (latest = interval))
  account.add(0, run)
  return { account, latest }
}

const reportOf = (settings: BenchSettings, run: RunPart, some: Partial<BenchReport> = {}): BenchReport => ({
  settings,
  account: accountOf(settings, run).account,
  intervals: [],
  serverProcessors: new Map(),
  clientProcessors: undefined,
  ...some
})

describe("benchText", () => {
  it("says what was done, how quickly, where, and by whom", () => {
    const servers = new Map([
      ["h:7000", 0.5],
      ["h:7001", 0.97]
    ])
    const settings = benchSettings({ clients: 2 })
    const report = reportOf(settings, part([operation()]), {
      serverProcessors: servers,
      clientProcessors: 0.4
    })
    expect(benchText(report).split("\n")).toEqual([
      "set: 100 operations in 2.00 s: 50 per second, no errors",
      "2 clients of 1 worker, pipeline 1, 1 connection per node and worker, as fast as answered; " +
        "1,000 keys (uniform) of 16 + 16 bytes",
      "ms      operations  per s    p50    p90    p99  p99.9  p99.99    max  errors",
      "set            100     50  50.02  90.05  99.01  100.0   100.0  100.0       0",
      "h:7000          60     30  50.02  90.05  99.01  100.0   100.0  100.0       0",
      "h:7001          40     20  50.02  90.05  99.01  100.0   100.0  100.0       0",
      "client: busy 50 %, 0.40 processors, event loop late by 0.250 ms (p99), 1.500 ms (max)",
      "servers: processors used: h:7000 0.50, h:7001 0.97",
      "h:7001 was at its limit: a server executes commands on one processor",
      "seed 1"
    ])
  })

  it("has response and service time side by side in an open loop, and all operations together in a mix", () => {
    const settings = benchSettings({
      operation: "mixed",
      mix: [SET, GET],
      rate: 100
    })
    const text = benchText(
      reportOf(
        settings,
        part([operation({ response: hundred() }), operation({ response: hundred(), hits: 99, misses: 1 })])
      )
    )
    const titles = text.split("\n").map((line) => line.slice(0, 12).trim())
    expect(titles.slice(3, 8)).toEqual(["set response", "set service", "get response", "get service", "all"])
    expect(text).toContain("mixed: 200 operations in 2.00 s: 100 per second")
    expect(text).toContain("100 per second by timetable")
    expect(text).toContain("\nhit rate 99 %\n")
    expect(text).not.toContain("rate was not held")
  })

  it("says that a rate was not held and why, that no key was there, and what failed first", () => {
    const settings = benchSettings({
      operation: "get",
      mix: [GET],
      rate: 1000,
      clients: 3,
      seed: 9
    })
    const run = part([operation({ response: hundred(), misses: 100, errors: 7 })], { unsent: 1893 })
    const errors = [
      {
        kind: "OOM",
        count: 7,
        example: "h:7000: SET: OOM no memory",
        node: "h:7000"
      }
    ]
    const text = benchText(reportOf(settings, { ...run, tally: { ...run.tally, errors } }))
    expect(text).toContain("get: 100 operations in 2.00 s: 50 per second, 7 errors\n")
    expect(text).toContain("\nhit rate 0 %: no key was there; write them first with fill --seed 9 ")
    expect(text).toContain("\nerror OOM: 7, the first: h:7000: SET: OOM no memory\n")
    expect(text).toContain(
      "\nthe rate was not held: 54 of 1,000 per second, 1,893 commands were due and never sent; " +
        "all 3 clients were waiting for answers: the servers did not keep up, or -n is too small\n"
    )
  })

  it("says when a shard was not served, and that it was until the end", () => {
    const outage = {
      node: "h:7000",
      from: 1500,
      errors: 3,
      firstError: 1510,
      lastError: 1700
    }
    const text = (recovered: number | undefined): string =>
      benchText(reportOf(benchSettings(), part([operation()], { outages: [{ ...outage, recovered }] })))
    expect(text(4250)).toContain(
      "\nthe slots of h:7000 were not served from 1.50 s to 4.25 s (2.75 s), 3 errors from 1.51 s to 1.70 s\n"
    )
    expect(text(undefined)).toContain(
      "\nthe slots of h:7000 were not served from 1.50 s on, and did not recover, 3 errors"
    )
  })
})

describe("benchProgress", () => {
  it("shows how far the run is, and what the last interval was like at each node", () => {
    const settings = benchSettings({
      limit: { _tag: "Duration", milliseconds: 8000 }
    })
    const { account, latest } = accountOf(settings, part([operation()]))
    const { plain, terminal } = benchProgress(settings, account, () => latest)
    expect(plain()).toBe("    2.0 s         50 per s  p50 50.02  p99 99.01  p99.9 100.0  max 100.0 ms")
    const lines = terminal()
      .replaceAll(/\u001b\[\d+m/g, "")
      .split("\n")
    expect(lines).toEqual([
      "[########......................] 25 %, 6s left",
      "set: 100 operations, no errors, client busy 50 %",
      "50 per s, p50 50.02  p99 99.01  p99.9 100.0  max 100.0 ms",
      "  h:7000  30 per s",
      "  h:7001  20 per s"
    ])
  })
})
