import { describe, expect, it } from "vitest"
import * as fc from "fast-check"
import { CommandNames } from "../../../../src/app/repl/prompt/syntax/CommandNames.ts"
import { readLine } from "../../../../src/app/repl/prompt/syntax/LineReading.ts"
import { commandDocTexts } from "../../../../src/protocol/CommandDocs.generated.ts"

const names = new CommandNames([
  { name: "topology", syntax: "" },
  { name: "slots", syntax: "KEY ..." }
])
const read = (line: string, transactionSlot?: number) =>
  readLine(line, { names, transactionSlot, isCluster: true })
const hint = (line: string): string => read(line).hint
const roles = (line: string, transactionSlot?: number): ReadonlyArray<string> =>
  read(line, transactionSlot).words.map(({ role }) => role)
const tokens = (line: string): ReadonlyArray<string> => {
  const { candidates } = read(line)
  return candidates._tag === "Arguments" ? candidates.tokens : [candidates._tag]
}

describe("the hint", () => {
  it.each([
    ["", ""],
    ["nonsense ", ""],
    ["get", "key"],
    ["get ", "key"],
    ["get k", ""],
    ["get k ", ""],
    [
      "SET k ",
      "value [NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]"
    ],
    [
      "SET k v",
      "[NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]"
    ],
    ["SET k v EX ", "seconds [NX|XX] [GET]"],
    ["SET k v get EX 10 ", "[NX|XX]"],
    ["SET k v keepttl nx ", "[GET]"],
    ["5 GET ", "key"],
    ["explain GET ", "key"],
    ["@masters GET ", "key"],
    ["DEL ", "key [key ...]"],
    ["DEL k ", "[key ...]"],
    ["MSET k ", "value [key value ...]"],
    ["MSET k v ", "[key value ...]"],
    ["HSET h f ", "value [field value ...]"],
    ["BLPOP k ", "[key ...] timeout"],
    ["EVAL s ", "numkeys [key [key ...]] [arg [arg ...]]"],
    ["EVAL s 2 a ", "[key ...] [arg [arg ...]]"],
    ["EVAL s 2 a b ", "[arg [arg ...]]"],
    ["ZADD k ", "[NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]"],
    ["ZADD k NX 1 ", "member [score member ...]"],
    ["ZRANGE k 0 -1 LIMIT ", "offset count [BYSCORE|BYLEX] [REV] [WITHSCORES]"],
    ["XREAD COUNT 2 STREAMS ", "key [key ...] id [id ...]"],
    [
      "SORT k GET p ",
      "[GET pattern ...] [BY pattern] [LIMIT offset count] [ASC|DESC] [ALPHA] [STORE destination]"
    ],
    ["config ", "get|help|resetstat|rewrite|set"],
    ["config set ", "parameter value [parameter value ...]"],
    ["CONFIG SET maxmemory ", "value [parameter value ...]"],
    ["ping ", "[message]"],
    ["slots ", "KEY ..."],
    ["slots a ", ""]
  ])("after %j is %j", (line, expected) => {
    expect(hint(line)).toBe(expected)
  })
})

describe("the candidates", () => {
  it.each<[string, ReadonlyArray<string>]>([
    ["ge", ["Commands"]],
    ["5 ", ["Commands"]],
    ["config s", ["Subcommands"]],
    ["SET k v e", ["NX", "XX", "GET", "EX", "PX", "EXAT", "PXAT", "KEEPTTL"]],
    ["SET k v EX ", []],
    ["GEOSEARCH k ", ["FROMMEMBER", "FROMLONLAT"]],
    ["SCAN 0 MATCH x ", ["COUNT", "TYPE"]],
    ["CLIENT NO-EVICT ", ["ON", "OFF"]],
    // What the documentation leaves out.
    ["SCAN 0 TYPE ", ["string", "list", "set", "zset", "hash", "stream"]],
    ["BITOP ", ["AND", "OR", "XOR", "NOT"]],
    ["BITOP AND ", []],
    ["HELLO ", ["2", "3"]]
  ])("after %j are %j", (line, expected) => {
    expect(tokens(line)).toEqual(expected)
  })

  it("are keys where a key comes next", () => {
    const isKey = (line: string): boolean => {
      const { candidates } = read(line)
      return candidates._tag === "Arguments" && candidates.isKey
    }
    expect(["GET ", "GET a", "DEL a b", "EVAL s 1 ", "BITOP AND d ", "XREAD STREAMS "].map(isKey)).toEqual(
      Array.from({ length: 6 }, () => true)
    )
    expect(["SET k ", "SET k v", "GET k ", "EVAL s 1 k "].map(isKey)).toEqual([false, false, false, false])
  })
})

describe("the roles", () => {
  it.each<[string, ReadonlyArray<string>]>([
    ["set k v ex 10", ["command", "key", "value", "token", "number"]],
    ["nonsense a", ["wrong", "value"]],
    ["config nonsense a", ["command", "wrong", "value"]],
    ["get a b", ["command", "key", "wrong"]],
    ["expire k soon ", ["command", "key", "wrong"]],
    ["expire k soo", ["command", "key", "value"]],
    ["topology x", ["command", "value"]],
    ["3 @all get k", ["prefix", "prefix", "command", "key"]],
    [`set k "a"b`, ["command", "key", "wrong"]],
    [`set k "a`, ["command", "key", "value"]],
    ["rename {a}1 {b}1", ["command", "key", "foreign slot"]],
    ["mget a b", ["command", "key", "key"]]
  ])("of %j are %j", (line, expected) => {
    expect(roles(line)).toEqual(expected)
  })

  it("tell a key that the transaction cannot have", () => {
    expect(roles("set {x}1 v", 16287)).toEqual(["command", "key", "value"])
    expect(roles("set {y}1 v", 16287)).toEqual(["command", "foreign slot", "value"])
  })
})

describe("any line", () => {
  it("of any command has one role per word, and is read without an error", () => {
    const commands = Object.keys(commandDocTexts).map((name) => name.replace("|", " "))
    const word = fc.oneof(
      fc.constantFrom(
        "k",
        "1",
        "-1",
        "0.5",
        "NX",
        "GET",
        "LIMIT",
        "STREAMS",
        "AUTH",
        "*",
        '""',
        "BY",
        "KEYS",
        "2"
      ),
      fc.string({ maxLength: 4 })
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...commands),
        fc.array(word, { maxLength: 8 }),
        fc.boolean(),
        (name, words, isTyping) => {
          const line = [name, ...words].join(" ") + (isTyping ? "" : " ")
          const reading = read(line)
          for (const { role } of reading.words) expect(role).toMatch(/^[a-z ]+$/)
          expect(reading.hint).not.toContain("undefined")
        }
      ),
      { numRuns: 2000 }
    )
  })
})
