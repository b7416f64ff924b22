// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, NamedValues, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export type GetexExpiration =
  "PERSIST" | { readonly EX: IntegerArgument } | { readonly PX: IntegerArgument } | { readonly EXAT: IntegerArgument } | { readonly PXAT: IntegerArgument }

export interface LcsOptions {
  /** `LEN`. */
  readonly len?: boolean | undefined
  /** `IDX`. */
  readonly idx?: boolean | undefined
  /** `MINMATCHLEN len`. */
  readonly minmatchlen?: IntegerArgument | undefined
  /** `WITHMATCHLEN`. */
  readonly withmatchlen?: boolean | undefined
}

export type SetExpiration =
  "KEEPTTL" | { readonly EX: IntegerArgument } | { readonly PX: IntegerArgument } | { readonly EXAT: IntegerArgument } | { readonly PXAT: IntegerArgument }

export interface SetOptions {
  /** `<NX | XX>`, since 2.6.12. */
  readonly condition?: "NX" | "XX" | undefined
  /** `GET`, since 6.2.0. */
  readonly get?: boolean | undefined
  /** `<EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL>`. */
  readonly expiration?: SetExpiration | undefined
}

/** Commands on strings. `V` is what is stored, `K` a key or a field. */
export interface StringCommands<V, K> {
  /**
   * Append a value to a key.
   *
   * `APPEND key value`
   *
   * O(1). The amortized time complexity is O(1) assuming the appended value is small and the already present value is of any size, since the dynamic string library used by Redis will double the free space available on every reallocation. Since 2.0.0. https://redis.io/docs/latest/commands/append/
   */
  append(key: RedisKey, value: RedisValue): TypedCommand<Replies<V, K>["append"]["Type"]>

  /**
   * Decrement the integer value of a key by one.
   *
   * `DECR key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/decr/
   */
  decr(key: RedisKey): TypedCommand<Replies<V, K>["decr"]["Type"]>

  /**
   * Decrement the integer value of a key by the given number.
   *
   * `DECRBY key decrement`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/decrby/
   */
  decrby(key: RedisKey, decrement: bigint): TypedCommand<Replies<V, K>["decrby"]["decrement:bigint"]["Type"]>
  /**
   * Decrement the integer value of a key by the given number.
   *
   * `DECRBY key decrement`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/decrby/
   */
  decrby(key: RedisKey, decrement: number): TypedCommand<Replies<V, K>["decrby"]["otherwise"]["Type"]>

  /**
   * Get the value of a key.
   *
   * `GET key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/get/
   */
  get(key: RedisKey): TypedCommand<Replies<V, K>["get"]["Type"]>

  /**
   * Get the value of a key and delete the key.
   *
   * `GETDEL key`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/getdel/
   */
  getdel(key: RedisKey): TypedCommand<Replies<V, K>["getdel"]["Type"]>

  /**
   * Get the value of a key and optionally set its expiration.
   *
   * `GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/getex/
   */
  getex(key: RedisKey, expiration?: GetexExpiration): TypedCommand<Replies<V, K>["getex"]["Type"]>

  /**
   * Get a substring of the string stored at a key.
   *
   * `GETRANGE key start end`
   *
   * O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings. Since 2.4.0. https://redis.io/docs/latest/commands/getrange/
   */
  getrange(key: RedisKey, start: IntegerArgument, end: IntegerArgument): TypedCommand<Replies<V, K>["getrange"]["Type"]>

  /**
   * Set the string value of a key and return its old value.
   *
   * `GETSET key value`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/getset/
   * @deprecated Since 6.2.0: `SET` with the `!GET` argument.
   */
  getset(key: RedisKey, value: RedisValue): TypedCommand<Replies<V, K>["getset"]["Type"]>

  /**
   * Increment the integer value of a key by one.
   *
   * `INCR key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/incr/
   */
  incr(key: RedisKey): TypedCommand<Replies<V, K>["incr"]["Type"]>

  /**
   * Increment the integer value of a key by the given amount.
   *
   * `INCRBY key increment`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/incrby/
   */
  incrby(key: RedisKey, increment: bigint): TypedCommand<Replies<V, K>["incrby"]["increment:bigint"]["Type"]>
  /**
   * Increment the integer value of a key by the given amount.
   *
   * `INCRBY key increment`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/incrby/
   */
  incrby(key: RedisKey, increment: number): TypedCommand<Replies<V, K>["incrby"]["otherwise"]["Type"]>

  /**
   * Increment the float value of a key by the given amount.
   *
   * `INCRBYFLOAT key increment`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/incrbyfloat/
   */
  incrbyfloat(key: RedisKey, increment: number): TypedCommand<Replies<V, K>["incrbyfloat"]["Type"]>

