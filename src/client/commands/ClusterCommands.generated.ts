// Generated from COMMAND DOCS of redis 7.0.15. Do not edit: `node scripts/generate-commands.mjs` makes it again.
import type { IntegerArgument, OneOrMore, RedisValue } from "./ArgumentTypes.ts"
import type { Replies } from "./ReplyTypes.ts"
import type { TypedCommand } from "./TypedCommand.ts"

export type ClusterAddslotsrangeStartSlotEndSlot =
  { readonly startSlot: IntegerArgument; readonly endSlot: IntegerArgument }

export type ClusterSetslotSubcommand =
  "STABLE" | { readonly IMPORTING: RedisValue } | { readonly MIGRATING: RedisValue } | { readonly NODE: RedisValue }

/** Commands on the cluster itself. `V` is what is stored, `K` a key or a field. */
export interface ClusterCommands<V, K> {
  /**
   * Assign new hash slots to receiving node.
   *
   * `CLUSTER ADDSLOTS slot [slot ...]`
   *
   * O(N) where N is the total number of hash slot arguments. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-addslots/
   */
  clusterAddslots(slots: OneOrMore<IntegerArgument>): TypedCommand<Replies<V, K>["clusterAddslots"]["Type"]>

  /**
   * Assign new hash slots to receiving node.
   *
   * `CLUSTER ADDSLOTSRANGE start-slot end-slot [start-slot end-slot ...]`
   *
   * O(N) where N is the total number of the slots between the start slot and end slot arguments. Since 7.0.0. https://redis.io/docs/latest/commands/cluster-addslotsrange/
   */
  clusterAddslotsrange(startSlotEndSlots: OneOrMore<ClusterAddslotsrangeStartSlotEndSlot>): TypedCommand<Replies<V, K>["clusterAddslotsrange"]["Type"]>

  /**
   * Advance the cluster config epoch.
   *
   * `CLUSTER BUMPEPOCH`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-bumpepoch/
   */
  clusterBumpepoch(): TypedCommand<Replies<V, K>["clusterBumpepoch"]["Type"]>

  /**
   * Return the number of failure reports active for a given node.
   *
   * `CLUSTER COUNT-FAILURE-REPORTS node-id`
   *
   * O(N) where N is the number of failure reports. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-count-failure-reports/
   */
  clusterCountFailureReports(nodeId: RedisValue): TypedCommand<Replies<V, K>["clusterCountFailureReports"]["Type"]>

  /**
   * Return the number of local keys in the specified hash slot.
   *
   * `CLUSTER COUNTKEYSINSLOT slot`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-countkeysinslot/
   */
  clusterCountkeysinslot(slot: IntegerArgument): TypedCommand<Replies<V, K>["clusterCountkeysinslot"]["Type"]>

  /**
   * Set hash slots as unbound in receiving node.
   *
   * `CLUSTER DELSLOTS slot [slot ...]`
   *
   * O(N) where N is the total number of hash slot arguments. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-delslots/
   */
  clusterDelslots(slots: OneOrMore<IntegerArgument>): TypedCommand<Replies<V, K>["clusterDelslots"]["Type"]>

  /**
   * Set hash slots as unbound in receiving node.
   *
   * `CLUSTER DELSLOTSRANGE start-slot end-slot [start-slot end-slot ...]`
   *
   * O(N) where N is the total number of the slots between the start slot and end slot arguments. Since 7.0.0. https://redis.io/docs/latest/commands/cluster-delslotsrange/
   */
  clusterDelslotsrange(startSlotEndSlots: OneOrMore<ClusterAddslotsrangeStartSlotEndSlot>): TypedCommand<Replies<V, K>["clusterDelslotsrange"]["Type"]>

  /**
   * Forces a replica to perform a manual failover of its master.
   *
   * `CLUSTER FAILOVER [FORCE | TAKEOVER]`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-failover/
   */
  clusterFailover(options?: "FORCE" | "TAKEOVER"): TypedCommand<Replies<V, K>["clusterFailover"]["Type"]>

  /**
   * Delete a node's own slots information.
   *
   * `CLUSTER FLUSHSLOTS`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-flushslots/
   */
  clusterFlushslots(): TypedCommand<Replies<V, K>["clusterFlushslots"]["Type"]>

  /**
   * Remove a node from the nodes table.
   *
   * `CLUSTER FORGET node-id`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-forget/
   */
  clusterForget(nodeId: RedisValue): TypedCommand<Replies<V, K>["clusterForget"]["Type"]>

  /**
   * Return local key names in the specified hash slot.
   *
   * `CLUSTER GETKEYSINSLOT slot count`
   *
   * O(log(N)) where N is the number of requested keys. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-getkeysinslot/
   */
  clusterGetkeysinslot(slot: IntegerArgument, count: IntegerArgument): TypedCommand<Replies<V, K>["clusterGetkeysinslot"]["Type"]>

