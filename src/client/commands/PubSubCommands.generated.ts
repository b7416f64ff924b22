// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { OneOrMore, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

/** Commands on publish and subscribe, as seen from outside. `V` is what is stored, `K` a key or a field. */
export interface PubSubCommands<V, K> {
  /**
   * Post a message to a channel.
   *
   * `PUBLISH channel message`
   *
   * O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client). Since 2.0.0. https://redis.io/docs/latest/commands/publish/
   */
  publish(channel: RedisValue, message: RedisValue): TypedCommand<Replies<V, K>["publish"]["Type"]>

  /**
   * List active channels.
   *
   * `PUBSUB CHANNELS [pattern]`
   *
   * O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns). Since 2.8.0. https://redis.io/docs/latest/commands/pubsub-channels/
   */
  pubsubChannels(pattern?: RedisValue): TypedCommand<Replies<V, K>["pubsubChannels"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `PUBSUB HELP`
   *
   * O(1). Since 6.2.0. https://redis.io/docs/latest/commands/pubsub-help/
   */
  pubsubHelp(): TypedCommand<Replies<V, K>["pubsubHelp"]["Type"]>

  /**
   * Get the count of unique patterns pattern subscriptions.
   *
   * `PUBSUB NUMPAT`
   *
   * O(1). Since 2.8.0. https://redis.io/docs/latest/commands/pubsub-numpat/
   */
  pubsubNumpat(): TypedCommand<Replies<V, K>["pubsubNumpat"]["Type"]>

  /**
   * Get the count of subscribers for channels.
   *
   * `PUBSUB NUMSUB [channel [channel ...]]`
   *
   * O(N) for the NUMSUB subcommand, where N is the number of requested channels. Since 2.8.0. https://redis.io/docs/latest/commands/pubsub-numsub/
   */
  pubsubNumsub(channels?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["pubsubNumsub"]["Type"]>

  /**
   * List active shard channels.
   *
   * `PUBSUB SHARDCHANNELS [pattern]`
   *
   * O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels). Since 7.0.0. https://redis.io/docs/latest/commands/pubsub-shardchannels/
   */
  pubsubShardchannels(pattern?: RedisValue): TypedCommand<Replies<V, K>["pubsubShardchannels"]["Type"]>

  /**
   * Get the count of subscribers for shard channels.
   *
   * `PUBSUB SHARDNUMSUB [shardchannel [shardchannel ...]]`
   *
   * O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels. Since 7.0.0. https://redis.io/docs/latest/commands/pubsub-shardnumsub/
   */
  pubsubShardnumsub(shardchannels?: OneOrMore<RedisValue>): TypedCommand<Replies<V, K>["pubsubShardnumsub"]["Type"]>

  /**
   * Post a message to a shard channel.
   *
   * `SPUBLISH shardchannel message`
   *
   * O(N) where N is the number of clients subscribed to the receiving shard channel. Since 7.0.0. https://redis.io/docs/latest/commands/spublish/
   */
  spublish(shardchannel: RedisValue, message: RedisValue): TypedCommand<Replies<V, K>["spublish"]["Type"]>
}
