import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { commandDoc } from "../../src/protocol/CommandDocs.ts"
import { rowsFromCommand } from "../../src/protocol/CommandInfo.ts"
import { commandOverrides } from "../../src/protocol/CommandOverrides.ts"
import { commandRows } from "../../src/protocol/CommandTable.generated.ts"
import {
  allCommands,
  commandSlot,
  CROSS_SLOT,
  firstKeyIndex,
  isBlocking,
  isReadOnly,
  keyIndexes,
  lookupCommand,
  NO_KEY,
  specFromCommandInfo
} from "../../src/protocol/CommandTable.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import { commandArgument, respValue } from "../support/RespArbitrary.ts"

/** Arguments without blanks, as one text; `''` is the empty argument. */
const words = (line: string): Array<string> => line.split(" ").map((word) => (word === "''" ? "" : word))

const known = (args: CommandArguments) => {
  const spec = lookupCommand(args)
  if (spec === undefined) throw new Error(`${String(args[0])} is not in the table`)
  return spec
}

const keysOf = (line: string): Array<string> => {
  const args = words(line)
  return keyIndexes(known(args), args).map((index) => args[index])
}

describe("lookupCommand", () => {
  it("finds commands and subcommands in any spelling", () => {
    for (const name of ["get", "GET", "Get", Buffer.from("gEt")]) {
      expect(lookupCommand([name, "k"])?.name).toBe("get")
    }
    for (const name of ["SET", "set", "Set", Buffer.from("SET")]) {
      expect(lookupCommand(["Config", name, "a", "b"])?.name).toBe("config|set")
    }
  })

  it("gives one specification however it is spelled", () => {
    expect(lookupCommand(["HGETALL", "h"])).toBe(lookupCommand(["hgetall", "h"]))
    expect(lookupCommand(["HgetAll", "h"])).toBe(lookupCommand(["hgetall", "h"]))
  })

  it("finds a container that stands alone, and nothing for what is unknown", () => {
    expect(lookupCommand(["CONFIG"])?.name).toBe("config")
    for (const unknown of [[], [""], ["nope"], ["config", "nope"], ["config|set"], [7], ["__proto__"]]) {
      expect(lookupCommand(unknown)).toBeUndefined()
    }
  })

  it("knows arity and flags", () => {
    expect(known(["set"])).toMatchObject({ arity: -3, write: true, denyOom: true, readOnly: false })
    expect(known(["get"])).toMatchObject({ arity: 2, readOnly: true, write: false })
    expect(known(["subscribe"])).toMatchObject({ pubsub: true, noScript: true, loading: true, stale: true })
    expect(known(["auth"])).toMatchObject({ noAuth: true })
    expect(known(["save"])).toMatchObject({ noMulti: true, admin: true })
  })

  it("holds every command of the server once", () => {
    expect(allCommands().map((spec) => spec.name)).toEqual(commandRows.map(([name]) => name))
    expect(commandRows.length).toBeGreaterThanOrEqual(366)
  })
})

