/**
 * All topics wished for, by name, and what becomes of each when a server
 * confirms it, refuses it, takes it back, or is lost.
 */
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import * as Resp from "../../protocol/Resp.ts"
import { errorOf } from "../Attempt.ts"
import { type ClientError, MaxRetriesExceeded, type MovedError, TopologyError } from "../ClusterError.ts"
import type { Message } from "./PubSubEvent.ts"
import type { Subscription } from "./Subscription.ts"
import type { SubscriptionListener } from "./SubscriptionConnection.ts"
import type { SubscriptionLink } from "./SubscriptionLink.ts"
import {
  makeTopic,
  SUBSCRIBE,
  type SubscriptionKind,
  type Topic,
  type TopicSubscriber
} from "./SubscriptionTopic.ts"

export interface SubscriptionTableOptions {
  /** Milliseconds. */
  readonly now: () => number
  /** Milliseconds to wait after so many failures in a row. */
  readonly waitAfter: (failures: number) => number
  /** Something has changed that is to be looked at. */
  readonly signal: () => void
}

/** Between the confirmation of a topic and the question to another node whether it is the owner: nodes hear of a move one after the other. */
const BELIEF_MS = 2000
/** A connection that was lost so soon is not opened again at once. */
const YOUNG_MS = 1000
/** MOVED replies followed without a wait. */
const MAX_HOPS = 5

