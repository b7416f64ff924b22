/**
 * One subscriber's view of the topics that it wishes for: which the server has
 * confirmed, which were interrupted, and what it has received.
 *
 * An interruption ends in a Gap: each topic is named in exactly one per
 * interruption, as a rule all in the same, and the Gap comes before the first
 * message after it.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as FiberId from "effect/FiberId"
import type { ClientError } from "../ClusterError.ts"
import type { Message } from "./PubSubEvent.ts"
import type { SubscriptionBuffer } from "./SubscriptionBuffer.ts"
import type { Topic, TopicSubscriber } from "./SubscriptionTopic.ts"

export class Subscription implements TopicSubscriber {
  readonly buffer: SubscriptionBuffer
  /** Done when every topic has been confirmed once, or the stream has ended. */
  readonly ready: Deferred.Deferred<void, ClientError> = Deferred.unsafeMake(FiberId.none)
  readonly topics = new Set<Topic>()
  /** Not confirmed so far. */
  private readonly awaited = new Set<Topic>()
  private readonly lost = new Set<Topic>()
  /** Confirmed anew, and not yet named in a Gap. */
  private readonly restored = new Set<Topic>()

  constructor(buffer: SubscriptionBuffer) {
    this.buffer = buffer
  }

  /** Takes a topic in, before anything else is said of it. */
  wish(topic: Topic): void {
    this.topics.add(topic)
    if (topic.link === undefined) this.awaited.add(topic)
  }

  /** To be called once all topics are known: those of others may be confirmed already. */
  begin(): void {
    if (this.awaited.size === 0) Deferred.unsafeDone(this.ready, Effect.void)
  }

  confirmed(topic: Topic): void {
    if (this.awaited.delete(topic)) return this.begin()
    this.lost.delete(topic)
    this.restored.add(topic)
  }

  interrupted(topic: Topic): void {
    if (this.awaited.has(topic)) return
    this.restored.delete(topic)
    this.lost.add(topic)
  }

  receive(topic: Topic, message: Message): void {
    if (this.restored.has(topic)) this.tellGap()
    this.buffer.offer(message, topic.name)
  }

  /** Tells of the interruption when it is over, or when all that is still lost has to wait. True when nothing is lost. */
  settle(isWaiting: (topic: Topic) => boolean): boolean {
    for (const topic of this.lost) if (!isWaiting(topic)) return false
    this.tellGap()
    return this.lost.size === 0
  }

  /** Ends the stream, after what has been received. */
  end(error?: ClientError): void {
    this.buffer.close(error)
    Deferred.unsafeDone(this.ready, error === undefined ? Effect.void : Effect.fail(error))
  }

  private tellGap(): void {
    if (this.restored.size === 0) return
    this.buffer.interrupt(Array.from(this.restored, ({ name }) => name))
    this.restored.clear()
  }
}