describe("keys", () => {
  const cases: ReadonlyArray<readonly [line: string, keys: ReadonlyArray<string>]> = [
    ["GET k", ["k"]],
    ["PING", []],
    ["MSET a 1 b 2", ["a", "b"]],
    ["MGET a b c", ["a", "b", "c"]],
    ["BLPOP a b 0", ["a", "b"]],
    ["BITOP AND d a b", ["d", "a", "b"]],
    ["COPY a b REPLACE", ["a", "b"]],
    ["OBJECT ENCODING k", ["k"]],
    ["MEMORY USAGE k SAMPLES 5", ["k"]],
    ["XGROUP CREATE s g $", ["s"]],
    ["PFCOUNT a b", ["a", "b"]],
    ["EVAL script 2 a b c", ["a", "b"]],
    ["EVALSHA sha 0 a", []],
    ["FCALL f 1 a b", ["a"]],
    ["XREAD COUNT 2 BLOCK 0 STREAMS a b 0 0", ["a", "b"]],
    ["XREADGROUP GROUP STREAMS c streams a >", ["a"]],
    ["XREAD STREAMS a b 0", ["a"]],
    ["ZUNION 2 a b WEIGHTS 1 2", ["a", "b"]],
    ["ZUNIONSTORE d 2 a b AGGREGATE MAX", ["d", "a", "b"]],
    ["LMPOP 2 a b LEFT", ["a", "b"]],
    ["BLMPOP 0 2 a b LEFT", ["a", "b"]],
    ["SINTERCARD 2 a b LIMIT 1", ["a", "b"]],
    ["SORT k", ["k"]],
    ["SORT k BY store GET store LIMIT 0 1 ALPHA store d", ["k", "d"]],
    ["SORT_RO k BY x STORE d", ["k"]],
    ["GEORADIUS k 1 2 3 m STORE d", ["k", "d"]],
    ["GEORADIUSBYMEMBER k m 3 km STOREDIST d", ["k", "d"]],
    ["MIGRATE host 1 k 0 5", ["k"]],
    ["MIGRATE host 1 '' 0 5 COPY AUTH KEYS KEYS a b", ["a", "b"]],
    ["MIGRATE host 1 '' 0 5 AUTH2 user KEYS KEYS a", ["a"]],
    ["SPUBLISH channel message", ["channel"]],
    ["SSUBSCRIBE a b", ["a", "b"]],
    ["SUNSUBSCRIBE", []]
  ]
  it.each(cases)("%s", (line, keys) => {
    expect(keysOf(line)).toEqual(keys)
  })

  it("gives none for what is malformed", () => {
    const malformed = [
      "EVAL s x a b",
      "EVAL s -1 a",
      "EVAL s 3 a b",
      "EVAL s 99999999999999999999 a",
      "EVAL s 1.0 a",
      "EVAL s 01 a",
      "EVAL s",
      "XREAD COUNT 2 a 0",
      "XREAD STREAMS",
      "LMPOP 2 a",
      "GET",
      "BLPOP a",
      "MIGRATE host 1 '' 0 5",
      "OBJECT ENCODING"
    ]
    for (const line of malformed) expect([line, keysOf(line)]).toEqual([line, []])
  })

  it("reads names, keywords and counts from bytes and numbers", () => {
    const asBytes = words("XREAD STREAMS a b 0 0").map((word) => Buffer.from(word))
    expect(keyIndexes(known(asBytes), asBytes)).toEqual([2, 3])
    for (const count of [2, 2n, "2", Buffer.from("2")]) {
      const args = ["EVAL", "s", count, "a", "b", "c"]
      expect(keyIndexes(known(args), args)).toEqual([3, 4])
    }
  })

  it("finds a slot, none, or too many", () => {
    const slot = (line: string): number => commandSlot(known(words(line)), words(line))
    expect(slot("GET {tag}1")).toBe(8338)
    expect(slot("MSET {tag}1 v {tag}2 v")).toBe(8338)
    expect(slot("ZUNIONSTORE {tag}1 2 {tag}2 {tag}3")).toBe(8338)
    expect(slot("ZUNIONSTORE {tag}1 2 {tag}2 a")).toBe(CROSS_SLOT)
    expect(slot("MGET a b")).toBe(CROSS_SLOT)
    expect(slot("PING")).toBe(NO_KEY)
    expect(slot("GET")).toBe(NO_KEY)
    expect(slot("EVAL s 0")).toBe(NO_KEY)
  })

  const anyCommand = fc.constantFrom(...allCommands())
  const anyWord = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("a", "b", "", "{t}1", "{t}2") },
    { weight: 2, arbitrary: fc.constantFrom<string | number>("0", "1", "2", "3", 1, 2, "-1", "1000000000") },
    {
      weight: 2,
      arbitrary: fc.constantFrom("STREAMS", "store", "STOREDIST", "KEYS", "AUTH", "AUTH2", "BY", "LIMIT")
    },
    { weight: 1, arbitrary: commandArgument }
  )

  it.prop(
    "never throws, stays within the arguments, and agrees with itself",
    [anyCommand, fc.array(anyWord, { maxLength: 9 })],
    ([spec, rest]) => {
      const args = [...spec.name.split("|"), ...rest]
      const indexes = keyIndexes(spec, args)
      expect(new Set(indexes).size).toBe(indexes.length)
      for (const index of indexes) {
        expect(Number.isInteger(index) && index > 0 && index < args.length).toBe(true)
      }
      expect(firstKeyIndex(spec, args)).toBe(indexes[0] ?? -1)
      const slots = new Set(indexes.map((index) => calculateSlot(args[index])))
      expect(commandSlot(spec, args)).toBe(
        slots.size === 0 ? NO_KEY : slots.size === 1 ? [...slots][0] : CROSS_SLOT
      )
    },
    { fastCheck: { numRuns: 3000 } }
  )
})

