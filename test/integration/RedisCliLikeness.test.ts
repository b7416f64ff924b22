/**
 * Splitting and formatting beside the real redis-cli: the same lines and the
 * same replies to both. Where we differ on purpose, the difference is named.
 */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as fc from "fast-check"
import {
  printedReply,
  CSV,
  JSON_FORMAT,
  QUOTED_JSON,
  RAW,
  type ReplyFormat,
  TEXT
} from "../../src/app/repl/reply/ReplyFormat.ts"
import { INVALID_REPEAT, readRepeat } from "../../src/app/repl/words/Repeat.ts"
import { splitWords } from "../../src/app/Words.ts"
import { RespDecoder } from "../../src/protocol/RespDecoder.ts"
import { RespEncoder } from "../../src/protocol/RespEncoder.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { RespValue } from "../../src/protocol/Resp.ts"
import { FakeNode } from "../support/FakeNode.ts"
import { runRedisCli } from "../support/RedisCli.ts"

const LINES = 3000
/** Fixed, so that a failure can be seen again. */
const SEED = 20260

describe("splitting", () => {
  it.scopedLive(`is redis-cli's, for ${LINES} lines full of quotes and escapes`, () =>
    Effect.gen(function* () {
      const sent = new Map<number, ReadonlyArray<Buffer>>()
      const node = yield* FakeNode.make(([name], { bytes }) => {
        if (name !== "LINE") return undefined
        sent.set(
          Number(bytes[1]),
          bytes.slice(2).map((word) => Buffer.from(word))
        )
        return Resp.ok
      })
      const lines = fc.sample(line, { numRuns: LINES, seed: SEED })
      const end = yield* runRedisCli(
        node.port,
        [],
        Buffer.concat(
          lines.map((line, index) => Buffer.concat([Buffer.from(`LINE ${index} `), line, NEWLINE]))
        )
      )
      const refused = lines.filter((_, index) => !sent.has(index)).length
      expect(end.stdout.toString().match(/Invalid argument\(s\)/g)).toHaveLength(refused)
      expect(refused).toBeGreaterThan(LINES / 10)
      expect(refused).toBeLessThan(LINES / 2 + LINES / 4)
      lines.forEach((line, index) => {
        expect([line.toString("latin1"), splitWords(line)]).toEqual([
          line.toString("latin1"),
          sent.get(index)
        ])
      })
    })
  )

  it.scopedLive("repeats as redis-cli does", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name?.endsWith("ECHO") ? Resp.ok : undefined))
      for (const line of [
        "3 ECHO",
        "0 ECHO",
        "-2 ECHO a",
        "+2 ECHO",
        "2x ECHO",
        '" 2" ECHO',
        "2 2 ECHO",
        "9223372036854775808 ECHO"
      ]) {
        const before = node.commands.length
        const end = yield* runRedisCli(node.port, [], `${line}\n`)
        const sent = node.commands.slice(before).filter(([name]) => name !== "COMMAND")
        const repeat = readRepeat(splitWords(line)!)
        if (repeat === "invalid") {
          expect(end.stdout.toString()).toBe(`${INVALID_REPEAT}\n`)
          expect(sent).toEqual([])
        } else {
          expect(sent).toEqual(Array.from({ length: repeat.times }, () => repeat.words.map(String)))
        }
      }
    })
  )
})

const NEWLINE = Buffer.from("\n")

/** No NUL, which ends a line for redis-cli and is a character for us, and no line end. */
const line: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(..."axbnr4f \t'\"\\") },
      { weight: 1, arbitrary: fc.constantFrom('"\\x0', '\\xfF" ', "\v", "\r", "\f", " '", "' ", '" ', ' "') },
      { weight: 1, arbitrary: fc.integer({ min: 128, max: 255 }).map((byte) => String.fromCharCode(byte)) }
    ),
    { maxLength: 14 }
  )
  .map((parts) => Buffer.from(parts.join(""), "latin1"))

/** What redis-cli is told, and what we print for it. */
const FORMATS: ReadonlyArray<readonly [option: string, format: ReplyFormat]> = [
  ["--no-raw", TEXT],
  ["--raw", RAW],
  ["--csv", CSV],
  ["--json", JSON_FORMAT],
  ["--quoted-json", QUOTED_JSON]
]

