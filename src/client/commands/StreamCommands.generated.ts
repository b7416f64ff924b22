// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, NamedValues, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export type XaddTrim =
  { readonly strategy: "MAXLEN" | "MINID"; readonly operator?: "=" | "~" | undefined; readonly threshold: RedisValue; readonly limit?: IntegerArgument | undefined }

export interface XaddOptions {
  /** `NOMKSTREAM`, since 6.2.0. */
  readonly nomkstream?: boolean | undefined
  /** `<MAXLEN | MINID> [= | ~] threshold [LIMIT count]`. */
  readonly trim?: XaddTrim | undefined
}

export interface XautoclaimOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
  /** `JUSTID`. */
  readonly justid?: boolean | undefined
}

export interface XclaimOptions {
  /** `IDLE ms`. */
  readonly idle?: IntegerArgument | undefined
  /** `TIME unix-time-milliseconds`. */
  readonly time?: IntegerArgument | undefined
  /** `RETRYCOUNT count`. */
  readonly retrycount?: IntegerArgument | undefined
  /** `FORCE`. */
  readonly force?: boolean | undefined
  /** `JUSTID`. */
  readonly justid?: boolean | undefined
  /** `LASTID id`. */
  readonly lastid?: RedisValue | undefined
}

export interface XgroupCreateOptions {
  /** `MKSTREAM`. */
  readonly mkstream?: boolean | undefined
  /** `ENTRIESREAD entries_read`. */
  readonly entriesread?: IntegerArgument | undefined
}

export interface XgroupSetidOptions {
  /** `ENTRIESREAD entries_read`. */
  readonly entriesread?: IntegerArgument | undefined
}

export type XinfoStreamFull =
  boolean | { readonly count?: IntegerArgument | undefined }

export interface XinfoStreamOptions {
  /** `FULL [COUNT count]`. */
  readonly full?: XinfoStreamFull | undefined
}

export interface XpendingFilters {
  readonly idle?: IntegerArgument | undefined
  readonly start: RedisValue
  readonly end: RedisValue
  readonly count: IntegerArgument
  readonly consumer?: RedisValue | undefined
}

export interface XrangeOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface XreadOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
  /** `BLOCK milliseconds`. */
  readonly block?: IntegerArgument | undefined
}

export type XreadgroupGroup =
  { readonly group: RedisValue; readonly consumer: RedisValue }

export interface XreadgroupOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
  /** `BLOCK milliseconds`. */
  readonly block?: IntegerArgument | undefined
  /** `NOACK`. */
  readonly noack?: boolean | undefined
}

export interface XrevrangeOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface XsetidOptions {
  /** `ENTRIESADDED entries_added`, since 7.0.0. */
  readonly entriesadded?: IntegerArgument | undefined
  /** `MAXDELETEDID max_deleted_entry_id`, since 7.0.0. */
  readonly maxdeletedid?: RedisValue | undefined
}

