// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue, SpelledNumber } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface BzmpopOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export type ZaddScoreMember =
  { readonly score: number; readonly member: RedisValue }

export interface ZaddOptions {
  /** `<NX | XX>`, since 3.0.2. */
  readonly condition?: "NX" | "XX" | undefined
  /** `<GT | LT>`, since 6.2.0. */
  readonly comparison?: "GT" | "LT" | undefined
  /** `CH`, since 3.0.2. */
  readonly ch?: boolean | undefined
  /** `INCR`, since 3.0.2. */
  readonly incr?: boolean | undefined
}

export interface ZdiffOptions {
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
}

export interface ZinterOptions {
  /** `WEIGHTS weight [weight ...]`. */
  readonly weights?: OneOrMore<number> | undefined
  /** `AGGREGATE <SUM | MIN | MAX>`. */
  readonly aggregate?: "SUM" | "MIN" | "MAX" | undefined
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
}

export interface ZintercardOptions {
  /** `LIMIT limit`. */
  readonly limit?: IntegerArgument | undefined
}

export interface ZinterstoreOptions {
  /** `WEIGHTS weight [weight ...]`. */
  readonly weights?: OneOrMore<number> | undefined
  /** `AGGREGATE <SUM | MIN | MAX>`. */
  readonly aggregate?: "SUM" | "MIN" | "MAX" | undefined
}

export interface ZmpopOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface ZrandmemberOptions {
  readonly count: IntegerArgument
  readonly withscores?: boolean | undefined
}

export type ZrangeLimit =
  { readonly offset: IntegerArgument; readonly count: IntegerArgument }

export interface ZrangeOptions {
  /** `<BYSCORE | BYLEX>`, since 6.2.0. */
  readonly sortby?: "BYSCORE" | "BYLEX" | undefined
  /** `REV`, since 6.2.0. */
  readonly rev?: boolean | undefined
  /** `LIMIT offset count`, since 6.2.0. */
  readonly limit?: ZrangeLimit | undefined
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
}

export interface ZrangebylexOptions {
  /** `LIMIT offset count`. */
  readonly limit?: ZrangeLimit | undefined
}

export interface ZrangebyscoreOptions {
  /** `WITHSCORES`, since 2.0.0. */
  readonly withscores?: boolean | undefined
  /** `LIMIT offset count`. */
  readonly limit?: ZrangeLimit | undefined
}

export interface ZrangestoreOptions {
  /** `<BYSCORE | BYLEX>`. */
  readonly sortby?: "BYSCORE" | "BYLEX" | undefined
  /** `REV`. */
  readonly rev?: boolean | undefined
  /** `LIMIT offset count`. */
  readonly limit?: ZrangeLimit | undefined
}

export interface ZrevrangeOptions {
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
}

export interface ZrevrangebylexOptions {
  /** `LIMIT offset count`. */
  readonly limit?: ZrangeLimit | undefined
}

export interface ZrevrangebyscoreOptions {
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
  /** `LIMIT offset count`. */
  readonly limit?: ZrangeLimit | undefined
}

export interface ZscanOptions {
  /** `MATCH pattern`. */
  readonly match?: RedisValue | undefined
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface ZunionOptions {
  /** `WEIGHTS weight [weight ...]`. */
  readonly weights?: OneOrMore<number> | undefined
  /** `AGGREGATE <SUM | MIN | MAX>`. */
  readonly aggregate?: "SUM" | "MIN" | "MAX" | undefined
  /** `WITHSCORES`. */
  readonly withscores?: boolean | undefined
}

export interface ZunionstoreOptions {
  /** `WEIGHTS weight [weight ...]`. */
  readonly weights?: OneOrMore<number> | undefined
  /** `AGGREGATE <SUM | MIN | MAX>`. */
  readonly aggregate?: "SUM" | "MIN" | "MAX" | undefined
}

/** Commands on sorted sets. `V` is what is stored, `K` a key or a field. */
export interface SortedSetCommands<V, K> {
  /**
   * Remove and return members with scores in a sorted set or block until one is available.
   *
   * `BZMPOP timeout numkeys key [key ...] <MIN | MAX> [COUNT count]`
   *
   * O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped. Since 7.0.0. https://redis.io/docs/latest/commands/bzmpop/
   */
  bzmpop(timeout: number, keys: OneOrMore<RedisKey>, where: "MIN" | "MAX", options?: BzmpopOptions): TypedCommand<Replies<V, K>["bzmpop"]["Type"]>

