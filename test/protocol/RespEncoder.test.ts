import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import { decodeAll } from "../../src/protocol/RespDecoder.ts"
import { encodeCommand, encodeValue, RespEncoder } from "../../src/protocol/RespEncoder.ts"
import { brokenText, commandArgument } from "../support/RespArbitrary.ts"

const bulk = Resp.bulkString

describe("RespEncoder writes a command", () => {
  it.each<[string, CommandArguments, string]>([
    ["of strings", ["SET", "key", "value"], "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n"],
    ["with an empty argument", ["ECHO", ""], "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"],
    ["with bytes", ["ECHO", Uint8Array.of(255, 13, 10)], "*2\r\n$4\r\nECHO\r\n$3\r\n\xff\r\n\r\n"],
    ["with an integer", ["INCRBY", "n", -42], "*3\r\n$6\r\nINCRBY\r\n$1\r\nn\r\n$3\r\n-42\r\n"],
    ["with a fraction", ["ECHO", 1.5], "*2\r\n$4\r\nECHO\r\n$3\r\n1.5\r\n"],
    ["with infinity, as Redis reads it", ["ECHO", -Infinity], "*2\r\n$4\r\nECHO\r\n$4\r\n-inf\r\n"],
    ["with minus zero as 0", ["ECHO", -0], "*2\r\n$4\r\nECHO\r\n$1\r\n0\r\n"],
    ["with a bigint", ["ECHO", 2n ** 63n], "*2\r\n$4\r\nECHO\r\n$19\r\n9223372036854775808\r\n"],
    [
      "with text that is not ASCII, by its length in bytes",
      ["ECHO", "é€"],
      "*2\r\n$4\r\nECHO\r\n$5\r\n\xc3\xa9\xe2\x82\xac\r\n"
    ],
    [
      "whose length in bytes has a digit more",
      ["ECHO", "éééééééé"],
      `*2\r\n$4\r\nECHO\r\n$16\r\n${"\xc3\xa9".repeat(8)}\r\n`
    ],
    ["of no arguments", [], "*0\r\n"]
  ])("%s", (_, args, expected) => {
    expect(encodeCommand(args).toString("latin1")).toBe(expected)
  })

  it("of any arguments so that they read back as bulk strings of the same bytes", () => {
    fc.assert(
      fc.property(fc.array(commandArgument, { minLength: 1, maxLength: 8 }), (args) => {
        const { error, isComplete, values } = decodeAll(encodeCommand(args))
        expect([error, isComplete]).toEqual([undefined, true])
        expect(values).toEqual([
          Resp.array(args.map((each) => bulk(typeof each === "object" ? Buffer.from(each) : textOf(each))))
        ])
      }),
      { numRuns: 1000 }
    )
  })

  it("of text at every length around the native write and the slabs", () => {
    const lengths = [
      9, 10, 23, 24, 25, 33, 34, 99, 100, 333, 334, 999, 1000, 1024, 9999, 65535, 65536, 300_000
    ]
    const readsBack = (text: string): boolean => {
      const { values } = decodeAll(encodeCommand([text]))
      return values.length === 1 && Resp.equals(values[0], Resp.array([bulk(text)]))
    }
    const texts = ["a", "é", "€", "\ud800"].flatMap((unit) =>
      lengths.flatMap((length) => [unit.repeat(length), "a".repeat(length - 1) + unit])
    )
    expect(texts.filter((text) => !readsBack(text)).map((text) => text.length)).toEqual([])
  })
})

const textOf = (argument: string | number | bigint): string =>
  Object.is(argument, -0) ? "0" : String(argument)

describe("RespEncoder", () => {
  it("appends commands until they are taken, in the order written", () => {
    const encoder = new RespEncoder()
    expect(encoder.take()).toBeUndefined()
    encoder.command(["A"])
    encoder.command(["B"])
    expect(encoder.size).toBe(22)
    expect(encoder.take()?.toString()).toBe("*1\r\n$1\r\nA\r\n*1\r\n$1\r\nB\r\n")
    expect([encoder.size, encoder.take()]).toEqual([0, undefined])
    encoder.command(["C"])
    expect(encoder.take()?.toString()).toBe("*1\r\n$1\r\nC\r\n")
  })

  it("never writes again over bytes that were taken", () => {
    const step = fc.oneof(
      fc.constant("take" as const),
      fc.constant("release" as const),
      fc.tuple(fc.nat({ max: 4000 }), brokenText)
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const encoder = new RespEncoder()
        const taken: Array<Buffer> = []
        const snapshots: Array<Buffer> = []
        const expected: Array<RespValue> = []
        const take = (): void => {
          const bytes = encoder.take()
          if (bytes === undefined) return
          taken.push(bytes)
          snapshots.push(Buffer.from(bytes))
        }
        for (const each of steps) {
          if (each === "take") take()
          else if (each === "release") encoder.release()
          else {
            const [length, text] = each
            encoder.command(["x".repeat(length), text, Buffer.alloc(length)])
            expected.push(Resp.array([bulk("x".repeat(length)), bulk(text), bulk(Buffer.alloc(length))]))
          }
        }
        take()
        expect(taken.every((bytes, index) => bytes.equals(snapshots[index]))).toBe(true)
        const { values } = decodeAll(Buffer.concat(taken))
        expect(
          values.length === expected.length &&
            values.every((value, index) => Resp.equals(value, expected[index]))
        ).toBe(true)
      }),
      { numRuns: 150 }
    )
  })

  it("keeps no reference to an argument", () => {
    const argument = Buffer.from("before")
    const encoder = new RespEncoder()
    encoder.command(["ECHO", argument])
    argument.fill(0)
    expect(encoder.take()?.toString()).toContain("before")
  })

  it("writes bytes that are already in the protocol as they are", () => {
    const encoder = new RespEncoder()
    encoder.command(["A"])
    encoder.raw(Buffer.from("+OK\r\n"))
    expect(encoder.take()?.toString()).toBe("*1\r\n$1\r\nA\r\n+OK\r\n")
  })
})

