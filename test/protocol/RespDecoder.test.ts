import { describe, expect, it } from "vitest"
import type { ProtocolErrorReason } from "../../src/protocol/ProtocolError.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { decodeAll, RespDecoder, type RespDecoderOptions } from "../../src/protocol/RespDecoder.ts"

const bulk = Resp.bulkString

/** Decodes the one value of a text whose characters are bytes. */
const decode = (text: string): RespValue => {
  const { error, isComplete, values } = decodeAll(Buffer.from(text, "latin1"))
  expect({ error, isComplete, count: values.length }).toEqual({
    error: undefined,
    isComplete: true,
    count: 1
  })
  return values[0]
}

describe("RespDecoder reads, of RESP2,", () => {
  it.each<[string, string, RespValue]>([
    ["a simple string", "+hello world\r\n", Resp.simpleString("hello world")],
    ["an empty simple string", "+\r\n", Resp.simpleString("")],
    ["a simple string of UTF-8", "+caf\xc3\xa9\r\n", Resp.simpleString("café")],
    ["OK", "+OK\r\n", Resp.ok],
    ["an error", "-ERR unknown command 'x'\r\n", Resp.simpleError("ERR unknown command 'x'")],
    ["an empty error", "-\r\n", Resp.simpleError("")],
    ["an integer", ":1000\r\n", Resp.integer(1000)],
    ["a negative integer", ":-1\r\n", Resp.integer(-1)],
    ["an integer with a plus sign", ":+7\r\n", Resp.integer(7)],
    ["0", ":0\r\n", Resp.integer(0)],
    ["a bulk string", "$5\r\nhello\r\n", bulk("hello")],
    ["an empty bulk string", "$0\r\n\r\n", bulk("")],
    ["a bulk string of line ends", "$4\r\n\r\n\r\n\r\n", bulk("\r\n\r\n")],
    ["a bulk string of bytes that are no text", "$3\r\n\xff\x00\xfe\r\n", bulk(Buffer.of(255, 0, 254))],
    ["a null bulk string", "$-1\r\n", Resp.nullBulkString],
    ["an array", "*2\r\n$3\r\nfoo\r\n:1\r\n", Resp.array([bulk("foo"), Resp.integer(1)])],
    ["an empty array", "*0\r\n", Resp.array([])],
    ["a null array", "*-1\r\n", Resp.nullArray],
    ["nils within an array", "*2\r\n$-1\r\n*-1\r\n", Resp.array([Resp.nullBulkString, Resp.nullArray])],
    [
      "arrays within arrays",
      "*2\r\n*1\r\n*0\r\n*1\r\n+a\r\n",
      Resp.array([Resp.array([Resp.array([])]), Resp.array([Resp.simpleString("a")])])
    ],
    ["an error within an array", "*1\r\n-ERR no\r\n", Resp.array([Resp.simpleError("ERR no")])]
  ])("%s", (_, text, expected) => {
    expect(decode(text)).toEqual(expected)
  })
})

