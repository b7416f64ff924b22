/** What calls of the API send, compared with what a person would type. */
import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { compileEncoder } from "../../../src/client/commands/CommandEncoder.ts"
import { commandArguments, commandsWithMethod } from "../../../src/client/commands/CommandMethods.ts"
import type { TypedCommand } from "../../../src/client/commands/TypedCommand.ts"
import * as FromResp from "../../../src/client/reply/FromResp.ts"
import { unsentRedis as r } from "../../support/UnsentRedis.ts"

const sent = ({ arguments: args }: TypedCommand<unknown>): string =>
  args
    .map((each) => (typeof each === "string" && each !== "" ? each : each === "" ? '""' : String(each)))
    .join(" ")

const CIRCLE = { BYRADIUS: { radius: 5, unit: "KM" } } as const
const calls: ReadonlyArray<readonly [line: string, call: TypedCommand<unknown>]> = [
  // Plain arguments
  ["GET k", r.get("k")],
  ["SET k v", r.set("k", "v")],
  ["SETRANGE k 5 v", r.setrange("k", 5, "v")],
  ["INCRBY k 9007199254740993", r.incrby("k", 9007199254740993n)],
  ["INCRBYFLOAT k -0.5", r.incrbyfloat("k", -0.5)],
  ["DBSIZE", r.dbsize()],
  ["LSET k -1 v", r.lset("k", -1, "v")],
  ["LINSERT k BEFORE p v", r.linsert("k", "BEFORE", "p", "v")],
  ["LMOVE a b LEFT RIGHT", r.lmove("a", "b", "LEFT", "RIGHT")],
  ["EVAL_RO s 0", r.evalRo("s")],
  ["RESTORE-ASKING k 0 payload", r.restoreAsking("k", 0, "payload")],

  // One or many
  ["DEL a", r.del("a")],
  ["DEL a b c", r.del(["a", "b", "c"])],
  ["MGET a b", r.mget(["a", "b"])],
  ["BLPOP a b 0.5", r.blpop(["a", "b"], 0.5)],
  ["SINTERSTORE d a b", r.sinterstore("d", ["a", "b"])],
  ["XDEL k 1-1 2-1", r.xdel("k", ["1-1", "2-1"])],
  ["PFADD k", r.pfadd("k")],
  ["PFADD k a b", r.pfadd("k", ["a", "b"])],
  ["ACL SETUSER u on +@all", r.aclSetuser("u", ["on", "+@all"])],
  ["INFO", r.info()],
  ["INFO server memory", r.info(["server", "memory"])],

  // Names and values
  ["MSET a 1 b two", r.mset({ a: 1, b: "two" })],
  [
    "MSETNX b 2 a 1",
    r.msetnx([
      ["b", 2],
      ["a", 1]
    ])
  ],
  [
    "HSET k f v 7 g",
    r.hset(
      "k",
      new Map([
        ["f", "v"],
        ["7", "g"]
      ])
    )
  ],
  ["CONFIG SET maxmemory 100 save 1 2", r.configSet({ maxmemory: 100, save: "1 2" })],
  [
    "MODULE LOADEX p CONFIG a 1 CONFIG b 2 ARGS x y",
    r.moduleLoadex("p", { config: { a: 1, b: 2 }, args: ["x", "y"] })
  ],

  // Options
  ["SET k v NX", r.set("k", "v", { condition: "NX" })],
  ["SET k v XX GET EX 10", r.set("k", "v", { condition: "XX", get: true, expiration: { EX: 10 } })],
  ["SET k v KEEPTTL", r.set("k", "v", { get: false, expiration: "KEEPTTL", condition: undefined })],
  ["COPY a b DB 2 REPLACE", r.copy("a", "b", { db: 2, replace: true })],
  ["LPOS k v RANK -1 COUNT 0 MAXLEN 9", r.lpos("k", "v", { rank: -1, count: 0, maxlen: 9 })],
  ["SCAN 5 MATCH a* COUNT 10 TYPE hash", r.scan("5", { match: "a*", count: 10, type: "hash" })],
  [
    "LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN",
    r.lcs("a", "b", { idx: true, minmatchlen: 4, withmatchlen: true })
  ],
  ["BGSAVE", r.bgsave()],
  ["BGSAVE SCHEDULE", r.bgsave({ schedule: true })],
  ["SHUTDOWN NOSAVE NOW FORCE", r.shutdown({ mode: "NOSAVE", now: true, force: true })],
  ["FAILOVER TO h 1 FORCE TIMEOUT 9", r.failover({ to: { host: "h", port: 1, force: true }, timeout: 9 })],
  ["CLIENT LIST TYPE NORMAL ID 1 2", r.clientList({ type: "NORMAL", id: [1, 2] })],
  ["COMMAND LIST FILTERBY ACLCAT read", r.commandList({ filterby: { ACLCAT: "read" } })],
  [
    "SORT k BY w* LIMIT 0 5 GET # GET o* DESC ALPHA STORE d",
    r.sort("k", {
      by: "w*",
      limit: { offset: 0, count: 5 },
      get: ["#", "o*"],
      order: "DESC",
      alpha: true,
      store: "d"
    })
  ],
  ["SORT_RO k", r.sortRo("k", { get: [] })],

  // What stands behind the rest without a word of its own
  ["EXPIRE k 10", r.expire("k", 10)],
  ["EXPIRE k 10 GT", r.expire("k", 10, "GT")],
  ["GETEX k PERSIST", r.getex("k", "PERSIST")],
  ["GETEX k PXAT 5", r.getex("k", { PXAT: 5 })],
  ["LPOP k", r.lpop("k")],
  ["LPOP k 2", r.lpop("k", 2)],
  ["SPOP k 0", r.spop("k", 0)],
  ["FLUSHALL ASYNC", r.flushall("ASYNC")],
  ["GEODIST k a b FT", r.geodist("k", "a", "b", "FT")],
  ["BITCOUNT k 0 -1 BIT", r.bitcount("k", { start: 0, end: -1, indexUnit: "BIT" })],
  ["BITPOS k 1 3", r.bitpos("k", 1, { start: 3 })],
  ["HRANDFIELD k 3 WITHVALUES", r.hrandfield("k", { count: 3, withvalues: true })],
  [
    "XPENDING k g IDLE 5 - + 10 c",
    r.xpending("k", "g", { idle: 5, start: "-", end: "+", count: 10, consumer: "c" })
  ],
  ["ACL LOG 5", r.aclLog(5)],
  ["ACL LOG RESET", r.aclLog("RESET")],
  ["CLUSTER MEET h 1 2", r.clusterMeet("h", 1, 2)],

  // Keys that are counted
  ["EVAL s 2 a b x y", r.eval("s", ["a", "b"], ["x", "y"])],
  ["EVAL s 0 x", r.eval("s", [], "x")],
  ["FCALL f 0 x", r.fcall("f", undefined, ["x"])],
  ["SINTERCARD 2 a b LIMIT 9", r.sintercard(["a", "b"], { limit: 9 })],
  ["BLMPOP 1.5 2 a b RIGHT COUNT 3", r.blmpop(1.5, ["a", "b"], "RIGHT", { count: 3 })],
  [
    "ZUNION 2 a b WEIGHTS 1 2.5 AGGREGATE MAX WITHSCORES",
    r.zunion(["a", "b"], { weights: [1, 2.5], aggregate: "MAX", withscores: true })
  ],
  ["ZDIFFSTORE d 1 a", r.zdiffstore("d", "a")],

  // Blocks
  [
    "ZADD k NX GT CH INCR 1.5 a",
    r.zadd("k", { score: 1.5, member: "a" }, { condition: "NX", comparison: "GT", ch: true, incr: true })
  ],
  [
    "ZADD k -Infinity a 2 b",
    r.zadd("k", [
      { score: -Infinity, member: "a" },
      { score: 2, member: "b" }
    ])
  ],
  [
    "GEOADD k XX 1 2 m 3 4 n",
    r.geoadd(
      "k",
      [
        { longitude: 1, latitude: 2, member: "m" },
        { longitude: 3, latitude: 4, member: "n" }
      ],
      { condition: "XX" }
    )
  ],
  [
    "CLUSTER ADDSLOTSRANGE 1 2 5 9",
    r.clusterAddslotsrange([
      { startSlot: 1, endSlot: 2 },
      { startSlot: 5, endSlot: 9 }
    ])
  ],
  [
    "ZRANGE k (1 +inf BYSCORE REV LIMIT 0 5 WITHSCORES",
    r.zrange("k", "(1", "+inf", {
      sortby: "BYSCORE",
      rev: true,
      limit: { offset: 0, count: 5 },
      withscores: true
    })
  ],
  [
    "XADD k NOMKSTREAM MAXLEN ~ 100 LIMIT 5 * f v",
    r.xadd(
      "k",
      "*",
      { f: "v" },
      { nomkstream: true, trim: { strategy: "MAXLEN", operator: "~", threshold: 100, limit: 5 } }
    )
  ],
  ["XTRIM k MINID 5-0", r.xtrim("k", { strategy: "MINID", threshold: "5-0" })],
  ["XINFO STREAM k FULL", r.xinfoStream("k", { full: true })],
  ["XINFO STREAM k FULL COUNT 0", r.xinfoStream("k", { full: { count: 0 } })],
  ["XINFO STREAM k", r.xinfoStream("k", { full: false })],
  ["XREAD COUNT 2 BLOCK 0 STREAMS a b 0 $", r.xread({ a: 0, b: "$" }, { count: 2, block: 0 })],
  [
    "XREADGROUP GROUP g c NOACK STREAMS a >",
    r.xreadgroup({ group: "g", consumer: "c" }, [["a", ">"]], { noack: true })
  ],
  [
    "XGROUP CREATE k g $ MKSTREAM ENTRIESREAD 3",
    r.xgroupCreate("k", "g", "$", { mkstream: true, entriesread: 3 })
  ],

  // Choices
  ["BITOP NOT d a", r.bitop("NOT", "d", "a")],
  [
    "BITFIELD k GET u8 0 OVERFLOW SAT SET u8 #1 7 INCRBY i5 0 -1",
    r.bitfield("k", [
      { GET: { encoding: "u8", offset: 0 } },
      { OVERFLOW: "SAT" },
      { SET: { encoding: "u8", offset: "#1", value: 7 } },
      { INCRBY: { encoding: "i5", offset: 0, increment: -1 } }
    ])
  ],
  [
    "BITFIELD_RO k GET u8 0 GET u4 8",
    r.bitfieldRo("k", {
      get: [
        { encoding: "u8", offset: 0 },
        { encoding: "u4", offset: 8 }
      ]
    })
  ],
  [
    "GEOSEARCH k FROMMEMBER m BYRADIUS 5 KM ASC COUNT 3 ANY WITHDIST",
    r.geosearch("k", { FROMMEMBER: "m" }, CIRCLE, {
      order: "ASC",
      count: { count: 3, any: true },
      withdist: true
    })
  ],
  [
    "GEOSEARCHSTORE d k FROMLONLAT 1 2 BYBOX 3 4 M STOREDIST",
    r.geosearchstore(
      "d",
      "k",
      { FROMLONLAT: { longitude: 1, latitude: 2 } },
      { BYBOX: { width: 3, height: 4, unit: "M" } },
      { storedist: true }
    )
  ],
  ["GEORADIUS k 1 2 3 MI STOREDIST d", r.georadius("k", 1, 2, 3, "MI", { storedist: "d" })],
  ["CLIENT KILL 127.0.0.1:5", r.clientKill("127.0.0.1:5")],
  ["CLIENT KILL ID 5 TYPE REPLICA SKIPME NO", r.clientKill({ id: 5, type: "REPLICA", skipme: "NO" })],
  ["CLUSTER SETSLOT 5 NODE id", r.clusterSetslot(5, { NODE: "id" })],
  ["CLUSTER SETSLOT 5 STABLE", r.clusterSetslot(5, "STABLE")],
  ["REPLICAOF NO ONE", r.replicaof("NO ONE")],
  ["REPLICAOF h 1", r.replicaof({ host: "h", port: 1 })],
  [
    'MIGRATE h 1 "" 0 100 REPLACE AUTH2 u p KEYS a b',
    r.migrate("h", 1, 0, 100, ["a", "b"], {
      replace: true,
      authentication: { AUTH2: { username: "u", password: "p" } }
    })
  ],
  [
    'MIGRATE h 1 "" 0 100 COPY AUTH p KEYS a',
    r.migrate("h", 1, 0, 100, "a", { copy: true, authentication: { AUTH: "p" } })
  ],

  // Beyond the methods
  ["MODULE.CMD a 1", r.call(FromResp.reply, "MODULE.CMD", "a", 1)]
]

