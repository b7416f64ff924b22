// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface FunctionListOptions {
  /** `LIBRARYNAME library-name-pattern`. */
  readonly libraryname?: RedisValue | undefined
  /** `WITHCODE`. */
  readonly withcode?: boolean | undefined
}

export interface FunctionLoadOptions {
  /** `REPLACE`. */
  readonly replace?: boolean | undefined
}

/** Commands on functions. `V` is what is stored, `K` a key or a field. */
export interface FunctionCommands<V, K> {
  /**
   * Invoke a function.
   *
   * `FCALL function numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the function that is executed. Since 7.0.0. https://redis.io/docs/latest/commands/fcall/
   */
  fcall(functionName: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["fcall"]["Type"]>

  /**
   * Invoke a read-only function.
   *
   * `FCALL_RO function numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the function that is executed. Since 7.0.0. https://redis.io/docs/latest/commands/fcall_ro/
   */
  fcallRo(functionName: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["fcallRo"]["Type"]>

  /**
   * Delete a function by name.
   *
   * `FUNCTION DELETE library-name`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/function-delete/
   */
  functionDelete(libraryName: RedisValue): TypedCommand<Replies<V, K>["functionDelete"]["Type"]>

  /**
   * Dump all functions into a serialized binary payload.
   *
   * `FUNCTION DUMP`
   *
   * O(N) where N is the number of functions. Since 7.0.0. https://redis.io/docs/latest/commands/function-dump/
   */
  functionDump(): TypedCommand<Replies<V, K>["functionDump"]["Type"]>

  /**
   * Deleting all functions.
   *
   * `FUNCTION FLUSH [ASYNC | SYNC]`
   *
   * O(N) where N is the number of functions deleted. Since 7.0.0. https://redis.io/docs/latest/commands/function-flush/
   */
  functionFlush(async?: "ASYNC" | "SYNC"): TypedCommand<Replies<V, K>["functionFlush"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `FUNCTION HELP`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/function-help/
   */
  functionHelp(): TypedCommand<Replies<V, K>["functionHelp"]["Type"]>

  /**
   * Kill the function currently in execution.
   *
   * `FUNCTION KILL`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/function-kill/
   */
  functionKill(): TypedCommand<Replies<V, K>["functionKill"]["Type"]>

  /**
   * List information about all the functions.
   *
   * `FUNCTION LIST [LIBRARYNAME library-name-pattern] [WITHCODE]`
   *
   * O(N) where N is the number of functions. Since 7.0.0. https://redis.io/docs/latest/commands/function-list/
   */
  functionList(options?: FunctionListOptions): TypedCommand<Replies<V, K>["functionList"]["Type"]>

  /**
   * Create a function with the given arguments (name, code, description).
   *
   * `FUNCTION LOAD [REPLACE] function-code`
   *
   * O(1) (considering compilation time is redundant). Since 7.0.0. https://redis.io/docs/latest/commands/function-load/
   */
  functionLoad(functionCode: RedisValue, options?: FunctionLoadOptions): TypedCommand<Replies<V, K>["functionLoad"]["Type"]>

  /**
   * Restore all the functions on the given payload.
   *
   * `FUNCTION RESTORE serialized-value [FLUSH | APPEND | REPLACE]`
   *
   * O(N) where N is the number of functions on the payload. Since 7.0.0. https://redis.io/docs/latest/commands/function-restore/
   */
  functionRestore(serializedValue: RedisValue, policy?: "FLUSH" | "APPEND" | "REPLACE"): TypedCommand<Replies<V, K>["functionRestore"]["Type"]>

  /**
   * Return information about the function currently running (name, description, duration).
   *
   * `FUNCTION STATS`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/function-stats/
   */
  functionStats(): TypedCommand<Replies<V, K>["functionStats"]["Type"]>
}