/** Commands on streams. `V` is what is stored, `K` a key or a field. */
export interface StreamCommands<V, K> {
  /**
   * Marks a pending message as correctly processed, effectively removing it from the pending entries list of the consumer group. Return value of the command is the number of messages successfully acknowledged, that is, the IDs we were actually able to resolve in the PEL.
   *
   * `XACK key group id [id ...]`
   *
   * O(1) for each message ID processed. Since 5.0.0. https://redis.io/docs/latest/commands/xack/
   */
  xack(key: RedisKey, group: RedisValue, ids: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["xack"]["Type"]>

  /**
   * Appends a new entry to a stream.
   *
   * `XADD key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id> field value [field value ...]`
   *
   * O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted. Since 5.0.0. https://redis.io/docs/latest/commands/xadd/
   */
  xadd(key: RedisKey, idOrAuto: "*" | RedisValue, fieldValues: NamedValues, options?: XaddOptions): TypedCommand<Replies<V, K>["xadd"]["Type"]>

  /**
   * Changes (or acquires) ownership of messages in a consumer group, as if the messages were delivered to the specified consumer.
   *
   * `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]`
   *
   * O(1) if COUNT is small. Since 6.2.0. https://redis.io/docs/latest/commands/xautoclaim/
   */
  xautoclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, start: RedisValue, options: XautoclaimOptions & { readonly justid: true }): TypedCommand<Replies<V, K>["xautoclaim"]["justid"]["Type"]>
  /**
   * Changes (or acquires) ownership of messages in a consumer group, as if the messages were delivered to the specified consumer.
   *
   * `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]`
   *
   * O(1) if COUNT is small. Since 6.2.0. https://redis.io/docs/latest/commands/xautoclaim/
   */
  xautoclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, start: RedisValue, options?: XautoclaimOptions & { readonly justid?: false | undefined }): TypedCommand<Replies<V, K>["xautoclaim"]["otherwise"]["Type"]>
  /**
   * Changes (or acquires) ownership of messages in a consumer group, as if the messages were delivered to the specified consumer.
   *
   * `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]`
   *
   * O(1) if COUNT is small. Since 6.2.0. https://redis.io/docs/latest/commands/xautoclaim/
   */
  xautoclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, start: RedisValue, options?: XautoclaimOptions): TypedCommand<Replies<V, K>["xautoclaim"]["justid" | "otherwise"]["Type"]>

  /**
   * Changes (or acquires) ownership of a message in a consumer group, as if the message was delivered to the specified consumer.
   *
   * `XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]`
   *
   * O(log N) with N being the number of messages in the PEL of the consumer group. Since 5.0.0. https://redis.io/docs/latest/commands/xclaim/
   */
  xclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, ids: OneOrMore<RedisValue>, options: XclaimOptions & { readonly justid: true }): TypedCommand<Replies<V, K>["xclaim"]["justid"]["Type"]>
  /**
   * Changes (or acquires) ownership of a message in a consumer group, as if the message was delivered to the specified consumer.
   *
   * `XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]`
   *
   * O(log N) with N being the number of messages in the PEL of the consumer group. Since 5.0.0. https://redis.io/docs/latest/commands/xclaim/
   */
  xclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, ids: OneOrMore<RedisValue>, options?: XclaimOptions & { readonly justid?: false | undefined }): TypedCommand<Replies<V, K>["xclaim"]["otherwise"]["Type"]>
  /**
   * Changes (or acquires) ownership of a message in a consumer group, as if the message was delivered to the specified consumer.
   *
   * `XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]`
   *
   * O(log N) with N being the number of messages in the PEL of the consumer group. Since 5.0.0. https://redis.io/docs/latest/commands/xclaim/
   */
  xclaim(key: RedisKey, group: RedisValue, consumer: RedisValue, minIdleTime: RedisValue, ids: OneOrMore<RedisValue>, options?: XclaimOptions): TypedCommand<Replies<V, K>["xclaim"]["justid" | "otherwise"]["Type"]>

  /**
   * Removes the specified entries from the stream. Returns the number of items actually deleted, that may be different from the number of IDs passed in case certain IDs do not exist.
   *
   * `XDEL key id [id ...]`
   *
   * O(1) for each single item to delete in the stream, regardless of the stream size. Since 5.0.0. https://redis.io/docs/latest/commands/xdel/
   */
  xdel(key: RedisKey, ids: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["xdel"]["Type"]>

  /**
   * Create a consumer group.
   *
   * `XGROUP CREATE key groupname <id | $> [MKSTREAM] [ENTRIESREAD entries_read]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xgroup-create/
   */
  xgroupCreate(key: RedisKey, groupname: RedisValue, id: "$" | RedisValue, options?: XgroupCreateOptions): TypedCommand<Replies<V, K>["xgroupCreate"]["Type"]>

  /**
   * Create a consumer in a consumer group.
   *
   * `XGROUP CREATECONSUMER key groupname consumername`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/xgroup-createconsumer/
   */
  xgroupCreateconsumer(key: RedisKey, groupname: RedisValue, consumername: RedisValue): TypedCommand<Replies<V, K>["xgroupCreateconsumer"]["Type"]>

  /**
   * Delete a consumer from a consumer group.
   *
   * `XGROUP DELCONSUMER key groupname consumername`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xgroup-delconsumer/
   */
  xgroupDelconsumer(key: RedisKey, groupname: RedisValue, consumername: RedisValue): TypedCommand<Replies<V, K>["xgroupDelconsumer"]["Type"]>

  /**
   * Destroy a consumer group.
   *
   * `XGROUP DESTROY key groupname`
   *
   * O(N) where N is the number of entries in the group's pending entries list (PEL). Since 5.0.0. https://redis.io/docs/latest/commands/xgroup-destroy/
   */
  xgroupDestroy(key: RedisKey, groupname: RedisValue): TypedCommand<Replies<V, K>["xgroupDestroy"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `XGROUP HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xgroup-help/
   */
  xgroupHelp(): TypedCommand<Replies<V, K>["xgroupHelp"]["Type"]>

  /**
   * Set a consumer group to an arbitrary last delivered ID value.
   *
   * `XGROUP SETID key groupname <id | $> [ENTRIESREAD entries_read]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xgroup-setid/
   */
  xgroupSetid(key: RedisKey, groupname: RedisValue, id: "$" | RedisValue, options?: XgroupSetidOptions): TypedCommand<Replies<V, K>["xgroupSetid"]["Type"]>

  /**
   * List the consumers in a consumer group.
   *
   * `XINFO CONSUMERS key groupname`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-consumers/
   */
  xinfoConsumers(key: RedisKey, groupname: RedisValue): TypedCommand<Replies<V, K>["xinfoConsumers"]["Type"]>

  /**
   * List the consumer groups of a stream.
   *
   * `XINFO GROUPS key`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-groups/
   */
  xinfoGroups(key: RedisKey): TypedCommand<Replies<V, K>["xinfoGroups"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `XINFO HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-help/
   */
  xinfoHelp(): TypedCommand<Replies<V, K>["xinfoHelp"]["Type"]>

  /**
   * Get information about a stream.
   *
   * `XINFO STREAM key [FULL [COUNT count]]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-stream/
   */
  xinfoStream(key: RedisKey, options: XinfoStreamOptions & { readonly full: true | { readonly count?: IntegerArgument | undefined } }): TypedCommand<Replies<V, K>["xinfoStream"]["full"]["Type"]>
  /**
   * Get information about a stream.
   *
   * `XINFO STREAM key [FULL [COUNT count]]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-stream/
   */
  xinfoStream(key: RedisKey, options?: XinfoStreamOptions & { readonly full?: false | undefined }): TypedCommand<Replies<V, K>["xinfoStream"]["otherwise"]["Type"]>
  /**
   * Get information about a stream.
   *
   * `XINFO STREAM key [FULL [COUNT count]]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xinfo-stream/
   */
  xinfoStream(key: RedisKey, options?: XinfoStreamOptions): TypedCommand<Replies<V, K>["xinfoStream"]["full" | "otherwise"]["Type"]>

  /**
   * Return the number of entries in a stream.
   *
   * `XLEN key`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xlen/
   */
  xlen(key: RedisKey): TypedCommand<Replies<V, K>["xlen"]["Type"]>

  /**
   * Return information and entries from a stream consumer group pending entries list, that are messages fetched but never acknowledged.
   *
   * `XPENDING key group [[IDLE min-idle-time] start end count [consumer]]`
   *
   * O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer. Since 5.0.0. https://redis.io/docs/latest/commands/xpending/
   */
  xpending(key: RedisKey, group: RedisValue, filters: XpendingFilters): TypedCommand<Replies<V, K>["xpending"]["filters"]["Type"]>
  /**
   * Return information and entries from a stream consumer group pending entries list, that are messages fetched but never acknowledged.
   *
   * `XPENDING key group [[IDLE min-idle-time] start end count [consumer]]`
   *
   * O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer. Since 5.0.0. https://redis.io/docs/latest/commands/xpending/
   */
  xpending(key: RedisKey, group: RedisValue): TypedCommand<Replies<V, K>["xpending"]["otherwise"]["Type"]>

  /**
   * Return a range of elements in a stream, with IDs matching the specified IDs interval.
   *
   * `XRANGE key start end [COUNT count]`
   *
   * O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xrange/
   */
  xrange(key: RedisKey, start: RedisValue, end: RedisValue, options?: XrangeOptions): TypedCommand<Replies<V, K>["xrange"]["Type"]>

  /**
   * Return never seen elements in multiple streams, with IDs greater than the ones reported by the caller for each stream. Can block.
   *
   * `XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]`
   *
   * For each stream mentioned: O(N) with N being the number of elements being returned, it means that XREAD-ing with a fixed COUNT is O(1). Note that when the BLOCK option is used, XADD will pay O(M) time in order to serve the M clients blocked on the stream getting new data. Since 5.0.0. https://redis.io/docs/latest/commands/xread/
   */
  xread(streams: NamedValues, options?: XreadOptions): TypedCommand<Replies<V, K>["xread"]["Type"]>

  /**
   * Return new entries from a stream using a consumer group, or access the history of the pending entries for a given consumer. Can block.
   *
   * `XREADGROUP GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] id [id ...]`
   *
   * For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data. Since 5.0.0. https://redis.io/docs/latest/commands/xreadgroup/
   */
  xreadgroup(group: XreadgroupGroup, streams: NamedValues, options?: XreadgroupOptions): TypedCommand<Replies<V, K>["xreadgroup"]["Type"]>

  /**
   * Return a range of elements in a stream, with IDs matching the specified IDs interval, in reverse order (from greater to smaller IDs) compared to XRANGE.
   *
   * `XREVRANGE key end start [COUNT count]`
   *
   * O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xrevrange/
   */
  xrevrange(key: RedisKey, end: RedisValue, start: RedisValue, options?: XrevrangeOptions): TypedCommand<Replies<V, K>["xrevrange"]["Type"]>

  /**
   * An internal command for replicating stream values.
   *
   * `XSETID key last-id [ENTRIESADDED entries_added] [MAXDELETEDID max_deleted_entry_id]`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/xsetid/
   */
  xsetid(key: RedisKey, lastId: RedisValue, options?: XsetidOptions): TypedCommand<Replies<V, K>["xsetid"]["Type"]>

  /**
   * Trims the stream to (approximately if '~' is passed) a certain size.
   *
   * `XTRIM key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]`
   *
   * O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation. Since 5.0.0. https://redis.io/docs/latest/commands/xtrim/
   */
  xtrim(key: RedisKey, trim: XaddTrim): TypedCommand<Replies<V, K>["xtrim"]["Type"]>
}