const many = Array.from({ length: 11 }, (_, index) => Resp.integer(index))

/** Every type that redis-cli 7.0.15 can read, alone, nested and empty; doubles whose shortest text is also C's. */
const REPLIES: Readonly<Record<string, RespValue>> = {
  status: Resp.simpleString("Background saving started"),
  error: Resp.simpleError("WRONGTYPE Operation against a key"),
  integer: Resp.integer(-7),
  "64-bit integer": Resp.integer(9223372036854775807n),
  string: Resp.bulkString("plain text"),
  "empty string": Resp.bulkString(""),
  "text beyond ASCII": Resp.bulkString("naïve 日本 😀"),
  "control characters": Resp.bulkString("\u0000\u0001\n\r\t\b\u0007\u000c\u000b\u001b\u007f\\"),
  nil: Resp.nullBulkString,
  "nil array": Resp.nullArray,
  null: Resp.nullValue,
  true: Resp.boolean(true),
  false: Resp.boolean(false),
  double: Resp.double(2.5),
  "negative zero": Resp.double(-0),
  verbatim: Resp.verbatimString("txt", 'two\nlines "quoted"\t'.replaceAll('"', "")),
  "empty array": Resp.array([]),
  "empty map": Resp.map([]),
  "empty set": Resp.set([]),
  "array of all": Resp.array([
    Resp.ok,
    Resp.integer(1),
    Resp.bulkString("a"),
    Resp.nullBulkString,
    Resp.nullArray
  ]),
  "eleven entries": Resp.array(many),
  nested: Resp.array([Resp.array([...many, Resp.array([Resp.integer(1), Resp.array([])])]), Resp.nullValue]),
  map: Resp.map([
    [Resp.bulkString("name"), Resp.bulkString("value")],
    [Resp.simpleString("list"), Resp.array([Resp.integer(1), Resp.set([Resp.boolean(true)])])],
    [Resp.verbatimString("txt", "v"), Resp.map([[Resp.bulkString("k"), Resp.double(0.25)]])]
  ]),
  "map of values on many lines": Resp.map([
    [Resp.array([Resp.integer(1), Resp.integer(2)]), Resp.array([Resp.array([Resp.integer(1), Resp.ok])])],
    [Resp.ok, Resp.map([[Resp.ok, Resp.push([Resp.integer(1), Resp.integer(2)])]])],
    [Resp.ok, Resp.map([[Resp.array([Resp.nullValue, Resp.integer(2)]), Resp.ok]])],
    [
      Resp.ok,
      Resp.array([
        Resp.map([
          [Resp.ok, Resp.ok],
          [Resp.ok, Resp.ok]
        ])
      ])
    ]
  ]),
  "map of other keys": Resp.map([
    [Resp.integer(1), Resp.nullValue],
    [Resp.nullValue, Resp.integer(2)],
    [Resp.array([Resp.integer(1)]), Resp.map([])],
    [Resp.double(0.5), Resp.ok],
    [Resp.boolean(false), Resp.set([])]
  ]),
  "map of twelve": Resp.map(
    Array.from({ length: 12 }, (_, index) => [
      Resp.integer(index),
      Resp.array([Resp.integer(1), Resp.integer(2)])
    ])
  ),
  set: Resp.set([Resp.bulkString("a"), Resp.array([Resp.integer(1), Resp.integer(2)])]),
  "set of ten": Resp.set(many.slice(1)),
  push: Resp.array([Resp.push([Resp.bulkString("message"), Resp.integer(1)]), Resp.push([])])
}

/** For these, redis-cli's JSON is none. */
const NO_JSON: Readonly<Record<string, RespValue>> = {
  "error in an array": Resp.array([Resp.integer(1), Resp.simpleError("ERR no")]),
  "infinite doubles": Resp.array([Resp.double(Infinity), Resp.double(-Infinity)]),
  "map of a key of strings": Resp.map([[Resp.array([Resp.bulkString("a")]), Resp.ok]]),
  "bytes that are not UTF-8": Resp.bulkString(Uint8Array.from([0x61, 0xff, 0xc3, 0x22])),
  "quotation mark": Resp.bulkString('say "hi"')
}