describe("a call sends", () => {
  it.each(calls)("%s", (line, call) => {
    expect(sent(call)).toBe(line)
  })

  it("bytes as they are", () => {
    const bytes = new Uint8Array([0, 255])
    expect(r.hset(bytes, [[bytes, bytes]]).arguments).toEqual(["HSET", bytes, bytes, bytes])
    expect(r.hset(bytes, [[bytes, bytes]]).arguments[1]).toBe(bytes)
  })

  it("the same whether methods are used on the service or by themselves", () => {
    const { get, zrange } = r
    expect(["a", "b"].map((key) => sent(get(key)))).toEqual(["GET a", "GET b"])
    expect(sent(zrange("k", 0, -1))).toBe("ZRANGE k 0 -1")
  })

  it("one argument for each plain value, in order, for any command of plain values", () => {
    const plain = ["append", "setex", "lrange", "smove", "zincrby", "rename", "getrange", "psetex"]
    const value = fc.oneof(fc.string(), fc.integer(), fc.uint8Array(), fc.bigInt())
    fc.assert(
      fc.property(
        fc.constantFrom(...plain),
        fc.array(value, { minLength: 3, maxLength: 3 }),
        (name, values) => {
          const args = commandArguments(name, values)
          expect(args).toEqual([name.toUpperCase(), ...values].slice(0, args.length))
        }
      )
    )
  })
})

