// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface SintercardOptions {
  /** `LIMIT limit`. */
  readonly limit?: IntegerArgument | undefined
}

export interface SscanOptions {
  /** `MATCH pattern`. */
  readonly match?: RedisValue | undefined
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

/** Commands on sets. `V` is what is stored, `K` a key or a field. */
export interface SetCommands<V, K> {
  /**
   * Add one or more members to a set.
   *
   * `SADD key member [member ...]`
   *
   * O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments. Since 1.0.0. https://redis.io/docs/latest/commands/sadd/
   */
  sadd(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["sadd"]["Type"]>

  /**
   * Get the number of members in a set.
   *
   * `SCARD key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/scard/
   */
  scard(key: RedisKey): TypedCommand<Replies<V, K>["scard"]["Type"]>

  /**
   * Subtract multiple sets.
   *
   * `SDIFF key [key ...]`
   *
   * O(N) where N is the total number of elements in all given sets. Since 1.0.0. https://redis.io/docs/latest/commands/sdiff/
   */
  sdiff(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sdiff"]["Type"]>

  /**
   * Subtract multiple sets and store the resulting set in a key.
   *
   * `SDIFFSTORE destination key [key ...]`
   *
   * O(N) where N is the total number of elements in all given sets. Since 1.0.0. https://redis.io/docs/latest/commands/sdiffstore/
   */
  sdiffstore(destination: RedisKey, keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sdiffstore"]["Type"]>

  /**
   * Intersect multiple sets.
   *
   * `SINTER key [key ...]`
   *
   * O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets. Since 1.0.0. https://redis.io/docs/latest/commands/sinter/
   */
  sinter(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sinter"]["Type"]>

  /**
   * Intersect multiple sets and return the cardinality of the result.
   *
   * `SINTERCARD numkeys key [key ...] [LIMIT limit]`
   *
   * O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets. Since 7.0.0. https://redis.io/docs/latest/commands/sintercard/
   */
  sintercard(keys: OneOrMore<RedisKey>, options?: SintercardOptions): TypedCommand<Replies<V, K>["sintercard"]["Type"]>

  /**
   * Intersect multiple sets and store the resulting set in a key.
   *
   * `SINTERSTORE destination key [key ...]`
   *
   * O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets. Since 1.0.0. https://redis.io/docs/latest/commands/sinterstore/
   */
  sinterstore(destination: RedisKey, keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sinterstore"]["Type"]>

  /**
   * Determine if a given value is a member of a set.
   *
   * `SISMEMBER key member`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/sismember/
   */
  sismember(key: RedisKey, member: RedisValue): TypedCommand<Replies<V, K>["sismember"]["Type"]>

  /**
   * Get all the members in a set.
   *
   * `SMEMBERS key`
   *
   * O(N) where N is the set cardinality. Since 1.0.0. https://redis.io/docs/latest/commands/smembers/
   */
  smembers(key: RedisKey): TypedCommand<Replies<V, K>["smembers"]["Type"]>

  /**
   * Returns the membership associated with the given elements for a set.
   *
   * `SMISMEMBER key member [member ...]`
   *
   * O(N) where N is the number of elements being checked for membership. Since 6.2.0. https://redis.io/docs/latest/commands/smismember/
   */
  smismember(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["smismember"]["Type"]>

  /**
   * Move a member from one set to another.
   *
   * `SMOVE source destination member`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/smove/
   */
  smove(source: RedisKey, destination: RedisKey, member: RedisValue): TypedCommand<Replies<V, K>["smove"]["Type"]>

  /**
   * Remove and return one or multiple random members from a set.
   *
   * `SPOP key [count]`
   *
   * Without the count argument O(1), otherwise O(N) where N is the value of the passed count. Since 1.0.0. https://redis.io/docs/latest/commands/spop/
   */
  spop(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["spop"]["count"]["Type"]>
  /**
   * Remove and return one or multiple random members from a set.
   *
   * `SPOP key [count]`
   *
   * Without the count argument O(1), otherwise O(N) where N is the value of the passed count. Since 1.0.0. https://redis.io/docs/latest/commands/spop/
   */
  spop(key: RedisKey): TypedCommand<Replies<V, K>["spop"]["otherwise"]["Type"]>

  /**
   * Get one or multiple random members from a set.
   *
   * `SRANDMEMBER key [count]`
   *
   * Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count. Since 1.0.0. https://redis.io/docs/latest/commands/srandmember/
   */
  srandmember(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["srandmember"]["count"]["Type"]>
  /**
   * Get one or multiple random members from a set.
   *
   * `SRANDMEMBER key [count]`
   *
   * Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count. Since 1.0.0. https://redis.io/docs/latest/commands/srandmember/
   */
  srandmember(key: RedisKey): TypedCommand<Replies<V, K>["srandmember"]["otherwise"]["Type"]>

  /**
   * Remove one or more members from a set.
   *
   * `SREM key member [member ...]`
   *
   * O(N) where N is the number of members to be removed. Since 1.0.0. https://redis.io/docs/latest/commands/srem/
   */
  srem(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["srem"]["Type"]>

  /**
   * Incrementally iterate Set elements.
   *
   * `SSCAN key cursor [MATCH pattern] [COUNT count]`
   *
   * O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.. Since 2.8.0. https://redis.io/docs/latest/commands/sscan/
   */
  sscan(key: RedisKey, cursor: RedisValue, options?: SscanOptions): TypedCommand<Replies<V, K>["sscan"]["Type"]>

  /**
   * Add multiple sets.
   *
   * `SUNION key [key ...]`
   *
   * O(N) where N is the total number of elements in all given sets. Since 1.0.0. https://redis.io/docs/latest/commands/sunion/
   */
  sunion(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sunion"]["Type"]>

  /**
   * Add multiple sets and store the resulting set in a key.
   *
   * `SUNIONSTORE destination key [key ...]`
   *
   * O(N) where N is the total number of elements in all given sets. Since 1.0.0. https://redis.io/docs/latest/commands/sunionstore/
   */
  sunionstore(destination: RedisKey, keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["sunionstore"]["Type"]>
}
