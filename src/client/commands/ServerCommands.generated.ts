// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, NamedValues, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface BgsaveOptions {
  /** `SCHEDULE`, since 3.2.2. */
  readonly schedule?: boolean | undefined
}

export type CommandListFilterby =
  { readonly MODULE: RedisValue } | { readonly ACLCAT: RedisValue } | { readonly PATTERN: RedisValue }

export interface CommandListOptions {
  /** `FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>`. */
  readonly filterby?: CommandListFilterby | undefined
}

export type FailoverTo =
  { readonly host: RedisValue; readonly port: IntegerArgument; readonly force?: boolean | undefined }

export interface FailoverOptions {
  /** `TO host port [FORCE]`. */
  readonly to?: FailoverTo | undefined
  /** `ABORT`. */
  readonly abort?: boolean | undefined
  /** `TIMEOUT milliseconds`. */
  readonly timeout?: IntegerArgument | undefined
}

export interface LolwutOptions {
  /** `VERSION version`. */
  readonly version?: IntegerArgument | undefined
}

export interface MemoryUsageOptions {
  /** `SAMPLES count`. */
  readonly samples?: IntegerArgument | undefined
}

export interface ModuleLoadexOptions {
  /** `CONFIG name value [CONFIG name value ...]`. */
  readonly config?: NamedValues | undefined
  /** `ARGS arg [arg ...]`. */
  readonly args?: OneOrMore<RedisValue> | undefined
}

export type ReplicaofPrimary =
  "NO ONE" | { readonly host: RedisValue; readonly port: IntegerArgument }

export interface RestoreAskingOptions {
  /** `REPLACE`, since 3.0.0. */
  readonly replace?: boolean | undefined
  /** `ABSTTL`, since 5.0.0. */
  readonly absttl?: boolean | undefined
  /** `IDLETIME seconds`, since 5.0.0. */
  readonly idletime?: IntegerArgument | undefined
  /** `FREQ frequency`, since 5.0.0. */
  readonly freq?: IntegerArgument | undefined
}

export interface ShutdownOptions {
  readonly mode?: "NOSAVE" | "SAVE" | undefined
  /** `NOW`, since 7.0.0. */
  readonly now?: boolean | undefined
  /** `FORCE`, since 7.0.0. */
  readonly force?: boolean | undefined
  /** `ABORT`, since 7.0.0. */
  readonly abort?: boolean | undefined
}

/** Commands on servers. `V` is what is stored, `K` a key or a field. */
export interface ServerCommands<V, K> {
  /**
   * List the ACL categories or the commands inside a category.
   *
   * `ACL CAT [categoryname]`
   *
   * O(1) since the categories and commands are a fixed set. Since 6.0.0. https://redis.io/docs/latest/commands/acl-cat/
   */
  aclCat(categoryname?: RedisValue): TypedCommand<Replies<V, K>["aclCat"]["Type"]>

