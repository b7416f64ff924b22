/**
 * Notices nodes that have stopped answering, which TCP does not: a stopped
 * process, a network that swallows packets.
 *
 * One fiber looks at every node. One that owes a reply on some connection, the
 * shared or a dedicated one, and has sent none for `SUSPICION`, or to which a
 * connection does not come about for so long, is suspect: another node is asked
 * for the topology, again and again, and once the slots are served elsewhere
 * its connections are closed, so that what waited on them can go on there; at
 * the second look that finds it so, since a master that hands over (CLUSTER
 * FAILOVER) holds writes back until it can answer them with MOVED, and nothing
 * has been executed then. It stays suspect until it answers. A connection that
 * says nothing because nobody asks is sent a PING now and then, or closed when
 * nobody will ask.
 *
 * A command that takes long (PFSELFTEST, DEBUG SLEEP, KEYS on many keys) makes
 * its node suspect as well. With slots of its own, that has others asked for a
 * topology in which nothing has moved, a few times a second as long as it
 * lasts, and nothing else. One without slots, a replica, is not given up for
 * the sake of a command that no other node would be sent.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { ConnectionPool } from "../connection/ConnectionPool.ts"
import type { Pipeline } from "../connection/Pipeline.ts"
import { lookupCommand } from "../protocol/CommandTable.ts"
import { type Node, type NodeRegistry, SUSPICION_LOOKS, WATCH_INTERVAL } from "./NodeRegistry.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

/** Nothing has been said for so long on a connection that commands are routed to. */
export const IDLE_BEFORE_PING: Duration.Duration = Duration.seconds(10)
/** Nothing has been said for so long on any other, as that to a replica that was asked for the topology. */
export const IDLE_BEFORE_CLOSE: Duration.Duration = Duration.seconds(2)

const looksIn = (duration: Duration.Duration): number =>
  Duration.toMillis(duration) / Duration.toMillis(WATCH_INTERVAL)
const PING_LOOKS = looksIn(IDLE_BEFORE_PING)
const CLOSE_LOOKS = looksIn(IDLE_BEFORE_CLOSE)

/** What was seen of a connection, and at how many looks in a row it was the same. */
interface Sight {
  readonly replies: number
  readonly isWaiting: boolean
  /** Its node served slots when it was first seen so. */
  readonly hadSlots: boolean
  looks: number
}

/** The watch ends with the scope. `onSuspect` is run when a node becomes suspect. */
export const make = (
  registry: NodeRegistry,
  pool: Pick<ConnectionPool, "pipelines" | "isOpening">,
  topology: TopologyRef,
  onSuspect: (address: string) => Effect.Effect<void>
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const sights = new WeakMap<Pipeline, Sight>()
    /** Of nodes to which a connection is being opened, at how many looks in a row. */
    const attempts = new WeakMap<Node, { readonly hadSlots: boolean; looks: number }>()

    /** For how many looks the connection has been as it is now. */
    const look = (node: Node, pipeline: Pipeline): Sight => {
      const isWaiting = pipeline.awaited !== undefined
      const last = sights.get(pipeline)
      if (last !== undefined && last.replies === pipeline.replies && last.isWaiting === isWaiting) {
        last.looks++
        return last
      }
      const sight = { replies: pipeline.replies, isWaiting, hadSlots: node.hasSlots, looks: 0 }
      sights.set(pipeline, sight)
      return sight
    }

    const isConnectingInVain = (node: Node): boolean => {
      if (!node.connection.isConnecting() && !pool.isOpening(node.address)) {
        attempts.delete(node)
        return false
      }
      const attempt = attempts.get(node) ?? { hadSlots: node.hasSlots, looks: 0 }
      attempts.set(node, attempt)
      return ++attempt.looks > SUSPICION_LOOKS
    }

    const inspect = (node: Node): Effect.Effect<void> => {
      const pipelines = node.connection.pipelines()
      // Without a connection nothing is known that was not known before.
      let isSuspect = pipelines.length === 0 && node.isSuspect
      let isIdle = pipelines.length > 0
      for (const pipeline of pipelines) {
        const { isWaiting, looks } = look(node, pipeline)
        if (isWaiting && looks >= SUSPICION_LOOKS) isSuspect = true
        if (isWaiting || looks < (node.isRouted ? PING_LOOKS : CLOSE_LOOKS)) isIdle = false
        else if (node.isRouted) pipeline.submit(PING, ignore)
      }
      for (const pipeline of pool.pipelines(node.address)) {
        const { isWaiting, looks } = look(node, pipeline)
        if (isWaiting && looks >= SUSPICION_LOOKS) isSuspect = true
      }
      node.isSuspect = isConnectingInVain(node) || isSuspect
      if (isIdle && !node.isRouted) return node.connection.replace
      const isToBeProbed = node.isSuspect && pipelines.length === 0 && !node.connection.isConnecting()
      return isToBeProbed
        ? Effect.asVoid(Effect.forkIn(Effect.ignore(node.connection.get), scope))
        : Effect.void
    }

    /** Something waits for the node that can go on elsewhere: it was begun when the node had slots, or is what any node may be asked for. */
    const isWaitedForInVain = (node: Node): boolean =>
      attempts.get(node)?.hadSlots === true ||
      [...node.connection.pipelines(), ...pool.pipelines(node.address)].some((pipeline) => {
        const name = pipeline.awaited
        return name !== undefined && (sights.get(pipeline)?.hadSlots === true || !isOfOneNode(name))
      })

    /** Suspects whose slots were served elsewhere at the last look. */
    let relieved: ReadonlySet<Node> = new Set()

    const watch = Effect.gen(function* () {
      const nodes = registry.unsafeNodes()
      const before = new Set(nodes.filter((node) => node.isSuspect))
      for (const node of nodes) yield* inspect(node)
      const suspects = nodes.filter((node) => node.isSuspect)
      const relievedBefore = relieved
      relieved = new Set(suspects.filter((node) => !node.hasSlots && isWaitedForInVain(node)))
      if (suspects.length === 0) return
      for (const node of suspects) if (!before.has(node)) yield* onSuspect(node.address)
      yield* topology.refreshSoon
      for (const node of relieved) if (relievedBefore.has(node)) registry.abandon(node)
    })

    yield* Effect.forkScoped(Effect.repeat(watch, Schedule.spaced(WATCH_INTERVAL)))
  })

const PING = ["PING"]
const ignore = (): void => {}

/** Nobody else would be asked for it: it has no key, and is not what a walk or a transaction begins with, or the watch sends. */
const isOfOneNode = (name: string): boolean =>
  lookupCommand([name])?.keySpecs.length === 0 && !["MULTI", "PING"].includes(name.toUpperCase())
