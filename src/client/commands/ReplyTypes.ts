/**
 * What every command gives: the one table from which replies are decoded and
 * the methods get their types, so that the two cannot drift apart. Kept by
 * hand, by topic, an entry per command; checked by calling every command on a
 * real server (test/integration/Commands.test.ts). What servers say of
 * themselves is in ServerReplyTypes.
 *
 * Where the options decide, an entry has several decoders, by the options or
 * parameters that have to be given (`a|b`: one of them; `increment:bigint`:
 * given as one), the first that holds; `otherwise` is the last.
 *
 * `value` reads what is stored, `name` keys and fields: text, or what the view
 * asks for (`redis.bytes`, `redis.returning`). An integer is a `number`; one
 * beyond 2^53 is an UnexpectedReply rather than rounded, except where one can
 * ask for a `bigint` (INCRBY, DECRBY and HINCRBY by a bigint) or has fields of
 * 64 bits (BITFIELD). Nil is `None`, and an empty array where the command
 * otherwise answers with an array. Cursors and stream IDs are text.
 */
import {
  array,
  bigint,
  boolean,
  bytes,
  type Decoder,
  double,
  int64,
  integer,
  isDone,
  ok,
  optional,
  pairs,
  plain,
  record,
  scanPage,
  text,
  tuple,
  withDefault
} from "../reply/FromResp.ts"
import { keysAndFlags } from "./CommandReplies.ts"
import { commonSubsequence } from "./LcsReply.ts"
import { geoMember, geoPosition, scoredMember, scoredMembers } from "./MemberReplies.ts"
import type { serverReplyTypes } from "./ServerReplyTypes.ts"
import * as Stream from "./StreamReplies.ts"

