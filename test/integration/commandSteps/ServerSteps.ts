/** Connections, users, settings, persistence, measurements, pub/sub from outside. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { CommandError } from "../../../src/client/commands/TypedCommand.ts"
import type { RedisService } from "../../../src/client/Redis.ts"
import { text } from "../../../src/protocol/Resp.ts"
import { failsWith, gives, givesShape, type Step } from "./Step.ts"

const { none, some } = Option

/** Kills another connection by its address. */
const killConnection = (redis: RedisService): Effect.Effect<number, CommandError> =>
  Effect.gen(function* () {
    const { nodes } = yield* redis.client.topology
    const other = yield* redis.client.connectTo(nodes[0].address)
    const info = text(yield* other.execute("CLIENT", "INFO")) ?? ""
    return yield* redis.clientKill(/ addr=(\S+)/.exec(info)![1])
  }).pipe(Effect.scoped)

/** Something for ACL LOG: a user who may do nothing but PING. */
const beRefused = (redis: RedisService): Effect.Effect<unknown, CommandError> =>
  Effect.gen(function* () {
    yield* redis.aclSetuser("limited", ["on", "nopass", "+ping"])
    const { nodes } = yield* redis.client.topology
    const other = yield* redis.client.connectTo(nodes[0].address)
    yield* other.execute("AUTH", "limited", "any")
    yield* other.execute("GET", "secret")
    return yield* redis.aclLog(1)
  }).pipe(Effect.scoped)

export const connectionSteps: ReadonlyArray<Step> = [
  gives((r) => r.ping(), "PONG"),
  gives((r) => r.ping("hello"), "hello"),
  gives((r) => r.bytes.ping("hello"), Buffer.from("hello")),
  gives((r) => r.echo("hello"), "hello"),
  gives((r) => killConnection(r), 1),
  gives((r) => r.clientKill({ type: "PUBSUB", skipme: "NO" }), 0),
  gives((r) => r.clientKill({ id: 999_999, user: "default", laddr: "127.0.0.1:1", addr: "127.0.0.1:1" }), 0),
  givesShape((r) => r.clientList()),
  gives((r) => r.clientList({ type: "PUBSUB" }), []),
  gives((r) => r.clientList({ id: [999_998, 999_999] }), []),
  gives((r) => r.clientPause(1, "WRITE"), undefined),
  gives((r) => r.clientUnpause(), undefined),
  gives((r) => r.clientUnblock(999_999, "ERROR"), false),
  givesShape((r) => r.clientHelp()),
  gives((r) => r.publish("channel", "message"), 0),
  gives((r) => r.spublish("channel", "message"), 0),
  gives((r) => r.pubsubChannels("*"), []),
  gives((r) => r.pubsubNumpat(), 0),
  gives((r) => r.pubsubNumsub(["a", "b"]), { a: 0, b: 0 }),
  gives((r) => r.pubsubShardchannels(), []),
  gives((r) => r.pubsubShardnumsub("a"), { a: 0 }),
  givesShape((r) => r.pubsubHelp())
]

export const userSteps: ReadonlyArray<Step> = [
  givesShape((r) => beRefused(r)),
  gives((r) => r.aclLog("RESET"), undefined),
  gives((r) => r.aclLog(), []),
  gives((r) => r.aclSetuser("alice", ["on", ">secret", "~cache:*", "+@read", "(+@write ~w:*)"]), undefined),
  gives(
    (r) => r.aclGetuser("alice"),
    some({
      flags: ["on"],
      passwords: ["2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"],
      commands: "-@all +@read",
      keys: "~cache:*",
      channels: "",
      selectors: [{ commands: "-@all +@write", keys: "~w:*", channels: "" }]
    })
  ),
  gives((r) => r.aclGetuser("nobody"), none()),
  gives((r) => r.aclDryrun("alice", "get", "cache:1"), "OK"),
  gives((r) => r.aclDryrun("alice", "ping"), "This user has no permissions to run the 'ping' command"),
  gives((r) => r.aclUsers(), ["alice", "default", "limited"]),
  givesShape((r) => r.aclList()),
  gives((r) => r.aclSave(), undefined),
  gives((r) => r.aclLoad(), undefined),
  gives((r) => r.aclDeluser(["alice", "limited", "nobody"]), 2),
  gives((r) => r.aclWhoami(), "default"),
  givesShape((r) => r.aclCat()),
  givesShape((r) => r.aclCat("hyperloglog")),
  gives((r) => Effect.map(r.aclGenpass(32), (password) => password.length), 8),
  givesShape((r) => r.aclHelp())
]