describe("RespDecoder reads, of RESP3,", () => {
  it.each<[string, string, RespValue]>([
    ["null", "_\r\n", Resp.nullValue],
    ["true", "#t\r\n", Resp.boolean(true)],
    ["false", "#f\r\n", Resp.boolean(false)],
    ["a double", ",1.23\r\n", Resp.double(1.23)],
    ["a whole double", ",10\r\n", Resp.double(10)],
    ["a double with an exponent", ",-1.5e+300\r\n", Resp.double(-1.5e300)],
    ["a double of 0", ",0\r\n", Resp.double(0)],
    ["a double of -0", ",-0\r\n", Resp.double(-0)],
    ["infinity", ",inf\r\n", Resp.double(Infinity)],
    ["minus infinity", ",-inf\r\n", Resp.double(-Infinity)],
    ["not a number", ",nan\r\n", Resp.double(NaN)],
    [
      "a big number",
      "(3492890328409238509324850943850943825024385\r\n",
      Resp.bigNumber(3492890328409238509324850943850943825024385n)
    ],
    ["a negative big number", "(-12345678901234567890\r\n", Resp.bigNumber(-12345678901234567890n)],
    ["a small big number", "(0\r\n", Resp.bigNumber(0n)],
    ["a bulk error", "!21\r\nSYNTAX invalid syntax\r\n", Resp.bulkError("SYNTAX invalid syntax")],
    ["a bulk error of two lines", "!8\r\nERR a\r\nb\r\n", Resp.bulkError("ERR a\r\nb")],
    ["a verbatim string", "=15\r\ntxt:Some string\r\n", Resp.verbatimString("txt", "Some string")],
    ["an empty verbatim string", "=4\r\nmkd:\r\n", Resp.verbatimString("mkd", "")],
    [
      "a map",
      "%2\r\n+first\r\n:1\r\n+second\r\n:2\r\n",
      Resp.map([
        [Resp.simpleString("first"), Resp.integer(1)],
        [Resp.simpleString("second"), Resp.integer(2)]
      ])
    ],
    ["an empty map", "%0\r\n", Resp.map([])],
    [
      "a map with an aggregate for a key, and a key twice",
      "%2\r\n*1\r\n:1\r\n_\r\n*1\r\n:1\r\n#t\r\n",
      Resp.map([
        [Resp.array([Resp.integer(1)]), Resp.nullValue],
        [Resp.array([Resp.integer(1)]), Resp.boolean(true)]
      ])
    ],
    ["a set", "~2\r\n+a\r\n+b\r\n", Resp.set([Resp.simpleString("a"), Resp.simpleString("b")])],
    ["an empty set", "~0\r\n", Resp.set([])],
    ["a push", ">2\r\n+message\r\n$1\r\nx\r\n", Resp.push([Resp.simpleString("message"), bulk("x")])],
    ["an empty push", ">0\r\n", Resp.push([])],
    [
      "an attribute with the value that follows it",
      "|1\r\n+ttl\r\n:3600\r\n:5\r\n",
      Resp.attribute([[Resp.simpleString("ttl"), Resp.integer(3600)]], Resp.integer(5))
    ],
    ["an empty attribute", "|0\r\n+a\r\n", Resp.attribute([], Resp.simpleString("a"))],
    [
      "an attribute within an array, as one of its elements",
      "*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n",
      Resp.array([
        Resp.attribute([[Resp.simpleString("a"), Resp.integer(1)]], Resp.integer(2)),
        Resp.integer(3)
      ])
    ],
    [
      "an attribute of an attribute of an aggregate",
      "|0\r\n|0\r\n*1\r\n_\r\n",
      Resp.attribute([], Resp.attribute([], Resp.array([Resp.nullValue])))
    ]
  ])("%s", (_, text, expected) => {
    expect(decode(text)).toEqual(expected)
  })
})

describe("RespDecoder keeps 64-bit integers exact:", () => {
  it.each<[string, number | bigint]>([
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["-9007199254740993", -9007199254740993n],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ["999999999999999", 999999999999999],
    ["1000000000000000", 1000000000000000],
    ["-0", 0]
  ])("%s", (text, expected) => {
    const value = decode(`:${text}\r\n`)
    expect(value).toEqual({ _tag: "Integer", value: expected })
    expect(Object.is(value.value, expected)).toBe(true)
  })
})

const refused = (
  text: string,
  options?: RespDecoderOptions
): [ProtocolErrorReason | undefined, number | undefined] => {
  const { error } = decodeAll(Buffer.from(text, "latin1"), options)
  return [error?.reason, error?.offset]
}

