// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisKey, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export interface CopyOptions {
  /** `DB destination-db`. */
  readonly db?: IntegerArgument | undefined
  /** `REPLACE`. */
  readonly replace?: boolean | undefined
}

export type MigrateAuthentication =
  { readonly AUTH: RedisValue } | { readonly AUTH2: { readonly username: RedisValue; readonly password: RedisValue } }

export interface MigrateOptions {
  /** `COPY`, since 3.0.0. */
  readonly copy?: boolean | undefined
  /** `REPLACE`, since 3.0.0. */
  readonly replace?: boolean | undefined
  /** `<[AUTH password] | [AUTH2 username password]>`. */
  readonly authentication?: MigrateAuthentication | undefined
}

export interface RestoreOptions {
  /** `REPLACE`, since 3.0.0. */
  readonly replace?: boolean | undefined
  /** `ABSTTL`, since 5.0.0. */
  readonly absttl?: boolean | undefined
  /** `IDLETIME seconds`, since 5.0.0. */
  readonly idletime?: IntegerArgument | undefined
  /** `FREQ frequency`, since 5.0.0. */
  readonly freq?: IntegerArgument | undefined
}

export interface ScanOptions {
  /** `MATCH pattern`. */
  readonly match?: RedisValue | undefined
  /** `COUNT count`. */
  readonly count?: IntegerArgument | undefined
  /** `TYPE type`, since 6.0.0. */
  readonly type?: RedisValue | undefined
}

export type SortLimit =
  { readonly offset: IntegerArgument; readonly count: IntegerArgument }

export interface SortOptions {
  /** `BY pattern`. */
  readonly by?: RedisValue | undefined
  /** `LIMIT offset count`. */
  readonly limit?: SortLimit | undefined
  /** `GET pattern [GET pattern ...]`. */
  readonly get?: OneOrMore<RedisValue> | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `ALPHA`. */
  readonly alpha?: boolean | undefined
  /** `STORE destination`. */
  readonly store?: RedisKey | undefined
}

export interface SortRoOptions {
  /** `BY pattern`. */
  readonly by?: RedisValue | undefined
  /** `LIMIT offset count`. */
  readonly limit?: SortLimit | undefined
  /** `GET pattern [GET pattern ...]`. */
  readonly get?: OneOrMore<RedisValue> | undefined
  /** `<ASC | DESC>`. */
  readonly order?: "ASC" | "DESC" | undefined
  /** `ALPHA`. */
  readonly alpha?: boolean | undefined
}

/** Commands on keys of any type. `V` is what is stored, `K` a key or a field. */
export interface KeyCommands<V, K> {
  /**
   * Copy a key.
   *
   * `COPY source destination [DB destination-db] [REPLACE]`
   *
   * O(N) worst case for collections, where N is the number of nested items. O(1) for string values. Since 6.2.0. https://redis.io/docs/latest/commands/copy/
   */
  copy(source: RedisKey, destination: RedisKey, options?: CopyOptions): TypedCommand<Replies<V, K>["copy"]["Type"]>

