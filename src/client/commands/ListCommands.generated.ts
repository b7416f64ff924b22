// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface BlmpopOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface LmpopOptions {
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
}

export interface LposOptions {
  /** `RANK rank`. */
  readonly rank?: IntegerArgument | undefined
  /** `COUNT num-matches`. */
  readonly count?: IntegerArgument | undefined
  /** `MAXLEN len`. */
  readonly maxlen?: IntegerArgument | undefined
}

/** Commands on lists. `V` is what is stored, `K` a key or a field. */
export interface ListCommands<V, K> {
  /**
   * Pop an element from a list, push it to another list and return it; or block until one is available.
   *
   * `BLMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/blmove/
   */
  blmove(source: RedisKey, destination: RedisKey, wherefrom: "LEFT" | "RIGHT", whereto: "LEFT" | "RIGHT", timeout: number): TypedCommand<Replies<V, K>["blmove"]["Type"]>

  /**
   * Pop elements from a list, or block until one is available.
   *
   * `BLMPOP timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]`
   *
   * O(N+M) where N is the number of provided keys and M is the number of elements returned. Since 7.0.0. https://redis.io/docs/latest/commands/blmpop/
   */
  blmpop(timeout: number, keys: OneOrMore<RedisKey>, where: "LEFT" | "RIGHT", options?: BlmpopOptions): TypedCommand<Replies<V, K>["blmpop"]["Type"]>

  /**
   * Remove and get the first element in a list, or block until one is available.
   *
   * `BLPOP key [key ...] timeout`
   *
   * O(N) where N is the number of provided keys. Since 2.0.0. https://redis.io/docs/latest/commands/blpop/
   */
  blpop(keys: OneOrMore<RedisKey>, timeout: number): TypedCommand<Replies<V, K>["blpop"]["Type"]>

  /**
   * Remove and get the last element in a list, or block until one is available.
   *
   * `BRPOP key [key ...] timeout`
   *
   * O(N) where N is the number of provided keys. Since 2.0.0. https://redis.io/docs/latest/commands/brpop/
   */
  brpop(keys: OneOrMore<RedisKey>, timeout: number): TypedCommand<Replies<V, K>["brpop"]["Type"]>

  /**
   * Pop an element from a list, push it to another list and return it; or block until one is available.
   *
   * `BRPOPLPUSH source destination timeout`
   *
   * O(1). Since 2.2.0. https://redis.io/docs/latest/commands/brpoplpush/
   * @deprecated Since 6.2.0: `BLMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  brpoplpush(source: RedisKey, destination: RedisKey, timeout: number): TypedCommand<Replies<V, K>["brpoplpush"]["Type"]>

  /**
   * Get an element from a list by its index.
   *
   * `LINDEX key index`
   *
   * O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1). Since 1.0.0. https://redis.io/docs/latest/commands/lindex/
   */
  lindex(key: RedisKey, index: IntegerArgument): TypedCommand<Replies<V, K>["lindex"]["Type"]>

  /**
   * Insert an element before or after another element in a list.
   *
   * `LINSERT key <BEFORE | AFTER> pivot element`
   *
   * O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N). Since 2.2.0. https://redis.io/docs/latest/commands/linsert/
   */
  linsert(key: RedisKey, where: "BEFORE" | "AFTER", pivot: RedisValue, element: RedisValue): TypedCommand<Replies<V, K>["linsert"]["Type"]>

  /**
   * Get the length of a list.
   *
   * `LLEN key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/llen/
   */
  llen(key: RedisKey): TypedCommand<Replies<V, K>["llen"]["Type"]>

  /**
   * Pop an element from a list, push it to another list and return it.
   *
   * `LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/lmove/
   */
  lmove(source: RedisKey, destination: RedisKey, wherefrom: "LEFT" | "RIGHT", whereto: "LEFT" | "RIGHT"): TypedCommand<Replies<V, K>["lmove"]["Type"]>

  /**
   * Pop elements from a list.
   *
   * `LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]`
   *
   * O(N+M) where N is the number of provided keys and M is the number of elements returned. Since 7.0.0. https://redis.io/docs/latest/commands/lmpop/
   */
  lmpop(keys: OneOrMore<RedisKey>, where: "LEFT" | "RIGHT", options?: LmpopOptions): TypedCommand<Replies<V, K>["lmpop"]["Type"]>

