/**
 * Notices nodes that have stopped answering, which TCP does not: a stopped
 * process, a network that swallows packets.
 *
 * One fiber looks at every connection. One on which commands wait and no reply
 * has come for `SUSPICION` makes its node suspect: another node is asked for
 * the topology, again and again, and as soon as the slots are served elsewhere
 * the connection is closed, so that what waited on it can go on there. One
 * that says nothing because nobody asks is sent a PING now and then; should it
 * stay unanswered, the command timeout ends the connection.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Pipeline } from "../connection/Pipeline.ts"
import type { Node, NodeRegistry } from "./NodeRegistry.ts"
import type { TopologyRef } from "./TopologyRef.ts"

export const WATCH_INTERVAL: Duration.Duration = Duration.millis(250)
/** Commands wait, and no reply has come for so long. */
export const SUSPICION: Duration.Duration = Duration.seconds(1)
/** Nothing has been said on a connection for so long. */
export const IDLE_BEFORE_PING: Duration.Duration = Duration.seconds(10)

const SUSPICION_LOOKS = Duration.toMillis(SUSPICION) / Duration.toMillis(WATCH_INTERVAL)
const IDLE_LOOKS = Duration.toMillis(IDLE_BEFORE_PING) / Duration.toMillis(WATCH_INTERVAL)

/** What was seen of a connection, and at how many looks in a row it was the same. */
interface Sight {
  replies: number
  isWaiting: boolean
  looks: number
}

/** The watch ends with the scope. `onSuspect` is run when a node becomes suspect. */
export const make = (
  registry: NodeRegistry,
  topology: TopologyRef,
  onSuspect: (address: string) => Effect.Effect<void>
): Effect.Effect<void, never, Scope.Scope> => {
  const sights = new WeakMap<Pipeline, Sight>()

  /** For how many looks the connection has been as it is now. */
  const look = (pipeline: Pipeline): Sight => {
    const isWaiting = pipeline.pending > 0
    const last = sights.get(pipeline)
    if (last !== undefined && last.replies === pipeline.replies && last.isWaiting === isWaiting) {
      last.looks++
      return last
    }
    const sight = { replies: pipeline.replies, isWaiting, looks: 0 }
    sights.set(pipeline, sight)
    return sight
  }

  const inspect = (node: Node): void => {
    let isSuspect = false
    for (const pipeline of node.connection.pipelines()) {
      const { isWaiting, looks } = look(pipeline)
      if (isWaiting) isSuspect ||= looks >= SUSPICION_LOOKS
      else if (looks >= IDLE_LOOKS) pipeline.submit(PING, ignore)
    }
    node.isSuspect = isSuspect
  }

  const abandon = (node: Node): void => {
    for (const pipeline of node.connection.pipelines()) {
      pipeline.close(
        "Timeout",
        `no reply for ${Duration.format(SUSPICION)}, and its slots are served elsewhere`
      )
    }
    node.isSuspect = false
  }

  const watch = Effect.gen(function* () {
    const nodes = registry.unsafeNodes()
    const before = new Set(nodes.filter((node) => node.isSuspect))
    for (const node of nodes) inspect(node)
    const suspects = nodes.filter((node) => node.isSuspect)
    if (suspects.length === 0) return
    for (const node of suspects) if (!before.has(node)) yield* onSuspect(node.address)
    yield* topology.refreshSoon
    for (const node of suspects) if (!servesSlots(topology, node)) abandon(node)
  })

  return Effect.asVoid(Effect.forkScoped(Effect.repeat(watch, Schedule.spaced(WATCH_INTERVAL))))
}

const PING = ["PING"]
const ignore = (): void => {}

const servesSlots = (topology: TopologyRef, node: Node): boolean => {
  const table = topology.unsafeGet()
  const index = table.nodes.indexOf(node)
  return index >= 0 && table.topology.slots.includes(index)
}
