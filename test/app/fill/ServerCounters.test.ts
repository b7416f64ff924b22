import { describe, expect, it } from "vitest"
import { compareCounters, parseCounters, type ServerCounters } from "../../../src/app/fill/ServerCounters.ts"

const INFO = [
  "# Server",
  "run_id:0123abcd",
  "# Stats",
  "evicted_keys:3",
  "# Commandstats",
  "cmdstat_set:calls=10,usec=12,usec_per_call=1.20,rejected_calls=1,failed_calls=2",
  "cmdstat_setrange:calls=500,usec=12,usec_per_call=1.20,rejected_calls=0,failed_calls=0",
  "cmdstat_mset:calls=100,usec=12,usec_per_call=1.20,rejected_calls=4,failed_calls=0",
  "# Errorstats",
  "errorstat_OOM:count=4",
  "errorstat_ERR:count=9",
  ""
].join("\r\n")

describe("parseCounters", () => {
  it("reads what INFO says of SET, MSET, errors and evictions", () => {
    expect(parseCounters(INFO, 42)).toEqual({
      runId: "0123abcd",
      executed: 108,
      refused: 7,
      evicted: 3,
      errors: new Map([
        ["OOM", 4],
        ["ERR", 9]
      ]),
      keys: 42
    })
  })

  it("counts what an older server does not say as 0", () => {
    expect(parseCounters("cmdstat_set:calls=5,usec=1,usec_per_call=0.2\n", 1)).toMatchObject({
      executed: 5,
      refused: 0,
      evicted: 0
    })
  })
})

describe("compareCounters", () => {
  const before: ServerCounters = {
    runId: "a",
    executed: 100,
    refused: 5,
    evicted: 1,
    errors: new Map([
      ["OOM", 5],
      ["ERR", 3]
    ]),
    keys: 1000
  }
  const after = (changes: Partial<ServerCounters>): ServerCounters => ({
    ...before,
    executed: 110,
    keys: 1640,
    ...changes
  })
  const expected = { commands: 10, keys: 1640 }
  const problemOf = (changes: Partial<ServerCounters>): string | undefined =>
    compareCounters(before, after(changes), expected).problem

  it("finds nothing where all was executed", () => {
    expect(compareCounters(before, after({}), expected)).toEqual({ problem: undefined, errors: new Map() })
    expect(problemOf({ executed: 500, keys: 90_000 })).toBe(undefined)
  })

  it("finds refusals, with the kinds of errors since", () => {
    const errors = new Map([
      ["OOM", 7],
      ["ERR", 11]
    ])
    expect(compareCounters(before, after({ executed: 108, refused: 7, errors }), expected)).toEqual({
      problem: "refused 2 of 10 commands (OOM 2)",
      errors: new Map([["OOM", 2]])
    })
    expect(problemOf({ executed: 108, refused: 7 })).toBe("refused 2 of 10 commands")
  })

  it("finds what was not executed, evicted, or is not there", () => {
    expect(problemOf({ executed: 103 })).toBe("executed 3 of 10 commands")
    expect(problemOf({ evicted: 8 })).toBe("evicted 7 keys")
    expect(problemOf({ keys: 1639 })).toBe("holds 1639 keys, where 1640 were written")
    expect(compareCounters(before, after({ keys: 0 }), { commands: 10, keys: undefined }).problem).toBe(
      undefined
    )
  })

  it("says that a server which was restarted says nothing", () => {
    expect(problemOf({ runId: "b" })).toMatch(/restarted/)
  })
})
