import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { mergedDocument, mergeReports, problemOfMerged } from "../../../src/app/report/MergedReport.ts"
import { isWhole, parseReports, type ShardReport } from "../../../src/app/report/ShardReport.ts"
import { fillDocument } from "../../../src/app/fill/FillReport.ts"
import { FillTally } from "../../../src/app/fill/FillTally.ts"
import { rangeOfShard } from "../../../src/app/ShardOption.ts"
import { singleNodeTopology } from "../../../src/protocol/ClusterTopology.ts"
import { runProgram } from "../../support/ProgramRun.ts"
import { settingsOf } from "../fill/FillFixture.ts"

const KEYS = 100

/** What `fill --json` prints of a shard, of which so many keys were acknowledged. */
const lineOf = (part: number, parts: number, lacking = 0, more: object = {}): string => {
  const shard = { part, parts }
  const range = rangeOfShard({ from: 0, to: KEYS }, shard)
  const settings = settingsOf(0, { range, shard, totalKeys: KEYS })
  const tally = new FillTally(false)
  tally.start()
  tally.add(range.from, range.to - range.from - lacking, "a:1")
  tally.moved = part
  tally.end()
  const topology = singleNodeTopology("a", 1)
  const evicted = new Map([["a:1", part]])
  return JSON.stringify({
    ...fillDocument({ settings, tally, topology, evicted, verify: undefined }),
    ...more
  })
}

const reportsOf = (...lines: ReadonlyArray<string>): ReadonlyArray<ShardReport> => {
  const reports = parseReports(lines.join("\n"))
  if (typeof reports === "string") throw new Error(reports)
  return reports
}

const mergedOf = (...lines: ReadonlyArray<string>) => {
  const merged = mergeReports(reportsOf(...lines))
  if (typeof merged === "string") throw new Error(merged)
  return merged
}

describe("The reports of shards", () => {
  it("are read from a log, line by line", () => {
    expect(reportsOf("redis-client: seed 1", lineOf(1, 2), "", lineOf(2, 2))).toHaveLength(2)
    expect(parseReports("nothing")).toBe("holds no report of fill --json")
    expect(parseReports('\n{"seed":1}')).toBe("line 2 is no report of fill --json")
    expect(parseReports(lineOf(1, 2, 0, { shard: "3/2" }))).toBe("line 1: 3/2 is no shard")
  })

  it("add up to one of the whole", () => {
    const merged = mergedOf(lineOf(2, 3), lineOf(3, 3), lineOf(1, 3))
    expect(problemOfMerged(merged)).toBeUndefined()
    expect(mergedDocument(merged)).toMatchObject({
      seed: 1,
      totalKeys: KEYS,
      keys: KEYS,
      bytes: 50 * KEYS,
      acknowledged: KEYS,
      nodes: [{ address: "a:1", keys: KEYS, bytes: 50 * KEYS, slots: 16_384, expected: KEYS, evicted: 3 }],
      moved: 6,
      errors: {},
      shards: { parts: 3, merged: [1, 2, 3], missing: [], incomplete: [], doubled: [] }
    })
  })

  it("say which are missing, not whole, or there twice", () => {
    const failed = { error: { tag: "ConnectionError", message: "gone", node: null } }
    const merged = mergedOf(lineOf(1, 4), lineOf(1, 4), lineOf(3, 4, 5), lineOf(4, 4, 0, failed))
    expect(problemOfMerged(merged)).toBe(
      "4 shards, without a report: 2/4; not written as a whole: 3/4, 4/4; reported more than once: 1/4; " +
        "run fill for these with --seed 1 and --shard, and merge again"
    )
    expect(mergedDocument(merged)).toMatchObject({ acknowledged: 70, keys: 75 })
  })

  it("of an attempt that failed count for nothing when another one has succeeded", () => {
    const failed = { error: { tag: "ConnectionError", message: "gone", node: null } }
    const merged = mergedOf(lineOf(1, 2, 30, failed), lineOf(2, 2), lineOf(1, 2))
    expect(problemOfMerged(merged)).toBeUndefined()
    expect(mergedDocument(merged)).toMatchObject({ acknowledged: KEYS })
  })

  it("without replies are whole when nothing went wrong", () => {
    const [report] = reportsOf(lineOf(1, 1, 0, { acknowledged: null }))
    expect(isWhole(report)).toBe(true)
    expect(mergedDocument(mergedOf(lineOf(1, 1, 0, { acknowledged: null })))).toMatchObject({
      acknowledged: null
    })
  })

  it.each([
    ["seed", { seed: 2 }, "the seed is 1 in one, 2 in another"],
    ["value size", { valueSize: 7 }, "the value size is 30 in one, 7 in another"],
    ["amount", { totalKeys: 7 }, "the amount (--data) is 100 in one, 7 in another"],
    ["number of shards", { shard: "2/5" }, "there are 2 shards in one, 5 in another"]
  ])("are refused when another %s is in one of them", (_, more, problem) => {
    expect(mergeReports(reportsOf(lineOf(1, 2), lineOf(2, 2, 0, more)))).toBe(problem)
  })
})

describe("report merge", () => {
  it.live("reads files, prints one report, and ends with 1 when a shard is missing", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "report-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
      )
      const files = [1, 2, 3].map((part) => join(folder, `${part}.json`))
      files.forEach((file, index) => writeFileSync(file, `${lineOf(index + 1, 3)}\n`))
      const whole = yield* runProgram(["report", "merge", ...files, "--json"])
      expect([whole.status, JSON.parse(whole.stdout)]).toEqual([0, expect.objectContaining({ keys: KEYS })])
      const part = yield* runProgram(["report", "merge", files[0], files[2]])
      expect(part.status).toBe(1)
      expect(part.stdout).toContain("acknowledged 67 of 100 keys of 20 + 30 bytes, by 2 of 3 shards")
      expect(part.stderr).toContain("without a report: 2/3")
      const json = yield* runProgram(["report", "--json", "merge", files[0]])
      expect([json.status, JSON.parse(json.stdout)]).toEqual([
        1,
        expect.objectContaining({ keys: 34, error: expect.objectContaining({ tag: "Incomplete" }) })
      ])
      const nothing = yield* runProgram(["report", "merge", join(folder, "none.json")])
      expect([nothing.status, nothing.stderr]).toEqual([
        1,
        expect.stringContaining("cannot be read (ENOENT)")
      ])
      expect((yield* runProgram(["report"])).status).toBe(2)
    }).pipe(Effect.scoped)
  )
})
