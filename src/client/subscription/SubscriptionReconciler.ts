/**
 * Makes the actual subscriptions those wished for, again after every change:
 * of the wishes, of the topology, of a connection, of what a server says.
 *
 * Sharded channels are asked for at the owner of their slot, all others at one
 * node, since the nodes of a cluster pass those on to each other. The server
 * that has confirmed a topic is believed until it takes it back or its
 * connection is lost. When the topology names another node, that one is asked
 * first, and the topic moves when it has confirmed: so an answer that is out of
 * date interrupts nobody.
 *
 * One fiber looks at everything and waits for no node: connections are opened
 * beside it, and a node that fails keeps back its own topics only.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  type ClusterTopology,
  findNodeByAddress,
  findNodeForSlot,
  masters
} from "../../protocol/ClusterTopology.ts"
import { FIRST_UNAVAILABLE_WAIT, LONGEST_WAIT } from "../Backoff.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import type { Subscription } from "./Subscription.ts"
import { SubscriptionConnection } from "./SubscriptionConnection.ts"
import { SubscriptionLink } from "./SubscriptionLink.ts"
import { SubscriptionTable } from "./SubscriptionTable.ts"
import type { SubscriptionKind, Topic, TopicHolder } from "./SubscriptionTopic.ts"

export interface SubscriptionReconciler {
  /** Wishes for topics on behalf of a subscription. */
  add(subscription: Subscription, wishes: Iterable<readonly [SubscriptionKind, string]>): Effect.Effect<void>
  remove(subscription: Subscription): Effect.Effect<void>
}

/** Between two questions for the topology. */
const REFRESH_PAUSE_MS = 200
/** Waits vary by this share, so that clients who failed together do not come back together. */
const JITTER = 0.2

/**
 * Connections are opened when they are needed and closed when they are not, or
 * with the scope, which also ends all streams.
 *
 * @param lookInterval milliseconds; see `SubscriptionConnection`
 * @param waitAfter how long a topic waits after so many failures in a row
 */