describe("flags that are corrected", () => {
  it("calls read-only what changes nothing, with keys or without", () => {
    const readOnly = "GET MGET EXISTS TOUCH SCAN KEYS PING ECHO INFO DBSIZE TIME ROLE EVAL_RO XREAD RANDOMKEY"
    for (const name of words(readOnly)) expect([name, isReadOnly(known([name]))]).toEqual([name, true])
    const containers = [
      ["CLUSTER", "SLOTS"],
      ["CONFIG", "GET"],
      ["OBJECT", "FREQ"],
      ["COMMAND", "DOCS"]
    ]
    for (const args of containers) expect([args, isReadOnly(known(args))]).toEqual([args, true])
  })

  it("calls nothing read-only that writes, waits, publishes or is about the connection", () => {
    const others =
      "SET INCR GETDEL GETEX EVAL FCALL XREADGROUP SORT PUBLISH SPUBLISH WAIT BLPOP SPOP FLUSHALL MULTI"
    for (const name of words(others)) expect([name, isReadOnly(known([name]))]).toEqual([name, false])
    for (const args of [
      ["CONFIG", "SET"],
      ["ACL", "LOG"],
      ["SCRIPT", "LOAD"],
      ["CLIENT", "ID"]
    ]) {
      expect([args, isReadOnly(known(args))]).toEqual([args, false])
    }
    for (const spec of allCommands()) {
      if (spec.readOnly)
        expect([spec.name, spec.write, spec.requestPolicy]).not.toEqual([spec.name, true, "session"])
    }
  })

  it("tells calls that may wait from those that do not", () => {
    const blocking = (line: string): boolean => isBlocking(known(words(line)), words(line))
    for (const line of [
      "BLPOP a 0",
      "BZMPOP 0 1 a MIN",
      "WAIT 1 0",
      "XREAD BLOCK 0 STREAMS a $",
      "xread COUNT 1 block 5 STREAMS a 0",
      "XREADGROUP GROUP g c NOACK BLOCK 1 STREAMS a >"
    ]) {
      expect([line, blocking(line)]).toEqual([line, true])
    }
    for (const line of [
      "LPOP a",
      "XREAD STREAMS a 0",
      "XREAD STREAMS BLOCK 0",
      "XREADGROUP GROUP BLOCK BLOCK COUNT 1 STREAMS a >",
      "GET BLOCK"
    ]) {
      expect([line, blocking(line)]).toEqual([line, false])
    }
  })

  it("splits six commands by slot, and never MSETNX", () => {
    const split = allCommands().filter((spec) => spec.requestPolicy === "multi-shard")
    expect(split.map((spec) => spec.name)).toEqual(["del", "exists", "mget", "mset", "touch", "unlink"])
    expect(known(["msetnx"])).toMatchObject({ requestPolicy: undefined, responsePolicy: undefined })
  })
})

describe("CommandOverrides", () => {
  /** Commands that servers newer than the table's have. */
  const NEWER = new Set(["client|no-touch", "client|setinfo", "cluster|myshardid", "waitaof"])

  it("names commands of the table, each once and with a reason", () => {
    const names = new Set(commandRows.map(([name]) => name))
    const overridden = commandOverrides.map(([name]) => name)
    expect(new Set(overridden).size).toBe(overridden.length)
    expect(overridden.filter((name) => !names.has(name))).toEqual(
      overridden.filter((name) => NEWER.has(name))
    )
    for (const [name, , reason] of commandOverrides) expect([name, reason.length > 5]).toEqual([name, true])
  })

  it("decides on every command without keys that the server says nothing about", () => {
    const overridden = new Set(commandOverrides.map(([name]) => name))
    const undecided = commandRows.filter(
      ([name, , , keySpecs, requestTip]) =>
        keySpecs.length === 0 && requestTip === "" && !overridden.has(name)
    )
    expect(undecided.map(([name]) => name)).toEqual([])
  })

  it("says how replies merge wherever several are asked", () => {
    for (const spec of allCommands()) {
      const isAsked = spec.requestPolicy === "all-nodes" || spec.requestPolicy === "all-masters"
      if (isAsked) expect([spec.name, spec.responsePolicy]).not.toEqual([spec.name, undefined])
    }
  })

  it("has the decisions of keyless-commands.txt (vitest -u writes it anew)", async () => {
    const lines = allCommands()
      .filter((spec) => spec.keySpecs.length === 0)
      .map((spec) =>
        [
          spec.name.padEnd(30),
          (spec.requestPolicy ?? "").padEnd(12),
          (spec.responsePolicy ?? "-").padEnd(16),
          spec.readOnly ? "read-only" : "-"
        ].join(" ")
      )
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("./keyless-commands.txt")
  })
})

