/**
 * The corrections and silences of the generated command table: one line and
 * one reason each.
 *
 * The server's COMMAND gives no policy to 140 commands without keys, has no
 * flag for "may be repeated", and is wrong about a few. What stands here beats
 * it; a test lists every command without keys with its decision
 * (test/protocol/keyless-commands.txt).
 */
import { type KeySpec, makeKeySpec } from "./KeySpec.ts"
import type { RequestPolicy, ResponsePolicy } from "./RoutingPolicy.ts"

export interface CommandOverride {
  /** Given at all, it replaces both policies. */
  readonly requestPolicy?: RequestPolicy | undefined
  readonly responsePolicy?: ResponsePolicy
  readonly readOnly?: boolean
  readonly blocking?: boolean
  readonly blocksByOption?: boolean
  readonly keySpecs?: ReadonlyArray<KeySpec>
}

/** The override of a command, named as in the table; most have none. */
export const overrideOf = (name: string): CommandOverride | undefined => {
  if (byName === undefined) {
    byName = new Map()
    for (const [overridden, override] of commandOverrides) byName.set(overridden, override)
  }
  return byName.get(name)
}

let byName: Map<string, CommandOverride> | undefined

const BY_KEY: CommandOverride = { requestPolicy: undefined }
const SESSION: CommandOverride = { requestPolicy: "session" }
const REFUSE: CommandOverride = { requestPolicy: "refuse" }
const SPECIAL: CommandOverride = { requestPolicy: "special", responsePolicy: "special" }
const SPECIAL_READ: CommandOverride = { ...SPECIAL, readOnly: true }
const ANY: CommandOverride = { requestPolicy: "any-node" }
const ANY_READ: CommandOverride = { requestPolicy: "any-node", readOnly: true }
const ALL: CommandOverride = { requestPolicy: "all-nodes", responsePolicy: "all-succeeded" }
const READ: CommandOverride = { readOnly: true }

const allNodes = (responsePolicy: ResponsePolicy): CommandOverride => ({
  requestPolicy: "all-nodes",
  responsePolicy
})
const allNodesRead = (responsePolicy: ResponsePolicy): CommandOverride => ({
  ...allNodes(responsePolicy),
  readOnly: true
})

const SORTED = makeKeySpec({ from: 1, access: "RO" })
const SORT_OPTIONS = new Map([
  ["BY", 1],
  ["GET", 1],
  ["LIMIT", 2]
])
const MIGRATED = makeKeySpec({ from: 3, ignoresEmpty: true })
const MIGRATE_OPTIONS = new Map([
  ["AUTH", 1],
  ["AUTH2", 2]
])

