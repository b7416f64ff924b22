/** Strings, bitmaps, hashes, lists, sets. All keys share a slot, so that a cluster answers the same. */
import * as Option from "effect/Option"
import { failsWith, gives, givesShape, type Step } from "./Step.ts"

const { none, some } = Option
const BIG = 9007199254740993n
const bytes = (text: string): Uint8Array => Buffer.from(text)

export const stringSteps: ReadonlyArray<Step> = [
  gives((r) => r.set("{k}s", "hello"), true),
  gives((r) => r.set("{k}s", "x", { condition: "NX" }), false),
  gives((r) => r.set("{k}s", "hallo", { get: true, expiration: { EX: 100 } }), some("hello")),
  gives((r) => r.set("{k}new", "x", { get: true, expiration: "KEEPTTL" }), none()),
  gives((r) => r.get("{k}s"), some("hallo")),
  gives((r) => r.get("{k}missing"), none()),
  gives((r) => r.bytes.get("{k}s"), some(bytes("hallo"))),
  gives((r) => r.append("{k}s", " world"), 11),
  gives((r) => r.getrange("{k}s", 0, 4), "hallo"),
  gives((r) => r.substr("{k}s", -5, -1), "world"),
  gives((r) => r.strlen("{k}s"), 11),
  gives((r) => r.setrange("{k}s", 1, "E"), 11),
  gives((r) => r.getex("{k}s", "PERSIST"), some("hEllo world")),
  gives((r) => r.getex("{k}s", { EX: 1000 }), some("hEllo world")),
  gives((r) => r.getset("{k}s", "other"), some("hEllo world")),
  gives((r) => r.getdel("{k}s"), some("other")),
  gives((r) => r.getdel("{k}s"), none()),
  gives((r) => r.setex("{k}s", 100, "v"), undefined),
  gives((r) => r.psetex("{k}s", 100_000, "v"), undefined),
  gives((r) => r.setnx("{k}s", "w"), false),
  gives((r) => r.setnx("{k}s2", Buffer.from([0, 255, 1])), true),
  gives((r) => r.bytes.get("{k}s2"), some(Buffer.from([0, 255, 1]))),
  gives((r) => r.incr("{k}n"), 1),
  gives((r) => r.incrby("{k}n", 10), 11),
  gives((r) => r.decr("{k}n"), 10),
  gives((r) => r.decrby("{k}n", 15), -5),
  gives((r) => r.incrby("{k}n", BIG + 5n), BIG),
  failsWith((r) => r.incr("{k}n"), /INCR: the reply is a greater one/),
  gives((r) => r.decrby("{k}n", 1n), BIG),
  gives((r) => r.incrbyfloat("{k}f", 10.5), 10.5),
  gives((r) => r.incrbyfloat("{k}f", -0.25), 10.25),
  failsWith((r) => r.incr("{k}f"), /INCR: ERR value is not an integer/),
  gives((r) => r.mset({ "{k}a": "ohmytext", "{k}b": "mynewtext" }), undefined),
  gives((r) => r.msetnx([["{k}a", 1]]), false),
  gives((r) => r.msetnx(new Map([["{k}c", 1]])), true),
  gives((r) => r.mget(["{k}a", "{k}missing", "{k}c"]), [some("ohmytext"), none(), some("1")]),
  gives((r) => r.bytes.mget("{k}c"), [some(bytes("1"))]),
  gives((r) => r.lcs("{k}a", "{k}b"), "mytext"),
  gives((r) => r.bytes.lcs("{k}a", "{k}b"), bytes("mytext")),
  gives((r) => r.lcs("{k}a", "{k}b", { len: true }), 6),
  gives((r) => r.lcs("{k}a", "{k}b", { idx: true, minmatchlen: 4 }), {
    matches: [{ first: { start: 4, end: 7 }, second: { start: 5, end: 8 }, length: none() }],
    len: 6
  }),
  gives((r) => r.lcs("{k}a", "{k}b", { idx: true, withmatchlen: true }), {
    matches: [
      { first: { start: 4, end: 7 }, second: { start: 5, end: 8 }, length: some(4) },
      { first: { start: 2, end: 3 }, second: { start: 0, end: 1 }, length: some(2) }
    ],
    len: 6
  }),

  gives((r) => r.setbit("{k}bits", 7, 1), 0),
  gives((r) => r.getbit("{k}bits", 7), 1),
  gives((r) => r.bitcount("{k}bits"), 1),
  gives((r) => r.bitcount("{k}bits", { start: 0, end: 5, indexUnit: "BIT" }), 0),
  gives((r) => r.bitpos("{k}bits", 1), 7),
  gives((r) => r.bitpos("{k}bits", 1, { start: 0, end: 6, indexUnit: "BIT" }), -1),
  gives((r) => r.bitop("NOT", "{k}bits2", "{k}bits"), 1),
  gives((r) => r.bitop("OR", "{k}bits2", ["{k}bits", "{k}bits2"]), 1),
  gives(
    (r) =>
      r.bitfield("{k}field", [
        { SET: { encoding: "i64", offset: 0, value: BIG } },
        { GET: { encoding: "i64", offset: 0 } },
        { OVERFLOW: "FAIL" },
        { INCRBY: { encoding: "u2", offset: 100, increment: 3 } },
        { INCRBY: { encoding: "u2", offset: 100, increment: 1 } }
      ]),
    [some(0), some(BIG), some(3), none()]
  ),
  gives(
    (r) =>
      r.bitfieldRo("{k}field", {
        get: [
          { encoding: "u8", offset: 0 },
          { encoding: "u2", offset: 100 }
        ]
      }),
    [0, 3]
  )
]