/** Not annotated: the types of the methods are taken from its type. */
export const replyTypes = <V, K>(value: Decoder<V>, name: Decoder<K>) => {
  const some = optional(value)
  const values = array(value)
  const names = array(name)
  const valuesOrNil = withDefault(values, [])
  const scored = scoredMembers(value)
  const withScores = { withscores: scored, otherwise: values }
  const popped = { count: scored, otherwise: scoredMember(value) }
  const poppedFrom = optional(tuple({ key: name, member: value, score: double }))
  const multiPopped = optional(tuple({ key: name, members: scored }))
  const elementFrom = optional(tuple({ key: name, element: value }))
  const elementsFrom = optional(tuple({ key: name, elements: values }))
  const found = { "withcoord|withdist|withhash": array(geoMember(value)), otherwise: values }
  const foundOrStored = { "store|storedist": integer, ...found }
  const entries = Stream.streamEntries(value)
  const read = Stream.streams(name, value)
  const script = plain(value)
  const sorted = { get: array(some), otherwise: values }
  const counter = { "increment:bigint": bigint, otherwise: integer }

  return {
    // Strings
    append: integer,
    decr: integer,
    decrby: { "decrement:bigint": bigint, otherwise: integer },
    get: some,
    getdel: some,
    getex: some,
    getrange: value,
    getset: some,
    incr: integer,
    incrby: counter,
    incrbyfloat: double,
    lcs: { idx: commonSubsequence, len: integer, otherwise: value },
    mget: array(some),
    mset: ok,
    msetnx: boolean,
    psetex: ok,
    set: { get: some, otherwise: isDone },
    setex: ok,
    setnx: boolean,
    setrange: integer,
    strlen: integer,
    substr: value,

    // Bitmaps
    bitcount: integer,
    bitfield: array(optional(int64)),
    bitfieldRo: array(int64),
    bitop: integer,
    bitpos: integer,
    getbit: integer,
    setbit: integer,

    // Hashes
    hdel: integer,
    hexists: boolean,
    hget: some,
    hgetall: record(value),
    hincrby: counter,
    hincrbyfloat: double,
    hkeys: names,
    hlen: integer,
    hmget: array(some),
    hmset: ok,
    hrandfield: { withvalues: pairs(name, value), count: names, otherwise: optional(name) },
    hscan: scanPage(pairs(name, value)),
    hset: integer,
    hsetnx: boolean,
    hstrlen: integer,
    hvals: values,

    // Lists
    blmove: some,
    blmpop: elementsFrom,
    blpop: elementFrom,
    brpop: elementFrom,
    brpoplpush: some,
    lindex: some,
    linsert: integer,
    llen: integer,
    lmove: some,
    lmpop: elementsFrom,
    lpop: { count: valuesOrNil, otherwise: some },
    lpos: { count: array(integer), otherwise: optional(integer) },
    lpush: integer,
    lpushx: integer,
    lrange: values,
    lrem: integer,
    lset: ok,
    ltrim: ok,
    rpop: { count: valuesOrNil, otherwise: some },
    rpoplpush: some,
    rpush: integer,
    rpushx: integer,

    // Sets
    sadd: integer,
    scard: integer,
    sdiff: values,
    sdiffstore: integer,
    sinter: values,
    sintercard: integer,
    sinterstore: integer,
    sismember: boolean,
    smembers: values,
    smismember: array(boolean),
    smove: boolean,
    spop: { count: values, otherwise: some },
    srandmember: { count: values, otherwise: some },
    srem: integer,
    sscan: scanPage(values),
    sunion: values,
    sunionstore: integer,

    // Sorted sets
    bzmpop: multiPopped,
    bzpopmax: poppedFrom,
    bzpopmin: poppedFrom,
    zadd: { incr: optional(double), otherwise: integer },
    zcard: integer,
    zcount: integer,
    zdiff: withScores,
    zdiffstore: integer,
    zincrby: double,
    zinter: withScores,
    zintercard: integer,
    zinterstore: integer,
    zlexcount: integer,
    zmpop: multiPopped,
    zmscore: array(optional(double)),
    zpopmax: popped,
    zpopmin: popped,
    zrandmember: { withscores: scored, count: values, otherwise: some },
    zrange: withScores,
    zrangebylex: values,
    zrangebyscore: withScores,
    zrangestore: integer,
    zrank: optional(integer),
    zrem: integer,
    zremrangebylex: integer,
    zremrangebyrank: integer,
    zremrangebyscore: integer,
    zrevrange: withScores,
    zrevrangebylex: values,
    zrevrangebyscore: withScores,
    zrevrank: optional(integer),
    zscan: scanPage(scored),
    zscore: optional(double),
    zunion: withScores,
    zunionstore: integer,

    // Streams
    xack: integer,
    xadd: optional(text),
    xautoclaim: {
      justid: Stream.autoClaimed(text),
      otherwise: Stream.autoClaimed(Stream.streamEntry(value))
    },
    xclaim: { justid: array(text), otherwise: entries },
    xdel: integer,
    xgroupCreate: ok,
    xgroupCreateconsumer: boolean,
    xgroupDelconsumer: integer,
    xgroupDestroy: boolean,
    xgroupSetid: ok,
    xinfoConsumers: array(Stream.consumerInfo),
    xinfoGroups: array(Stream.groupInfo),
    xinfoStream: { full: Stream.fullStreamInfo(value), otherwise: Stream.streamInfo(value) },
    xlen: integer,
    xpending: { filters: Stream.pendingEntries, otherwise: Stream.pendingSummary },
    xrange: entries,
    xread: read,
    xreadgroup: read,
    xrevrange: entries,
    xsetid: ok,
    xtrim: integer,

    // Geospatial indexes
    geoadd: integer,
    geodist: optional(double),
    geohash: array(optional(text)),
    geopos: array(optional(geoPosition)),
    georadius: foundOrStored,
    georadiusRo: found,
    georadiusbymember: foundOrStored,
    georadiusbymemberRo: found,
    geosearch: found,
    geosearchstore: integer,

    // HyperLogLogs
    pfadd: boolean,
    pfcount: integer,
    pfdebug: script,
    pfmerge: ok,
    pfselftest: ok,

    // Keys
    copy: boolean,
    del: integer,
    dump: optional(bytes),
    exists: integer,
    expire: boolean,
    expireat: boolean,
    expiretime: integer,
    keys: names,
    move: boolean,
    objectEncoding: optional(text),
    objectFreq: optional(integer),
    objectIdletime: optional(integer),
    objectRefcount: optional(integer),
    persist: boolean,
    pexpire: boolean,
    pexpireat: boolean,
    pexpiretime: integer,
    pttl: integer,
    randomkey: optional(name),
    rename: ok,
    renamenx: boolean,
    restore: ok,
    restoreAsking: ok,
    scan: scanPage(names),
    sort: { store: integer, ...sorted },
    sortRo: sorted,
    touch: integer,
    ttl: integer,
    type: text,
    unlink: integer,

    // Scripts and functions
    eval: script,
    evalRo: script,
    evalsha: script,
    evalshaRo: script,
    fcall: script,
    fcallRo: script,

    // What comes back, or names keys and channels
    clusterGetkeysinslot: names,
    commandGetkeys: names,
    commandGetkeysandflags: keysAndFlags(name),
    debug: script,
    echo: value,
    ping: { message: value, otherwise: text },
    pubsubChannels: names,
    pubsubShardchannels: names
  }
}

/** By method; those whose reply depends on the call have one type per variant. */
export type Replies<V, K> = ReturnType<typeof replyTypes<V, K>> & typeof serverReplyTypes