export class SubscriptionTable {
  /** Something failed in a way that a new topology may help. */
  isRefreshWanted = false
  private readonly options: SubscriptionTableOptions
  private readonly topics: Readonly<Record<SubscriptionKind, Map<string, Topic>>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map()
  }
  private readonly subscribers = new Set<TopicSubscriber>()
  /** Those that may have a Gap to be told of. */
  private readonly interrupted = new Set<TopicSubscriber>()

  constructor(options: SubscriptionTableOptions) {
    this.options = options
  }

  *[Symbol.iterator](): Generator<Topic> {
    for (const topics of Object.values(this.topics)) yield* topics.values()
  }

  add(subscription: Subscription, wishes: Iterable<readonly [SubscriptionKind, string]>): void {
    for (const [kind, name] of wishes) {
      const topic = this.topics[kind].get(name) ?? makeTopic(kind, name)
      this.topics[kind].set(name, topic)
      topic.subscribers.add(subscription)
      subscription.wish(topic)
    }
    this.subscribers.add(subscription)
    subscription.begin()
    this.options.signal()
  }

  /** Topics that nobody else wishes for are ended at the server. */
  remove(subscriber: TopicSubscriber): void {
    this.subscribers.delete(subscriber)
    this.interrupted.delete(subscriber)
    for (const topic of subscriber.topics) {
      topic.subscribers.delete(subscriber)
      if (topic.subscribers.size > 0 || this.topics[topic.kind].get(topic.name) !== topic) continue
      this.topics[topic.kind].delete(topic.name)
      topic.link?.release(topic)
      topic.attempt?.release(topic)
    }
    this.options.signal()
  }

  /** Ends all streams. */
  end(): void {
    for (const subscriber of this.subscribers) subscriber.end()
  }

  /** What the server of a link says. */
  listener(link: SubscriptionLink): SubscriptionListener {
    return {
      onMessage: (kind, name, message) => this.receive(link, kind, name, message),
      onConfirmed: (topic) => this.confirm(link, topic),
      onRevoked: (kind, name) => {
        const topic = this.topics[kind].get(name)
        if (topic?.link === link) this.interrupt(topic, 0)
        this.options.signal()
      },
      onRefused: (topics, reply) => this.refuse(link, topics, reply),
      onSettled: () => this.settle(() => false),
      onLost: () => this.lose(link)
    }
  }

  /** No connection came about. */
  fail(link: SubscriptionLink, error: ConnectionError): void {
    const isHopeless = error.reason === "Auth" || error.reason === "Tls"
    for (const topic of this) {
      if (topic.attempt !== link) continue
      topic.attempt = undefined
      if (isHopeless && topic.link === undefined) this.giveUp(topic, error)
      else this.delay(topic, error)
    }
    link.isLost = true
    this.options.signal()
  }

  /** Nobody serves the slot. */
  unserved(topic: Topic): void {
    this.delay(
      topic,
      new TopologyError({ reason: `${SUBSCRIBE[topic.kind]}: no node serves slot ${topic.slot}`, node: "-" })
    )
  }

  /** Tells those of their interruption that have not to wait for anything but what `isWaiting`. */
  settle(isWaiting: (topic: Topic) => boolean): void {
    for (const subscriber of this.interrupted) {
      if (subscriber.settle(isWaiting)) this.interrupted.delete(subscriber)
    }
  }

  private receive(link: SubscriptionLink, kind: SubscriptionKind, name: string, message: Message): void {
    const topic = this.topics[kind].get(name)
    // A node that was left, or has not confirmed yet, is not listened to: nothing comes twice.
    if (topic === undefined || topic.link !== link) return
    for (const subscriber of topic.subscribers) subscriber.receive(topic, message)
  }

  private confirm(link: SubscriptionLink, topic: Topic): void {
    if (topic.subscribers.size === 0) return
    if (topic.attempt !== link) {
      // Asked for elsewhere in the meantime.
      if (topic.link !== link) link.release(topic)
      return
    }
    const previous = topic.link
    topic.link = link
    topic.attempt = topic.hint = topic.lastError = undefined
    topic.failures = topic.hops = 0
    topic.notBefore = this.options.now() + BELIEF_MS
    previous?.release(topic)
    for (const subscriber of topic.subscribers) {
      subscriber.confirmed(topic)
      this.interrupted.add(subscriber)
    }
  }

  private interrupt(topic: Topic, wait: number): void {
    topic.link = undefined
    topic.notBefore = this.options.now() + wait
    for (const subscriber of topic.subscribers) {
      subscriber.interrupted(topic)
      this.interrupted.add(subscriber)
    }
  }

  private lose(link: SubscriptionLink): void {
    const wait = this.options.now() - link.madeAt < YOUNG_MS ? this.options.waitAfter(1) : 0
    for (const topic of this) {
      if (topic.link === link) this.interrupt(topic, wait)
      if (topic.attempt === link) {
        topic.attempt = undefined
        topic.notBefore = Math.max(topic.notBefore, this.options.now() + wait)
      }
    }
    link.isLost = true
    this.isRefreshWanted = true
    this.options.signal()
  }

  private refuse(link: SubscriptionLink, topics: ReadonlyArray<Topic>, reply: string | undefined): void {
    const error =
      reply === undefined
        ? undefined
        : errorOf(Resp.simpleError(reply), link.address, SUBSCRIBE[topics[0].kind], topics[0].slot)
    if (error?._tag === "RedisError" && topics.length > 1) return link.askSingly(topics)
    for (const topic of topics) {
      if (topic.attempt !== link) continue
      topic.attempt = undefined
      if (error?._tag === "MovedError") this.redirect(topic, error)
      else if (error?._tag === "RedisError") this.giveUp(topic, error)
      else this.delay(topic, error)
    }
    this.options.signal()
  }

  private redirect(topic: Topic, error: MovedError): void {
    const { host, port } = error.redirection
    topic.hops++
    // One that is subscribed already, and only asks whether it has to move, is told no by this.
    if (topic.link === undefined) this.isRefreshWanted = true
    if (topic.hops <= MAX_HOPS) {
      topic.hint = formatAddress(host, port)
      return
    }
    const exhausted = new MaxRetriesExceeded({
      attempts: topic.hops,
      command: error.command,
      lastCause: error
    })
    topic.hops = 0
    topic.hint = undefined
    this.delay(topic, exhausted)
  }

  private delay(topic: Topic, error: ClientError | undefined): void {
    topic.failures++
    topic.lastError = error ?? topic.lastError
    topic.notBefore = this.options.now() + this.options.waitAfter(topic.failures)
    this.isRefreshWanted = true
  }

  /** Waiting would not help: whoever wishes for the topic is told. */
  private giveUp(topic: Topic, error: ClientError): void {
    if (topic.link !== undefined) return this.delay(topic, error)
    for (const subscriber of Array.from(topic.subscribers)) {
      this.remove(subscriber)
      subscriber.end(error)
    }
  }
}
