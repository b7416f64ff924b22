import { describe, expect, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { replyTypes } from "../../../src/client/commands/ReplyTypes.ts"
import { serverReplyTypes } from "../../../src/client/commands/ServerReplyTypes.ts"
import * as FromResp from "../../../src/client/reply/FromResp.ts"
import { type Decoder, Mismatch } from "../../../src/client/reply/FromResp.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import type { RespValue } from "../../../src/protocol/Resp.ts"
import { respValue } from "../../support/RespArbitrary.ts"

const { none, some } = Option
const bulk = Resp.bulkString
const utf8 = fc.string({ unit: "grapheme", maxLength: 20 })
const number = fc.double({ noNaN: true })

/** What Redis writes for a double on RESP2. */
const spelled = (value: number): RespValue => bulk(Resp.doubleText(value))

/** Values of the language, and how each version of the protocol sends them. */
const bothVersions: ReadonlyArray<
  readonly [
    name: string,
    decoder: Decoder<unknown>,
    sent: fc.Arbitrary<readonly [unknown, RespValue, RespValue]>
  ]
> = [
  ["text", FromResp.text, utf8.map((text) => [text, bulk(text), Resp.verbatimString("txt", text)])],
  ["a double", FromResp.double, number.map((value) => [value, spelled(value), Resp.double(value)])],
  [
    "a boolean",
    FromResp.boolean,
    fc.boolean().map((value) => [value, Resp.integer(value ? 1 : 0), Resp.boolean(value)])
  ],
  [
    "nil",
    FromResp.optional(FromResp.text),
    fc
      .constantFrom(Resp.nullBulkString, Resp.nullArray)
      .map((nil): readonly [unknown, RespValue, RespValue] => [none(), nil, Resp.nullValue])
  ],
  [
    "a set",
    FromResp.array(FromResp.text),
    fc
      .array(utf8)
      .map((items) => [
        items,
        Resp.array(items.map((item) => bulk(item))),
        Resp.set(items.map((item) => bulk(item)))
      ])
  ],
  [
    "a map",
    FromResp.pairs(FromResp.text, FromResp.integer),
    fc
      .array(fc.tuple(utf8, fc.integer()))
      .map((pairs) => [
        pairs,
        Resp.array(pairs.flatMap(([name, value]) => [bulk(name), Resp.integer(value)])),
        Resp.map(pairs.map(([name, value]) => [bulk(name), Resp.integer(value)]))
      ])
  ],
  [
    "a map of arrays, which RESP2 sends as pairs",
    FromResp.pairs(FromResp.text, FromResp.array(FromResp.text)),
    fc.array(fc.tuple(utf8, fc.array(utf8))).map((pairs) => {
      const sent = pairs.map(([name, items]): readonly [RespValue, RespValue] => [
        bulk(name),
        Resp.array(items.map((item) => bulk(item)))
      ])
      return [pairs, Resp.array(sent.map((pair) => Resp.array(pair))), Resp.map(sent)]
    })
  ],
  [
    "members with scores",
    replyTypes(FromResp.text, FromResp.text).zrange.withscores,
    fc
      .array(fc.record({ member: utf8, score: number }, { noNullPrototype: true }))
      .map((members) => [
        members,
        Resp.array(members.flatMap(({ member, score }) => [bulk(member), spelled(score)])),
        Resp.array(members.map(({ member, score }) => Resp.array([bulk(member), Resp.double(score)])))
      ])
  ]
]

describe("the same data on RESP2 and RESP3", () => {
  it.each(bothVersions)("give the same value: %s", (_, decoder, sent) => {
    fc.assert(
      fc.property(sent, ([value, second, third]) => {
        expect(decoder(second)).toEqual(value)
        expect(decoder(third)).toEqual(value)
      })
    )
  })

  it.each(bothVersions)("whatever attributes stand in front: %s", (_, decoder, sent) => {
    fc.assert(
      fc.property(sent, ([value, second, third]) => {
        const attributes = [[bulk("ttl"), Resp.integer(1)]] as const
        expect(decoder(Resp.attribute(attributes, second))).toEqual(value)
        expect(decoder(Resp.attribute(attributes, Resp.attribute(attributes, third)))).toEqual(value)
      })
    )
  })
})

/** Every decoder of every command, by name. */
const allDecoders: ReadonlyArray<readonly [string, Decoder<unknown>]> = Object.entries({
  ...replyTypes(FromResp.text, FromResp.bytes),
  ...serverReplyTypes
}).flatMap(([name, entry]): ReadonlyArray<readonly [string, Decoder<unknown>]> =>
  typeof entry === "function"
    ? [[name, entry]]
    : Object.entries(entry).map(([variant, decoder]) => [`${name} (${variant})`, decoder as Decoder<unknown>])
)

const SECRET = "SECRET-VALUE"

describe("any reply whatever", () => {
  it("makes no decoder of a command throw, nor anything but a value or a mismatch", () => {
    fc.assert(
      fc.property(respValue, (reply) => {
        const silent = allDecoders.filter(([, decoder]) => {
          const value = decoder(reply)
          return value instanceof Mismatch && (value.expected === "" || value.got === "")
        })
        expect(silent).toEqual([])
      }),
      { numRuns: 300 }
    )
  })

  it("is told apart by its kind, never by what is in it", () => {
    const replies: ReadonlyArray<RespValue> = [
      bulk(SECRET),
      Resp.simpleString(SECRET),
      Resp.simpleError(SECRET),
      Resp.bulkError(SECRET),
      Resp.verbatimString("txt", SECRET),
      Resp.array([bulk(SECRET), bulk(SECRET), bulk(SECRET)]),
      Resp.map([[bulk(SECRET), bulk(SECRET)]]),
      Resp.array([Resp.array([bulk(SECRET), Resp.array([bulk(SECRET)])])])
    ]
    let mismatches = 0
    for (const [name, decoder] of allDecoders) {
      for (const reply of replies) {
        const value = decoder(reply)
        if (!(value instanceof Mismatch)) continue
        mismatches++
        expect(`${value.expected} ${value.got}`, name).not.toContain(SECRET)
      }
    }
    expect(mismatches).toBeGreaterThan(allDecoders.length)
  })
})

/** What fits, and what does not. */
const cases: ReadonlyArray<
  readonly [name: string, decoder: Decoder<unknown>, reply: RespValue, value: unknown]
> = [
  ["text that is not UTF-8", FromResp.text, bulk(Buffer.from([0xff])), "\ufffd"],
  ["text from an integer", FromResp.text, Resp.integer(1), new Mismatch("text", "Integer")],
  ["bytes of a simple string", FromResp.bytes, Resp.ok, Buffer.from("OK")],
  ["an integer", FromResp.integer, Resp.integer(-3), -3],
  ["the greatest integer", FromResp.integer, Resp.integer(2n ** 53n - 1n), 2 ** 53 - 1],
  [
    "an integer beyond",
    FromResp.integer,
    Resp.integer(2n ** 53n),
    new Mismatch("an integer up to 2^53 - 1 in magnitude", "a greater one")
  ],
  ["an integer from text", FromResp.integer, bulk("1"), new Mismatch("an integer", "BulkString")],
  ["64 bits, small", FromResp.int64, Resp.integer(5), 5],
  ["64 bits, great", FromResp.int64, Resp.integer(2n ** 62n), 2n ** 62n],
  ["a bigint from a small integer", FromResp.bigint, Resp.integer(5), 5n],
  ["a bigint from a big number", FromResp.bigint, Resp.bigNumber(10n ** 30n), 10n ** 30n],
  ["a double from an integer", FromResp.double, Resp.integer(5), 5],
  ["infinity", FromResp.double, bulk("-inf"), -Infinity],
  ["not a number", FromResp.double, bulk("nan"), NaN],
  ["an exponent", FromResp.double, bulk("1.5e+300"), 1.5e300],
  ["no number", FromResp.double, bulk(""), new Mismatch("a number", "BulkString")],
  ["a hexadecimal number", FromResp.double, bulk("0x10"), new Mismatch("a number", "BulkString")],
  ["a boolean from 2", FromResp.boolean, Resp.integer(2), new Mismatch("0 or 1", "Integer")],
  ["OK", FromResp.ok, Resp.ok, undefined],
  ["OK as a bulk string", FromResp.ok, bulk("OK"), new Mismatch("OK", "BulkString")],
  ["done", FromResp.isDone, Resp.ok, true],
  ["not done", FromResp.isDone, Resp.nullValue, false],
  ["nil", FromResp.optional(FromResp.text), Resp.nullBulkString, none()],
  ["not nil", FromResp.optional(FromResp.text), bulk("a"), some("a")],
  ["a default", FromResp.withDefault(FromResp.integer, 0), Resp.nullArray, 0],
  ["no array", FromResp.array(FromResp.text), Resp.ok, new Mismatch("an array", "SimpleString")],
  [
    "an array with one that does not fit",
    FromResp.array(FromResp.text),
    Resp.array([bulk("a"), Resp.integer(1)]),
    new Mismatch("text", "Integer")
  ],
  [
    "a tuple with more at its end",
    FromResp.tuple({ a: FromResp.integer, b: FromResp.text }),
    Resp.array([Resp.integer(1), bulk("x"), bulk("newer")]),
    { a: 1, b: "x" }
  ],
  [
    "a tuple that is too short",
    FromResp.tuple({ a: FromResp.integer, b: FromResp.text }),
    Resp.array([Resp.integer(1)]),
    new Mismatch("an array of a, b", "Array of 1")
  ],
  [
    "a flat array that is no pairs",
    FromResp.pairs(FromResp.text, FromResp.text),
    Resp.array([bulk("a")]),
    new Mismatch("pairs", "Array of 1")
  ],
  [
    "a struct, its names in any spelling, others passed over",
    FromResp.struct({ lastGeneratedId: FromResp.text, runningScript: FromResp.optional(FromResp.text) }),
    Resp.array([bulk("last-generated-id"), bulk("1-1"), bulk("newer_field"), Resp.integer(1)]),
    { lastGeneratedId: "1-1", runningScript: none() }
  ],
  [
    "a struct without a field it needs",
    FromResp.struct({ length: FromResp.integer }),
    Resp.map([]),
    new Mismatch("length: an integer", "Null")
  ],
  ["the second of two", FromResp.orElse(FromResp.integer, FromResp.text), bulk("x"), "x"],
  [
    "neither of two",
    FromResp.orElse(FromResp.integer, FromResp.text),
    Resp.nullValue,
    new Mismatch("an integer, or text", "Null")
  ],
  [
    "a script's reply",
    FromResp.plain(FromResp.text),
    Resp.array([
      Resp.nullBulkString,
      bulk("a"),
      Resp.integer(2n ** 60n),
      Resp.set([Resp.double(1.5)]),
      Resp.boolean(true)
    ]),
    [null, "a", 2n ** 60n, [1.5], true]
  ],
  [
    "a script's map",
    FromResp.plain(FromResp.bytes),
    Resp.map([[bulk("a"), bulk("b")]]),
    { a: Buffer.from("b") }
  ],
  [
    "a script's error",
    FromResp.plain(FromResp.text),
    Resp.array([Resp.simpleError("ERR no")]),
    new Mismatch("a reply without errors", "SimpleError")
  ]
]

describe("a decoder gives", () => {
  it.each(cases)("%s", (_, decoder, reply, value) => {
    expect(decoder(reply)).toEqual(value)
  })

  it("a record in which any name is just a name", () => {
    const fields = FromResp.record(FromResp.text)(
      Resp.array([bulk("__proto__"), bulk("a"), bulk("toString"), bulk("b"), bulk("__proto__"), bulk("c")])
    ) as Readonly<Record<string, string>>
    expect(Object.keys(fields)).toEqual(["__proto__", "toString"])
    expect(fields["__proto__"]).toBe("c")
    expect(fields["constructor"]).toBeUndefined()
  })

  it("what a schema makes of it, and no value when the schema refuses it", () => {
    const user = FromResp.withSchema(Schema.parseJson(Schema.Struct({ name: Schema.String })))
    expect(user(bulk('{"name":"Ann"}'))).toEqual({ name: "Ann" })
    const refused = user(bulk(`{"name":"${SECRET}`)) as Mismatch
    expect(refused).toBeInstanceOf(Mismatch)
    expect(refused.expected).toContain("name")
    expect(`${refused.expected} ${refused.got}`).not.toContain(SECRET)
    expect(user(Resp.integer(1))).toEqual(new Mismatch("text", "Integer"))
    const percent = FromResp.withSchema(Schema.Number.pipe(Schema.between(0, 100)), FromResp.integer)
    expect(percent(Resp.integer(50))).toBe(50)
    expect(percent(Resp.integer(101))).toBeInstanceOf(Mismatch)
  })

  it("the fields of a hash by a schema of their own", () => {
    const User = Schema.Struct({
      name: Schema.String,
      age: Schema.NumberFromString,
      mail: Schema.optional(Schema.String)
    })
    const user = FromResp.withSchema(User, FromResp.record(FromResp.text))
    const fields = (...words: ReadonlyArray<string>) => Resp.array(words.map(bulk))
    expect(user(fields("name", "Ann", "age", "36"))).toEqual({ name: "Ann", age: 36 })
    expect(user(fields("name", "Ann"))).toBeInstanceOf(Mismatch)
  })
})
