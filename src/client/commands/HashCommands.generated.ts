// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, NamedValues, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface HrandfieldOptions {
  readonly count: IntegerArgument
  readonly withvalues?: boolean | undefined
}

export interface HscanOptions {
  /** `MATCH pattern`. */
  readonly match?: RedisValue | undefined
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

/** Commands on hashes. `V` is what is stored, `K` a key or a field. */
export interface HashCommands<V, K> {
  /**
   * Delete one or more hash fields.
   *
   * `HDEL key field [field ...]`
   *
   * O(N) where N is the number of fields to be removed. Since 2.0.0. https://redis.io/docs/latest/commands/hdel/
   */
  hdel(key: RedisKey, fields: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["hdel"]["Type"]>

  /**
   * Determine if a hash field exists.
   *
   * `HEXISTS key field`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hexists/
   */
  hexists(key: RedisKey, field: RedisValue): TypedCommand<Replies<V, K>["hexists"]["Type"]>

  /**
   * Get the value of a hash field.
   *
   * `HGET key field`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hget/
   */
  hget(key: RedisKey, field: RedisValue): TypedCommand<Replies<V, K>["hget"]["Type"]>

  /**
   * Get all the fields and values in a hash.
   *
   * `HGETALL key`
   *
   * O(N) where N is the size of the hash. Since 2.0.0. https://redis.io/docs/latest/commands/hgetall/
   */
  hgetall(key: RedisKey): TypedCommand<Replies<V, K>["hgetall"]["Type"]>

  /**
   * Increment the integer value of a hash field by the given number.
   *
   * `HINCRBY key field increment`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hincrby/
   */
  hincrby(key: RedisKey, field: RedisValue, increment: bigint): TypedCommand<Replies<V, K>["hincrby"]["increment:bigint"]["Type"]>
  /**
   * Increment the integer value of a hash field by the given number.
   *
   * `HINCRBY key field increment`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hincrby/
   */
  hincrby(key: RedisKey, field: RedisValue, increment: number): TypedCommand<Replies<V, K>["hincrby"]["otherwise"]["Type"]>

  /**
   * Increment the float value of a hash field by the given amount.
   *
   * `HINCRBYFLOAT key field increment`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/hincrbyfloat/
   */
  hincrbyfloat(key: RedisKey, field: RedisValue, increment: number): TypedCommand<Replies<V, K>["hincrbyfloat"]["Type"]>

  /**
   * Get all the fields in a hash.
   *
   * `HKEYS key`
   *
   * O(N) where N is the size of the hash. Since 2.0.0. https://redis.io/docs/latest/commands/hkeys/
   */
  hkeys(key: RedisKey): TypedCommand<Replies<V, K>["hkeys"]["Type"]>

  /**
   * Get the number of fields in a hash.
   *
   * `HLEN key`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hlen/
   */
  hlen(key: RedisKey): TypedCommand<Replies<V, K>["hlen"]["Type"]>

  /**
   * Get the values of all the given hash fields.
   *
   * `HMGET key field [field ...]`
   *
   * O(N) where N is the number of fields being requested. Since 2.0.0. https://redis.io/docs/latest/commands/hmget/
   */
  hmget(key: RedisKey, fields: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["hmget"]["Type"]>

  /**
   * Set multiple hash fields to multiple values.
   *
   * `HMSET key field value [field value ...]`
   *
   * O(N) where N is the number of fields being set. Since 2.0.0. https://redis.io/docs/latest/commands/hmset/
   * @deprecated Since 4.0.0: `HSET` with multiple field-value pairs.
   */
  hmset(key: RedisKey, fieldValues: NamedValues): TypedCommand<Replies<V, K>["hmset"]["Type"]>

  /**
   * Get one or multiple random fields from a hash.
   *
   * `HRANDFIELD key [count [WITHVALUES]]`
   *
   * O(N) where N is the number of fields returned. Since 6.2.0. https://redis.io/docs/latest/commands/hrandfield/
   */
  hrandfield(key: RedisKey, options: HrandfieldOptions & { readonly withvalues: true }): TypedCommand<Replies<V, K>["hrandfield"]["withvalues"]["Type"]>
  /**
   * Get one or multiple random fields from a hash.
   *
   * `HRANDFIELD key [count [WITHVALUES]]`
   *
   * O(N) where N is the number of fields returned. Since 6.2.0. https://redis.io/docs/latest/commands/hrandfield/
   */
  hrandfield(key: RedisKey, options: HrandfieldOptions & { readonly withvalues?: false | undefined }): TypedCommand<Replies<V, K>["hrandfield"]["count"]["Type"]>
  /**
   * Get one or multiple random fields from a hash.
   *
   * `HRANDFIELD key [count [WITHVALUES]]`
   *
   * O(N) where N is the number of fields returned. Since 6.2.0. https://redis.io/docs/latest/commands/hrandfield/
   */
  hrandfield(key: RedisKey): TypedCommand<Replies<V, K>["hrandfield"]["otherwise"]["Type"]>
  /**
   * Get one or multiple random fields from a hash.
   *
   * `HRANDFIELD key [count [WITHVALUES]]`
   *
   * O(N) where N is the number of fields returned. Since 6.2.0. https://redis.io/docs/latest/commands/hrandfield/
   */
  hrandfield(key: RedisKey, options?: HrandfieldOptions): TypedCommand<Replies<V, K>["hrandfield"]["withvalues" | "count" | "otherwise"]["Type"]>

  /**
   * Incrementally iterate hash fields and associated values.
   *
   * `HSCAN key cursor [MATCH pattern] [COUNT count]`
   *
   * O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.. Since 2.8.0. https://redis.io/docs/latest/commands/hscan/
   */
  hscan(key: RedisKey, cursor: RedisValue, options?: HscanOptions): TypedCommand<Replies<V, K>["hscan"]["Type"]>

  /**
   * Set the string value of a hash field.
   *
   * `HSET key field value [field value ...]`
   *
   * O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs. Since 2.0.0. https://redis.io/docs/latest/commands/hset/
   */
  hset(key: RedisKey, fieldValues: NamedValues): TypedCommand<Replies<V, K>["hset"]["Type"]>

  /**
   * Set the value of a hash field, only if the field does not exist.
   *
   * `HSETNX key field value`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/hsetnx/
   */
  hsetnx(key: RedisKey, field: RedisValue, value: RedisValue): TypedCommand<Replies<V, K>["hsetnx"]["Type"]>

  /**
   * Get the length of the value of a hash field.
   *
   * `HSTRLEN key field`
   *
   * O(1). Since 3.2.0. https://redis.io/docs/latest/commands/hstrlen/
   */
  hstrlen(key: RedisKey, field: RedisValue): TypedCommand<Replies<V, K>["hstrlen"]["Type"]>

  /**
   * Get all the values in a hash.
   *
   * `HVALS key`
   *
   * O(N) where N is the size of the hash. Since 2.0.0. https://redis.io/docs/latest/commands/hvals/
   */
  hvals(key: RedisKey): TypedCommand<Replies<V, K>["hvals"]["Type"]>
}
