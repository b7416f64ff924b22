/** Keys of any type, scripts and functions. All keys share a slot. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CommandError } from "../../../src/client/commands/TypedCommand.ts"
import type { RedisService } from "../../../src/client/Redis.ts"
import { failsWith, gives, givesShape, type Step } from "./Step.ts"

const { none, some } = Option
const SECONDS_LATER = Math.floor(Date.now() / 1000) + 10_000

const dumpAndRestore = (
  redis: RedisService,
  restore: (payload: Uint8Array) => Effect.Effect<void, CommandError>
): Effect.Effect<void, CommandError> =>
  Effect.flatMap(redis.dump("{k}1"), (payload) => restore(Option.getOrThrow(payload)))

/** Keys alone in the database. */
export const keySteps: ReadonlyArray<Step> = [
  gives((r) => r.flushall(), undefined),
  gives((r) => r.randomkey(), none()),
  gives((r) => r.set("{k}1", "v"), true),
  gives((r) => r.randomkey(), some("{k}1")),
  gives((r) => r.keys("*"), ["{k}1"]),
  gives((r) => r.bytes.keys("*"), [Buffer.from("{k}1")]),
  gives((r) => r.dbsize(), 1),
  gives((r) => r.type("{k}1"), "string"),
  gives((r) => r.type("{k}missing"), "none"),
  gives((r) => r.exists(["{k}1", "{k}1", "{k}missing"]), 2),
  gives((r) => r.touch("{k}1"), 1),
  gives((r) => r.ttl("{k}1"), -1),
  gives((r) => r.pttl("{k}missing"), -2),
  gives((r) => r.expire("{k}1", 100), true),
  gives((r) => r.expire("{k}1", 50, "GT"), false),
  gives((r) => r.pexpire("{k}1", 200_000, "XX"), true),
  gives((r) => r.expireat("{k}1", SECONDS_LATER, "GT"), true),
  gives((r) => r.expiretime("{k}1"), SECONDS_LATER),
  gives((r) => r.pexpireat("{k}1", SECONDS_LATER * 1000), true),
  gives((r) => r.pexpiretime("{k}1"), SECONDS_LATER * 1000),
  gives((r) => r.persist("{k}1"), true),
  gives((r) => r.persist("{k}1"), false),
  gives((r) => r.copy("{k}1", "{k}2", { replace: true }), true),
  gives((r) => r.copy("{k}1", "{k}2"), false),
  gives((r) => r.rename("{k}2", "{k}3"), undefined),
  gives((r) => r.renamenx("{k}3", "{k}1"), false),
  gives((r) => r.unlink(["{k}3"]), 1),
  gives((r) => r.del("{k}3"), 0),
  gives((r) => dumpAndRestore(r, (payload) => r.restore("{k}4", 0, payload, { replace: true })), undefined),
  gives(
    (r) => dumpAndRestore(r, (payload) => r.restoreAsking("{k}5", 0, payload, { idletime: 5 })),
    undefined
  ),
  failsWith((r) => r.restore("{k}4", 0, "nonsense"), /BUSYKEY/),
  gives((r) => r.get("{k}4"), some("v")),
  gives((r) => r.dump("{k}missing"), none()),
  gives((r) => r.objectEncoding("{k}1"), some("embstr")),
  gives((r) => r.objectEncoding("{k}missing"), none()),
  gives((r) => r.objectRefcount("{k}1"), some(1)),
  givesShape((r) => r.objectIdletime("{k}1")),
  failsWith((r) => r.objectFreq("{k}1"), /ERR An LFU maxmemory policy is not selected/),
  givesShape((r) => r.objectHelp()),
  givesShape((r) => r.memoryUsage("{k}1", { samples: 0 })),
  gives((r) => r.memoryUsage("{k}missing"), none()),
  gives((r) => r.rpush("{k}list", [3, 1, 2]), 3),
  gives((r) => r.mset({ "{k}w1": 30, "{k}w2": 20, "{k}w3": 10 }), undefined),
  gives((r) => r.sort("{k}list"), ["1", "2", "3"]),
  gives((r) => r.sort("{k}list", { alpha: true, order: "DESC", limit: { offset: 0, count: 2 } }), ["3", "2"]),
  gives((r) => r.sort("{k}list", { store: "{k}sorted" }), 3),
  gives((r) => r.sortRo("{k}list", { order: "DESC" }), ["3", "2", "1"])
]