  /**
   * Find longest common substring.
   *
   * `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]`
   *
   * O(N*M) where N and M are the lengths of s1 and s2, respectively. Since 7.0.0. https://redis.io/docs/latest/commands/lcs/
   */
  lcs(key1: RedisKey, key2: RedisKey, options: LcsOptions & { readonly idx: true }): TypedCommand<Replies<V, K>["lcs"]["idx"]["Type"]>
  /**
   * Find longest common substring.
   *
   * `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]`
   *
   * O(N*M) where N and M are the lengths of s1 and s2, respectively. Since 7.0.0. https://redis.io/docs/latest/commands/lcs/
   */
  lcs(key1: RedisKey, key2: RedisKey, options: LcsOptions & { readonly idx?: false | undefined } & { readonly len: true }): TypedCommand<Replies<V, K>["lcs"]["len"]["Type"]>
  /**
   * Find longest common substring.
   *
   * `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]`
   *
   * O(N*M) where N and M are the lengths of s1 and s2, respectively. Since 7.0.0. https://redis.io/docs/latest/commands/lcs/
   */
  lcs(key1: RedisKey, key2: RedisKey, options?: LcsOptions & { readonly idx?: false | undefined } & { readonly len?: false | undefined }): TypedCommand<Replies<V, K>["lcs"]["otherwise"]["Type"]>
  /**
   * Find longest common substring.
   *
   * `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]`
   *
   * O(N*M) where N and M are the lengths of s1 and s2, respectively. Since 7.0.0. https://redis.io/docs/latest/commands/lcs/
   */
  lcs(key1: RedisKey, key2: RedisKey, options?: LcsOptions): TypedCommand<Replies<V, K>["lcs"]["idx" | "len" | "otherwise"]["Type"]>

  /**
   * Get the values of all the given keys.
   *
   * `MGET key [key ...]`
   *
   * O(N) where N is the number of keys to retrieve. Since 1.0.0. https://redis.io/docs/latest/commands/mget/
   */
  mget(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["mget"]["Type"]>

  /**
   * Set multiple keys to multiple values.
   *
   * `MSET key value [key value ...]`
   *
   * O(N) where N is the number of keys to set. Since 1.0.1. https://redis.io/docs/latest/commands/mset/
   */
  mset(keyValues: NamedValues): TypedCommand<Replies<V, K>["mset"]["Type"]>

  /**
   * Set multiple keys to multiple values, only if none of the keys exist.
   *
   * `MSETNX key value [key value ...]`
   *
   * O(N) where N is the number of keys to set. Since 1.0.1. https://redis.io/docs/latest/commands/msetnx/
   */
  msetnx(keyValues: NamedValues): TypedCommand<Replies<V, K>["msetnx"]["Type"]>

  /**
   * Set the value and expiration in milliseconds of a key.
   *
   * `PSETEX key milliseconds value`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/psetex/
   */
  psetex(key: RedisKey, milliseconds: IntegerArgument, value: RedisValue): TypedCommand<Replies<V, K>["psetex"]["Type"]>

  /**
   * Set the string value of a key.
   *
   * `SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/set/
   */
  set(key: RedisKey, value: RedisValue, options: SetOptions & { readonly get: true }): TypedCommand<Replies<V, K>["set"]["get"]["Type"]>
  /**
   * Set the string value of a key.
   *
   * `SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/set/
   */
  set(key: RedisKey, value: RedisValue, options?: SetOptions & { readonly get?: false | undefined }): TypedCommand<Replies<V, K>["set"]["otherwise"]["Type"]>
  /**
   * Set the string value of a key.
   *
   * `SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/set/
   */
  set(key: RedisKey, value: RedisValue, options?: SetOptions): TypedCommand<Replies<V, K>["set"]["get" | "otherwise"]["Type"]>

  /**
   * Set the value and expiration of a key.
   *
   * `SETEX key seconds value`
   *
   * O(1). Since 2.0.0. https://redis.io/docs/latest/commands/setex/
   */
  setex(key: RedisKey, seconds: IntegerArgument, value: RedisValue): TypedCommand<Replies<V, K>["setex"]["Type"]>

  /**
   * Set the value of a key, only if the key does not exist.
   *
   * `SETNX key value`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/setnx/
   */
  setnx(key: RedisKey, value: RedisValue): TypedCommand<Replies<V, K>["setnx"]["Type"]>

  /**
   * Overwrite part of a string at key starting at the specified offset.
   *
   * `SETRANGE key offset value`
   *
   * O(1), not counting the time taken to copy the new string in place. Usually, this string is very small so the amortized complexity is O(1). Otherwise, complexity is O(M) with M being the length of the value argument. Since 2.2.0. https://redis.io/docs/latest/commands/setrange/
   */
  setrange(key: RedisKey, offset: IntegerArgument, value: RedisValue): TypedCommand<Replies<V, K>["setrange"]["Type"]>

  /**
   * Get the length of the value stored in a key.
   *
   * `STRLEN key`
   *
   * O(1). Since 2.2.0. https://redis.io/docs/latest/commands/strlen/
   */
  strlen(key: RedisKey): TypedCommand<Replies<V, K>["strlen"]["Type"]>

  /**
   * Get a substring of the string stored at a key.
   *
   * `SUBSTR key start end`
   *
   * O(N) where N is the length of the returned string. The complexity is ultimately determined by the returned length, but because creating a substring from an existing string is very cheap, it can be considered O(1) for small strings. Since 1.0.0. https://redis.io/docs/latest/commands/substr/
   * @deprecated Since 2.0.0: `GETRANGE`.
   */
  substr(key: RedisKey, start: IntegerArgument, end: IntegerArgument): TypedCommand<Replies<V, K>["substr"]["Type"]>
}
