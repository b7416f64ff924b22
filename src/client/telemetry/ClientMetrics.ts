/**
 * What clients of this process have done, as metrics of Effect, each tagged with
 * the `node` (`host:port`) that it happened at, and with the labels of the fiber
 * that made the client (`Effect.tagMetrics`).
 *
 * Nothing of this is paid for by a command that succeeds, but for two counts on
 * its connection (`ConnectionMeter`): a fiber carries those over once a second
 * and when the client closes. What goes wrong is counted where it is dealt with.
 *
 * Measured on Node 20 (2 cores, busy): the two counts take 5 ns per command by
 * themselves. GET in a closed loop against one server, process CPU per command
 * without and with metrics, medians of 8 runs in turn: 50 callers 1.83 and 1.88
 * us, 1000 callers 3.70 and 3.46 us, batches of 64 0.85 and 0.85 us, which is no
 * difference that those runs could show. `Metric.increment` would take 613 ns.
 *
 * Not counted: what dedicated connections carry (blocking commands,
 * transactions, subscriptions), and what is refused before anything is sent
 * (`CrossSlotError`, `RoutingError`).
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import * as MetricKey from "effect/MetricKey"
import * as MetricLabel from "effect/MetricLabel"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import {
  ConnectionMeter,
  type ConnectionReadings,
  SAMPLE_INTERVAL
} from "../../connection/ConnectionMeter.ts"
import type { NodeRegistry } from "../NodeRegistry.ts"

/** Replies received, the client's own CLUSTER SLOTS, PING and ASKING included. */
export const commands: Metric.Metric.Counter<number> = Metric.counter("redis_client_commands", {
  description: "Replies received from the node",
  incremental: true
})

/** Tagged with `kind`, the error reply's first word or the error's tag. What a retry has made good is none. */
export const errors: Metric.Metric.Counter<number> = Metric.counter("redis_client_errors", {
  description: "Commands that failed for good",
  incremental: true
})

/** Tagged with `kind`: `moved` or `asked`. */
export const redirections: Metric.Metric.Counter<number> = Metric.counter("redis_client_redirections", {
  description: "MOVED and ASK replies of the node that were followed",
  incremental: true
})

/** Tagged with `kind`, as `errors`: why the node's answer was not enough. */
export const retries: Metric.Metric.Counter<number> = Metric.counter("redis_client_retries", {
  description: "Commands that were sent again after a wait",
  incremental: true
})

export const reconnects: Metric.Metric.Counter<number> = Metric.counter("redis_client_reconnects", {
  description: "Connections opened in place of one that was lost or replaced",
  incremental: true
})

export const queueDepth: Metric.Metric.Gauge<number> = Metric.gauge("redis_client_queue_depth", {
  description: "Commands that await their reply"
})

/** Milliseconds, 0.05 doubling to 6554. */
const LATENCY_BOUNDARIES = MetricBoundaries.exponential({ start: 0.05, factor: 2, count: 18 })

/** From queueing a command on its connection to its reply. A command that gets none is not in it. */
export const latency: Metric.Metric.Histogram<number> = Metric.fromMetricKey(
  MetricKey.tagged(
    MetricKey.histogram(
      "redis_client_latency",
      LATENCY_BOUNDARIES,
      `Milliseconds until the reply of one command in ${SAMPLE_INTERVAL}`
    ),
    "time_unit",
    "milliseconds"
  )
)

/** How often the counts of the connections become metrics. */
export const COLLECTION_INTERVAL: Duration.Duration = Duration.seconds(1)

type Labels = ReadonlyArray<MetricLabel.MetricLabel>

export interface ClientMetrics {
  /** For a connection that was opened to the node. */
  meter(node: string): ConnectionMeter
  reconnected(node: string): void
  redirected(node: string, kind: "moved" | "asked"): void
  retried(node: string, kind: string): void
  failed(node: string, kind: string): void
  /** Collects until the scope closes. */
  watch(registry: NodeRegistry): Effect.Effect<void, never, Scope.Scope>
}

interface NodeReadings extends ConnectionReadings {
  readonly labels: Labels
  collectedReplies: number
  depth: number
}

/** What is collected last, is when the scope closes: make it before the connections. */
export const make: Effect.Effect<ClientMetrics, never, Scope.Scope> = Effect.gen(function* () {
  const clientLabels = yield* FiberRef.get(FiberRef.currentMetricLabels)
  const nodes = new Map<string, NodeReadings>()
  const kinds = new Map<string, Labels>()

  const readingsOf = (node: string): NodeReadings => {
    const known = nodes.get(node)
    if (known !== undefined) return known
    // A metric finds its counter quickly by the identity of the labels, so they are made once.
    const labels = [MetricLabel.make("node", node), ...clientLabels]
    const readings: NodeReadings = {
      labels,
      replies: 0,
      collectedReplies: 0,
      depth: 0,
      onLatency: (milliseconds) => latency.unsafeUpdate(milliseconds, labels)
    }
    nodes.set(node, readings)
    return readings
  }

  const count = (counter: Metric.Metric.Counter<number>, node: string, kind: string): void => {
    const key = `${kind} ${node}`
    let labels = kinds.get(key)
    if (labels === undefined) {
      labels = [MetricLabel.make("node", node), MetricLabel.make("kind", kind), ...clientLabels]
      kinds.set(key, labels)
    }
    counter.unsafeUpdate(1, labels)
  }

  const collect = (depths: ReadonlyMap<string, number>): void => {
    for (const [node, readings] of nodes) {
      const replies = readings.replies - readings.collectedReplies
      if (replies > 0) commands.unsafeUpdate(replies, readings.labels)
      readings.collectedReplies = readings.replies
      const depth = depths.get(node) ?? 0
      if (depth !== readings.depth) queueDepth.unsafeUpdate(depth, readings.labels)
      readings.depth = depth
    }
  }
  yield* Effect.addFinalizer(() => Effect.sync(() => collect(new Map())))

  return {
    meter: (node) => new ConnectionMeter(readingsOf(node)),
    reconnected: (node) => reconnects.unsafeUpdate(1, readingsOf(node).labels),
    redirected: (node, kind) => count(redirections, node, kind),
    retried: (node, kind) => count(retries, node, kind),
    failed: (node, kind) => count(errors, node, kind),
    watch: (registry) =>
      Effect.sync(() => collect(depthsOf(registry))).pipe(
        Effect.repeat(Schedule.spaced(COLLECTION_INTERVAL)),
        Effect.forkScoped,
        Effect.asVoid
      )
  }
})

const depthsOf = (registry: NodeRegistry): ReadonlyMap<string, number> =>
  new Map(
    registry
      .unsafeNodes()
      .map((node) => [
        node.address,
        node.connection.pipelines().reduce((sum, { pending }) => sum + pending, 0)
      ])
  )
