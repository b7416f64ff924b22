// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

/** Commands on scripts. `V` is what is stored, `K` a key or a field. */
export interface ScriptingCommands<V, K> {
  /**
   * Execute a Lua script server side.
   *
   * `EVAL script numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the script that is executed. Since 2.6.0. https://redis.io/docs/latest/commands/eval/
   */
  eval(script: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["eval"]["Type"]>

  /**
   * Execute a read-only Lua script server side.
   *
   * `EVAL_RO script numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the script that is executed. Since 7.0.0. https://redis.io/docs/latest/commands/eval_ro/
   */
  evalRo(script: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["evalRo"]["Type"]>

  /**
   * Execute a Lua script server side.
   *
   * `EVALSHA sha1 numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the script that is executed. Since 2.6.0. https://redis.io/docs/latest/commands/evalsha/
   */
  evalsha(sha1: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["evalsha"]["Type"]>

  /**
   * Execute a read-only Lua script server side.
   *
   * `EVALSHA_RO sha1 numkeys [key [key ...]] [arg [arg ...]]`
   *
   * Depends on the script that is executed. Since 7.0.0. https://redis.io/docs/latest/commands/evalsha_ro/
   */
  evalshaRo(sha1: RedisValue, keys?: OneOrMore<RedisKey>, args?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["evalshaRo"]["Type"]>

  /**
   * Check existence of scripts in the script cache.
   *
   * `SCRIPT EXISTS sha1 [sha1 ...]`
   *
   * O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation). Since 2.6.0. https://redis.io/docs/latest/commands/script-exists/
   */
  scriptExists(sha1s: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["scriptExists"]["Type"]>

  /**
   * Remove all the scripts from the script cache.
   *
   * `SCRIPT FLUSH [ASYNC | SYNC]`
   *
   * O(N) with N being the number of scripts in cache. Since 2.6.0. https://redis.io/docs/latest/commands/script-flush/
   */
  scriptFlush(async?: "ASYNC" | "SYNC"): TypedCommand<Replies<V, K>["scriptFlush"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `SCRIPT HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/script-help/
   */
  scriptHelp(): TypedCommand<Replies<V, K>["scriptHelp"]["Type"]>

  /**
   * Kill the script currently in execution.
   *
   * `SCRIPT KILL`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/script-kill/
   */
  scriptKill(): TypedCommand<Replies<V, K>["scriptKill"]["Type"]>

  /**
   * Load the specified Lua script into the script cache.
   *
   * `SCRIPT LOAD script`
   *
   * O(N) with N being the length in bytes of the script body. Since 2.6.0. https://redis.io/docs/latest/commands/script-load/
   */
  scriptLoad(script: RedisValue): TypedCommand<Replies<V, K>["scriptLoad"]["Type"]>
}
