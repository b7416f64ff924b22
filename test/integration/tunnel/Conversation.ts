/**
 * Commands at random, of every data type, right and wrong, as one client sends
 * them: what a cluster behind a proxy and one server have to answer alike.
 */
import * as fc from "fast-check"
import { RespEncoder } from "../../../src/protocol/RespEncoder.ts"

/** What is not said, since even two servers would answer differently, or one cannot do what the other does; and why. */
export const EXCLUDED: Readonly<Record<string, ReadonlyArray<string>>> = {
  "by chance": ["RANDOMKEY", "SPOP", "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER"],
  "of the server and not of the data": [
    "CLIENT ID",
    "CLIENT INFO",
    "CLIENT LIST",
    "INFO",
    "LASTSAVE",
    "ROLE",
    "CONFIG",
    "MEMORY",
    "DEBUG",
    "SLOWLOG",
    "LATENCY",
    "ACL",
    "CLUSTER"
  ],
  "by the clock": ["TIME", "TTL", "PTTL", "OBJECT IDLETIME", "OBJECT FREQ"],
  "with a cursor, in which the proxy carries the node": ["SCAN"],
  // Beside MGET, MSET, DEL, UNLINK, EXISTS and TOUCH, commands on keys of several slots are CROSSSLOT in a cluster.
  "only in one server": ["MOVE", "SWAPDB"]
}

/** Their replies come in an order that depends on a seed of each server's own. */
export const UNORDERED: ReadonlySet<string> = new Set(["SMEMBERS", "SUNION", "SINTER", "SDIFF", "KEYS"])

export interface Spoken {
  readonly name: string
  readonly words: ReadonlyArray<string>
}

export interface Conversation {
  readonly protocol: 2 | 3
  readonly commands: ReadonlyArray<Spoken>
  readonly bytes: Buffer
}

type Words = fc.Arbitrary<ReadonlyArray<string>>

/** Few, so that types collide; of several slots. */
const key = fc.constantFrom("a", "b", "c", "key:1", "key:2", "{t}1", "{t}2", "{t}3", "")
/** All of one slot. */
const tagged = fc.constantFrom("{t}1", "{t}2", "{t}3", "x{t}", "{t}hll")
const field = fc.constantFrom("f", "g", "h", "1", "2")
const number = fc.constantFrom("0", "1", "-1", "2", "10", "9223372036854775807", "3.5", "1e3", "nan", "x", "")
const index = fc.constantFrom("0", "1", "-1", "2", "-100", "100", "x")
const score = fc.constantFrom("0", "1", "-2.5", "inf", "-inf", "(1", "1e400", "x")
const value = fc.oneof(
  fc.constantFrom("v", "1", "3.14", "10.0.0.1:7000", "-MOVED 1 10.0.0.1:7000", "*2\r\n$1\r\n", "ünïcode", ""),
  fc.string({ maxLength: 20 }),
  fc.constant("x".repeat(20_000))
)
const range = fc.tuple(index, index)
const id = fc.constantFrom("1-1", "2-0", "2-1", "5", "0-0", "3-x", "-", "+", "$", ">")
const several = <A>(of: fc.Arbitrary<A>, most = 3) => fc.array(of, { minLength: 1, maxLength: most })

/** The keys with their number in front, the right one: a cluster judges slots before syntax. */
const counted = (of: fc.Arbitrary<string>) => several(of, 2).map((keys) => [String(keys.length), ...keys])

const say = (name: string, ...parts: ReadonlyArray<fc.Arbitrary<string | ReadonlyArray<string>>>): Words =>
  fc.tuple(...parts).map((given) => [name, ...given.flat()])
const word = (...choices: ReadonlyArray<string>) => fc.constantFrom(...choices)
const maybe = (...choices: ReadonlyArray<string>) =>
  fc.constantFrom<ReadonlyArray<string>>([], ...choices.map((choice) => choice.split(" ")))

const strings: ReadonlyArray<Words> = [
  say(
    "SET",
    key,
    value,
    maybe("NX", "XX", "GET", "KEEPTTL", "XX GET", "NX XX", "EX 0", "PXAT 99999999999999", "BAD")
  ),
  say("GET", key),
  say("GETSET", key, value),
  say("GETDEL", key),
  say("GETEX", key, maybe("PERSIST", "EX x")),
  say("SETNX", key, value),
  say("APPEND", key, value),
  say("STRLEN", key),
  say("GETRANGE", key, range),
  say("SETRANGE", key, index, value),
  say("INCR", key),
  say("DECRBY", key, number),
  say("INCRBYFLOAT", key, number),
  say("SETBIT", key, index, word("0", "1", "2")),
  say("GETBIT", key, index),
  say("BITCOUNT", key, maybe("0 -1", "0", "0 1 BIT")),
  say("BITPOS", key, word("0", "1", "2")),
  say("BITFIELD", key, maybe("SET u8 0 255 GET u4 0", "INCRBY i5 100 1", "GET u64 0")),
  say("BITOP", word("AND", "NOT", "XOR"), tagged, several(tagged, 2)),
  say("LCS", tagged, tagged, maybe("LEN", "IDX", "LEN IDX"))
]