describe("RespDecoder refuses", () => {
  it.each<[string, string, ProtocolErrorReason, number]>([
    ["an unknown type", "hello\r\n", "UnknownType", 0],
    ["an unknown type behind a value", "+OK\r\n@1\r\n", "UnknownType", 5],
    ["an unknown type within an array", "*2\r\n:1\r\n\x00", "UnknownType", 8],
    ["an empty line", "\r\n", "UnknownType", 0],
    ["a streamed string", "$?\r\n", "BadLength", 0],
    ["a streamed array", "*?\r\n", "BadLength", 0],
    ["a length of -2", "$-2\r\n", "BadLength", 0],
    ["a length of -0", "$-0\r\n", "BadLength", 0],
    ["no length", "*\r\n", "BadLength", 0],
    ["a length that is no number", "$1x\r\n", "BadLength", 0],
    ["a fractional length", "*1.5\r\n", "BadLength", 0],
    ["a length with a leading zero", "$01\r\na\r\n", "BadLength", 0],
    ["a length with a plus sign", "$+1\r\na\r\n", "BadLength", 0],
    ["a length with more digits than any number", `$${"9".repeat(400)}\r\n`, "BadLength", 0],
    ["a null map", "%-1\r\n", "BadLength", 0],
    ["a null set", "~-1\r\n", "BadLength", 0],
    ["a null verbatim string", "=-1\r\n", "BadLength", 0],
    ["a null with data", "_x\r\n", "BadLength", 0],
    ["an integer of letters", "+a\r\n:12a\r\n", "BadNumber", 4],
    ["an empty integer", ":\r\n", "BadNumber", 0],
    ["a lone sign", ":-\r\n", "BadNumber", 0],
    ["an integer of 2^63", ":9223372036854775808\r\n", "BadNumber", 0],
    ["an integer below -2^63", ":-9223372036854775809\r\n", "BadNumber", 0],
    ["a double of letters", ",1.2.3\r\n", "BadNumber", 0],
    ["an empty double", ",\r\n", "BadNumber", 0],
    ["a hexadecimal double", ",0x10\r\n", "BadNumber", 0],
    ["a double with blanks", ", 1\r\n", "BadNumber", 0],
    ["a fractional big number", "(1.5\r\n", "BadNumber", 0],
    ["an empty big number", "(\r\n", "BadNumber", 0],
    ["a boolean that is neither", "#x\r\n", "BadBoolean", 0],
    ["an empty boolean", "#\r\n", "BadBoolean", 0],
    ["a boolean too long", "#tt\r\n", "BadBoolean", 0],
    ["a verbatim string without a format", "=3\r\nabc\r\n", "BadVerbatim", 4],
    ["a verbatim string without a colon", "=5\r\nabcde\r\n", "BadVerbatim", 4],
    ["a bulk string that is longer than announced", "$1\r\nab\r\n", "MissingCrlf", 5],
    ["a bulk string with CR but no LF behind it", "$1\r\na\rb", "MissingCrlf", 5],
    ["a line that ends with LF", "+a\n", "MissingCrlf", 2],
    ["a line with a CR in it", "+a\rb\r\n", "MissingCrlf", 3]
  ])("%s", (_, text, reason, offset) => {
    expect(refused(text)).toEqual([reason, offset])
  })

  it("a bulk string above 512 MiB, from its header alone", () => {
    expect(refused("$536870912\r\n")).toEqual([undefined, undefined])
    expect(refused("$536870913\r\n")).toEqual(["TooLong", 0])
    expect(refused("*1\r\n=536870913\r\n")).toEqual(["TooLong", 4])
    expect(refused("*536870913\r\n")).toEqual(["TooLong", 0])
  })

  it("a bulk string above the configured limit", () => {
    expect(refused("$10\r\n0123456789\r\n", { maxBulkLength: 10 })).toEqual([undefined, undefined])
    expect(refused("$11\r\n", { maxBulkLength: 10 })).toEqual(["TooLong", 0])
  })

  it("a depth above the configured limit, and none below it", () => {
    const nested = (depth: number): string => "*1\r\n".repeat(depth)
    expect(refused(`${nested(3)}:1\r\n`, { maxDepth: 3 })).toEqual([undefined, undefined])
    expect(refused(nested(4), { maxDepth: 3 })).toEqual(["TooDeep", 12])
    expect(refused(`${nested(128)}:1\r\n`)).toEqual([undefined, undefined])
    expect(refused(nested(129))).toEqual(["TooDeep", 128 * 4])
  })

  it("a depth above the limit in maps and attributes too", () => {
    expect(refused("%1\r\n:1\r\n".repeat(4), { maxDepth: 3 })).toEqual(["TooDeep", 24])
    expect(refused("|0\r\n".repeat(4), { maxDepth: 3 })).toEqual(["TooDeep", 12])
    expect(refused("*1\r\n*1\r\n*0\r\n", { maxDepth: 2 })[0]).toBe("TooDeep")
  })

  it("a million nested arrays without a stack overflow", () => {
    const values: Array<RespValue> = []
    const decoder = new RespDecoder((value) => values.push(value), { maxDepth: 2_000_000 })
    expect(decoder.push(Buffer.from("*1\r\n".repeat(1_000_000)))).toBeUndefined()
    expect(decoder.push(Buffer.from(":1\r\n"))).toBeUndefined()
    expect(values).toHaveLength(1)
  })

  it("a line above the limit, before its end has come", () => {
    const limits = { maxLineLength: 10 }
    expect(refused("+123456789\r\n", limits)).toEqual([undefined, undefined])
    expect(refused("+1234567890\r\n", limits)).toEqual(["TooLong", 10])
    expect(refused("+123456789012345", limits)).toEqual(["TooLong", 10])
    const decoder = new RespDecoder(() => {}, limits)
    expect(decoder.push(Buffer.from("+1234"))).toBeUndefined()
    expect(decoder.push(Buffer.from("5678"))).toBeUndefined()
    expect(decoder.push(Buffer.from("90123"))).toMatchObject({ reason: "TooLong", offset: 10 })
  })

  it("with the same error for ever after, having delivered what came before it", () => {
    const values: Array<RespValue> = []
    const decoder = new RespDecoder((value) => values.push(value))
    const error = decoder.push(Buffer.from("+a\r\n:1\r\n?\r\n+b\r\n"))
    expect(error).toMatchObject({ _tag: "ProtocolError", reason: "UnknownType", offset: 8 })
    expect(error?.message).toContain("'?'")
    expect(decoder.push(Buffer.from("+c\r\n"))).toBe(error)
    expect(values).toEqual([Resp.simpleString("a"), Resp.integer(1)])
  })

  it("at an offset of the whole stream, not of the chunk", () => {
    const decoder = new RespDecoder(() => {})
    decoder.push(Buffer.alloc(5000, "+OK\r\n"))
    expect(decoder.offset).toBe(5000)
    decoder.push(Buffer.from("$3\r\nab"))
    expect(decoder.push(Buffer.from("cd\r\n"))).toMatchObject({ reason: "MissingCrlf", offset: 5007 })
  })
})

