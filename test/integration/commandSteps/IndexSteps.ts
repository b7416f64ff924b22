/** Sorted sets, streams, geospatial indexes, HyperLogLogs. All keys share a slot. */
import * as Option from "effect/Option"
import { failsWith, gives, givesShape, type Step } from "./Step.ts"

const { none, some } = Option
const scored = (member: string, score: number): { readonly member: string; readonly score: number } => ({
  member,
  score
})

export const sortedSetSteps: ReadonlyArray<Step> = [
  gives((r) => r.zadd("{k}z", [scored("a", 1), scored("b", 2.5), scored("c", Infinity)]), 3),
  gives((r) => r.zadd("{k}z", scored("a", 2), { condition: "XX", comparison: "GT", ch: true }), 1),
  gives((r) => r.zadd("{k}z", scored("a", 2), { incr: true }), some(4)),
  gives((r) => r.zadd("{k}z", scored("a", 1), { incr: true, condition: "NX" }), none()),
  gives((r) => r.zadd("{k}y", [scored("a", 10), scored("d", -1)]), 2),
  gives((r) => r.zcard("{k}z"), 3),
  gives((r) => r.zcount("{k}z", "(2.5", Infinity), 2),
  gives((r) => r.zincrby("{k}z", 0.5, "b"), 3),
  gives((r) => r.zlexcount("{k}z", "-", "+"), 3),
  gives((r) => r.zmscore("{k}z", ["a", "x"]), [some(4), none()]),
  gives((r) => r.zscore("{k}z", "c"), some(Infinity)),
  gives((r) => r.zscore("{k}z", "x"), none()),
  gives((r) => r.zrank("{k}z", "a"), some(1)),
  gives((r) => r.zrevrank("{k}z", "x"), none()),
  gives((r) => r.zrange("{k}z", 0, -1), ["b", "a", "c"]),
  gives((r) => r.zrange("{k}z", 0, 1, { withscores: true }), [scored("b", 3), scored("a", 4)]),
  gives(
    (r) => r.zrange("{k}z", "+inf", "(3", { sortby: "BYSCORE", rev: true, limit: { offset: 1, count: 5 } }),
    ["a"]
  ),
  gives((r) => r.zrangebyscore("{k}z", 0, 3), ["b"]),
  gives(
    (r) => r.zrangebyscore("{k}z", -Infinity, "(4", { withscores: true, limit: { offset: 0, count: 1 } }),
    [scored("b", 3)]
  ),
  gives((r) => r.zrevrangebyscore("{k}z", 4, 3, { withscores: true }), [scored("a", 4), scored("b", 3)]),
  gives((r) => r.zrevrange("{k}z", 0, 0, { withscores: true }), [scored("c", Infinity)]),
  gives((r) => r.zrevrange("{k}z", 0, 0), ["c"]),
  gives((r) => r.zrangebylex("{k}z", "-", "+", { limit: { offset: 0, count: 1 } }), ["b"]),
  gives((r) => r.zrevrangebylex("{k}z", "+", "-"), ["c", "a", "b"]),
  gives((r) => r.zrangestore("{k}x", "{k}z", 0, 1), 2),
  gives(
    (r) => r.zunion(["{k}z", "{k}y"], { weights: [1, 0.5], aggregate: "SUM", withscores: true }),
    [scored("d", -0.5), scored("b", 3), scored("a", 9), scored("c", Infinity)]
  ),
  gives((r) => r.zunion(["{k}y"]), ["d", "a"]),
  gives((r) => r.zunionstore("{k}x", ["{k}z", "{k}y"], { aggregate: "MAX" }), 4),
  gives((r) => r.zinter(["{k}z", "{k}y"], { withscores: true }), [scored("a", 14)]),
  gives((r) => r.zinter(["{k}z", "{k}y"]), ["a"]),
  gives((r) => r.zintercard(["{k}z", "{k}y"], { limit: 3 }), 1),
  gives((r) => r.zinterstore("{k}x", ["{k}z", "{k}y"], { weights: [2, 1] }), 1),
  gives((r) => r.zdiff(["{k}z", "{k}y"]), ["b", "c"]),
  gives((r) => r.zdiff(["{k}z", "{k}y"], { withscores: true }), [scored("b", 3), scored("c", Infinity)]),
  gives((r) => r.zdiffstore("{k}x", ["{k}y", "{k}z"]), 1),
  gives((r) => r.zrandmember("{k}x"), some("d")),
  gives((r) => r.zrandmember("{k}missing"), none()),
  gives((r) => r.zrandmember("{k}x", { count: -2 }), ["d", "d"]),
  gives((r) => r.zrandmember("{k}x", { count: 1, withscores: true }), [scored("d", -1)]),
  gives((r) => r.zscan("{k}x", 0, { match: "d*" }), { cursor: "0", items: [scored("d", -1)] }),
  gives((r) => r.zpopmin("{k}z"), some(scored("b", 3))),
  gives((r) => r.zpopmax("{k}z", 1), [scored("c", Infinity)]),
  gives((r) => r.zpopmax("{k}missing"), none()),
  gives((r) => r.zpopmin("{k}missing", 2), []),
  gives((r) => r.zmpop(["{k}missing", "{k}z"], "MIN"), some({ key: "{k}z", members: [scored("a", 4)] })),
  gives((r) => r.zmpop("{k}z", "MAX", { count: 2 }), none()),
  gives((r) => r.bzpopmin("{k}y", 1), some({ key: "{k}y", member: "d", score: -1 })),
  gives((r) => r.bzpopmax(["{k}y"], 1), some({ key: "{k}y", member: "a", score: 10 })),
  gives((r) => r.bzpopmax("{k}y", 0.01), none()),
  gives((r) => r.bzmpop(1, "{k}x", "MAX", { count: 3 }), some({ key: "{k}x", members: [scored("d", -1)] })),
  gives((r) => r.zadd("{k}z", [scored("a", 0), scored("b", 0), scored("c", 0), scored("d", 7)]), 4),
  gives((r) => r.zremrangebylex("{k}z", "[a", "(b"), 1),
  gives((r) => r.zremrangebyscore("{k}z", 5, Infinity), 1),
  gives((r) => r.zremrangebyrank("{k}z", 0, 0), 1),
  gives((r) => r.zrem("{k}z", ["c", "x"]), 1)
]