const collections: ReadonlyArray<Words> = [
  say(
    "HSET",
    key,
    several(fc.tuple(field, value), 2).map((pairs) => pairs.flat())
  ),
  say("HSET", key, field),
  say("HGET", key, field),
  say("HMGET", key, several(field)),
  say("HGETALL", key),
  say("HKEYS", key),
  say("HLEN", key),
  say("HDEL", key, several(field)),
  say("HINCRBY", key, field, number),
  say("HINCRBYFLOAT", key, field, number),
  say("HSCAN", key, word("0", "x")),
  say("RPUSH", key, several(value)),
  say("LPUSHX", key, value),
  say("LRANGE", key, range),
  say("LPOP", key, maybe("2", "0", "-1", "x")),
  say("LINSERT", key, word("BEFORE", "after", "x"), value, value),
  say("LSET", key, index, value),
  say("LREM", key, index, value),
  say("LPOS", key, value, maybe("RANK 0", "COUNT 0", "RANK -1")),
  say("LTRIM", key, range),
  say("LMOVE", tagged, tagged, word("LEFT", "RIGHT"), word("LEFT", "x")),
  say("LMPOP", counted(tagged), word("LEFT", "RIGHT")),
  say("SADD", key, several(field)),
  say("SREM", key, several(field)),
  say("SMEMBERS", key),
  say("SISMEMBER", key, field),
  say("SMISMEMBER", key, several(field)),
  say("SCARD", key),
  say("SMOVE", tagged, tagged, field),
  say("SUNION", several(tagged)),
  say("SINTERSTORE", tagged, several(tagged)),
  say("SINTERCARD", counted(tagged), maybe("LIMIT 1")),
  say(
    "ZADD",
    key,
    maybe("NX", "XX CH", "INCR", "GT LT"),
    several(fc.tuple(score, field), 2).map((pairs) => pairs.flat())
  ),
  say("ZRANGE", key, range, maybe("WITHSCORES", "REV", "BYSCORE", "BYLEX", "LIMIT 0 1")),
  say("ZRANGEBYSCORE", key, score, score, maybe("WITHSCORES LIMIT 0 2")),
  say("ZSCORE", key, field),
  say("ZMSCORE", key, several(field)),
  say("ZRANK", key, field),
  say("ZINCRBY", key, number, field),
  say("ZPOPMIN", key, maybe("2", "-1")),
  say("ZCOUNT", key, score, score),
  say("ZUNIONSTORE", tagged, counted(tagged), maybe("WEIGHTS 2", "AGGREGATE MAX")),
  say("ZINTER", counted(tagged), maybe("WITHSCORES")),
  say("ZRANGESTORE", tagged, tagged, range),
  say("PFADD", key, several(field)),
  say("PFCOUNT", several(tagged, 2)),
  say("PFMERGE", tagged, several(tagged, 2)),
  say("GEOADD", key, word("13.361389", "200", "x"), word("38.115556", "0"), field),
  say("GEOPOS", key, several(field)),
  say("GEODIST", key, field, field, maybe("km", "x")),
  say(
    "GEOSEARCH",
    key,
    maybe("FROMMEMBER f BYRADIUS 200 km ASC WITHDIST", "FROMLONLAT 15 37 BYBOX 400 400 km DESC")
  ),
  say(
    "XADD",
    key,
    maybe("NOMKSTREAM", "MAXLEN 2"),
    id,
    several(fc.tuple(field, value), 2).map((pairs) => pairs.flat())
  ),
  say("XLEN", key),
  say("XRANGE", key, id, id, maybe("COUNT 1")),
  say("XREVRANGE", key, word("+"), word("-")),
  say("XREAD", maybe("COUNT 2"), word("STREAMS"), tagged, word("0", "1-1", "x")),
  say("XGROUP", word("CREATE", "DESTROY"), key, word("g"), word("0", "$")),
  say("XREADGROUP", word("GROUP"), word("g"), word("c"), word("STREAMS"), tagged, word(">", "0")),
  say("XACK", key, word("g"), id),
  say("XPENDING", key, word("g")),
  say("XDEL", key, id),
  say("XINFO", word("GROUPS"), key),
  say("XTRIM", key, word("MAXLEN"), index)
]