export const commandTableSteps: ReadonlyArray<Step> = [
  // The order is the server's own.
  givesShape((r) => Effect.map(r.command(), (all) => all.toSorted((a, b) => (a.name < b.name ? -1 : 1)))),
  gives((r) => r.commandCount(), 240),
  givesShape((r) => r.commandDocs(["get", "config"])),
  givesShape((r) => r.commandDocs()),
  gives((r) => r.commandGetkeys("mset", ["a", 1, "b", 2]), ["a", "b"]),
  gives((r) => r.commandGetkeysandflags("set", ["a", 1]), [{ key: "a", flags: ["OW", "update"] }]),
  gives(
    (r) =>
      Effect.map(r.commandInfo(["get", "nothing"]), (infos) =>
        infos.map(Option.map(({ arity, firstKey, name, tips }) => ({ arity, firstKey, name, tips })))
      ),
    [some({ arity: 2, firstKey: 1, name: "get", tips: [] }), none()]
  ),
  gives((r) => r.commandList({ filterby: { PATTERN: "xreadg*" } }), ["xreadgroup"]),
  givesShape((r) => r.commandList()),
  givesShape((r) => r.commandHelp())
]

export const settingSteps: ReadonlyArray<Step> = [
  gives((r) => r.configSet({ "slowlog-log-slower-than": 0, "latency-monitor-threshold": 1 }), undefined),
  gives((r) => r.configGet(["latency-monitor-threshold", "slowlog-log-slower*"]), {
    "latency-monitor-threshold": "1",
    "slowlog-log-slower-than": "0"
  }),
  gives((r) => r.configResetstat(), undefined),
  gives((r) => r.configRewrite(), undefined),
  givesShape((r) => r.configHelp()),
  gives((r) => r.debug("SLEEP", 0.01), "OK"),
  givesShape((r) => r.latencyLatest()),
  givesShape((r) => r.latencyHistory("command")),
  givesShape((r) => r.latencyHistogram(["config|get", "debug"])),
  givesShape((r) => r.latencyDoctor()),
  givesShape((r) => r.latencyGraph("command")),
  gives((r) => r.latencyReset("command"), 1),
  givesShape((r) => r.latencyHelp()),
  givesShape((r) => r.slowlogGet(2)),
  givesShape((r) => r.slowlogLen()),
  gives((r) => r.slowlogReset(), undefined),
  givesShape((r) => r.slowlogHelp()),
  givesShape((r) => r.info()),
  givesShape((r) => r.info(["server", "clients"])),
  gives((r) => r.lolwut({ version: 1 }), "Redis ver. 7.0.15\n"),
  givesShape((r) => r.memoryDoctor()),
  givesShape((r) => r.memoryMallocStats()),
  gives((r) => r.memoryPurge(), undefined),
  givesShape((r) => r.memoryStats()),
  givesShape((r) => r.memoryHelp()),
  givesShape((r) => r.time()),
  gives((r) => r.moduleList(), []),
  failsWith((r) => r.moduleLoad("/nothing.so", ["a"]), /ERR Error loading the extension/),
  failsWith(
    (r) => r.moduleLoadex("/nothing.so", { config: { name: 1 }, args: "a" }),
    /ERR Error loading the ext/
  ),
  failsWith((r) => r.moduleUnload("nothing"), /ERR Error unloading module/),
  givesShape((r) => r.moduleHelp())
]

export const persistenceSteps: ReadonlyArray<Step> = [
  gives((r) => r.save(), undefined),
  givesShape((r) => r.lastsave()),
  gives((r) => r.bgrewriteaof(), "Background append only file rewriting started"),
  givesShape((r) => r.bgsave({ schedule: true })),
  gives((r) => r.role(), { role: "master", replicationOffset: 0, replicas: [] }),
  gives((r) => r.replicaof("NO ONE"), undefined),
  gives((r) => r.slaveof("NO ONE"), undefined),
  failsWith((r) => r.failover({ abort: true }), /ERR No failover in progress/),
  failsWith(
    (r) => r.failover({ to: { host: "127.0.0.1", port: 1, force: true }, timeout: 1 }),
    /ERR FAILOVER/
  ),
  failsWith((r) => r.shutdown({ abort: true }), /ERR No shutdown in progress/)
]
