/**
 * Which nodes of a cluster a command goes to, and how their replies become one:
 * Redis's command tips, and what they lack.
 *
 * Source: https://redis.io/docs/latest/develop/reference/command-tips/
 */

/**
 * - `any-node`: any master will do.
 * - `all-nodes`, `all-masters`: every one of them, the replies merged.
 * - `multi-shard`: split by slot, each part with the keys of one; not atomic.
 * - `special`: where to depends on the arguments (SCAN's cursor, the slot of CLUSTER GETKEYSINSLOT).
 * - `session`: changes or asks about the connection itself, so it needs one of its own.
 * - `refuse`: changes a single node of a cluster, so the caller has to name the node. Harmless on one server.
 */
export type RequestPolicy =
  "any-node" | "all-nodes" | "all-masters" | "multi-shard" | "special" | "session" | "refuse"

/**
 * How the replies of several nodes become one. The first error is the reply,
 * except with `one-succeeded`.
 * - `all-succeeded`: any of them, since they agree.
 * - `one-succeeded`: the first that is no error.
 * - `one-not-nil`: any that is not nil.
 * - `agg-*`: of the numbers; of arrays, element by element.
 * - `concat`: arrays (and texts) one behind the other; other replies as `all-succeeded`.
 * - `union`: arrays as sets.
 * - `special`: by code written for the command.
 */
export type ResponsePolicy =
  | "all-succeeded"
  | "one-succeeded"
  | "one-not-nil"
  | "agg-logical-and"
  | "agg-logical-or"
  | "agg-min"
  | "agg-max"
  | "agg-sum"
  | "concat"
  | "union"
  | "special"