const keys: ReadonlyArray<Words> = [
  say("MGET", several(key, 5)),
  say(
    "MSET",
    several(fc.tuple(key, value), 4).map((pairs) => pairs.flat())
  ),
  say("MSET", key),
  say(
    "MSETNX",
    several(fc.tuple(tagged, value), 2).map((pairs) => pairs.flat())
  ),
  say("DEL", several(key, 5)),
  say("UNLINK", several(key, 5)),
  say("EXISTS", several(key, 5)),
  say("TOUCH", several(key, 5)),
  say("TYPE", key),
  say("EXPIREAT", key, word("99999999999", "1", "x"), maybe("NX", "GT", "BAD")),
  say("EXPIRETIME", key),
  say("PERSIST", key),
  say("RENAME", tagged, tagged),
  say("RENAMENX", tagged, tagged),
  say("COPY", tagged, tagged, maybe("REPLACE")),
  say("DUMP", tagged),
  say("RESTORE", key, word("0", "-1"), value),
  say("OBJECT", word("ENCODING", "REFCOUNT", "BAD"), key),
  say("SORT", key, maybe("ALPHA", "DESC LIMIT 0 2", "STORE")),
  say("KEYS", word("*", "key:*", "[ab]", "nothing")),
  say("DBSIZE"),
  say("SORT_RO", key),
  say("WAIT", word("0"), word("0"))
]

const server: ReadonlyArray<Words> = [
  say("PING"),
  say("PING", value),
  say("PING", value, value),
  say("ECHO", value),
  say("ECHO"),
  say("SELECT", word("0", "x")),
  say("CLIENT", word("GETNAME", "NOSUCH")),
  say("CLIENT", word("SETNAME"), word("me", "with blank", "")),
  say("FLUSHALL", maybe("SYNC", "ASYNC", "BAD")),
  say("LOLWUT", word("VERSION"), word("x")),
  say("HELLO", word("1", "4", "x")),
  say("NOSUCH", several(value)),
  say("nosuch"),
  say("GET"),
  say("SET", key),
  say("DEL"),
  say("EVAL", word("return 1"), word("0")),
  say(
    "EVAL",
    word(
      "return {1,{2,'x'},false,redis.status_reply('Y')}",
      "return ARGV[1]",
      "return redis.error_reply('MY err')"
    ),
    word("0"),
    value
  ),
  say(
    "EVAL",
    word(
      "return redis.call('GET', KEYS[1])",
      "return redis.call('INCR', KEYS[1])",
      "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('TYPE', KEYS[1])",
      "bad lua",
      "return redis.pcall('NOSUCH')"
    ),
    word("1"),
    key,
    value
  ),
  say("EVAL", word("return 1"), word("x", "-1", "5")),
  say("EVALSHA", word("0123456789012345678901234567890123456789", "short"), word("0")),
  say("SCRIPT", word("LOAD"), word("return 2", "bad")),
  say("SCRIPT", word("EXISTS"), several(word("7f923f79fe76194c868d7e1d0820de36700eb649", "x"))),
  say("EVALSHA", word("7f923f79fe76194c868d7e1d0820de36700eb649"), word("0")),
  say("PUBLISH", word("nobody"), value),
  say("PUBSUB", word("CHANNELS", "NUMPAT")),
  say("EXEC"),
  say("DISCARD"),
  say("UNWATCH"),
  say("WATCH", tagged),
  say("COMMAND", word("COUNT", "NOSUCH")),
  say("OBJECT", word("HELP")),
  say("BLPOP", tagged, word("0.01", "-1", "x")),
  say("RESET")
]

/** Commands without names of several slots, as a transaction has to be. */
const queued: ReadonlyArray<Words> = [
  say("SET", tagged, value),
  say("GET", tagged),
  say("INCR", tagged),
  say("RPUSH", tagged, value),
  say("HSET", tagged, field, value),
  say("MGET", several(tagged)),
  say("DEL", several(tagged)),
  say("PING"),
  say("NOSUCH", value),
  say("GET"),
  say("MULTI"),
  say("EVAL", word("return redis.call('GET', KEYS[1])"), word("1"), tagged)
]

const transaction = fc
  .tuple(
    maybe("WATCH {t}1"),
    fc.array(fc.oneof(...queued), { maxLength: 5 }),
    word("EXEC", "EXEC", "DISCARD")
  )
  .map(([watch, inner, end]) => [...(watch.length > 0 ? [watch] : []), ["MULTI"], ...inner, [end]])

const single = (of: ReadonlyArray<Words>) => fc.oneof(...of).map((words) => [words])

export const conversation: fc.Arbitrary<Conversation> = fc
  .tuple(
    fc.constantFrom<2 | 3>(2, 3),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: single(strings) },
        { weight: 8, arbitrary: single(collections) },
        { weight: 4, arbitrary: single(keys) },
        { weight: 3, arbitrary: single(server) },
        { weight: 2, arbitrary: transaction }
      ),
      { minLength: 1, maxLength: 40 }
    )
  )
  .map(([protocol, groups]) => {
    const commands = groups.flat()
    const encoder = new RespEncoder()
    for (const words of commands) encoder.command(words)
    return {
      protocol,
      commands: commands.map((words) => ({ name: words[0], words })),
      bytes: encoder.take()!
    }
  })
