// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

/** Commands on HyperLogLogs. `V` is what is stored, `K` a key or a field. */
export interface HyperLogLogCommands<V, K> {
  /**
   * Adds the specified elements to the specified HyperLogLog.
   *
   * `PFADD key [element [element ...]]`
   *
   * O(1) to add every element. Since 2.8.9. https://redis.io/docs/latest/commands/pfadd/
   */
  pfadd(key: RedisKey, elements?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["pfadd"]["Type"]>

  /**
   * Return the approximated cardinality of the set(s) observed by the HyperLogLog at key(s).
   *
   * `PFCOUNT key [key ...]`
   *
   * O(1) with a very small average constant time when called with a single key. O(N) with N being the number of keys, and much bigger constant times, when called with multiple keys. Since 2.8.9. https://redis.io/docs/latest/commands/pfcount/
   */
  pfcount(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["pfcount"]["Type"]>

  /**
   * Internal commands for debugging HyperLogLog values.
   *
   * `PFDEBUG subcommand key`
   *
   * N/A. Since 2.8.9. https://redis.io/docs/latest/commands/pfdebug/
   */
  pfdebug(subcommand: RedisValue, key: RedisKey): TypedCommand<Replies<V, K>["pfdebug"]["Type"]>

  /**
   * Merge N different HyperLogLogs into a single one.
   *
   * `PFMERGE destkey sourcekey [sourcekey ...]`
   *
   * O(N) to merge N HyperLogLogs, but with high constant times. Since 2.8.9. https://redis.io/docs/latest/commands/pfmerge/
   */
  pfmerge(destkey: RedisKey, sourcekeys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["pfmerge"]["Type"]>

  /**
   * An internal command for testing HyperLogLog values.
   *
   * `PFSELFTEST`
   *
   * N/A. Since 2.8.9. https://redis.io/docs/latest/commands/pfselftest/
   */
  pfselftest(): TypedCommand<Replies<V, K>["pfselftest"]["Type"]>
}
