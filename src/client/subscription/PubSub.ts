/**
 * Subscriptions as streams that outlive connections, failovers and moves of
 * slots. Publishing is a command: `client.execute("PUBLISH", channel, message)`,
 * and `SPUBLISH` for a sharded channel.
 *
 * What is published while a subscription is interrupted is lost, as always with
 * Redis; the subscriber is told by a `Gap`, once per interruption, when it is
 * subscribed again. A subscriber that is slower than its messages loses those
 * that find no room in its buffer, and is told by a `Gap` as well.
 *
 * @example
 * Effect.gen(function* () {
 *   const pubSub = yield* PubSub
 *   yield* pubSub.subscribe("news").pipe(
 *     Stream.runForEach((event) => Console.log(event._tag === "Message" ? event.text : "some are missing"))
 *   )
 * }).pipe(Effect.provide(PubSub.layer()), Effect.provide(ClusterClient.layer({ seeds })))
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ClusterClient } from "../ClusterClient.ts"
import { DEFAULT_AVAILABILITY_DEADLINE } from "../ClusterConfig.ts"
import { type ClientError, TopologyError } from "../ClusterError.ts"
import type { SubscriptionEvent } from "./PubSubEvent.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { Subscription } from "./Subscription.ts"
import { SubscriptionBuffer } from "./SubscriptionBuffer.ts"
import * as SubscriptionReconciler from "./SubscriptionReconciler.ts"
import type { SubscriptionKind } from "./SubscriptionTopic.ts"

export { type Gap, Message, type SubscriptionEvent } from "./PubSubEvent.ts"

/**
 * Ends with an error when the server refuses a topic (`RedisError`) or the
 * login, and when no subscription has come about within the deadline; once
 * there has been one, it is restored for as long as the stream is read.
 */
export type SubscriptionStream = Stream.Stream<SubscriptionEvent, ClientError>

/** What one subscription is to. */
export interface SubscriptionRequest {
  readonly channels?: ReadonlyArray<string> | undefined
  readonly patterns?: ReadonlyArray<string> | undefined
  /** Channels that are published to with SPUBLISH (Redis 7). */
  readonly shardChannels?: ReadonlyArray<string> | undefined
}

export interface Subscriptions {
  /** Messages published to the channels. */
  subscribe(...channels: ReadonlyArray<string>): SubscriptionStream
  /** Messages published to channels that match one of the patterns (`news.*`); once for each that does. */
  psubscribe(...patterns: ReadonlyArray<string>): SubscriptionStream
  /** Messages published to the sharded channels; they may be of different slots. */
  ssubscribe(...shardChannels: ReadonlyArray<string>): SubscriptionStream
  /**
   * Subscribes now: when this is done, the server has confirmed everything, and
   * what is published from then on arrives in the stream. The subscription ends
   * with the scope. The stream is to be read once.
   */
  open(request: SubscriptionRequest): Effect.Effect<SubscriptionStream, ClientError, Scope.Scope>
}

export interface PubSubOptions {
  /** Events that a subscriber may be behind. Default 8192. */
  readonly capacity?: number | undefined
  /** Bytes of payload that a subscriber may be behind. Default 16 MiB. */
  readonly maxBytes?: number | undefined
  /** A connection that has been silent for so long is sent a PING, and given up when it stays silent three times as long. Default 1 s. */
  readonly pingInterval?: Duration.DurationInput | undefined
  /** How long a topic waits after so many failures in a row before it is asked for again. Default 100 ms doubling to 1 s, jittered. */
  readonly waitAfter?: ((failures: number) => Duration.DurationInput) | undefined
  /** How long a first subscription may take. Default 15 s. */
  readonly availabilityDeadline?: Duration.DurationInput | undefined
}

export const DEFAULT_CAPACITY = 8192
export const DEFAULT_MAX_BYTES: number = 16 * 1024 * 1024
export const DEFAULT_PING_INTERVAL: Duration.Duration = Duration.seconds(1)

/**
 * Subscriptions over a client, one connection per node that is needed, taken
 * from the client's dedicated ones. The scope has to end before the client's.
 */
export const make = (
  client: RedisCommands,
  options: PubSubOptions = {}
): Effect.Effect<Subscriptions, never, Scope.Scope> =>
  Effect.gen(function* () {
    const capacity = options.capacity ?? DEFAULT_CAPACITY
    const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
    const deadline = Duration.decode(options.availabilityDeadline ?? DEFAULT_AVAILABILITY_DEADLINE)
    const reconciler = yield* SubscriptionReconciler.make(
      client,
      Duration.toMillis(options.pingInterval ?? DEFAULT_PING_INTERVAL),
      options.waitAfter
    )

    const open = (
      request: SubscriptionRequest
    ): Effect.Effect<SubscriptionStream, ClientError, Scope.Scope> =>
      Effect.gen(function* () {
        const subscription = new Subscription(new SubscriptionBuffer(capacity, maxBytes))
        yield* Effect.acquireRelease(reconciler.add(subscription, topicsOf(request)), () =>
          reconciler.remove(subscription)
        )
        yield* Deferred.await(subscription.ready).pipe(
          Effect.timeoutFail({ duration: deadline, onTimeout: () => whyNot(subscription) })
        )
        return Stream.repeatEffectChunkOption(subscription.buffer.take)
      })

    return {
      open,
      subscribe: (...channels) => Stream.unwrapScoped(open({ channels })),
      psubscribe: (...patterns) => Stream.unwrapScoped(open({ patterns })),
      ssubscribe: (...shardChannels) => Stream.unwrapScoped(open({ shardChannels }))
    }
  })

const topicsOf = (request: SubscriptionRequest): ReadonlyArray<readonly [SubscriptionKind, string]> => [
  ...(request.channels ?? []).map((name) => ["channel", name] as const),
  ...(request.patterns ?? []).map((name) => ["pattern", name] as const),
  ...(request.shardChannels ?? []).map((name) => ["shard", name] as const)
]

const whyNot = (subscription: Subscription): ClientError => {
  for (const { lastError } of subscription.topics) if (lastError !== undefined) return lastError
  return new TopologyError({ reason: "SUBSCRIBE was not confirmed in time", node: "-" })
}

/** The service. */
export class PubSub extends Context.Tag("effect-redis-client/PubSub")<PubSub, Subscriptions>() {
  static readonly make = make

  static readonly layer = (options: PubSubOptions = {}): Layer.Layer<PubSub, never, ClusterClient> =>
    Layer.scoped(
      this,
      Effect.flatMap(ClusterClient, (client) => make(client, options))
    )
}