export const make = (
  client: RedisCommands,
  lookInterval: number,
  waitAfter?: (failures: number) => Duration.DurationInput
): Effect.Effect<SubscriptionReconciler, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const clock = yield* Effect.clock
    const now = (): number => clock.unsafeCurrentTimeMillis()
    const signals = yield* Queue.sliding<void>(1)
    const signal = (): void => void Queue.unsafeOffer(signals, undefined)
    const links = new Map<string, SubscriptionLink>()
    let jitter = 1
    /** Of what is not sharded. */
    let home: string | undefined
    let isRefreshing = false
    let lastRefresh = -Infinity

    const table = new SubscriptionTable({
      now,
      signal,
      waitAfter: (failures) =>
        waitAfter === undefined ? jitter * doubled(failures) : Duration.toMillis(waitAfter(failures))
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => table.end()))

    const open = (link: SubscriptionLink): Effect.Effect<void> =>
      client.connectTo(link.address).pipe(
        Effect.flatMap((connection) =>
          Effect.acquireRelease(
            Effect.sync(
              () => new SubscriptionConnection(connection.takeSocket(), lookInterval, table.listener(link))
            ),
            (opened) => Effect.sync(() => opened.close())
          )
        ),
        Scope.extend(link.scope),
        Effect.match({
          onFailure: (error) => table.fail(link, error),
          onSuccess: (opened) => {
            link.opened(opened)
            signal()
          }
        }),
        Effect.forkIn(link.scope),
        Effect.asVoid
      )

    const linkTo = (address: string): Effect.Effect<SubscriptionLink> =>
      Effect.gen(function* () {
        const known = links.get(address)
        if (known !== undefined) return known
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const link = new SubscriptionLink(address, own, now())
        links.set(address, link)
        yield* open(link)
        return link
      })

    const close = (link: SubscriptionLink): Effect.Effect<void> =>
      Effect.suspend(() => {
        links.delete(link.address)
        return Effect.asVoid(Effect.forkIn(Scope.close(link.scope, Exit.void), scope))
      })

    const closeLost = Effect.suspend(() => {
      const lost = Array.from(links.values()).filter(({ isLost }) => isLost)
      return Effect.forEach(lost, close, { discard: true })
    })

    /** Stays where it is as long as that node is known and can be reached; another is a master that has a link, or any. */
    const findHome = (topology: ClusterTopology): Effect.Effect<string | undefined> =>
      Effect.gen(function* () {
        const isLost = home !== undefined && links.get(home)?.isLost === true
        if (home !== undefined && !isLost && findNodeByAddress(topology, home) !== undefined) return home
        const addresses = masters(topology).map(({ address }) => address)
        const others = addresses.filter((address) => address !== home)
        const candidates = others.length > 0 ? others : addresses
        const linked = candidates.find((address) => links.get(address)?.isLost === false)
        return linked ?? candidates[yield* Random.nextIntBetween(0, Math.max(candidates.length, 1))]
      })

    const targetOf = (topic: Topic, topology: ClusterTopology): string | undefined => {
      if (topic.slot < 0) return home
      if (topic.hint === undefined) return findNodeForSlot(topology, topic.slot)?.address
      return findNodeByAddress(topology, topic.hint)?.address ?? topic.hint
    }

    /** There is nothing to do about it: it is there, or on its way, or nobody could say where else it should be. */
    const isSettled = (topic: Topic, target: string | undefined): boolean =>
      target === undefined
        ? topic.link !== undefined
        : target === topic.link?.address || target === topic.attempt?.address

    const isWaiting = (topic: Topic): boolean => topic.attempt === undefined && topic.notBefore > now()

    /** Does what there is to do; gives the milliseconds until there is more. */
    const reconcile = Effect.gen(function* () {
      jitter = yield* Random.nextRange(1 - JITTER, 1 + JITTER)
      const topology = yield* client.topology
      home = yield* findHome(topology)
      yield* closeLost
      let next = Infinity
      const used = new Set<TopicHolder>()
      for (const topic of table) {
        const target = targetOf(topic, topology)
        if (!isSettled(topic, target)) {
          if (target !== undefined && topic.notBefore <= now()) (yield* linkTo(target)).request(topic)
          else if (topic.notBefore <= now()) table.unserved(topic)
          if (topic.attempt === undefined) next = Math.min(next, topic.notBefore - now())
        }
        if (topic.link !== undefined) used.add(topic.link)
        if (topic.attempt !== undefined) used.add(topic.attempt)
      }
      for (const link of links.values()) {
        if (used.has(link)) link.flush()
        else yield* close(link)
      }
      table.settle(isWaiting)
      return Math.min(next, yield* refresh)
    })

    /** Asks for the topology if that is wanted and was not done just now; gives the milliseconds until it may be. */
    const refresh: Effect.Effect<number> = Effect.suspend(() => {
      if (!table.isRefreshWanted || isRefreshing) return Effect.succeed(Infinity)
      const wait = lastRefresh + REFRESH_PAUSE_MS - now()
      if (wait > 0) return Effect.succeed(wait)
      table.isRefreshWanted = false
      isRefreshing = true
      lastRefresh = now()
      return Effect.ignore(client.refreshTopology).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            isRefreshing = false
            signal()
          })
        ),
        Effect.forkIn(scope),
        Effect.as(Infinity)
      )
    })

    yield* client.topologyChanges.pipe(
      Stream.runForEach(() =>
        Effect.sync(() => {
          for (const topic of table) topic.hint = undefined
          signal()
        })
      ),
      Effect.forkScoped
    )
    yield* Effect.flatMap(reconcile, (wait) =>
      wait === Infinity ? Queue.take(signals) : Effect.timeoutOption(Queue.take(signals), wait)
    ).pipe(Effect.forever, Effect.forkScoped)

    return {
      add: (subscription, wishes) => Effect.sync(() => table.add(subscription, wishes)),
      remove: (subscription) => Effect.sync(() => table.remove(subscription))
    }
  })

/** The waits that commands have, in milliseconds. */
const doubled = (failures: number): number =>
  Math.min(Duration.toMillis(FIRST_UNAVAILABLE_WAIT) * 2 ** (failures - 1), Duration.toMillis(LONGEST_WAIT))
