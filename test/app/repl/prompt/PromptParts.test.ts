import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { JSON_FORMAT, TEXT } from "../../../../src/app/repl/reply/ReplyFormat.ts"
import { complete } from "../../../../src/app/repl/prompt/Completion.ts"
import { dangerOf } from "../../../../src/app/repl/prompt/DangerousCommand.ts"
import { docHelp, helpOf } from "../../../../src/app/repl/prompt/help/CommandHelp.ts"
import { docFromReply } from "../../../../src/app/repl/prompt/help/ServerDocs.ts"
import { isLong } from "../../../../src/app/repl/prompt/Pager.ts"
import { type PromptOptions, setOption } from "../../../../src/app/repl/prompt/PromptOptions.ts"
import { pushText } from "../../../../src/app/repl/prompt/PushText.ts"
import { promptText } from "../../../../src/app/repl/prompt/PromptText.ts"
import { CommandNames } from "../../../../src/app/repl/prompt/syntax/CommandNames.ts"
import type { SessionState } from "../../../../src/app/repl/session/CommandSession.ts"
import * as Resp from "../../../../src/protocol/Resp.ts"

describe("promptText", () => {
  const state: SessionState = {
    isCluster: false,
    node: "127.0.0.1:6379",
    isConnected: true,
    database: 0,
    user: undefined,
    protocol: 2,
    transaction: undefined
  }

  it("says where one is, and in which state", () => {
    expect(promptText(state)).toBe("127.0.0.1:6379> ")
    expect(
      promptText({ ...state, database: 2, user: "alice", transaction: { length: 0, slot: undefined } })
    ).toBe("alice@127.0.0.1:6379[2](TX)> ")
    expect(promptText({ ...state, isConnected: false })).toBe("not connected> ")
    expect(promptText({ ...state, isCluster: true })).toBe("127.0.0.1:6379 cluster> ")
  })
})

describe("dangerOf", () => {
  it.each([
    "FLUSHALL",
    "flushdb async",
    "KEYS *",
    "keys ?a",
    "SHUTDOWN nosave",
    "DEBUG SEGFAULT",
    "CLUSTER RESET",
    "@all FLUSHALL",
    "SWAPDB 0 1",
    "SCRIPT FLUSH",
    "REPLICAOF h 1"
  ])("asks about %s", (line) => {
    expect(dangerOf(line.split(" "), true)).toMatch(/^[A-Z ]+ .*\.$/)
  })

  it.each([
    "GET a",
    "KEYS user:*",
    "SHUTDOWN ABORT",
    "DEBUG OBJECT k",
    "CLUSTER INFO",
    "@all PING",
    "REPLICAOF NO ONE"
  ])("does not ask about %s", (line) => {
    expect(dangerOf(line.split(" "), true)).toBeUndefined()
  })
})

describe("setOption", () => {
  const options: PromptOptions = { format: TEXT, pager: false, hints: true, colours: true }

  it("changes one, shows all, and says what is wrong", () => {
    expect(setOption(options, ["format", "json"])).toEqual({ ...options, format: JSON_FORMAT })
    expect(setOption(options, ["pager", "on"])).toEqual({ ...options, pager: true })
    expect(setOption(options, ["colors", "off"])).toEqual({ ...options, colours: false })
    expect(setOption(options, ["nohints"])).toEqual({ ...options, hints: false })
    expect(setOption({ ...options, hints: false }, ["hints"])).toEqual(options)
    expect(setOption(options, [])).toBe("format   text\npager    off\nhints    on\ncolours  on")
    expect(setOption(options, ["nonsense"])).toMatch(/there is no option 'nonsense'; there are format, pager/)
    expect(setOption(options, ["format", "xml"])).toBe(
      ":set format: takes one of text, raw, csv, json, quoted-json"
    )
    expect(setOption(options, ["toString", "on"])).toMatch(/no option/)
  })
})