  /**
   * Remove the specified ACL users and the associated rules.
   *
   * `ACL DELUSER username [username ...]`
   *
   * O(1) amortized time considering the typical user. Since 6.0.0. https://redis.io/docs/latest/commands/acl-deluser/
   */
  aclDeluser(usernames: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["aclDeluser"]["Type"]>

  /**
   * Returns whether the user can execute the given command without executing the command.
   *
   * `ACL DRYRUN username command [arg [arg ...]]`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/acl-dryrun/
   */
  aclDryrun(username: RedisValue, command: RedisValue, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["aclDryrun"]["Type"]>

  /**
   * Generate a pseudorandom secure password to use for ACL users.
   *
   * `ACL GENPASS [bits]`
   *
   * O(1). Since 6.0.0. https://redis.io/docs/latest/commands/acl-genpass/
   */
  aclGenpass(bits?: IntegerArgument): TypedCommand<Replies<V, K>["aclGenpass"]["Type"]>

  /**
   * Get the rules for a specific ACL user.
   *
   * `ACL GETUSER username`
   *
   * O(N). Where N is the number of password, command and pattern rules that the user has. Since 6.0.0. https://redis.io/docs/latest/commands/acl-getuser/
   */
  aclGetuser(username: RedisValue): TypedCommand<Replies<V, K>["aclGetuser"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `ACL HELP`
   *
   * O(1). Since 6.0.0. https://redis.io/docs/latest/commands/acl-help/
   */
  aclHelp(): TypedCommand<Replies<V, K>["aclHelp"]["Type"]>

  /**
   * List the current ACL rules in ACL config file format.
   *
   * `ACL LIST`
   *
   * O(N). Where N is the number of configured users. Since 6.0.0. https://redis.io/docs/latest/commands/acl-list/
   */
  aclList(): TypedCommand<Replies<V, K>["aclList"]["Type"]>

  /**
   * Reload the ACLs from the configured ACL file.
   *
   * `ACL LOAD`
   *
   * O(N). Where N is the number of configured users. Since 6.0.0. https://redis.io/docs/latest/commands/acl-load/
   */
  aclLoad(): TypedCommand<Replies<V, K>["aclLoad"]["Type"]>

  /**
   * List latest events denied because of ACLs in place.
   *
   * `ACL LOG [count | RESET]`
   *
   * O(N) with N being the number of entries shown. Since 6.0.0. https://redis.io/docs/latest/commands/acl-log/
   */
  aclLog(operation: "RESET"): TypedCommand<Replies<V, K>["aclLog"]["operation:RESET"]["Type"]>
  /**
   * List latest events denied because of ACLs in place.
   *
   * `ACL LOG [count | RESET]`
   *
   * O(N) with N being the number of entries shown. Since 6.0.0. https://redis.io/docs/latest/commands/acl-log/
   */
  aclLog(operation?: IntegerArgument): TypedCommand<Replies<V, K>["aclLog"]["otherwise"]["Type"]>

  /**
   * Save the current ACL rules in the configured ACL file.
   *
   * `ACL SAVE`
   *
   * O(N). Where N is the number of configured users. Since 6.0.0. https://redis.io/docs/latest/commands/acl-save/
   */
  aclSave(): TypedCommand<Replies<V, K>["aclSave"]["Type"]>

  /**
   * Modify or create the rules for a specific ACL user.
   *
   * `ACL SETUSER username [rule [rule ...]]`
   *
   * O(N). Where N is the number of rules provided. Since 6.0.0. https://redis.io/docs/latest/commands/acl-setuser/
   */
  aclSetuser(username: RedisValue, rules?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["aclSetuser"]["Type"]>

  /**
   * List the username of all the configured ACL rules.
   *
   * `ACL USERS`
   *
   * O(N). Where N is the number of configured users. Since 6.0.0. https://redis.io/docs/latest/commands/acl-users/
   */
  aclUsers(): TypedCommand<Replies<V, K>["aclUsers"]["Type"]>

  /**
   * Return the name of the user associated to the current connection.
   *
   * `ACL WHOAMI`
   *
   * O(1). Since 6.0.0. https://redis.io/docs/latest/commands/acl-whoami/
   */
  aclWhoami(): TypedCommand<Replies<V, K>["aclWhoami"]["Type"]>

  /**
   * Asynchronously rewrite the append-only file.
   *
   * `BGREWRITEAOF`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/bgrewriteaof/
   */
  bgrewriteaof(): TypedCommand<Replies<V, K>["bgrewriteaof"]["Type"]>

  /**
   * Asynchronously save the dataset to disk.
   *
   * `BGSAVE [SCHEDULE]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/bgsave/
   */
  bgsave(options?: BgsaveOptions): TypedCommand<Replies<V, K>["bgsave"]["Type"]>

  /**
   * Get array of Redis command details.
   *
   * `COMMAND`
   *
   * O(N) where N is the total number of Redis commands. Since 2.8.13. https://redis.io/docs/latest/commands/command/
   */
  command(): TypedCommand<Replies<V, K>["command"]["Type"]>

  /**
   * Get total number of Redis commands.
   *
   * `COMMAND COUNT`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/command-count/
   */
  commandCount(): TypedCommand<Replies<V, K>["commandCount"]["Type"]>

  /**
   * Get array of specific Redis command documentation.
   *
   * `COMMAND DOCS [command-name [command-name ...]]`
   *
   * O(N) where N is the number of commands to look up. Since 7.0.0. https://redis.io/docs/latest/commands/command-docs/
   */
  commandDocs(commandNames?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["commandDocs"]["Type"]>

  /**
   * Extract keys given a full Redis command.
   *
   * `COMMAND GETKEYS`
   *
   * O(N) where N is the number of arguments to the command. Since 2.8.13. https://redis.io/docs/latest/commands/command-getkeys/
   */
  commandGetkeys(command: RedisValue, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["commandGetkeys"]["Type"]>

  /**
   * Extract keys and access flags given a full Redis command.
   *
   * `COMMAND GETKEYSANDFLAGS`
   *
   * O(N) where N is the number of arguments to the command. Since 7.0.0. https://redis.io/docs/latest/commands/command-getkeysandflags/
   */
  commandGetkeysandflags(command: RedisValue, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["commandGetkeysandflags"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `COMMAND HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/command-help/
   */
  commandHelp(): TypedCommand<Replies<V, K>["commandHelp"]["Type"]>

  /**
   * Get array of specific Redis command details, or all when no argument is given.
   *
   * `COMMAND INFO [command-name [command-name ...]]`
   *
   * O(N) where N is the number of commands to look up. Since 2.8.13. https://redis.io/docs/latest/commands/command-info/
   */
  commandInfo(commandNames?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["commandInfo"]["Type"]>

  /**
   * Get an array of Redis command names.
   *
   * `COMMAND LIST [FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]`
   *
   * O(N) where N is the total number of Redis commands. Since 7.0.0. https://redis.io/docs/latest/commands/command-list/
   */
  commandList(options?: CommandListOptions): TypedCommand<Replies<V, K>["commandList"]["Type"]>

  /**
   * Get the values of configuration parameters.
   *
   * `CONFIG GET parameter [parameter ...]`
   *
   * O(N) when N is the number of configuration parameters provided. Since 2.0.0. https://redis.io/docs/latest/commands/config-get/
   */
  configGet(parameters: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["configGet"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `CONFIG HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/config-help/
   */
  configHelp(): TypedCommand<Replies<V, K>["configHelp"]["Type"]>

  /**
   * Reset the stats returned by INFO.
   *
   * `CONFIG RESETSTAT`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/config-resetstat/
   */
  configResetstat(): TypedCommand<Replies<V, K>["configResetstat"]["Type"]>

  /**
   * Rewrite the configuration file with the in memory configuration.
   *
   * `CONFIG REWRITE`
   *
   * O(1). Since 2.8.0. https://redis.io/docs/latest/commands/config-rewrite/
   */
  configRewrite(): TypedCommand<Replies<V, K>["configRewrite"]["Type"]>

  /**
   * Set configuration parameters to the given values.
   *
   * `CONFIG SET parameter value [parameter value ...]`
   *
   * O(N) when N is the number of configuration parameters provided. Since 2.0.0. https://redis.io/docs/latest/commands/config-set/
   */
  configSet(parameterValues: NamedValues): TypedCommand<Replies<V, K>["configSet"]["Type"]>

  /**
   * Return the number of keys in the selected database.
   *
   * `DBSIZE`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/dbsize/
   */
  dbsize(): TypedCommand<Replies<V, K>["dbsize"]["Type"]>

  /**
   * A container for debugging commands.
   *
   * `DEBUG`
   *
   * Depends on subcommand. Since 1.0.0. https://redis.io/docs/latest/commands/debug/
   */
  debug(subcommand: RedisValue, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["debug"]["Type"]>

  /**
   * Start a coordinated failover between this server and one of its replicas.
   *
   * `FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/failover/
   */
  failover(options?: FailoverOptions): TypedCommand<Replies<V, K>["failover"]["Type"]>

  /**
   * Remove all keys from all databases.
   *
   * `FLUSHALL [ASYNC | SYNC]`
   *
   * O(N) where N is the total number of keys in all databases. Since 1.0.0. https://redis.io/docs/latest/commands/flushall/
   */
  flushall(async?: "ASYNC" | "SYNC"): TypedCommand<Replies<V, K>["flushall"]["Type"]>

  /**
   * Remove all keys from the current database.
   *
   * `FLUSHDB [ASYNC | SYNC]`
   *
   * O(N) where N is the number of keys in the selected database. Since 1.0.0. https://redis.io/docs/latest/commands/flushdb/
   */
  flushdb(async?: "ASYNC" | "SYNC"): TypedCommand<Replies<V, K>["flushdb"]["Type"]>

  /**
   * Get information and statistics about the server.
   *
   * `INFO [section [section ...]]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/info/
   */
  info(sections?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["info"]["Type"]>

  /**
   * Get the UNIX time stamp of the last successful save to disk.
   *
   * `LASTSAVE`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/lastsave/
   */
  lastsave(): TypedCommand<Replies<V, K>["lastsave"]["Type"]>

  /**
   * Return a human readable latency analysis report.
   *
   * `LATENCY DOCTOR`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-doctor/
   */
  latencyDoctor(): TypedCommand<Replies<V, K>["latencyDoctor"]["Type"]>

  /**
   * Return a latency graph for the event.
   *
   * `LATENCY GRAPH event`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-graph/
   */
  latencyGraph(event: RedisValue): TypedCommand<Replies<V, K>["latencyGraph"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `LATENCY HELP`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-help/
   */
  latencyHelp(): TypedCommand<Replies<V, K>["latencyHelp"]["Type"]>

  /**
   * Return the cumulative distribution of latencies of a subset of commands or all.
   *
   * `LATENCY HISTOGRAM [command [command ...]]`
   *
   * O(N) where N is the number of commands with latency information being retrieved. Since 7.0.0. https://redis.io/docs/latest/commands/latency-histogram/
   */
  latencyHistogram(commands?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["latencyHistogram"]["Type"]>

  /**
   * Return timestamp-latency samples for the event.
   *
   * `LATENCY HISTORY event`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-history/
   */
  latencyHistory(event: RedisValue): TypedCommand<Replies<V, K>["latencyHistory"]["Type"]>

  /**
   * Return the latest latency samples for all events.
   *
   * `LATENCY LATEST`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-latest/
   */
  latencyLatest(): TypedCommand<Replies<V, K>["latencyLatest"]["Type"]>

  /**
   * Reset latency data for one or more events.
   *
   * `LATENCY RESET [event [event ...]]`
   *
   * O(1). Since 2.8.13. https://redis.io/docs/latest/commands/latency-reset/
   */
  latencyReset(events?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["latencyReset"]["Type"]>

  /**
   * Display some computer art and the Redis version.
   *
   * `LOLWUT [VERSION version]`
   *
   * Since 5.0.0. https://redis.io/docs/latest/commands/lolwut/
   */
  lolwut(options?: LolwutOptions): TypedCommand<Replies<V, K>["lolwut"]["Type"]>

  /**
   * Outputs memory problems report.
   *
   * `MEMORY DOCTOR`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/memory-doctor/
   */
  memoryDoctor(): TypedCommand<Replies<V, K>["memoryDoctor"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `MEMORY HELP`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/memory-help/
   */
  memoryHelp(): TypedCommand<Replies<V, K>["memoryHelp"]["Type"]>

  /**
   * Show allocator internal stats.
   *
   * `MEMORY MALLOC-STATS`
   *
   * Depends on how much memory is allocated, could be slow. Since 4.0.0. https://redis.io/docs/latest/commands/memory-malloc-stats/
   */
  memoryMallocStats(): TypedCommand<Replies<V, K>["memoryMallocStats"]["Type"]>

  /**
   * Ask the allocator to release memory.
   *
   * `MEMORY PURGE`
   *
   * Depends on how much memory is allocated, could be slow. Since 4.0.0. https://redis.io/docs/latest/commands/memory-purge/
   */
  memoryPurge(): TypedCommand<Replies<V, K>["memoryPurge"]["Type"]>

  /**
   * Show memory usage details.
   *
   * `MEMORY STATS`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/memory-stats/
   */
  memoryStats(): TypedCommand<Replies<V, K>["memoryStats"]["Type"]>

  /**
   * Estimate the memory usage of a key.
   *
   * `MEMORY USAGE key [SAMPLES count]`
   *
   * O(N) where N is the number of samples. Since 4.0.0. https://redis.io/docs/latest/commands/memory-usage/
   */
  memoryUsage(key: RedisKey, options?: MemoryUsageOptions): TypedCommand<Replies<V, K>["memoryUsage"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `MODULE HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/module-help/
   */
  moduleHelp(): TypedCommand<Replies<V, K>["moduleHelp"]["Type"]>

  /**
   * List all modules loaded by the server.
   *
   * `MODULE LIST`
   *
   * O(N) where N is the number of loaded modules. Since 4.0.0. https://redis.io/docs/latest/commands/module-list/
   */
  moduleList(): TypedCommand<Replies<V, K>["moduleList"]["Type"]>

  /**
   * Load a module.
   *
   * `MODULE LOAD path [arg [arg ...]]`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/module-load/
   */
  moduleLoad(path: RedisValue, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["moduleLoad"]["Type"]>

  /**
   * Load a module with extended parameters.
   *
   * `MODULE LOADEX path [CONFIG name value [CONFIG name value ...]] [ARGS arg [arg ...]]`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/module-loadex/
   */
  moduleLoadex(path: RedisValue, options?: ModuleLoadexOptions): TypedCommand<Replies<V, K>["moduleLoadex"]["Type"]>

  /**
   * Unload a module.
   *
   * `MODULE UNLOAD name`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/module-unload/
   */
  moduleUnload(name: RedisValue): TypedCommand<Replies<V, K>["moduleUnload"]["Type"]>

  /**
   * Make the server a replica of another instance, or promote it as master.
   *
   * `REPLICAOF <host port | NO ONE>`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/replicaof/
   */
  replicaof(primary: ReplicaofPrimary): TypedCommand<Replies<V, K>["replicaof"]["Type"]>

  /**
   * An internal command for migrating keys in a cluster.
   *
   * `RESTORE-ASKING key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]`
   *
   * O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)). Since 3.0.0. https://redis.io/docs/latest/commands/restore-asking/
   */
  restoreAsking(key: RedisKey, ttl: IntegerArgument, serializedValue: RedisValue, options?: RestoreAskingOptions): TypedCommand<Replies<V, K>["restoreAsking"]["Type"]>

  /**
   * Return the role of the instance in the context of replication.
   *
   * `ROLE`
   *
   * O(1). Since 2.8.12. https://redis.io/docs/latest/commands/role/
   */
  role(): TypedCommand<Replies<V, K>["role"]["Type"]>

  /**
   * Synchronously save the dataset to disk.
   *
   * `SAVE`
   *
   * O(N) where N is the total number of keys in all databases. Since 1.0.0. https://redis.io/docs/latest/commands/save/
   */
  save(): TypedCommand<Replies<V, K>["save"]["Type"]>

  /**
   * Synchronously save the dataset to disk and then shut down the server.
   *
   * `SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]`
   *
   * O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1). Since 1.0.0. https://redis.io/docs/latest/commands/shutdown/
   */
  shutdown(options?: ShutdownOptions): TypedCommand<Replies<V, K>["shutdown"]["Type"]>

  /**
   * Make the server a replica of another instance, or promote it as master.
   *
   * `SLAVEOF <host port | NO ONE>`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/slaveof/
   * @deprecated Since 5.0.0: `REPLICAOF`.
   */
  slaveof(primary: ReplicaofPrimary): TypedCommand<Replies<V, K>["slaveof"]["Type"]>

  /**
   * Get the slow log's entries.
   *
   * `SLOWLOG GET [count]`
   *
   * O(N) where N is the number of entries returned. Since 2.2.12. https://redis.io/docs/latest/commands/slowlog-get/
   */
  slowlogGet(count?: IntegerArgument): TypedCommand<Replies<V, K>["slowlogGet"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `SLOWLOG HELP`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/slowlog-help/
   */
  slowlogHelp(): TypedCommand<Replies<V, K>["slowlogHelp"]["Type"]>

  /**
   * Get the slow log's length.
   *
   * `SLOWLOG LEN`
   *
   * O(1). Since 2.2.12. https://redis.io/docs/latest/commands/slowlog-len/
   */
  slowlogLen(): TypedCommand<Replies<V, K>["slowlogLen"]["Type"]>

  /**
   * Clear all entries from the slow log.
   *
   * `SLOWLOG RESET`
   *
   * O(N) where N is the number of entries in the slowlog. Since 2.2.12. https://redis.io/docs/latest/commands/slowlog-reset/
   */
  slowlogReset(): TypedCommand<Replies<V, K>["slowlogReset"]["Type"]>

  /**
   * Swaps two Redis databases.
   *
   * `SWAPDB index1 index2`
   *
   * O(N) where N is the count of clients watching or blocking on keys from both databases. Since 4.0.0. https://redis.io/docs/latest/commands/swapdb/
   */
  swapdb(index1: IntegerArgument, index2: IntegerArgument): TypedCommand<Replies<V, K>["swapdb"]["Type"]>

  /**
   * Return the current server time.
   *
   * `TIME`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/time/
   */
  time(): TypedCommand<Replies<V, K>["time"]["Type"]>
}