  /**
   * Delete a key.
   *
   * `DEL key [key ...]`
   *
   * O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1). Since 1.0.0. https://redis.io/docs/latest/commands/del/
   */
  del(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["del"]["Type"]>

  /**
   * Return a serialized version of the value stored at the specified key.
   *
   * `DUMP key`
   *
   * O(1) to access the key and additional O(N*M) to serialize it, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). Since 2.6.0. https://redis.io/docs/latest/commands/dump/
   */
  dump(key: RedisKey): TypedCommand<Replies<V, K>["dump"]["Type"]>

  /**
   * Determine if a key exists.
   *
   * `EXISTS key [key ...]`
   *
   * O(N) where N is the number of keys to check. Since 1.0.0. https://redis.io/docs/latest/commands/exists/
   */
  exists(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["exists"]["Type"]>

  /**
   * Set a key's time to live in seconds.
   *
   * `EXPIRE key seconds [NX | XX | GT | LT]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/expire/
   */
  expire(key: RedisKey, seconds: IntegerArgument, condition?: "NX" | "XX" | "GT" | "LT"): TypedCommand<Replies<V, K>["expire"]["Type"]>

  /**
   * Set the expiration for a key as a UNIX timestamp.
   *
   * `EXPIREAT key unix-time-seconds [NX | XX | GT | LT]`
   *
   * O(1). Since 1.2.0. https://redis.io/docs/latest/commands/expireat/
   */
  expireat(key: RedisKey, unixTimeSeconds: IntegerArgument, condition?: "NX" | "XX" | "GT" | "LT"): TypedCommand<Replies<V, K>["expireat"]["Type"]>

  /**
   * Get the expiration Unix timestamp for a key.
   *
   * `EXPIRETIME key`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/expiretime/
   */
  expiretime(key: RedisKey): TypedCommand<Replies<V, K>["expiretime"]["Type"]>

  /**
   * Find all keys matching the given pattern.
   *
   * `KEYS pattern`
   *
   * O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length. Since 1.0.0. https://redis.io/docs/latest/commands/keys/
   */
  keys(pattern: RedisValue): TypedCommand<Replies<V, K>["keys"]["Type"]>

  /**
   * Atomically transfer a key from a Redis instance to another one.
   *
   * `MIGRATE host port <key | ""> destination-db timeout [COPY] [REPLACE] [[AUTH password] | [AUTH2 username password]] [KEYS key [key ...]]`
   *
   * This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance. See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is performed. Since 2.6.0. https://redis.io/docs/latest/commands/migrate/
   */
  migrate(host: RedisValue, port: IntegerArgument, destinationDb: IntegerArgument, timeout: IntegerArgument, keys: OneOrMore<RedisKey>, options?: MigrateOptions): TypedCommand<Replies<V, K>["migrate"]["Type"]>

  /**
   * Move a key to another database.
   *
   * `MOVE key db`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/move/
   */
  move(key: RedisKey, db: IntegerArgument): TypedCommand<Replies<V, K>["move"]["Type"]>

  /**
   * Inspect the internal encoding of a Redis object.
   *
   * `OBJECT ENCODING key`
   *
   * O(1). Since 2.2.3. https://redis.io/docs/latest/commands/object-encoding/
   */
  objectEncoding(key: RedisKey): TypedCommand<Replies<V, K>["objectEncoding"]["Type"]>

  /**
   * Get the logarithmic access frequency counter of a Redis object.
   *
   * `OBJECT FREQ key`
   *
   * O(1). Since 4.0.0. https://redis.io/docs/latest/commands/object-freq/
   */
  objectFreq(key: RedisKey): TypedCommand<Replies<V, K>["objectFreq"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `OBJECT HELP`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/object-help/
   */
  objectHelp(): TypedCommand<Replies<V, K>["objectHelp"]["Type"]>

  /**
   * Get the time since a Redis object was last accessed.
   *
   * `OBJECT IDLETIME key`
   *
   * O(1). Since 2.2.3. https://redis.io/docs/latest/commands/object-idletime/
   */
  objectIdletime(key: RedisKey): TypedCommand<Replies<V, K>["objectIdletime"]["Type"]>

  /**
   * Get the number of references to the value of the key.
   *
   * `OBJECT REFCOUNT key`
   *
   * O(1). Since 2.2.3. https://redis.io/docs/latest/commands/object-refcount/
   */
  objectRefcount(key: RedisKey): TypedCommand<Replies<V, K>["objectRefcount"]["Type"]>

  /**
   * Remove the expiration from a key.
   *
   * `PERSIST key`
   *
   * O(1). Since 2.2.0. https://redis.io/docs/latest/commands/persist/
   */
  persist(key: RedisKey): TypedCommand<Replies<V, K>["persist"]["Type"]>

  /**
   * Set a key's time to live in milliseconds.
   *
   * `PEXPIRE key milliseconds [NX | XX | GT | LT]`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/pexpire/
   */
  pexpire(key: RedisKey, milliseconds: IntegerArgument, condition?: "NX" | "XX" | "GT" | "LT"): TypedCommand<Replies<V, K>["pexpire"]["Type"]>

  /**
   * Set the expiration for a key as a UNIX timestamp specified in milliseconds.
   *
   * `PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/pexpireat/
   */
  pexpireat(key: RedisKey, unixTimeMilliseconds: IntegerArgument, condition?: "NX" | "XX" | "GT" | "LT"): TypedCommand<Replies<V, K>["pexpireat"]["Type"]>

  /**
   * Get the expiration Unix timestamp for a key in milliseconds.
   *
   * `PEXPIRETIME key`
   *
   * O(1). Since 7.0.0. https://redis.io/docs/latest/commands/pexpiretime/
   */
  pexpiretime(key: RedisKey): TypedCommand<Replies<V, K>["pexpiretime"]["Type"]>

  /**
   * Get the time to live for a key in milliseconds.
   *
   * `PTTL key`
   *
   * O(1). Since 2.6.0. https://redis.io/docs/latest/commands/pttl/
   */
  pttl(key: RedisKey): TypedCommand<Replies<V, K>["pttl"]["Type"]>

  /**
   * Return a random key from the keyspace.
   *
   * `RANDOMKEY`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/randomkey/
   */
  randomkey(): TypedCommand<Replies<V, K>["randomkey"]["Type"]>

  /**
   * Rename a key.
   *
   * `RENAME key newkey`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/rename/
   */
  rename(key: RedisKey, newkey: RedisKey): TypedCommand<Replies<V, K>["rename"]["Type"]>

  /**
   * Rename a key, only if the new key does not exist.
   *
   * `RENAMENX key newkey`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/renamenx/
   */
  renamenx(key: RedisKey, newkey: RedisKey): TypedCommand<Replies<V, K>["renamenx"]["Type"]>

  /**
   * Create a key using the provided serialized value, previously obtained using DUMP.
   *
   * `RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]`
   *
   * O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of Redis objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)). Since 2.6.0. https://redis.io/docs/latest/commands/restore/
   */
  restore(key: RedisKey, ttl: IntegerArgument, serializedValue: RedisValue, options?: RestoreOptions): TypedCommand<Replies<V, K>["restore"]["Type"]>

  /**
   * Incrementally iterate the keys space.
   *
   * `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`
   *
   * O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection. Since 2.8.0. https://redis.io/docs/latest/commands/scan/
   */
  scan(cursor: RedisValue, options?: ScanOptions): TypedCommand<Replies<V, K>["scan"]["Type"]>

  /**
   * Sort the elements in a list, set or sorted set.
   *
   * `SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 1.0.0. https://redis.io/docs/latest/commands/sort/
   */
  sort(key: RedisKey, options: SortOptions & { readonly store: RedisKey }): TypedCommand<Replies<V, K>["sort"]["store"]["Type"]>
  /**
   * Sort the elements in a list, set or sorted set.
   *
   * `SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 1.0.0. https://redis.io/docs/latest/commands/sort/
   */
  sort(key: RedisKey, options: SortOptions & { readonly store?: undefined } & { readonly get: OneOrMore<RedisValue> }): TypedCommand<Replies<V, K>["sort"]["get"]["Type"]>
  /**
   * Sort the elements in a list, set or sorted set.
   *
   * `SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 1.0.0. https://redis.io/docs/latest/commands/sort/
   */
  sort(key: RedisKey, options?: SortOptions & { readonly store?: undefined } & { readonly get?: undefined }): TypedCommand<Replies<V, K>["sort"]["otherwise"]["Type"]>
  /**
   * Sort the elements in a list, set or sorted set.
   *
   * `SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 1.0.0. https://redis.io/docs/latest/commands/sort/
   */
  sort(key: RedisKey, options?: SortOptions): TypedCommand<Replies<V, K>["sort"]["store" | "get" | "otherwise"]["Type"]>

  /**
   * Sort the elements in a list, set or sorted set. Read-only variant of SORT.
   *
   * `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 7.0.0. https://redis.io/docs/latest/commands/sort_ro/
   */
  sortRo(key: RedisKey, options: SortRoOptions & { readonly get: OneOrMore<RedisValue> }): TypedCommand<Replies<V, K>["sortRo"]["get"]["Type"]>
  /**
   * Sort the elements in a list, set or sorted set. Read-only variant of SORT.
   *
   * `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 7.0.0. https://redis.io/docs/latest/commands/sort_ro/
   */
  sortRo(key: RedisKey, options?: SortRoOptions & { readonly get?: undefined }): TypedCommand<Replies<V, K>["sortRo"]["otherwise"]["Type"]>
  /**
   * Sort the elements in a list, set or sorted set. Read-only variant of SORT.
   *
   * `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA]`
   *
   * O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N). Since 7.0.0. https://redis.io/docs/latest/commands/sort_ro/
   */
  sortRo(key: RedisKey, options?: SortRoOptions): TypedCommand<Replies<V, K>["sortRo"]["get" | "otherwise"]["Type"]>

  /**
   * Alters the last access time of a key(s). Returns the number of existing keys specified.
   *
   * `TOUCH key [key ...]`
   *
   * O(N) where N is the number of keys that will be touched. Since 3.2.1. https://redis.io/docs/latest/commands/touch/
   */
  touch(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["touch"]["Type"]>

  /**
   * Get the time to live for a key in seconds.
   *
   * `TTL key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/ttl/
   */
  ttl(key: RedisKey): TypedCommand<Replies<V, K>["ttl"]["Type"]>

  /**
   * Determine the type stored at key.
   *
   * `TYPE key`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/type/
   */
  type(key: RedisKey): TypedCommand<Replies<V, K>["type"]["Type"]>

  /**
   * Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non blocking.
   *
   * `UNLINK key [key ...]`
   *
   * O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of. Since 4.0.0. https://redis.io/docs/latest/commands/unlink/
   */
  unlink(keys: OneOrMore<RedisKey>): TypedCommand<Replies<V, K>["unlink"]["Type"]>
}