const JSON_DIFFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  error: {
    "--json": '{"error":{"tag":"RedisError","message":"WRONGTYPE Operation against a key"}}',
    "--quoted-json": '{"error":{"tag":"RedisError","message":"WRONGTYPE Operation against a key"}}'
  },
  "error in an array": {
    "--json": '[1,{"error":{"tag":"RedisError","message":"ERR no"}}]',
    "--quoted-json": '[1,{"error":{"tag":"RedisError","message":"ERR no"}}]'
  },
  "infinite doubles": { "--json": '["inf","-inf"]', "--quoted-json": '["inf","-inf"]' },
  "map of a key of strings": { "--json": '{"[\\"a\\"]":"OK"}', "--quoted-json": '{"[\\"a\\"]":"OK"}' },
  "bytes that are not UTF-8": {
    "--json": '"a\ufffd\ufffd\\""',
    "--quoted-json": '"a\\\\xff\\\\xc3\\\\\\""'
  },
  "quotation mark": { "--quoted-json": '"say \\\\\\"hi\\\\\\""' }
}

/** RESP2 has no maps. */
const isDifferent = (name: string, version: 2 | 3): boolean =>
  name in JSON_DIFFERENCES && !(version === 2 && name === "map of a key of strings")

/** What redis-cli prints for each reply. */
const printedByRedisCli = (
  version: 2 | 3,
  option: string,
  replies: ReadonlyArray<RespValue>
): Effect.Effect<ReadonlyArray<Buffer>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const node = yield* FakeNode.make(([name, index]) =>
      name === "REPLY"
        ? replies[Number(index)]
        : name === "MARK"
          ? Resp.simpleString(`<mark ${index}>`)
          : undefined
    )
    const script = replies.map((_, index) => `REPLY ${index}\nMARK ${index}\n`).join("")
    const end = yield* runRedisCli(node.port, [`-${version}`, option], script)
    expect(end.stderr).toBe("")
    const printed = end.stdout.toString("latin1").split(/"?<mark \d+>"?\n/)
    expect(printed).toHaveLength(replies.length + 1)
    return printed.slice(0, -1).map((text) => Buffer.from(text, "latin1"))
  })

describe.each([2, 3] as const)("formatting on RESP%i", (version) => {
  const replies = Object.entries({ ...REPLIES, ...NO_JSON })

  it.scopedLive.each(FORMATS)("%s: the bytes of redis-cli", ([option, format]) =>
    Effect.gen(function* () {
      const printed = yield* printedByRedisCli(
        version,
        option,
        replies.map(([, reply]) => reply)
      )
      replies.forEach(([name, reply], index) => {
        const ours = printedReply(["REPLY"], received(reply, version), format)
        const difference = isDifferent(name, version) ? JSON_DIFFERENCES[name][option] : undefined
        const expected = difference === undefined ? printed[index] : Buffer.from(`${difference}\n`)
        expect([name, ours.toString("latin1")]).toEqual([name, expected.toString("latin1")])
        if (option.endsWith("json")) JSON.parse(ours.toString())
      })
    })
  )

  it.scopedLive.each(FORMATS.slice(0, 3))(
    "%s: the bytes of redis-cli, for replies by chance",
    ([option, format]) =>
      Effect.gen(function* () {
        const sample = fc.sample(reply, { numRuns: REPLIES_BY_CHANCE, seed: SEED })
        const printed = yield* printedByRedisCli(version, option, sample)
        sample.forEach((reply, index) => {
          const ours = printedReply(["REPLY"], received(reply, version), format)
          expect([reply, ours.toString("latin1")]).toEqual([reply, printed[index].toString("latin1")])
        })
      })
  )
})

const REPLIES_BY_CHANCE = 500

const scalar: fc.Arbitrary<RespValue> = fc.oneof(
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Resp.bulkString(bytes)),
  fc.string({ maxLength: 5 }).map(Resp.simpleString),
  fc.string({ maxLength: 5 }).map((text) => Resp.simpleError(`ERR ${text}`)),
  fc.maxSafeInteger().map(Resp.integer),
  fc.boolean().map(Resp.boolean),
  fc.constantFrom<RespValue>(Resp.nullValue, Resp.nullArray, Resp.double(0.5), Resp.double(-Infinity)),
  fc.string({ maxLength: 5 }).map((text) => Resp.verbatimString("txt", text))
)