export const hashSteps: ReadonlyArray<Step> = [
  gives((r) => r.hset("{k}h", { a: 1, b: "two" }), 2),
  gives((r) => r.hmset("{k}h", [["c", "three"]]), undefined),
  gives((r) => r.hsetnx("{k}h", "a", 2), false),
  gives((r) => r.hget("{k}h", "b"), some("two")),
  gives((r) => r.hget("{k}h", "x"), none()),
  gives((r) => r.hmget("{k}h", ["a", "x"]), [some("1"), none()]),
  gives((r) => r.hgetall("{k}h"), { a: "1", b: "two", c: "three" }),
  gives((r) => r.hgetall("{k}missing"), {}),
  gives((r) => r.bytes.hgetall("{k}h"), { a: bytes("1"), b: bytes("two"), c: bytes("three") }),
  gives((r) => r.hexists("{k}h", "a"), true),
  gives((r) => r.hincrby("{k}h", "a", 4), 5),
  gives((r) => r.hincrby("{k}h", "a", BIG), BIG + 5n),
  gives((r) => r.hincrbyfloat("{k}h", "f", 1.5), 1.5),
  gives((r) => r.hkeys("{k}h"), ["a", "b", "c", "f"]),
  gives((r) => r.hvals("{k}h"), [String(BIG + 5n), "two", "three", "1.5"]),
  gives((r) => r.hlen("{k}h"), 4),
  gives((r) => r.hstrlen("{k}h", "b"), 3),
  gives((r) => r.hdel("{k}h", ["a", "f", "x"]), 2),
  gives((r) => r.hdel("{k}h", "c"), 1),
  gives((r) => r.hrandfield("{k}h"), some("b")),
  gives((r) => r.hrandfield("{k}missing"), none()),
  gives((r) => r.hrandfield("{k}h", { count: -2 }), ["b", "b"]),
  gives((r) => r.hrandfield("{k}h", { count: 5, withvalues: true }), [["b", "two"]]),
  gives((r) => r.hscan("{k}h", 0, { match: "*", count: 100 }), { cursor: "0", items: [["b", "two"]] }),
  gives((r) => r.bytes.hscan("{k}h", "0"), { cursor: "0", items: [[bytes("b"), bytes("two")]] })
]

