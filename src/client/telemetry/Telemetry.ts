/**
 * What a client tells of itself to those who watch it: metrics, spans of its own
 * work, and one log line per event.
 *
 * At level Debug what it deals with by itself: a connection lost or opened
 * again, a topology learnt or not to be had, a command sent again, a node that
 * leaves commands unanswered for a while. At Warning what somebody should look
 * into: a replica that has taken over. Lines are annotated with `node`,
 * `command`, `attempt` and `kind` (`ErrorType`); they hold no values and no
 * passwords.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import { databaseSpan } from "../../connection/DatabaseSpan.ts"
import { type ClusterTopology, findNodeByAddress, masters } from "../../protocol/ClusterTopology.ts"
import * as ClientMetrics from "./ClientMetrics.ts"
import type { ClientError, TopologyError } from "../ClusterError.ts"
import { failureType } from "../reply/ErrorType.ts"
import type { NodeEvents, NodeRegistry } from "../NodeRegistry.ts"

export interface Telemetry extends Required<Pick<NodeEvents, "onOpen" | "onLost">> {
  /** A command followed a redirection that the node answered with. */
  redirected(node: string, kind: "moved" | "asked"): void
  /** A command is sent again after a wait; `attempt` counts from 1. */
  retried(node: string, error: ClientError, command: string, attempt: number): Effect.Effect<void>
  /** The caller gets this error. */
  failed(error: ClientError): void
  /** Counts the failures of an effect whose errors the caller gets. */
  counted<A, R>(effect: Effect.Effect<A, ClientError, R>): Effect.Effect<A, ClientError, R>
  /** Commands wait at the node, and no reply has come for a while. */
  suspected(node: string): Effect.Effect<void>
  /** Asking for the topology. */
  refresh(
    question: Effect.Effect<ClusterTopology, TopologyError | ConnectionError>
  ): Effect.Effect<ClusterTopology, TopologyError | ConnectionError>
  /** Collects metrics until the scope closes. */
  watch(registry: NodeRegistry): Effect.Effect<void, never, Scope.Scope>
}

/** Make it before the connections, so that their last counts are not lost. */
export const make: Effect.Effect<Telemetry, never, Scope.Scope> = Effect.gen(function* () {
  const metrics = yield* ClientMetrics.make
  const runtime = yield* Effect.runtime()
  const runFork = Runtime.runFork(runtime)
  let known: ClusterTopology | undefined
  const failed = (error: ClientError): void => {
    const node = nodeOf(error)
    if (node !== undefined) metrics.failed(node, failureType(error).type)
  }

  return {
    onOpen: (node, pipeline, isFirst) => {
      pipeline.meter = metrics.meter(node)
      if (isFirst) return
      metrics.reconnected(node)
      runFork(log("connected again", { node }))
    },
    onLost: (node, { detail, reason }) => {
      runFork(log(`connection lost: ${detail}`, { node, kind: `ConnectionError.${reason}` }))
    },
    redirected: metrics.redirected,
    retried: (node, error, command, attempt) => {
      const kind = failureType(error).type
      metrics.retried(node, kind)
      return log("sent again", { node, command, attempt, kind })
    },
    failed,
    counted: Effect.tapError((error) => Effect.sync(() => failed(error))),
    suspected: (node) => log("no reply for a while; other nodes are asked who serves its slots", { node }),
    refresh: (question) =>
      databaseSpan(
        {
          describe: () => ({
            name: "redis.refreshTopology",
            attributes: { "db.operation.name": "CLUSTER SLOTS" }
          }),
          failureType,
          isRoot: true
        },
        () => question
      ).pipe(
        // Fibers of which timeouts are made would log what fails here as well.
        Effect.withUnhandledErrorLogLevel(Option.none()),
        Effect.tap((topology) => {
          const replaced = known
          known = topology
          return Effect.zipRight(
            log("topology learnt", { masters: masters(topology).length, nodes: topology.nodes.length }),
            replaced === undefined ? Effect.void : logFailovers(replaced, topology)
          )
        }),
        Effect.tapError((error) =>
          log("topology not to be had", { node: error.node, kind: failureType(error).type })
        )
      ),
    watch: metrics.watch
  }
})

/** Where the failure was seen; nothing for what was refused before anything was sent. */
const nodeOf = (error: ClientError): string | undefined => {
  switch (error._tag) {
    case "CrossSlotError":
    case "RoutingError":
      return undefined
    case "MaxRetriesExceeded":
      return error.lastCause.node
    case "TopologyError":
      return NO_NODE
    default:
      return error.node
  }
}

/** In place of an address, for a slot that no node serves. */
const NO_NODE = "-"

const log = (message: string, annotations: Readonly<Record<string, unknown>>): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logDebug(message), annotations)

const logFailovers = (before: ClusterTopology, after: ClusterTopology): Effect.Effect<void> =>
  Effect.forEach(
    masters(after).filter(({ address }) => findNodeByAddress(before, address)?.role === "replica"),
    ({ address }) => Effect.annotateLogs(Effect.logWarning("a replica has taken over"), { node: address }),
    { discard: true }
  )