  /**
   * Remove and return the member with the highest score from one or more sorted sets, or block until one is available.
   *
   * `BZPOPMAX key [key ...] timeout`
   *
   * O(log(N)) with N being the number of elements in the sorted set. Since 5.0.0. https://redis.io/docs/latest/commands/bzpopmax/
   */
  bzpopmax(keys: OneOrMore<RedisKey>, timeout: number): TypedCommand<Replies<V, K>["bzpopmax"]["Type"]>

  /**
   * Remove and return the member with the lowest score from one or more sorted sets, or block until one is available.
   *
   * `BZPOPMIN key [key ...] timeout`
   *
   * O(log(N)) with N being the number of elements in the sorted set. Since 5.0.0. https://redis.io/docs/latest/commands/bzpopmin/
   */
  bzpopmin(keys: OneOrMore<RedisKey>, timeout: number): TypedCommand<Replies<V, K>["bzpopmin"]["Type"]>

  /**
   * Add one or more members to a sorted set, or update its score if it already exists.
   *
   * `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]`
   *
   * O(log(N)) for each item added, where N is the number of elements in the sorted set. Since 1.2.0. https://redis.io/docs/latest/commands/zadd/
   */
  zadd(key: RedisKey, scoreMembers: OneOrMore<ZaddScoreMember>, options: ZaddOptions & { readonly incr: true }): TypedCommand<Replies<V, K>["zadd"]["incr"]["Type"]>
  /**
   * Add one or more members to a sorted set, or update its score if it already exists.
   *
   * `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]`
   *
   * O(log(N)) for each item added, where N is the number of elements in the sorted set. Since 1.2.0. https://redis.io/docs/latest/commands/zadd/
   */
  zadd(key: RedisKey, scoreMembers: OneOrMore<ZaddScoreMember>, options?: ZaddOptions & { readonly incr?: false | undefined }): TypedCommand<Replies<V, K>["zadd"]["otherwise"]["Type"]>
  /**
   * Add one or more members to a sorted set, or update its score if it already exists.
   *
   * `ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]`
   *
   * O(log(N)) for each item added, where N is the number of elements in the sorted set. Since 1.2.0. https://redis.io/docs/latest/commands/zadd/
   */
  zadd(key: RedisKey, scoreMembers: OneOrMore<ZaddScoreMember>, options?: ZaddOptions): TypedCommand<Replies<V, K>["zadd"]["incr" | "otherwise"]["Type"]>

  /**
   * Get the number of members in a sorted set.
   *
   * `ZCARD key`
   *
   * O(1). Since 1.2.0. https://redis.io/docs/latest/commands/zcard/
   */
  zcard(key: RedisKey): TypedCommand<Replies<V, K>["zcard"]["Type"]>

  /**
   * Count the members in a sorted set with scores within the given values.
   *
   * `ZCOUNT key min max`
   *
   * O(log(N)) with N being the number of elements in the sorted set. Since 2.0.0. https://redis.io/docs/latest/commands/zcount/
   */
  zcount(key: RedisKey, min: SpelledNumber, max: SpelledNumber): TypedCommand<Replies<V, K>["zcount"]["Type"]>

