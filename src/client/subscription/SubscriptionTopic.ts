/** A channel, pattern or sharded channel that somebody has subscribed to: what is wished for, and where it stands. */
import { NO_KEY } from "../../protocol/CommandTable.ts"
import { calculateSlot } from "../../protocol/HashSlot.ts"
import type { ClientError } from "../ClusterError.ts"
import type { Message } from "./PubSubEvent.ts"

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

/** Where a topic is held, or asked for. */
export interface TopicHolder {
  /** `host:port`. */
  readonly address: string
  /** Ends the topic there. */
  release(topic: Topic): void
}

/** Who wishes for a topic, and is told what becomes of it. */
export interface TopicSubscriber {
  readonly topics: ReadonlySet<Topic>
  confirmed(topic: Topic): void
  interrupted(topic: Topic): void
  receive(topic: Topic, message: Message): void
  /** Tells of an interruption that is over. False if there is something left to tell later. */
  settle(isWaiting: (topic: Topic) => boolean): boolean
  end(error?: ClientError): void
}

export interface Topic {
  readonly kind: SubscriptionKind
  readonly name: string
  /** Of a sharded channel; `NO_KEY` for what any node will do for. */
  readonly slot: number
  readonly subscribers: Set<TopicSubscriber>
  /** Whose server has confirmed it. */
  link: TopicHolder | undefined
  /** Where it is asked for, or will be once that is open. */
  attempt: TopicHolder | undefined
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
  subscribers: new Set(),
  link: undefined,
  attempt: undefined,
  hint: undefined,
  hops: 0,
  failures: 0,
  notBefore: 0,
  lastError: undefined
})