/** A cluster refuses patterns that may name keys of other slots, and has only one database. */
export const standaloneKeySteps: ReadonlyArray<Step> = [
  gives(
    (r) => r.sort("{k}list", { by: "{k}w*", get: ["#", "{k}w*", "{k}nothing*"] }),
    [some("3"), some("10"), none(), some("2"), some("20"), none(), some("1"), some("30"), none()]
  ),
  gives((r) => r.sortRo("{k}list", { by: "nosort", get: "#", limit: { offset: 0, count: 1 } }), [some("3")]),
  gives((r) => r.copy("{k}1", "{k}1", { db: 1 }), true),
  gives((r) => r.move("{k}1", 1), false),
  gives((r) => r.scan(0, { match: "{k}sor*", count: 1000, type: "list" }), {
    cursor: "0",
    items: ["{k}sorted"]
  }),
  gives((r) => r.swapdb(0, 1), undefined),
  gives((r) => r.swapdb(0, 1), undefined),
  gives((r) => r.configSet({ "maxmemory-policy": "allkeys-lfu" }), undefined),
  givesShape((r) => r.objectFreq("{k}1")),
  gives((r) => r.configSet([["maxmemory-policy", "noeviction"]]), undefined),
  gives((r) => r.flushdb("ASYNC"), undefined),
  gives((r) => r.migrate("127.0.0.1", 1, 0, 100, "{k}missing", { copy: true, replace: true }), false)
]

const SHA = "a42059b356c875f0717db19a51f6aaca9ae659ea"
const SCRIPT = "return {KEYS[1],ARGV[1],2}"
const LIBRARY =
  "#!lua name=mylib\nredis.register_function{function_name='f',callback=function(keys, args) return args[1] end,flags={'no-writes'}}"

export const scriptSteps: ReadonlyArray<Step> = [
  gives((r) => r.eval("return 7"), 7),
  gives((r) => r.eval(SCRIPT, "{k}1", ["x"]), ["{k}1", "x", 2]),
  gives((r) => r.bytes.eval(SCRIPT, ["{k}1"], "x"), [Buffer.from("{k}1"), Buffer.from("x"), 2]),
  gives(
    (r) => r.evalRo("return {false, redis.status_reply('fine'), {1, 'two'}}"),
    [null, "fine", [1, "two"]]
  ),
  gives((r) => r.scriptLoad("return ARGV[1]"), "098e0f0d1448c0a81dafe820f66d460eb09263da"),
  gives((r) => r.scriptExists(["098e0f0d1448c0a81dafe820f66d460eb09263da", SHA]), [true, false]),
  gives((r) => r.evalsha("098e0f0d1448c0a81dafe820f66d460eb09263da", [], ["x"]), "x"),
  gives((r) => r.evalshaRo("098e0f0d1448c0a81dafe820f66d460eb09263da", undefined, "x"), "x"),
  failsWith((r) => r.evalsha(SHA), /NOSCRIPT/),
  gives((r) => r.scriptFlush("SYNC"), undefined),
  failsWith((r) => r.scriptKill(), /NOTBUSY/),
  givesShape((r) => r.scriptHelp()),
  gives((r) => r.functionLoad(LIBRARY, { replace: true }), "mylib"),
  gives((r) => r.fcall("f", [], ["x"]), "x"),
  gives((r) => r.fcallRo("f", "{k}1", [1, 2]), "1"),
  gives(
    (r) => r.functionList({ libraryname: "my*", withcode: true }),
    [
      {
        libraryName: "mylib",
        engine: "LUA",
        functions: [{ name: "f", description: none(), flags: ["no-writes"] }],
        libraryCode: some(LIBRARY)
      }
    ]
  ),
  gives((r) => r.functionStats(), {
    runningScript: none(),
    engines: { LUA: { librariesCount: 1, functionsCount: 1 } }
  }),
  gives(
    (r) => Effect.flatMap(r.functionDump(), (payload) => r.functionRestore(payload, "REPLACE")),
    undefined
  ),
  gives((r) => r.functionDelete("mylib"), undefined),
  gives((r) => r.functionFlush("ASYNC"), undefined),
  failsWith((r) => r.functionKill(), /NOTBUSY/),
  givesShape((r) => r.functionHelp())
]