  /**
   * Subtract multiple sorted sets.
   *
   * `ZDIFF numkeys key [key ...] [WITHSCORES]`
   *
   * O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set. Since 6.2.0. https://redis.io/docs/latest/commands/zdiff/
   */
  zdiff(keys: OneOrMore<RedisKey>, options: ZdiffOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zdiff"]["withscores"]["Type"]>
  /**
   * Subtract multiple sorted sets.
   *
   * `ZDIFF numkeys key [key ...] [WITHSCORES]`
   *
   * O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set. Since 6.2.0. https://redis.io/docs/latest/commands/zdiff/
   */
  zdiff(keys: OneOrMore<RedisKey>, options?: ZdiffOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zdiff"]["otherwise"]["Type"]>
  /**
   * Subtract multiple sorted sets.
   *
   * `ZDIFF numkeys key [key ...] [WITHSCORES]`
   *
   * O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set. Since 6.2.0. https://redis.io/docs/latest/commands/zdiff/
   */
  zdiff(keys: OneOrMore<RedisKey>, options?: ZdiffOptions): TypedCommand<Replies<V, K>["zdiff"]["withscores" | "otherwise"]["Type"]>

  /**
   * Subtract multiple sorted sets and store the resulting sorted set in a new key.
   *
   * `ZDIFFSTORE destination numkeys key [key ...]`
   *
   * O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set. Since 6.2.0. https://redis.io/docs/latest/commands/zdiffstore/
   */
  zdiffstore(destination: RedisKey, keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["zdiffstore"]["Type"]>

  /**
   * Increment the score of a member in a sorted set.
   *
   * `ZINCRBY key increment member`
   *
   * O(log(N)) where N is the number of elements in the sorted set. Since 1.2.0. https://redis.io/docs/latest/commands/zincrby/
   */
  zincrby(key: RedisKey, increment: number, member: RedisValue): TypedCommand<Replies<V, K>["zincrby"]["Type"]>

  /**
   * Intersect multiple sorted sets.
   *
   * `ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zinter/
   */
  zinter(keys: OneOrMore<RedisKey>, options: ZinterOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zinter"]["withscores"]["Type"]>
  /**
   * Intersect multiple sorted sets.
   *
   * `ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zinter/
   */
  zinter(keys: OneOrMore<RedisKey>, options?: ZinterOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zinter"]["otherwise"]["Type"]>
  /**
   * Intersect multiple sorted sets.
   *
   * `ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zinter/
   */
  zinter(keys: OneOrMore<RedisKey>, options?: ZinterOptions): TypedCommand<Replies<V, K>["zinter"]["withscores" | "otherwise"]["Type"]>

  /**
   * Intersect multiple sorted sets and return the cardinality of the result.
   *
   * `ZINTERCARD numkeys key [key ...] [LIMIT limit]`
   *
   * O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets. Since 7.0.0. https://redis.io/docs/latest/commands/zintercard/
   */
  zintercard(keys: OneOrMore<RedisKey>, options?: ZintercardOptions): TypedCommand<Replies<V, K>["zintercard"]["Type"]>

  /**
   * Intersect multiple sorted sets and store the resulting sorted set in a new key.
   *
   * `ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]`
   *
   * O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set. Since 2.0.0. https://redis.io/docs/latest/commands/zinterstore/
   */
  zinterstore(destination: RedisKey, keys: OneOrMore<RedisKey>, options?: ZinterstoreOptions): TypedCommand<Replies<V, K>["zinterstore"]["Type"]>

  /**
   * Count the number of members in a sorted set between a given lexicographical range.
   *
   * `ZLEXCOUNT key min max`
   *
   * O(log(N)) with N being the number of elements in the sorted set. Since 2.8.9. https://redis.io/docs/latest/commands/zlexcount/
   */
  zlexcount(key: RedisKey, min: RedisValue, max: RedisValue): TypedCommand<Replies<V, K>["zlexcount"]["Type"]>

  /**
   * Remove and return members with scores in a sorted set.
   *
   * `ZMPOP numkeys key [key ...] <MIN | MAX> [COUNT count]`
   *
   * O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped. Since 7.0.0. https://redis.io/docs/latest/commands/zmpop/
   */
  zmpop(keys: OneOrMore<RedisKey>, where: "MIN" | "MAX", options?: ZmpopOptions): TypedCommand<Replies<V, K>["zmpop"]["Type"]>

  /**
   * Get the score associated with the given members in a sorted set.
   *
   * `ZMSCORE key member [member ...]`
   *
   * O(N) where N is the number of members being requested. Since 6.2.0. https://redis.io/docs/latest/commands/zmscore/
   */
  zmscore(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["zmscore"]["Type"]>

  /**
   * Remove and return members with the highest scores in a sorted set.
   *
   * `ZPOPMAX key [count]`
   *
   * O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped. Since 5.0.0. https://redis.io/docs/latest/commands/zpopmax/
   */
  zpopmax(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["zpopmax"]["count"]["Type"]>
  /**
   * Remove and return members with the highest scores in a sorted set.
   *
   * `ZPOPMAX key [count]`
   *
   * O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped. Since 5.0.0. https://redis.io/docs/latest/commands/zpopmax/
   */
  zpopmax(key: RedisKey): TypedCommand<Replies<V, K>["zpopmax"]["otherwise"]["Type"]>

  /**
   * Remove and return members with the lowest scores in a sorted set.
   *
   * `ZPOPMIN key [count]`
   *
   * O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped. Since 5.0.0. https://redis.io/docs/latest/commands/zpopmin/
   */
  zpopmin(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["zpopmin"]["count"]["Type"]>
  /**
   * Remove and return members with the lowest scores in a sorted set.
   *
   * `ZPOPMIN key [count]`
   *
   * O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped. Since 5.0.0. https://redis.io/docs/latest/commands/zpopmin/
   */
  zpopmin(key: RedisKey): TypedCommand<Replies<V, K>["zpopmin"]["otherwise"]["Type"]>

  /**
   * Get one or multiple random elements from a sorted set.
   *
   * `ZRANDMEMBER key [count [WITHSCORES]]`
   *
   * O(N) where N is the number of elements returned. Since 6.2.0. https://redis.io/docs/latest/commands/zrandmember/
   */
  zrandmember(key: RedisKey, options: ZrandmemberOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zrandmember"]["withscores"]["Type"]>
  /**
   * Get one or multiple random elements from a sorted set.
   *
   * `ZRANDMEMBER key [count [WITHSCORES]]`
   *
   * O(N) where N is the number of elements returned. Since 6.2.0. https://redis.io/docs/latest/commands/zrandmember/
   */
  zrandmember(key: RedisKey, options: ZrandmemberOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zrandmember"]["count"]["Type"]>
  /**
   * Get one or multiple random elements from a sorted set.
   *
   * `ZRANDMEMBER key [count [WITHSCORES]]`
   *
   * O(N) where N is the number of elements returned. Since 6.2.0. https://redis.io/docs/latest/commands/zrandmember/
   */
  zrandmember(key: RedisKey): TypedCommand<Replies<V, K>["zrandmember"]["otherwise"]["Type"]>
  /**
   * Get one or multiple random elements from a sorted set.
   *
   * `ZRANDMEMBER key [count [WITHSCORES]]`
   *
   * O(N) where N is the number of elements returned. Since 6.2.0. https://redis.io/docs/latest/commands/zrandmember/
   */
  zrandmember(key: RedisKey, options?: ZrandmemberOptions): TypedCommand<Replies<V, K>["zrandmember"]["withscores" | "count" | "otherwise"]["Type"]>

  /**
   * Return a range of members in a sorted set.
   *
   * `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrange/
   */
  zrange(key: RedisKey, start: RedisValue, stop: RedisValue, options: ZrangeOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zrange"]["withscores"]["Type"]>
  /**
   * Return a range of members in a sorted set.
   *
   * `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrange/
   */
  zrange(key: RedisKey, start: RedisValue, stop: RedisValue, options?: ZrangeOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zrange"]["otherwise"]["Type"]>
  /**
   * Return a range of members in a sorted set.
   *
   * `ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrange/
   */
  zrange(key: RedisKey, start: RedisValue, stop: RedisValue, options?: ZrangeOptions): TypedCommand<Replies<V, K>["zrange"]["withscores" | "otherwise"]["Type"]>

  /**
   * Return a range of members in a sorted set, by lexicographical range.
   *
   * `ZRANGEBYLEX key min max [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 2.8.9. https://redis.io/docs/latest/commands/zrangebylex/
   * @deprecated Since 6.2.0: `ZRANGE` with the `BYLEX` argument.
   */
  zrangebylex(key: RedisKey, min: RedisValue, max: RedisValue, options?: ZrangebylexOptions): TypedCommand<Replies<V, K>["zrangebylex"]["Type"]>

  /**
   * Return a range of members in a sorted set, by score.
   *
   * `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 1.0.5. https://redis.io/docs/latest/commands/zrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `BYSCORE` argument.
   */
  zrangebyscore(key: RedisKey, min: SpelledNumber, max: SpelledNumber, options: ZrangebyscoreOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zrangebyscore"]["withscores"]["Type"]>
  /**
   * Return a range of members in a sorted set, by score.
   *
   * `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 1.0.5. https://redis.io/docs/latest/commands/zrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `BYSCORE` argument.
   */
  zrangebyscore(key: RedisKey, min: SpelledNumber, max: SpelledNumber, options?: ZrangebyscoreOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zrangebyscore"]["otherwise"]["Type"]>
  /**
   * Return a range of members in a sorted set, by score.
   *
   * `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 1.0.5. https://redis.io/docs/latest/commands/zrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `BYSCORE` argument.
   */
  zrangebyscore(key: RedisKey, min: SpelledNumber, max: SpelledNumber, options?: ZrangebyscoreOptions): TypedCommand<Replies<V, K>["zrangebyscore"]["withscores" | "otherwise"]["Type"]>

  /**
   * Store a range of members from sorted set into another key.
   *
   * `ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key. Since 6.2.0. https://redis.io/docs/latest/commands/zrangestore/
   */
  zrangestore(dst: RedisKey, src: RedisKey, min: RedisValue, max: RedisValue, options?: ZrangestoreOptions): TypedCommand<Replies<V, K>["zrangestore"]["Type"]>

  /**
   * Determine the index of a member in a sorted set.
   *
   * `ZRANK key member`
   *
   * O(log(N)). Since 2.0.0. https://redis.io/docs/latest/commands/zrank/
   */
  zrank(key: RedisKey, member: RedisValue): TypedCommand<Replies<V, K>["zrank"]["Type"]>

  /**
   * Remove one or more members from a sorted set.
   *
   * `ZREM key member [member ...]`
   *
   * O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed. Since 1.2.0. https://redis.io/docs/latest/commands/zrem/
   */
  zrem(key: RedisKey, members: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["zrem"]["Type"]>

  /**
   * Remove all members in a sorted set between the given lexicographical range.
   *
   * `ZREMRANGEBYLEX key min max`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation. Since 2.8.9. https://redis.io/docs/latest/commands/zremrangebylex/
   */
  zremrangebylex(key: RedisKey, min: RedisValue, max: RedisValue): TypedCommand<Replies<V, K>["zremrangebylex"]["Type"]>

  /**
   * Remove all members in a sorted set within the given indexes.
   *
   * `ZREMRANGEBYRANK key start stop`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation. Since 2.0.0. https://redis.io/docs/latest/commands/zremrangebyrank/
   */
  zremrangebyrank(key: RedisKey, start: IntegerArgument, stop: IntegerArgument): TypedCommand<Replies<V, K>["zremrangebyrank"]["Type"]>

  /**
   * Remove all members in a sorted set within the given scores.
   *
   * `ZREMRANGEBYSCORE key min max`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation. Since 1.2.0. https://redis.io/docs/latest/commands/zremrangebyscore/
   */
  zremrangebyscore(key: RedisKey, min: SpelledNumber, max: SpelledNumber): TypedCommand<Replies<V, K>["zremrangebyscore"]["Type"]>

  /**
   * Return a range of members in a sorted set, by index, with scores ordered from high to low.
   *
   * `ZREVRANGE key start stop [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrevrange/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` argument.
   */
  zrevrange(key: RedisKey, start: IntegerArgument, stop: IntegerArgument, options: ZrevrangeOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zrevrange"]["withscores"]["Type"]>
  /**
   * Return a range of members in a sorted set, by index, with scores ordered from high to low.
   *
   * `ZREVRANGE key start stop [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrevrange/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` argument.
   */
  zrevrange(key: RedisKey, start: IntegerArgument, stop: IntegerArgument, options?: ZrevrangeOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zrevrange"]["otherwise"]["Type"]>
  /**
   * Return a range of members in a sorted set, by index, with scores ordered from high to low.
   *
   * `ZREVRANGE key start stop [WITHSCORES]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned. Since 1.2.0. https://redis.io/docs/latest/commands/zrevrange/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` argument.
   */
  zrevrange(key: RedisKey, start: IntegerArgument, stop: IntegerArgument, options?: ZrevrangeOptions): TypedCommand<Replies<V, K>["zrevrange"]["withscores" | "otherwise"]["Type"]>

  /**
   * Return a range of members in a sorted set, by lexicographical range, ordered from higher to lower strings.
   *
   * `ZREVRANGEBYLEX key max min [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 2.8.9. https://redis.io/docs/latest/commands/zrevrangebylex/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` and `BYLEX` arguments.
   */
  zrevrangebylex(key: RedisKey, max: RedisValue, min: RedisValue, options?: ZrevrangebylexOptions): TypedCommand<Replies<V, K>["zrevrangebylex"]["Type"]>

  /**
   * Return a range of members in a sorted set, by score, with scores ordered from high to low.
   *
   * `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 2.2.0. https://redis.io/docs/latest/commands/zrevrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` and `BYSCORE` arguments.
   */
  zrevrangebyscore(key: RedisKey, max: SpelledNumber, min: SpelledNumber, options: ZrevrangebyscoreOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zrevrangebyscore"]["withscores"]["Type"]>
  /**
   * Return a range of members in a sorted set, by score, with scores ordered from high to low.
   *
   * `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 2.2.0. https://redis.io/docs/latest/commands/zrevrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` and `BYSCORE` arguments.
   */
  zrevrangebyscore(key: RedisKey, max: SpelledNumber, min: SpelledNumber, options?: ZrevrangebyscoreOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zrevrangebyscore"]["otherwise"]["Type"]>
  /**
   * Return a range of members in a sorted set, by score, with scores ordered from high to low.
   *
   * `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`
   *
   * O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)). Since 2.2.0. https://redis.io/docs/latest/commands/zrevrangebyscore/
   * @deprecated Since 6.2.0: `ZRANGE` with the `REV` and `BYSCORE` arguments.
   */
  zrevrangebyscore(key: RedisKey, max: SpelledNumber, min: SpelledNumber, options?: ZrevrangebyscoreOptions): TypedCommand<Replies<V, K>["zrevrangebyscore"]["withscores" | "otherwise"]["Type"]>

  /**
   * Determine the index of a member in a sorted set, with scores ordered from high to low.
   *
   * `ZREVRANK key member`
   *
   * O(log(N)). Since 2.0.0. https://redis.io/docs/latest/commands/zrevrank/
   */
  zrevrank(key: RedisKey, member: RedisValue): TypedCommand<Replies<V, K>["zrevrank"]["Type"]>

  /**
   * Incrementally iterate sorted sets elements and associated scores.
   *
   * `ZSCAN key cursor [MATCH pattern] [COUNT count]`
   *
   * O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.. Since 2.8.0. https://redis.io/docs/latest/commands/zscan/
   */
  zscan(key: RedisKey, cursor: RedisValue, options?: ZscanOptions): TypedCommand<Replies<V, K>["zscan"]["Type"]>

  /**
   * Get the score associated with the given member in a sorted set.
   *
   * `ZSCORE key member`
   *
   * O(1). Since 1.2.0. https://redis.io/docs/latest/commands/zscore/
   */
  zscore(key: RedisKey, member: RedisValue): TypedCommand<Replies<V, K>["zscore"]["Type"]>

  /**
   * Add multiple sorted sets.
   *
   * `ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zunion/
   */
  zunion(keys: OneOrMore<RedisKey>, options: ZunionOptions & { readonly withscores: true }): TypedCommand<Replies<V, K>["zunion"]["withscores"]["Type"]>
  /**
   * Add multiple sorted sets.
   *
   * `ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zunion/
   */
  zunion(keys: OneOrMore<RedisKey>, options?: ZunionOptions & { readonly withscores?: false | undefined }): TypedCommand<Replies<V, K>["zunion"]["otherwise"]["Type"]>
  /**
   * Add multiple sorted sets.
   *
   * `ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX] [WITHSCORES]`
   *
   * O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set. Since 6.2.0. https://redis.io/docs/latest/commands/zunion/
   */
  zunion(keys: OneOrMore<RedisKey>, options?: ZunionOptions): TypedCommand<Replies<V, K>["zunion"]["withscores" | "otherwise"]["Type"]>

  /**
   * Add multiple sorted sets and store the resulting sorted set in a new key.
   *
   * `ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM | MIN | MAX]`
   *
   * O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set. Since 2.0.0. https://redis.io/docs/latest/commands/zunionstore/
   */
  zunionstore(destination: RedisKey, keys: OneOrMore<RedisKey>, options?: ZunionstoreOptions): TypedCommand<Replies<V, K>["zunionstore"]["Type"]>
}