/** By topic; one line each. */
// prettier-ignore
export const commandOverrides: ReadonlyArray<readonly [name: string, override: CommandOverride, reason: string]> = [
  // Keys
  ["sort", { keySpecs: [SORTED, makeKeySpec({ keyword: "STORE", from: 2, optionValues: SORT_OPTIONS, access: "OW" })] }, "the server calls the place of STORE unknown: it may stand anywhere among the options"],
  ["migrate", { keySpecs: [MIGRATED, makeKeySpec({ keyword: "KEYS", from: 6, optionValues: MIGRATE_OPTIONS, lastKey: -1 })] }, "an empty key says that the keys follow KEYS; a password may be spelled KEYS"],
  ["msetnx", BY_KEY, "all or nothing: split by slot it would no longer be"],

  // Blocking
  ["xread", { blocking: true, blocksByOption: true }, "flagged blocking, but waits only with BLOCK"],
  ["xreadgroup", { blocking: true, blocksByOption: true }, "flagged blocking, but waits only with BLOCK"],
  ["wait", { ...SESSION, blocking: true }, "waits for the writes of its own connection, and is not flagged blocking"],
  ["waitaof", { ...SESSION, blocking: true }, "as WAIT (since 7.2)"],

  // The connection itself
  ["asking", SESSION, "allows the next command of this connection"],
  ["auth", SESSION, "the user of this connection; the client logs in with its own credentials"],
  ["client|caching", SESSION, "is about the next command of this connection"],
  ["client|getname", SESSION, "this connection's name"],
  ["client|getredir", SESSION, "this connection's tracking"],
  ["client|id", SESSION, "this connection's number"],
  ["client|info", SESSION, "this connection's state"],
  ["client|no-evict", SESSION, "a mode of this connection"],
  ["client|no-touch", SESSION, "a mode of this connection (since 7.2)"],
  ["client|reply", SESSION, "replies that stay away would shift all others of a shared connection"],
  ["client|setinfo", SESSION, "this connection's library name (since 7.2)"],
  ["client|setname", SESSION, "this connection's name"],
  ["client|tracking", SESSION, "a mode of this connection, and pushes to it"],
  ["client|trackinginfo", SESSION, "this connection's tracking"],
  ["discard", SESSION, "ends this connection's transaction"],
  ["exec", SESSION, "ends this connection's transaction"],
  ["hello", SESSION, "the protocol of this connection"],
  ["monitor", SESSION, "turns this connection into a stream"],
  ["multi", SESSION, "everything after it on this connection would be queued"],
  ["psubscribe", SESSION, "subscribes this connection"],
  ["psync", SESSION, "turns this connection into a replication stream"],
  ["punsubscribe", SESSION, "unsubscribes this connection"],
  ["quit", SESSION, "closes this connection"],
  ["readonly", SESSION, "a mode of this connection"],
  ["readwrite", SESSION, "a mode of this connection"],
  ["replconf", SESSION, "turns this connection into a replica's"],
  ["reset", SESSION, "clears this connection's state, login included"],
  ["script|debug", SESSION, "a mode of this connection"],
  ["select", SESSION, "the database of this connection; a cluster has only 0"],
  ["ssubscribe", SESSION, "subscribes this connection, at the owner of the channel's slot"],
  ["subscribe", SESSION, "subscribes this connection"],
  ["sunsubscribe", SESSION, "unsubscribes this connection"],
  ["sync", SESSION, "turns this connection into a replication stream"],
  ["unsubscribe", SESSION, "unsubscribes this connection"],
  ["unwatch", SESSION, "this connection's watched keys"],
  ["watch", SESSION, "is about the next transaction of this connection"],

  // Users: each node keeps its own
  ["acl|cat", ANY_READ, "the same on every node of one version"],
  ["acl|deluser", allNodes("agg-max"), "each node has its own users; the number deleted is the same on each"],
  ["acl|dryrun", ANY_READ, "users are the same on every node, since changes go to all"],
  ["acl|genpass", ANY_READ, "random text that nothing remembers"],
  ["acl|getuser", ANY_READ, "users are the same on every node, since changes go to all"],
  ["acl|list", ANY_READ, "users are the same on every node, since changes go to all"],
  ["acl|load", ALL, "each node has its own file"],
  ["acl|log", allNodes("concat"), "each node logs what it refused; RESET changes it, so it is not repeated"],
  ["acl|save", ALL, "each node has its own file"],
  ["acl|setuser", ALL, "each node has its own users"],
  ["acl|users", ANY_READ, "users are the same on every node, since changes go to all"],
  ["acl|whoami", ANY_READ, "all connections of a client have the same user"],

  // Clients of the server
  ["client|kill", SPECIAL, "an ID is a node's own and must not be sent to others; addresses and types go to all"],
  ["client|list", allNodesRead("concat"), "each node lists its own clients, a line each"],
  ["client|pause", ALL, "each node pauses its own clients"],
  ["client|unblock", REFUSE, "a client's ID is a node's own: on another node it is somebody else"],
  ["client|unpause", ALL, "each node pauses its own clients"],

  // The cluster itself
  ["cluster|addslots", REFUSE, "changes the slots of one node"],
  ["cluster|addslotsrange", REFUSE, "changes the slots of one node"],
  ["cluster|bumpepoch", REFUSE, "changes the epoch of one node"],
  ["cluster|count-failure-reports", ANY_READ, "any node's view"],
  ["cluster|countkeysinslot", SPECIAL_READ, "asked of the owner of the slot it names"],
  ["cluster|delslots", REFUSE, "changes one node's view"],
  ["cluster|delslotsrange", REFUSE, "changes one node's view"],
  ["cluster|failover", REFUSE, "promotes the replica that gets it"],
  ["cluster|flushslots", REFUSE, "changes the slots of one node"],
  ["cluster|forget", REFUSE, "every node but the forgotten one has to get it, within a minute"],
  ["cluster|getkeysinslot", SPECIAL_READ, "asked of the owner of the slot it names"],
  ["cluster|info", ANY_READ, "any node's view"],
  ["cluster|keyslot", ANY_READ, "arithmetic"],
  ["cluster|links", ANY_READ, "any node's view"],
  ["cluster|meet", ANY, "the nodes tell each other"],
  ["cluster|myid", ANY_READ, "the ID of the node that happens to answer"],
  ["cluster|myshardid", ANY_READ, "the shard of the node that happens to answer (since 7.2)"],
  ["cluster|nodes", ANY_READ, "any node's view"],
  ["cluster|replicas", ANY_READ, "any node's view"],
  ["cluster|replicate", REFUSE, "changes the master of one node"],
  ["cluster|reset", REFUSE, "takes one node out of the cluster"],
  ["cluster|saveconfig", ALL, "each node has its own file"],
  ["cluster|set-config-epoch", REFUSE, "changes the epoch of one node"],
  ["cluster|setslot", REFUSE, "source, target and the rest get different forms of it, in order"],
  ["cluster|shards", ANY_READ, "any node's view"],
  ["cluster|slaves", ANY_READ, "any node's view"],
  ["cluster|slots", ANY_READ, "any node's view"],

  // The command table and the configuration
  ["command", ANY_READ, "the same on every node of one version"],
  ["command|count", ANY_READ, "the same on every node of one version"],
  ["command|docs", ANY_READ, "the same on every node of one version"],
  ["command|getkeys", ANY_READ, "the same on every node of one version"],
  ["command|getkeysandflags", ANY_READ, "the same on every node of one version"],
  ["command|info", ANY_READ, "the same on every node of one version"],
  ["command|list", ANY_READ, "the same on every node of one version"],
  ["config|get", ANY_READ, "settings are the same on every node, since CONFIG SET goes to all"],
  ["config|resetstat", ALL, "each node has its own counters"],
  ["config|rewrite", ALL, "each node has its own file"],
  ["module|list", ANY_READ, "modules are the same on every node, since changes go to all"],
  ["module|load", ALL, "each node loads its own"],
  ["module|loadex", ALL, "each node loads its own"],
  ["module|unload", ALL, "each node loads its own"],

  // Data, persistence and replication
  ["bgrewriteaof", ALL, "each node has its own file"],
  ["bgsave", ALL, "each node has its own file"],
  ["debug", SPECIAL, "by its key, if the subcommand has one (OBJECT, LISTPACK ...), otherwise to every master"],
  ["echo", ANY_READ, "its argument comes back"],
  ["failover", REFUSE, "hands one master's role to its replica"],
  ["keys", { responsePolicy: "concat" }, "the tip is silent; no key is on two masters"],
  ["lastsave", { requestPolicy: "all-masters", responsePolicy: "agg-min", readOnly: true }, "all data are on disk as of the oldest of the times"],
  ["lolwut", ANY_READ, "a picture"],
  ["pfselftest", ANY, "tests the server's code"],
  ["randomkey", { responsePolicy: "one-not-nil" }, "the tip is silent; an empty master answers nil"],
  ["replicaof", REFUSE, "changes the master of one node"],
  ["role", ANY_READ, "the role of the node that happens to answer"],
  ["save", ALL, "each node has its own file"],
  ["scan", { responsePolicy: "special" }, "the cursor has to carry the node"],
  ["shutdown", REFUSE, "stops one node; the whole cluster should never stop by accident"],
  ["slaveof", REFUSE, "changes the master of one node"],
  ["swapdb", ANY, "a cluster has one database, and says so"],
  ["time", ANY_READ, "any node's clock"],

  // Publish and subscribe, as seen from outside
  ["publish", ANY, "the nodes pass it on to each other; sent twice, it is delivered twice"],
  ["pubsub|channels", allNodesRead("union"), "each node knows its own subscribers"],
  ["pubsub|numpat", allNodesRead("agg-sum"), "each node knows its own subscribers"],
  ["pubsub|numsub", allNodesRead("special"), "pairs of channel and number, the numbers to be added"],
  ["pubsub|shardchannels", allNodesRead("union"), "each node knows its own subscribers"],
  ["pubsub|shardnumsub", allNodesRead("special"), "pairs of channel and number, the numbers to be added"],

  // Scripts and functions
  ["function|dump", ANY_READ, "functions are the same on every master, since changes go to all"],
  ["function|list", ANY_READ, "functions are the same on every master, since changes go to all"],
  ["function|stats", READ, "the table has no flag for it"],
  ["script|exists", READ, "the table has no flag for it"],

  // What a server says of itself
  ["info", READ, "the table has no flag for it"],
  ["latency|doctor", READ, "the table has no flag for it"],
  ["latency|graph", READ, "the table has no flag for it"],
  ["latency|histogram", READ, "the table has no flag for it"],
  ["latency|history", READ, "the table has no flag for it"],
  ["latency|latest", READ, "the table has no flag for it"],
  ["latency|reset", { responsePolicy: "agg-sum" }, "the replies are numbers of series, which all_succeeded would hide"],
  ["memory|doctor", READ, "the table has no flag for it"],
  ["memory|malloc-stats", READ, "the table has no flag for it"],
  ["memory|stats", READ, "the table has no flag for it"],
  ["ping", READ, "the table has no flag for it"],
  ["slowlog|get", { responsePolicy: "concat", readOnly: true }, "the tip is silent; each node has its own log"],
  ["slowlog|len", READ, "the table has no flag for it"],

  // Containers without a subcommand, and their help: every node answers with the same text
  ["acl", ANY_READ, "an error without a subcommand"],
  ["acl|help", ANY_READ, "a fixed text"],
  ["client", ANY_READ, "an error without a subcommand"],
  ["client|help", ANY_READ, "a fixed text"],
  ["cluster", ANY_READ, "an error without a subcommand"],
  ["cluster|help", ANY_READ, "a fixed text"],
  ["command|help", ANY_READ, "a fixed text"],
  ["config", ANY_READ, "an error without a subcommand"],
  ["config|help", ANY_READ, "a fixed text"],
  ["function", ANY_READ, "an error without a subcommand"],
  ["function|help", ANY_READ, "a fixed text"],
  ["latency", ANY_READ, "an error without a subcommand"],
  ["latency|help", ANY_READ, "a fixed text"],
  ["memory", ANY_READ, "an error without a subcommand"],
  ["memory|help", ANY_READ, "a fixed text"],
  ["module", ANY_READ, "an error without a subcommand"],
  ["module|help", ANY_READ, "a fixed text"],
  ["object", ANY_READ, "an error without a subcommand"],
  ["object|help", ANY_READ, "a fixed text"],
  ["pubsub", ANY_READ, "an error without a subcommand"],
  ["pubsub|help", ANY_READ, "a fixed text"],
  ["script", ANY_READ, "an error without a subcommand"],
  ["script|help", ANY_READ, "a fixed text"],
  ["slowlog", ANY_READ, "an error without a subcommand"],
  ["slowlog|help", ANY_READ, "a fixed text"],
  ["xgroup", ANY_READ, "an error without a subcommand"],
  ["xgroup|help", ANY_READ, "a fixed text"],
  ["xinfo", ANY_READ, "an error without a subcommand"],
  ["xinfo|help", ANY_READ, "a fixed text"]
]
