/** A channel, pattern or sharded channel that somebody has subscribed to: what is wished for, and where it stands. */
import { NO_KEY } from "../protocol/CommandTable.ts"
import { calculateSlot } from "../protocol/HashSlot.ts"
import type { ClientError } from "./ClusterError.ts"
import type { Subscription } from "./Subscription.ts"
import type { SubscriptionLink } from "./SubscriptionLink.ts"

export type SubscriptionKind = "channel" | "pattern" | "shard"

export const SUBSCRIBE: Readonly<Record<SubscriptionKind, string>> = {
  channel: "SUBSCRIBE",
  pattern: "PSUBSCRIBE",
  shard: "SSUBSCRIBE"
}
export const UNSUBSCRIBE: Readonly<Record<SubscriptionKind, string>> = {
  channel: "UNSUBSCRIBE",
  pattern: "PUNSUBSCRIBE",
  shard: "SUNSUBSCRIBE"
}

export interface Topic {
  readonly kind: SubscriptionKind
  readonly name: string
  /** Of a sharded channel; `NO_KEY` for what any node will do for. */
  readonly slot: number
  readonly subscriptions: Set<Subscription>
  /** Whose server has confirmed it. */
  link: SubscriptionLink | undefined
  /** Where it is asked for, or will be once that is open. */
  attempt: SubscriptionLink | undefined
  /** The node that a MOVED named: that knows better than the topology, until it changes. */
  hint: string | undefined
  /** MOVED replies in a row. */
  hops: number
  /** Failures in a row. */
  failures: number
  /** Not asked for elsewhere before; milliseconds of the clock. */
  notBefore: number
  lastError: ClientError | undefined
}

export const makeTopic = (kind: SubscriptionKind, name: string): Topic => ({
  kind,
  name,
  slot: kind === "shard" ? calculateSlot(name) : NO_KEY,
  subscriptions: new Set(),
  link: undefined,
  attempt: undefined,
  hint: undefined,
  hops: 0,
  failures: 0,
  notBefore: 0,
  lastError: undefined
})