describe("a call that no types have checked", () => {
  const untyped = r as unknown as Readonly<Record<string, (...parameters: ReadonlyArray<unknown>) => unknown>>

  it.each<[string, () => unknown]>([
    ["GET: key is missing", () => untyped.get()],
    ["SET: value is missing", () => untyped.set("k", null)],
    ["DEL: key is missing", () => untyped.del(["a", undefined])],
    ["CONFIG SET: parameterValue is missing", () => untyped.configSet()],
    ["SET: condition is none of NX, XX", () => untyped.set("k", "v", { condition: "ZZ" })],
    ["GETEX: expiration is none of PERSIST, EX, PX, EXAT, PXAT", () => untyped.getex("k", 10)],
    ["GETEX: expiration is none of PERSIST, EX, PX, EXAT, PXAT", () => untyped.getex("k", { ZZ: 10 })],
    ["ZADD: score is missing", () => untyped.zadd("k", { member: "a" })]
  ])("is refused before anything is sent: %s", (message, call) => {
    expect(call).toThrow(new TypeError(message))
  })
})

describe("compileEncoder", () => {
  it("makes an encoder for the syntax of every command", () => {
    expect(commandsWithMethod.length).toBeGreaterThan(300)
    for (const command of commandsWithMethod)
      expect(() => commandArguments(command, [])).not.toThrow(/undefined/)
  })

  it("repeats a word in front of each of many, or says it once", () => {
    const many = { name: "x", type: "string", token: "X", multiple: true } as const
    expect(compileEncoder("c|d", [many])([["a", "b"]])).toEqual(["C", "D", "X", "a", "b"])
    expect(compileEncoder("c", [{ ...many, repeatsToken: true }])([["a", "b"]])).toEqual([
      "C",
      "X",
      "a",
      "X",
      "b"
    ])
    expect(compileEncoder("c", [{ ...many, optional: true }])([{ x: [] }])).toEqual(["C"])
  })
})