const entry = (id: string, fields: Readonly<Record<string, string>>) => ({ id, fields })
const ENTRY = entry("1-1", { a: "1", b: "2" })
const STATE = {
  length: 2,
  radixTreeKeys: 1,
  radixTreeNodes: 2,
  lastGeneratedId: "3-1",
  maxDeletedEntryId: "3-1",
  entriesAdded: 3,
  recordedFirstEntryId: "1-1"
}

export const streamSteps: ReadonlyArray<Step> = [
  gives((r) => r.xadd("{k}q", "1-1", { a: 1, b: 2 }), some("1-1")),
  gives((r) => r.xadd("{k}missing", "*", { a: 1 }, { nomkstream: true }), none()),
  gives(
    (r) =>
      r.xadd("{k}q", "2-1", [["c", "x"]], {
        trim: { strategy: "MAXLEN", operator: "~", threshold: 1000, limit: 10 }
      }),
    some("2-1")
  ),
  gives((r) => r.xadd("{k}q", "3-1", { d: 4 }), some("3-1")),
  gives((r) => r.xdel("{k}q", "3-1"), 1),
  gives((r) => r.xsetid("{k}q", "3-1", { entriesadded: 3, maxdeletedid: "3-1" }), undefined),
  failsWith((r) => r.xsetid("{k}q", "1-1"), /ERR The ID specified in XSETID is smaller/),
  gives((r) => r.xlen("{k}q"), 2),
  gives((r) => r.xrange("{k}q", "-", "+", { count: 1 }), [ENTRY]),
  gives((r) => r.xrevrange("{k}q", "+", "-"), [entry("2-1", { c: "x" }), ENTRY]),
  gives(
    (r) => r.xread({ "{k}q": "1-1", "{k}missing": 0 }, { count: 5 }),
    [{ key: "{k}q", entries: [entry("2-1", { c: "x" })] }]
  ),
  gives((r) => r.xread({ "{k}q": "$" }), []),
  gives((r) => r.xread({ "{k}q": "$" }, { block: 10 }), []),
  gives((r) => r.xinfoStream("{k}q"), {
    ...STATE,
    groups: 0,
    firstEntry: some(ENTRY),
    lastEntry: some(entry("2-1", { c: "x" }))
  }),
  gives((r) => r.xgroupCreate("{k}q", "g", "0", { entriesread: 0 }), undefined),
  gives((r) => r.xgroupCreate("{k}o", "g", "$", { mkstream: true }), undefined),
  failsWith((r) => r.xgroupCreate("{k}q", "g", "$"), /BUSYGROUP/),
  gives((r) => r.xgroupCreateconsumer("{k}q", "g", "alice"), true),
  gives((r) => r.xgroupCreateconsumer("{k}q", "g", "alice"), false),
  gives(
    (r) => r.xreadgroup({ group: "g", consumer: "alice" }, { "{k}q": ">" }, { count: 1 }),
    [{ key: "{k}q", entries: [ENTRY] }]
  ),
  gives(
    (r) => r.xreadgroup({ group: "g", consumer: "alice" }, { "{k}o": ">" }, { block: 10, noack: true }),
    []
  ),
  gives((r) => r.xpending("{k}q", "g"), {
    count: 1,
    smallestId: some("1-1"),
    greatestId: some("1-1"),
    consumers: [["alice", 1]]
  }),
  gives((r) => r.xpending("{k}o", "g"), { count: 0, smallestId: none(), greatestId: none(), consumers: [] }),
  givesShape((r) => r.xpending("{k}q", "g", { start: "-", end: "+", count: 5, consumer: "alice", idle: 0 })),
  gives((r) => r.xclaim("{k}q", "g", "bob", 0, "1-1", { idle: 5, retrycount: 2 }), [ENTRY]),
  gives(
    (r) => r.xclaim("{k}q", "g", "bob", 0, ["1-1"], { time: 1000, force: true, justid: true, lastid: "1-1" }),
    ["1-1"]
  ),
  gives((r) => r.xautoclaim("{k}q", "g", "alice", 0, "0-0", { count: 1 }), {
    start: "0-0",
    entries: [ENTRY],
    deletedIds: []
  }),
  gives((r) => r.xautoclaim("{k}q", "g", "alice", 0, "0", { justid: true }), {
    start: "0-0",
    entries: ["1-1"],
    deletedIds: []
  }),
  gives(
    (r) => r.xinfoGroups("{k}q"),
    [{ name: "g", consumers: 2, pending: 1, lastDeliveredId: "1-1", entriesRead: none(), lag: none() }]
  ),
  gives(
    (r) => r.xinfoGroups("{k}o"),
    [{ name: "g", consumers: 0, pending: 0, lastDeliveredId: "0-0", entriesRead: none(), lag: some(0) }]
  ),
  givesShape((r) => r.xinfoConsumers("{k}q", "g")),
  givesShape((r) => r.xinfoStream("{k}q", { full: true })),
  givesShape((r) => r.xinfoStream("{k}q", { full: { count: 1 } })),
  gives((r) => r.xack("{k}q", "g", ["1-1", "9-9"]), 1),
  gives((r) => r.xgroupSetid("{k}q", "g", "$", { entriesread: 2 }), undefined),
  gives((r) => r.xgroupDelconsumer("{k}q", "g", "bob"), 0),
  gives((r) => r.xgroupDestroy("{k}q", "g"), true),
  gives((r) => r.xgroupDestroy("{k}q", "g"), false),
  gives((r) => r.xtrim("{k}q", { strategy: "MINID", operator: "=", threshold: "2-0" }), 1),
  givesShape((r) => r.xgroupHelp()),
  givesShape((r) => r.xinfoHelp())
]

