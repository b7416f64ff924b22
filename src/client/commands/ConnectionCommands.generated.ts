// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export type ClientKillFilter =
  RedisValue | boolean | { readonly id?: IntegerArgument | undefined; readonly type?: "NORMAL" | "MASTER" | "SLAVE" | "REPLICA" | "PUBSUB" | undefined; readonly user?: RedisValue | undefined; readonly addr?: RedisValue | undefined; readonly laddr?: RedisValue | undefined; readonly skipme?: "YES" | "NO" | undefined }

export interface ClientListOptions {
  /** `TYPE <NORMAL | MASTER | REPLICA | PUBSUB>`, since 5.0.0. */
  readonly type?: "NORMAL" | "MASTER" | "REPLICA" | "PUBSUB" | undefined
  /** `ID client-id [client-id ...]`, since 6.2.0. */
  readonly id?: OneOrMore<IntegerArgument> | undefined
}

/** Commands on connections and clients. `V` is what is stored, `K` a key or a field. */
export interface ConnectionCommands<V, K> {
  /**
   * Show helpful text about the different subcommands.
   *
   * `CLIENT HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/client-help/
   */
  clientHelp(): TypedCommand<Replies<V, K>["clientHelp"]["Type"]>

  /**
   * Kill the connection of a client.
   *
   * `CLIENT KILL <ip:port | <[ID client-id] | [TYPE NORMAL | MASTER | SLAVE | REPLICA | PUBSUB] | [USER username] | [ADDR ip:port] | [LADDR ip:port] | [SKIPME yes/no]> [<[ID client-id] | [TYPE NORMAL | MASTER | SLAVE | REPLICA | PUBSUB] | [USER username] | [ADDR ip:port] | [LADDR ip:port] | [SKIPME yes/no]> ...]>`
   *
   * O(N) where N is the number of client connections. Since 2.4.0. https://redis.io/docs/latest/commands/client-kill/
   */
  clientKill(filter: ClientKillFilter): TypedCommand<Replies<V, K>["clientKill"]["Type"]>

  /**
   * Get the list of client connections.
   *
   * `CLIENT LIST [TYPE NORMAL | MASTER | REPLICA | PUBSUB] [ID client-id [client-id ...]]`
   *
   * O(N) where N is the number of client connections. Since 2.4.0. https://redis.io/docs/latest/commands/client-list/
   */
  clientList(options?: ClientListOptions): TypedCommand<Replies<V, K>["clientList"]["Type"]>

  /**
   * Stop processing commands from clients for some time.
   *
   * `CLIENT PAUSE timeout [WRITE | ALL]`
   *
   * O(1). Since 2.9.50. https://redis.io/docs/latest/commands/client-pause/
   */
  clientPause(timeout: IntegerArgument, mode?: "WRITE" | "ALL"): TypedCommand<Replies<V, K>["clientPause"]["Type"]>

  /**
   * Unblock a client blocked in a blocking command from a different connection.
   *
   * `CLIENT UNBLOCK client-id [TIMEOUT | ERROR]`
   *
   * O(log N) where N is the number of client connections. Since 5.0.0. https://redis.io/docs/latest/commands/client-unblock/
   */
  clientUnblock(clientId: IntegerArgument, timeoutError?: "TIMEOUT" | "ERROR"): TypedCommand<Replies<V, K>["clientUnblock"]["Type"]>

  /**
   * Resume processing of clients that were paused.
   *
   * `CLIENT UNPAUSE`
   *
   * O(N) Where N is the number of paused clients. Since 6.2.0. https://redis.io/docs/latest/commands/client-unpause/
   */
  clientUnpause(): TypedCommand<Replies<V, K>["clientUnpause"]["Type"]>

  /**
   * Echo the given string.
   *
   * `ECHO message`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/echo/
   */
  echo(message: RedisValue): TypedCommand<Replies<V, K>["echo"]["Type"]>

  /**
   * Ping the server.
   *
   * `PING [message]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/ping/
   */
  ping(message: RedisValue): TypedCommand<Replies<V, K>["ping"]["message"]["Type"]>
  /**
   * Ping the server.
   *
   * `PING [message]`
   *
   * O(1). Since 1.0.0. https://redis.io/docs/latest/commands/ping/
   */
  ping(): TypedCommand<Replies<V, K>["ping"]["otherwise"]["Type"]>
}