describe("RespEncoder writes a value", () => {
  const map = Resp.map([[bulk("a"), Resp.double(1.5)]])
  it.each<[string, RespValue, string, string, string]>([
    ["a simple string", Resp.simpleString("hi"), "+hi\r\n", "+hi\r\n", "+hi\r\n"],
    ["an error", Resp.simpleError("ERR no"), "-ERR no\r\n", "-ERR no\r\n", "-ERR no\r\n"],
    [
      "an integer",
      Resp.integer(2n ** 62n),
      ":4611686018427387904\r\n",
      ":4611686018427387904\r\n",
      ":4611686018427387904\r\n"
    ],
    ["a bulk string", bulk("hi"), "$2\r\nhi\r\n", "$2\r\nhi\r\n", "$2\r\nhi\r\n"],
    ["a null bulk string", Resp.nullBulkString, "$-1\r\n", "$-1\r\n", "_\r\n"],
    ["a null array", Resp.nullArray, "*-1\r\n", "*-1\r\n", "_\r\n"],
    ["a null", Resp.nullValue, "_\r\n", "$-1\r\n", "_\r\n"],
    ["true", Resp.boolean(true), "#t\r\n", ":1\r\n", "#t\r\n"],
    ["false", Resp.boolean(false), "#f\r\n", ":0\r\n", "#f\r\n"],
    ["a double", Resp.double(1.5), ",1.5\r\n", "$3\r\n1.5\r\n", ",1.5\r\n"],
    ["infinity", Resp.double(Infinity), ",inf\r\n", "$3\r\ninf\r\n", ",inf\r\n"],
    ["a big number", Resp.bigNumber(12n), "(12\r\n", "$2\r\n12\r\n", "(12\r\n"],
    ["a bulk error", Resp.bulkError("ERR a"), "!5\r\nERR a\r\n", "-ERR a\r\n", "!5\r\nERR a\r\n"],
    [
      "a verbatim string",
      Resp.verbatimString("txt", "a"),
      "=5\r\ntxt:a\r\n",
      "$1\r\na\r\n",
      "=5\r\ntxt:a\r\n"
    ],
    ["an array", Resp.array([Resp.nullValue]), "*1\r\n_\r\n", "*1\r\n$-1\r\n", "*1\r\n_\r\n"],
    ["a set", Resp.set([Resp.integer(1)]), "~1\r\n:1\r\n", "*1\r\n:1\r\n", "~1\r\n:1\r\n"],
    ["a push", Resp.push([Resp.integer(1)]), ">1\r\n:1\r\n", "*1\r\n:1\r\n", ">1\r\n:1\r\n"],
    [
      "a map",
      map,
      "%1\r\n$1\r\na\r\n,1.5\r\n",
      "*2\r\n$1\r\na\r\n$3\r\n1.5\r\n",
      "%1\r\n$1\r\na\r\n,1.5\r\n"
    ],
    [
      "an attribute",
      Resp.attribute([[bulk("a"), Resp.nullArray]], Resp.ok),
      "|1\r\n$1\r\na\r\n*-1\r\n+OK\r\n",
      "+OK\r\n",
      "|1\r\n$1\r\na\r\n_\r\n+OK\r\n"
    ]
  ])("%s, as it is and for a client of RESP2 and of RESP3", (_, value, plain, version2, version3) => {
    expect(encodeValue(value).toString("latin1")).toBe(plain)
    expect(encodeValue(value, 2).toString("latin1")).toBe(version2)
    expect(encodeValue(value, 3).toString("latin1")).toBe(version3)
  })

  it("of text with line ends as one line, blanks in their place", () => {
    expect(encodeValue(Resp.simpleString("a\r\nb")).toString()).toBe("+a  b\r\n")
    expect(encodeValue(Resp.bulkError("ERR a\nb"), 2).toString()).toBe("-ERR a b\r\n")
    expect(encodeValue(Resp.bulkError("ERR a\nb"), 3).toString()).toBe("!7\r\nERR a\nb\r\n")
  })
})