const PALERMO = { longitude: 13.361389, latitude: 38.115556, member: "Palermo" }
const CATANIA = { longitude: 15.087269, latitude: 37.502669, member: "Catania" }
const CENTRE = { FROMLONLAT: { longitude: 15, latitude: 37 } } as const
const CIRCLE = { BYRADIUS: { radius: 200, unit: "KM" } } as const

export const geoSteps: ReadonlyArray<Step> = [
  gives((r) => r.geoadd("{k}g", [PALERMO, CATANIA]), 2),
  gives((r) => r.geoadd("{k}g", PALERMO, { condition: "NX", ch: true }), 0),
  gives((r) => r.geodist("{k}g", "Palermo", "Catania"), some(166274.1516)),
  gives((r) => r.geodist("{k}g", "Palermo", "Catania", "KM"), some(166.2742)),
  gives((r) => r.geodist("{k}g", "Palermo", "x"), none()),
  gives((r) => r.geohash("{k}g", ["Palermo", "x"]), [some("sqc8b49rny0"), none()]),
  givesShape((r) => r.geopos("{k}g", ["Palermo", "x"])),
  gives((r) => r.geosearch("{k}g", CENTRE, CIRCLE, { order: "ASC" }), ["Catania", "Palermo"]),
  gives(
    (r) =>
      r.geosearch(
        "{k}g",
        { FROMMEMBER: "Palermo" },
        { BYBOX: { width: 400, height: 400, unit: "KM" } },
        {
          count: { count: 1, any: true },
          withdist: true
        }
      ),
    [{ member: "Palermo", distance: some(0), hash: none(), coordinates: none() }]
  ),
  givesShape((r) => r.geosearch("{k}g", CENTRE, CIRCLE, { withcoord: true, withdist: true, withhash: true })),
  gives(
    (r) => r.geosearchstore("{k}g2", "{k}g", CENTRE, CIRCLE, { storedist: true, count: { count: 1 } }),
    1
  ),
  gives((r) => r.georadius("{k}g", 15, 37, 200, "KM", { order: "DESC" }), ["Palermo", "Catania"]),
  gives(
    (r) => r.georadius("{k}g", 15, 37, 200, "KM", { withhash: true, count: { count: 1 } }),
    [{ member: "Catania", distance: none(), hash: some(3479447370796909), coordinates: none() }]
  ),
  gives((r) => r.georadius("{k}g", 15, 37, 200, "KM", { store: "{k}g2" }), 2),
  gives((r) => r.georadiusRo("{k}g", 15, 37, 100, "KM"), ["Catania"]),
  gives(
    (r) => r.georadiusRo("{k}g", 15, 37, 100, "KM", { withdist: true }),
    [{ member: "Catania", distance: some(56.4413), hash: none(), coordinates: none() }]
  ),
  gives((r) => r.georadiusbymember("{k}g", "Catania", 1, "KM"), ["Catania"]),
  givesShape((r) => r.georadiusbymember("{k}g", "Catania", 1, "KM", { withcoord: true })),
  gives((r) => r.georadiusbymember("{k}g", "Catania", 1, "MI", { storedist: "{k}g2" }), 1),
  gives((r) => r.georadiusbymemberRo("{k}g", "Catania", 1, "FT"), ["Catania"]),
  gives(
    (r) => r.georadiusbymemberRo("{k}g", "Catania", 1, "M", { withdist: true, order: "ASC" }),
    [{ member: "Catania", distance: some(0), hash: none(), coordinates: none() }]
  ),

  gives((r) => r.pfadd("{k}p", ["a", "b"]), true),
  gives((r) => r.pfadd("{k}p"), false),
  gives((r) => r.pfcount(["{k}p", "{k}missing"]), 2),
  gives((r) => r.pfmerge("{k}p2", "{k}p"), undefined),
  gives((r) => r.pfdebug("ENCODING", "{k}p"), "sparse"),
  gives((r) => r.pfselftest(), undefined)
]