describe("complete", () => {
  const names = new CommandNames([{ name: "topology", syntax: "" }])
  const keys = ["user:1", "user 2", "ключ", "\u0000"].map((name) => Buffer.from(name))
  const offered = (line: string) =>
    Effect.map(
      complete(line, {
        names,
        transactionSlot: undefined,
        isCluster: false,
        keys: () => Effect.succeed(keys),
        parameters: Effect.succeed(["maxmemory", "maxmemory-policy", "save"])
      }),
      ([candidates]) => candidates
    )

  it.effect("spells as the person spells, and quotes keys where they need it", () =>
    Effect.gen(function* () {
      expect(yield* offered("geta")).toEqual([])
      expect(yield* offered("getd")).toEqual(["getdel "])
      expect(yield* offered("GETD")).toEqual(["GETDEL "])
      expect(yield* offered("topo")).toEqual(["topology "])
      expect(yield* offered("CONFIG RESE")).toEqual(["CONFIG RESETSTAT ".slice(7)])
      expect(yield* offered("set k v k")).toEqual(["keepttl "])
      expect(yield* offered("GET ")).toEqual(['"\\x00"', '"user 2"', "user:1", "ключ"])
      expect(yield* offered("INFO mem")).toEqual(["memory "])
      expect(yield* offered("CONFIG GET maxm")).toEqual(["maxmemory ", "maxmemory-policy "])
      expect(yield* offered("config set save '' MAXMEMORY-")).toEqual(["maxmemory-policy "])
      expect(yield* offered("CONFIG SET save ")).toEqual([])
      expect(yield* offered('GET "user')).toContain('"user:1"')
      expect(yield* offered("SET k ")).toEqual([])
      expect(yield* offered(":set f")).toEqual(["format "])
      expect(yield* offered(":set format quo")).toEqual(["quoted-json "])
    })
  )
})

describe("help", () => {
  it("tells a command, a subcommand, a group, and how the prompt is used", () => {
    expect(helpOf(["GET"], [])).toContain("summary:")
    expect(helpOf(["config", "set"], [])).toContain("parameter value [parameter value ...]")
    expect(helpOf(["CONFIG"], [])).toContain("CONFIG RESETSTAT")
    expect(helpOf(["getset"], [])).toMatch(
      /deprecated:.* 6\.2\.0; instead: SET with the GET argument|deprecated:/
    )
    expect(helpOf(["@bitmap"], [])).toContain("BITCOUNT")
    expect(helpOf(["@nothing"], [])).toContain("@sorted-set")
    expect(helpOf([], [])).toContain("help COMMAND")
    expect(helpOf(["nonsense"], [])).toBeUndefined()
  })

  it("reads COMMAND DOCS of RESP2 and RESP3", () => {
    const text = (value: string) => Resp.bulkString(value)
    const argument = [
      [text("name"), text("key")],
      [text("type"), text("key")],
      [text("flags"), Resp.array([Resp.simpleString("multiple")])]
    ] as const
    const fields = [
      [text("summary"), text("Does it")],
      [text("since"), text("9.0.0")],
      [text("group"), text("module")],
      [text("arguments"), Resp.array([Resp.map(argument)])]
    ] as const
    const docs = [
      Resp.map([[text("mod.do"), Resp.map(fields)]]),
      Resp.array([text("mod.do"), Resp.array(fields.flat().map((each) => each))])
    ]
    for (const reply of docs) {
      const doc = docFromReply(reply)!
      expect(doc).toMatchObject({ summary: "Does it", since: "9.0.0" })
      expect(docHelp("mod.do", doc)).toContain("key [key ...]")
    }
    expect(docFromReply(Resp.array([]))).toBeUndefined()
  })
})

describe("pushText", () => {
  it("tells of keys as redis-cli does", () => {
    const push = Resp.push([
      Resp.bulkString("invalidate"),
      Resp.array([Resp.bulkString("a b"), Resp.bulkString("c")])
    ])
    expect(pushText(push)).toBe("-> invalidate: 'a b', 'c'")
    expect(pushText(Resp.push([Resp.bulkString("invalidate"), Resp.nullValue]))).toBe("-> invalidate: (nil)")
    expect(pushText(Resp.push([]))).toBe("-> : ")
  })
})

describe("isLong", () => {
  it("counts lines", () => {
    expect(isLong(Buffer.from("a\nb\n"), 3)).toBe(false)
    expect(isLong(Buffer.from("a\nb\nc\n"), 3)).toBe(true)
  })
})
