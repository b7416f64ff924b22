/** The connection for subscriptions to one node, from the wish for it to its end. */
import type * as Scope from "effect/Scope"
import type { SubscriptionConnection } from "./SubscriptionConnection.ts"
import type { Topic, TopicHolder } from "./SubscriptionTopic.ts"

export class SubscriptionLink implements TopicHolder {
  /** `host:port`. */
  readonly address: string
  /** Closing it gives the connection up. */
  readonly scope: Scope.CloseableScope
  /** Milliseconds of the clock. */
  readonly madeAt: number
  /** Lost, or never came about: to be closed. */
  isLost = false
  private connection: SubscriptionConnection | undefined
  /** To be asked for at the next `flush`. */
  private queued: Array<Topic> = []

  constructor(address: string, scope: Scope.CloseableScope, madeAt: number) {
    this.address = address
    this.scope = scope
    this.madeAt = madeAt
  }

  opened(connection: SubscriptionConnection): void {
    this.connection = connection
  }

  request(topic: Topic): void {
    topic.attempt = this
    this.queued.push(topic)
  }

  /** Sends what is queued, if the connection is open: one command per kind, and of sharded channels one per slot. */
  flush(): void {
    const { connection, queued } = this
    if (connection === undefined || queued.length === 0) return
    this.queued = []
    const groups = new Map<string, Array<Topic>>()
    for (const topic of queued) {
      // Ended, or sent elsewhere, while the connection was being opened.
      if (topic.attempt !== this || topic.subscribers.size === 0) continue
      const group = groups.get(`${topic.kind} ${topic.slot}`)
      if (group === undefined) groups.set(`${topic.kind} ${topic.slot}`, [topic])
      else group.push(topic)
    }
    for (const group of groups.values()) connection.subscribe(group)
  }

  /** Asks for each topic by itself, so that one that is refused does not take the others along. */
  askSingly(topics: ReadonlyArray<Topic>): void {
    for (const topic of topics) if (topic.attempt === this) this.connection?.subscribe([topic])
  }

  release(topic: Topic): void {
    this.connection?.unsubscribe(topic)
  }
}