  /**
   * Remove and get the first elements in a list.
   *
   * `LPOP key [count]`
   *
   * O(N) where N is the number of elements returned. Since 1.0.0. https://redis.io/docs/latest/commands/lpop/
   */
  lpop(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["lpop"]["count"]["Type"]>
  /**
   * Remove and get the first elements in a list.
   *
   * `LPOP key [count]`
   *
   * O(N) where N is the number of elements returned. Since 1.0.0. https://redis.io/docs/latest/commands/lpop/
   */
  lpop(key: RedisKey): TypedCommand<Replies<V, K>["lpop"]["otherwise"]["Type"]>

  /**
   * Return the index of matching elements on a list.
   *
   * `LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]`
   *
   * O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time. Since 6.0.6. https://redis.io/docs/latest/commands/lpos/
   */
  lpos(key: RedisKey, element: RedisValue, options: LposOptions & { readonly count: IntegerArgument }): TypedCommand<Replies<V, K>["lpos"]["count"]["Type"]>
  /**
   * Return the index of matching elements on a list.
   *
   * `LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]`
   *
   * O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time. Since 6.0.6. https://redis.io/docs/latest/commands/lpos/
   */
  lpos(key: RedisKey, element: RedisValue, options?: LposOptions & { readonly count?: undefined }): TypedCommand<Replies<V, K>["lpos"]["otherwise"]["Type"]>
  /**
   * Return the index of matching elements on a list.
   *
   * `LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]`
   *
   * O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time. Since 6.0.6. https://redis.io/docs/latest/commands/lpos/
   */
  lpos(key: RedisKey, element: RedisValue, options?: LposOptions): TypedCommand<Replies<V, K>["lpos"]["count" | "otherwise"]["Type"]>

  /**
   * Prepend one or multiple elements to a list.
   *
   * `LPUSH key element [element ...]`
   *
   * O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments. Since 1.0.0. https://redis.io/docs/latest/commands/lpush/
   */
  lpush(key: RedisKey, elements: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["lpush"]["Type"]>

  /**
   * Prepend an element to a list, only if the list exists.
   *
   * `LPUSHX key element [element ...]`
   *
   * O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments. Since 2.2.0. https://redis.io/docs/latest/commands/lpushx/
   */
  lpushx(key: RedisKey, elements: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["lpushx"]["Type"]>

  /**
   * Get a range of elements from a list.
   *
   * `LRANGE key start stop`
   *
   * O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range. Since 1.0.0. https://redis.io/docs/latest/commands/lrange/
   */
  lrange(key: RedisKey, start: IntegerArgument, stop: IntegerArgument): TypedCommand<Replies<V, K>["lrange"]["Type"]>

  /**
   * Remove elements from a list.
   *
   * `LREM key count element`
   *
   * O(N+M) where N is the length of the list and M is the number of elements removed. Since 1.0.0. https://redis.io/docs/latest/commands/lrem/
   */
  lrem(key: RedisKey, count: IntegerArgument, element: RedisValue): TypedCommand<Replies<V, K>["lrem"]["Type"]>

  /**
   * Set the value of an element in a list by its index.
   *
   * `LSET key index element`
   *
   * O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1). Since 1.0.0. https://redis.io/docs/latest/commands/lset/
   */
  lset(key: RedisKey, index: IntegerArgument, element: RedisValue): TypedCommand<Replies<V, K>["lset"]["Type"]>

  /**
   * Trim a list to the specified range.
   *
   * `LTRIM key start stop`
   *
   * O(N) where N is the number of elements to be removed by the operation. Since 1.0.0. https://redis.io/docs/latest/commands/ltrim/
   */
  ltrim(key: RedisKey, start: IntegerArgument, stop: IntegerArgument): TypedCommand<Replies<V, K>["ltrim"]["Type"]>

  /**
   * Remove and get the last elements in a list.
   *
   * `RPOP key [count]`
   *
   * O(N) where N is the number of elements returned. Since 1.0.0. https://redis.io/docs/latest/commands/rpop/
   */
  rpop(key: RedisKey, count: IntegerArgument): TypedCommand<Replies<V, K>["rpop"]["count"]["Type"]>
  /**
   * Remove and get the last elements in a list.
   *
   * `RPOP key [count]`
   *
   * O(N) where N is the number of elements returned. Since 1.0.0. https://redis.io/docs/latest/commands/rpop/
   */
  rpop(key: RedisKey): TypedCommand<Replies<V, K>["rpop"]["otherwise"]["Type"]>

  /**
   * Remove the last element in a list, prepend it to another list and return it.
   *
   * `RPOPLPUSH source destination`
   *
   * O(1). Since 1.2.0. https://redis.io/docs/latest/commands/rpoplpush/
   * @deprecated Since 6.2.0: `LMOVE` with the `RIGHT` and `LEFT` arguments.
   */
  rpoplpush(source: RedisKey, destination: RedisKey): TypedCommand<Replies<V, K>["rpoplpush"]["Type"]>

  /**
   * Append one or multiple elements to a list.
   *
   * `RPUSH key element [element ...]`
   *
   * O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments. Since 1.0.0. https://redis.io/docs/latest/commands/rpush/
   */
  rpush(key: RedisKey, elements: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["rpush"]["Type"]>

  /**
   * Append an element to a list, only if the list exists.
   *
   * `RPUSHX key element [element ...]`
   *
   * O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments. Since 2.2.0. https://redis.io/docs/latest/commands/rpushx/
   */
  rpushx(key: RedisKey, elements: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["rpushx"]["Type"]>
}