describe("RespDecoder", () => {
  it("delivers every value of a chunk before push returns, and keeps a part for the next", () => {
    const values: Array<RespValue> = []
    const decoder = new RespDecoder((value) => values.push(value))
    decoder.push(Buffer.from("+a\r\n$3\r\nfo"))
    expect(values).toEqual([Resp.simpleString("a")])
    expect(decoder.isAtBoundary).toBe(false)
    decoder.push(Buffer.from("o\r\n*1\r\n"))
    expect(values).toEqual([Resp.simpleString("a"), bulk("foo")])
    decoder.push(Buffer.from(":1\r\n"))
    expect(values).toHaveLength(3)
    expect(decoder.isAtBoundary).toBe(true)
    expect(decoder.offset).toBe(21)
  })

  it("takes an empty chunk at any place", () => {
    const values: Array<RespValue> = []
    const decoder = new RespDecoder((value) => values.push(value))
    for (const byte of Buffer.from("*2\r\n$2\r\nab\r\n#t\r\n")) {
      decoder.push(new Uint8Array(0))
      decoder.push(Uint8Array.of(byte))
    }
    expect(values).toEqual([Resp.array([bulk("ab"), Resp.boolean(true)])])
  })

  it("does not mind that a chunk is overwritten after push has returned", () => {
    const values: Array<RespValue> = []
    const decoder = new RespDecoder((value) => values.push(value))
    const chunk = Buffer.alloc(9)
    for (const text of [
      "$3\r\nabc\r\n",
      "$5\r\nvwxyz",
      "\r\n=8\r\ntxt",
      ":data\r\n$0",
      "\r\n\r\n+simp",
      "le\r\n:1234",
      "5\r\n_\r\n,1."
    ]) {
      chunk.fill(0)
      chunk.write(text, "latin1")
      decoder.push(chunk.subarray(0, text.length))
    }
    chunk.fill(0)
    expect(values).toEqual([
      bulk("abc"),
      bulk("vwxyz"),
      Resp.verbatimString("txt", "data"),
      bulk(""),
      Resp.simpleString("simple"),
      Resp.integer(12345),
      Resp.nullValue
    ])
  })

  it("reads a chunk that is a window into a larger buffer", () => {
    const whole = Uint8Array.from(Buffer.from("xxxx$2\r\nab\r\nyyyy"))
    const values: Array<RespValue> = []
    new RespDecoder((value) => values.push(value)).push(whole.subarray(4, 12))
    expect(values).toEqual([bulk("ab")])
  })

  it("reads an array of a hundred thousand elements", () => {
    const { values } = decodeAll(Buffer.from(`*100000\r\n${":7\r\n".repeat(100_000)}`))
    expect(values).toHaveLength(1)
    expect(Resp.elements(values[0])).toHaveLength(100_000)
  })
})