describe("specFromCommandInfo", () => {
  const bulks = (...texts: ReadonlyArray<string>) => texts.map((text) => Resp.bulkString(text))
  const statuses = (...texts: ReadonlyArray<string>) => Resp.set(texts.map(Resp.simpleString))
  const numbers = (...values: ReadonlyArray<number>) => values.map(Resp.integer)
  const pairs = (entries: Readonly<Record<string, RespValue>>, version: 2 | 3): RespValue => {
    const list = Object.entries(entries).map(([key, value]) => [Resp.bulkString(key), value] as const)
    return version === 3 ? Resp.map(list) : Resp.array(list.flat())
  }
  const keySpec = (version: 2 | 3): RespValue =>
    pairs(
      {
        flags: statuses("RO", "access"),
        begin_search: pairs(
          {
            type: Resp.bulkString("keyword"),
            spec: pairs({ keyword: Resp.bulkString("from"), startfrom: Resp.integer(1) }, version)
          },
          version
        ),
        find_keys: pairs(
          {
            type: Resp.bulkString("keynum"),
            spec: pairs(
              { keynumidx: Resp.integer(0), firstkey: Resp.integer(1), keystep: Resp.integer(2) },
              version
            )
          },
          version
        )
      },
      version
    )

  it.each([2, 3] as const)("learns a module's command on RESP%d", (version) => {
    const entry = Resp.array([
      ...bulks("M.Find"),
      Resp.integer(-4),
      statuses("readonly", "blocking"),
      ...numbers(0, 0, 0),
      statuses("@read"),
      Resp.array(bulks("request_policy:all_shards", "response_policy:agg_max")),
      Resp.array([keySpec(version)]),
      Resp.array([])
    ])
    const spec = specFromCommandInfo(Resp.array([entry]))!
    expect(spec).toMatchObject({
      name: "m.find",
      arity: -4,
      readOnly: true,
      blocking: true,
      requestPolicy: "all-masters",
      responsePolicy: "agg-max"
    })
    expect(keyIndexes(spec, ["M.FIND", "FROM", 2, "a", "x", "b", "y"])).toEqual([3, 5])
    const learned = new Map([[spec.name, spec]])
    expect(lookupCommand(["m.FIND", "FROM"], learned)).toBe(spec)
    expect(lookupCommand(["M.FIND", "FROM"])).toBeUndefined()
  })

  it("learns a newer server's subcommands, beside those of the table", () => {
    const sub = Resp.array([...bulks("config|frob"), Resp.integer(3), statuses("write"), ...numbers(2, 2, 1)])
    const info = [Resp.array([]), Resp.array([]), Resp.array([]), Resp.array([sub])]
    const entry = [...bulks("config"), Resp.integer(-2), statuses(), ...numbers(0, 0, 0), ...info]
    const spec = specFromCommandInfo(Resp.array([Resp.array(entry)]))!
    const learned = new Map([[spec.name, spec]])
    const args = ["CONFIG", "Frob", "k"]
    expect(lookupCommand(args)).toBeUndefined()
    expect(lookupCommand(args, learned)).toMatchObject({ name: "config|frob", write: true })
    expect(firstKeyIndex(lookupCommand(args, learned)!, args)).toBe(2)
    expect(lookupCommand(["CONFIG", "GET"], learned)).toBe(lookupCommand(["CONFIG", "GET"]))
  })

  it("reads the positions of servers before 7.0", () => {
    const entry = Resp.array([...bulks("old"), Resp.integer(-3), statuses("write"), ...numbers(1, -1, 2)])
    const spec = specFromCommandInfo(Resp.array([entry]))!
    expect(keyIndexes(spec, words("OLD a 1 b 2"))).toEqual([1, 3])
    const keyless = Resp.array([...bulks("old"), Resp.integer(1), statuses(), ...numbers(0, 0, 0)])
    expect(specFromCommandInfo(Resp.array([keyless]))?.requestPolicy).toBe("any-node")
  })

  it("gives nothing for a command that the server does not know", () => {
    for (const nothing of [Resp.array([Resp.nullValue]), Resp.array([Resp.nullArray]), Resp.array([])]) {
      expect(specFromCommandInfo(nothing)).toBeUndefined()
    }
    expect(specFromCommandInfo(Resp.simpleError("ERR unknown command"))).toBeUndefined()
  })

  it.prop("takes any reply without a throw", [respValue, fc.array(commandArgument)], ([reply, args]) => {
    const nested = Resp.array([
      Resp.array([Resp.bulkString("x"), reply, Resp.array([]), reply, reply, reply])
    ])
    for (const value of [reply, Resp.array([reply]), nested]) {
      rowsFromCommand(value)
      const spec = specFromCommandInfo(value)
      if (spec !== undefined) keyIndexes(spec, args)
    }
  })
})

describe("commandDoc", () => {
  it("has a summary for every command of the table", () => {
    for (const { name } of allCommands()) expect(commandDoc(name)?.summary, name).toMatch(/\w/)
    expect(commandDoc("nope")).toBeUndefined()
    expect(commandDoc("toString")).toBeUndefined()
  })

  it("tells arguments and deprecation", () => {
    expect(commandDoc("getset")).toMatchObject({ deprecatedSince: "6.2.0", group: "string" })
    expect(commandDoc("config|set")?.arguments?.[0]).toMatchObject({ flags: ["multiple"], type: "block" })
  })
})