/** Trees of what redis-cli can read, often of a single branch. */
const { reply } = fc.letrec<{ reply: RespValue }>((tie) => {
  const items = fc.oneof(fc.array(tie("reply"), { maxLength: 1 }), fc.array(tie("reply"), { maxLength: 12 }))
  const pair = fc.tuple(tie("reply"), tie("reply"))
  return {
    reply: fc.oneof(
      { depthSize: "small", maxDepth: 5 },
      { weight: 3, arbitrary: scalar },
      { weight: 2, arbitrary: items.map(Resp.array) },
      { weight: 1, arbitrary: items.map(Resp.set) },
      { weight: 3, arbitrary: fc.array(pair, { maxLength: 2 }).map(Resp.map) }
    )
  }
})

describe("what redis-cli 7.0.15 gives up on, or prints otherwise", () => {
  const print = (reply: RespValue): ReadonlyArray<string> =>
    FORMATS.map(([, format]) => printedReply(["X"], received(reply, 3), format).toString())

  it("prints doubles in their shortest form, as servers since 7.2 send them; redis-cli prints what was sent", () => {
    const sent = Buffer.from(",3.1000000000000001\r\n")
    let reply: RespValue | undefined
    new RespDecoder((value) => (reply = value)).push(sent)
    expect(printedReply(["X"], reply!, TEXT).toString()).toBe("(double) 3.1\n")
    expect(print(Resp.double(Number.NaN))).toEqual(["(double) nan\n", "nan\n", "nan\n", '"nan"\n', '"nan"\n'])
  })

  it("prints big numbers", () => {
    expect(print(Resp.bigNumber(2n ** 70n))).toEqual([
      "(big number) 1180591620717411303424\n",
      ...Array.from({ length: 4 }, () => "1180591620717411303424\n")
    ])
  })

  it("prints errors in bulk as errors", () => {
    expect(print(Resp.bulkError("ERR two\nlines"))).toEqual([
      "(error) ERR two\nlines\n",
      "ERR two\nlines\n\n",
      'ERROR,"ERR two\\nlines"\n',
      '{"error":{"tag":"RedisError","message":"ERR two\\nlines"}}\n',
      '{"error":{"tag":"RedisError","message":"ERR two\\\\nlines"}}\n'
    ])
  })

  it("shows attributes in front of their value to a person, and leaves them out elsewhere", () => {
    const reply = Resp.array([
      Resp.attribute([[Resp.simpleString("ttl"), Resp.integer(9)]], Resp.bulkString("a"))
    ])
    expect(print(reply)).toEqual(['1) 1| ttl => (integer) 9\n   "a"\n', "a\n", '"a"\n', '["a"]\n', '["a"]\n'])
  })
})

describe("replies that are reports", () => {
  it.scopedLive(
    "are printed as they are",
    () =>
      Effect.gen(function* () {
        const commands = [
          "INFO",
          "info server",
          "CLUSTER INFO",
          "CLUSTER nodes",
          "CLUSTER SLOTS",
          "CLIENT LIST",
          "CLIENT ID",
          "MEMORY DOCTOR",
          "MEMORY USAGE k",
          "LATENCY GRAPH x",
          "LOLWUT"
        ]
        const node = yield* FakeNode.make(([name]) =>
          name === "COMMAND" ? undefined : Resp.bulkString("# a\r\nb:1")
        )
        for (const command of commands) {
          for (const [option, format] of FORMATS.slice(0, 3)) {
            const end = yield* runRedisCli(node.port, [option], `${command}\n`)
            const ours = printedReply(command.split(" "), Resp.bulkString("# a\r\nb:1"), format)
            expect([command, option, ours.toString()]).toEqual([command, option, end.stdout.toString()])
          }
          // One document to a reply, where redis-cli prints none.
          expect(
            printedReply(command.split(" "), Resp.bulkString("# a\r\nb:1"), JSON_FORMAT).toString()
          ).toBe('"# a\\r\\nb:1"\n')
        }
      }),
    20_000
  )
})

/** The reply as it arrives on a connection of that version. */
const received = (reply: RespValue, version: 2 | 3): RespValue => {
  const encoder = new RespEncoder()
  encoder.value(reply, version)
  let decoded: RespValue | undefined
  new RespDecoder((value) => (decoded = value)).push(encoder.take()!)
  return decoded!
}