  /**
   * Show helpful text about the different subcommands.
   *
   * `CLUSTER HELP`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/cluster-help/
   */
  clusterHelp(): TypedCommand<Replies<V, K>["clusterHelp"]["Type"]>

  /**
   * Provides info about Redis Cluster node state.
   *
   * `CLUSTER INFO`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-info/
   */
  clusterInfo(): TypedCommand<Replies<V, K>["clusterInfo"]["Type"]>

  /**
   * Returns the hash slot of the specified key.
   *
   * `CLUSTER KEYSLOT key`
   *
   * O(N) where N is the number of bytes in the key. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-keyslot/
   */
  clusterKeyslot(key: RedisValue): TypedCommand<Replies<V, K>["clusterKeyslot"]["Type"]>

  /**
   * Returns a list of all TCP links to and from peer nodes in cluster.
   *
   * `CLUSTER LINKS`
   *
   * O(N) where N is the total number of Cluster nodes. Since 7.0.0. https://redis.io/docs/latest/commands/cluster-links/
   */
  clusterLinks(): TypedCommand<Replies<V, K>["clusterLinks"]["Type"]>

  /**
   * Force a node cluster to handshake with another node.
   *
   * `CLUSTER MEET ip port [cluster_bus_port]`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-meet/
   */
  clusterMeet(ip: RedisValue, port: IntegerArgument, clusterBusPort?: IntegerArgument): TypedCommand<Replies<V, K>["clusterMeet"]["Type"]>

  /**
   * Return the node id.
   *
   * `CLUSTER MYID`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-myid/
   */
  clusterMyid(): TypedCommand<Replies<V, K>["clusterMyid"]["Type"]>

  /**
   * Get Cluster config for the node.
   *
   * `CLUSTER NODES`
   *
   * O(N) where N is the total number of Cluster nodes. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-nodes/
   */
  clusterNodes(): TypedCommand<Replies<V, K>["clusterNodes"]["Type"]>

  /**
   * List replica nodes of the specified master node.
   *
   * `CLUSTER REPLICAS node-id`
   *
   * O(1). Since 5.0.0. https://redis.io/docs/latest/commands/cluster-replicas/
   */
  clusterReplicas(nodeId: RedisValue): TypedCommand<Replies<V, K>["clusterReplicas"]["Type"]>

  /**
   * Reconfigure a node as a replica of the specified master node.
   *
   * `CLUSTER REPLICATE node-id`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-replicate/
   */
  clusterReplicate(nodeId: RedisValue): TypedCommand<Replies<V, K>["clusterReplicate"]["Type"]>

  /**
   * Reset a Redis Cluster node.
   *
   * `CLUSTER RESET [HARD | SOFT]`
   *
   * O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-reset/
   */
  clusterReset(hardSoft?: "HARD" | "SOFT"): TypedCommand<Replies<V, K>["clusterReset"]["Type"]>

  /**
   * Forces the node to save cluster state on disk.
   *
   * `CLUSTER SAVECONFIG`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-saveconfig/
   */
  clusterSaveconfig(): TypedCommand<Replies<V, K>["clusterSaveconfig"]["Type"]>

  /**
   * Set the configuration epoch in a new node.
   *
   * `CLUSTER SET-CONFIG-EPOCH config-epoch`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-set-config-epoch/
   */
  clusterSetConfigEpoch(configEpoch: IntegerArgument): TypedCommand<Replies<V, K>["clusterSetConfigEpoch"]["Type"]>

  /**
   * Bind a hash slot to a specific node.
   *
   * `CLUSTER SETSLOT slot <IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE>`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-setslot/
   */
  clusterSetslot(slot: IntegerArgument, subcommand: ClusterSetslotSubcommand): TypedCommand<Replies<V, K>["clusterSetslot"]["Type"]>

  /**
   * Get array of cluster slots to node mappings.
   *
   * `CLUSTER SHARDS`
   *
   * O(N) where N is the total number of cluster nodes. Since 7.0.0. https://redis.io/docs/latest/commands/cluster-shards/
   */
  clusterShards(): TypedCommand<Replies<V, K>["clusterShards"]["Type"]>

  /**
   * List replica nodes of the specified master node.
   *
   * `CLUSTER SLAVES node-id`
   *
   * O(1). Since 3.0.0. https://redis.io/docs/latest/commands/cluster-slaves/
   * @deprecated Since 5.0.0: `CLUSTER REPLICAS`.
   */
  clusterSlaves(nodeId: RedisValue): TypedCommand<Replies<V, K>["clusterSlaves"]["Type"]>

  /**
   * Get array of Cluster slot to node mappings.
   *
   * `CLUSTER SLOTS`
   *
   * O(N) where N is the total number of Cluster nodes. Since 3.0.0. https://redis.io/docs/latest/commands/cluster-slots/
   * @deprecated Since 7.0.0: `CLUSTER SHARDS`.
   */
  clusterSlots(): TypedCommand<Replies<V, K>["clusterSlots"]["Type"]>
}
