// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue, SpelledNumber } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface BitcountIndex {
  readonly start: IntegerArgument
  readonly end: IntegerArgument
  readonly indexUnit?: "BYTE" | "BIT" | undefined
}

export type BitfieldOperation =
  { readonly GET: { readonly encoding: RedisValue; readonly offset: SpelledNumber } } | { readonly SET: { readonly encoding: RedisValue; readonly offset: SpelledNumber; readonly value: IntegerArgument } } | { readonly INCRBY: { readonly encoding: RedisValue; readonly offset: SpelledNumber; readonly increment: IntegerArgument } } | { readonly OVERFLOW: "WRAP" | "SAT" | "FAIL" }

export type BitfieldRoGet =
  { readonly encoding: RedisValue; readonly offset: SpelledNumber }

export interface BitfieldRoOptions {
  /** `GET encoding offset [GET encoding offset ...]`. */
  readonly get?: OneOrMore<BitfieldRoGet> | undefined
}

export interface BitposIndex {
  readonly start: IntegerArgument
  readonly end?: IntegerArgument | undefined
  readonly indexUnit?: "BYTE" | "BIT" | undefined
}

/** Commands on bitmaps. `V` is what is stored, `K` a key or a field. */
export interface BitmapCommands<V, K> {
  /**
   * Count set bits in a string.
   *
   * `BITCOUNT key [start end [BYTE | BIT]]`
   *
   * O(N). Since 2.6.0. https://redis.io/docs/latest/commands/bitcount/
   */
  bitcount(key: RedisKey, index?: BitcountIndex): TypedCommand<Replies<V, K>["bitcount"]["Type"]>

  /**
   * Perform arbitrary bitfield integer operations on strings.
   *
   * `BITFIELD key [GET encoding offset | [OVERFLOW WRAP | SAT | FAIL] <SET encoding offset value | INCRBY encoding offset increment> [GET encoding offset | [OVERFLOW WRAP | SAT | FAIL] <SET encoding offset value | INCRBY encoding offset increment> ...]]`
   *
   * O(1) for each subcommand specified. Since 3.2.0. https://redis.io/docs/latest/commands/bitfield/
   */
  bitfield(key: RedisKey, operations?: OneOrMore<BitfieldOperation>): TypedCommand<Replies<V, K>["bitfield"]["Type"]>

  /**
   * Perform arbitrary bitfield integer operations on strings. Read-only variant of BITFIELD.
   *
   * `BITFIELD_RO key [GET encoding offset [GET encoding offset ...]]`
   *
   * O(1) for each subcommand specified. Since 6.0.0. https://redis.io/docs/latest/commands/bitfield_ro/
   */
  bitfieldRo(key: RedisKey, options?: BitfieldRoOptions): TypedCommand<Replies<V, K>["bitfieldRo"]["Type"]>

  /**
   * Perform bitwise operations between strings.
   *
   * `BITOP operation destkey key [key ...]`
   *
   * O(N). Since 2.6.0. https://redis.io/docs/latest/commands/bitop/
   */
  bitop(operation: "AND" | "OR" | "XOR" | "NOT", destkey: RedisKey, keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["bitop"]["Type"]>

  /**
   * Find first bit set or clear in a string.
   *
   * `BITPOS key bit [start [end [BYTE | BIT]]]`
   *
   * O(N). Since 2.8.7. https://redis.io/docs/latest/commands/bitpos/
   */
  bitpos(key: RedisKey, bit: IntegerArgument, index?: BitposIndex): TypedCommand<Replies<V, K>["bitpos"]["Type"]>

  /**
   * Returns the bit value at offset in the string value stored at key.
   *
   * `GETBIT key offset`
   *
   * O(1). Since 2.2.0. https://redis.io/docs/latest/commands/getbit/
   */
  getbit(key: RedisKey, offset: IntegerArgument): TypedCommand<Replies<V, K>["getbit"]["Type"]>

  /**
   * Sets or clears the bit at offset in the string value stored at key.
   *
   * `SETBIT key offset value`
   *
   * O(1). Since 2.2.0. https://redis.io/docs/latest/commands/setbit/
   */
  setbit(key: RedisKey, offset: IntegerArgument, value: IntegerArgument): TypedCommand<Replies<V, K>["setbit"]["Type"]>
}