export const listSteps: ReadonlyArray<Step> = [
  gives((r) => r.rpush("{k}l", ["a", "b", "c", "d"]), 4),
  gives((r) => r.lpush("{k}l", "z"), 5),
  gives((r) => r.lpushx("{k}missing", "x"), 0),
  gives((r) => r.rpushx("{k}missing", ["x"]), 0),
  gives((r) => r.lrange("{k}l", 0, -1), ["z", "a", "b", "c", "d"]),
  gives((r) => r.lindex("{k}l", 1), some("a")),
  gives((r) => r.lindex("{k}l", 9), none()),
  gives((r) => r.linsert("{k}l", "BEFORE", "b", "b0"), 6),
  gives((r) => r.llen("{k}l"), 6),
  gives((r) => r.lpos("{k}l", "c"), some(4)),
  gives((r) => r.lpos("{k}l", "nothing"), none()),
  gives((r) => r.lpos("{k}l", "c", { count: 0, rank: -1, maxlen: 100 }), [4]),
  gives((r) => r.lrem("{k}l", 1, "b0"), 1),
  gives((r) => r.lset("{k}l", 0, "y"), undefined),
  gives((r) => r.ltrim("{k}l", 0, 3), undefined),
  gives((r) => r.lmove("{k}l", "{k}m", "LEFT", "RIGHT"), some("y")),
  gives((r) => r.rpoplpush("{k}l", "{k}m"), some("c")),
  gives((r) => r.lpop("{k}l"), some("a")),
  gives((r) => r.rpop("{k}l"), some("b")),
  gives((r) => r.lpop("{k}l"), none()),
  gives((r) => r.lpop("{k}l", 2), []),
  gives((r) => r.lpop("{k}m", 2), ["c", "y"]),
  gives((r) => r.rpush("{k}m", [1, 2, 3, 4, 5, 6, 7]), 7),
  gives((r) => r.rpop("{k}m", 1), ["7"]),
  gives((r) => r.lmpop(["{k}l", "{k}m"], "RIGHT", { count: 2 }), some({ key: "{k}m", elements: ["6", "5"] })),
  gives((r) => r.lmpop("{k}l", "LEFT"), none()),
  gives((r) => r.blpop(["{k}l", "{k}m"], 1), some({ key: "{k}m", element: "1" })),
  gives((r) => r.brpop("{k}m", 1), some({ key: "{k}m", element: "4" })),
  gives((r) => r.blmpop(1, "{k}m", "LEFT"), some({ key: "{k}m", elements: ["2"] })),
  gives((r) => r.blmove("{k}m", "{k}l", "LEFT", "LEFT", 1), some("3")),
  gives((r) => r.brpoplpush("{k}l", "{k}l", 1), some("3")),
  gives((r) => r.blpop("{k}missing", 0.01), none()),
  gives((r) => r.blmove("{k}missing", "{k}l", "LEFT", "LEFT", 0.01), none())
]

export const setSteps: ReadonlyArray<Step> = [
  gives((r) => r.sadd("{k}u", ["a", "b", "c"]), 3),
  gives((r) => r.sadd("{k}v", "c"), 1),
  gives((r) => r.scard("{k}u"), 3),
  gives((r) => r.sismember("{k}u", "a"), true),
  gives((r) => r.smismember("{k}u", ["a", "x"]), [true, false]),
  gives((r) => r.sinter(["{k}u", "{k}v"]), ["c"]),
  gives((r) => r.bytes.sinter(["{k}u", "{k}v"]), [bytes("c")]),
  gives((r) => r.sintercard(["{k}u", "{k}v"], { limit: 5 }), 1),
  gives((r) => r.sinterstore("{k}w", ["{k}u", "{k}v"]), 1),
  gives((r) => r.sdiffstore("{k}w", ["{k}u", "{k}v"]), 2),
  gives((r) => r.sunionstore("{k}w", "{k}v"), 1),
  gives((r) => r.sunion(["{k}v", "{k}missing"]), ["c"]),
  gives((r) => r.smembers("{k}v"), ["c"]),
  gives((r) => r.smove("{k}u", "{k}v", "a"), true),
  gives((r) => r.srem("{k}u", ["b", "x"]), 1),
  gives((r) => r.sdiff(["{k}u", "{k}missing"]), ["c"]),
  gives((r) => r.srandmember("{k}u"), some("c")),
  gives((r) => r.srandmember("{k}missing"), none()),
  gives((r) => r.srandmember("{k}u", -2), ["c", "c"]),
  gives((r) => r.sscan("{k}u", 0), { cursor: "0", items: ["c"] }),
  gives((r) => r.spop("{k}u"), some("c")),
  gives((r) => r.spop("{k}u"), none()),
  gives((r) => r.spop("{k}u", 3), []),
  givesShape((r) => r.spop("{k}v", 2))
]
