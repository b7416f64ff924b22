/**
 * Readings in the text format of Prometheus. Pure.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import { LATENCY_BUCKETS, type LatencyReadings } from "../smart/request/Latencies.ts"
import type { TunnelReadings } from "./TunnelReadings.ts"

export const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

const QUANTILES: ReadonlyArray<number> = [0.5, 0.9, 0.99, 0.999]
const MICROSECONDS = 1e-6

interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  /** Behind the metric's name: `_sum`. */
  readonly suffix?: string
  readonly value: number
}

export const prometheusText = (readings: TunnelReadings, now: Date): string =>
  [
    gauge("uptime_seconds", "Seconds since the tunnel listens.", [
      { value: (now.getTime() - readings.startedAt.getTime()) / 1000 }
    ]),
    gauge("clients", "Clients connected.", [{ value: readings.clients }]),
    gauge("blocked_clients", "Clients waiting in a blocking command.", optional(readings.blockedClients)),
    gauge("subscribed_clients", "Clients with subscriptions.", optional(readings.subscribedClients)),
    counter("clients_accepted_total", "Clients let in.", [{ value: readings.clientsAccepted }]),
    counter("clients_refused_total", "Clients turned away because there were too many.", [
      { value: readings.clientsRefused }
    ]),
    counter(
      "clients_closed_total",
      "Clients gone, by reason.",
      Object.entries(readings.clientsClosed ?? {}).map(([reason, value]) => ({ labels: { reason }, value }))
    ),
    counter("received_bytes_total", "Bytes from clients.", [{ value: readings.bytesReceived }]),
    counter("sent_bytes_total", "Bytes to clients.", [{ value: readings.bytesSent }]),
    counter("redirections_total", "MOVED and ASK replies of the cluster.", [
      { labels: { kind: "moved" }, value: readings.moved },
      { labels: { kind: "ask" }, value: readings.asked }
    ]),
    counter("retried_total", "Commands sent again.", optional(readings.retried)),
    counter(
      "maybe_executed_total",
      "Writes whose connection was lost before their reply.",
      optional(readings.maybeExecuted)
    ),
    counter("commands_total", "Commands, by name.", ofCommands(readings, "calls")),
    counter("command_errors_total", "Error replies, by command.", ofCommands(readings, "errors")),
    metric(
      "summary",
      "command_duration_seconds",
      "From reading a command to its reply, of one in 64.",
      readings.commands.flatMap((command) => durations(command, { command: command.name }))
    ),
    counter("node_commands_total", "Commands sent to a node.", ofNodes(readings, "commands")),
    metric(
      "summary",
      "node_duration_seconds",
      "The same by the node that has answered, without commands that wait for something to happen.",
      readings.nodes.flatMap((node) => durations(node, { node: node.node }))
    ),
    gauge("node_pending", "Commands that a node has not answered.", ofNodes(readings, "pending")),
    gauge("node_connections", "Connections to a node, shared by clients or one client's own.", [
      ...ofNodes(readings, "sharedConnections", { kind: "shared" }),
      ...ofNodes(readings, "privateConnections", { kind: "private" })
    ])
  ].join("")

const optional = (value: number | undefined): ReadonlyArray<Sample> =>
  value === undefined ? [] : [{ value }]

const ofCommands = ({ commands }: TunnelReadings, what: "calls" | "errors"): ReadonlyArray<Sample> =>
  commands.map((command) => ({ labels: { command: command.name }, value: command[what] }))

const ofNodes = (
  { nodes }: TunnelReadings,
  what: "commands" | "pending" | "sharedConnections" | "privateConnections",
  labels: Readonly<Record<string, string>> = {}
): ReadonlyArray<Sample> =>
  nodes.flatMap((node): ReadonlyArray<Sample> => {
    const value = node[what]
    return value === undefined ? [] : [{ labels: { node: node.node, ...labels }, value }]
  })

const durations = (
  { latencyBuckets, latencyCount, latencySum }: LatencyReadings,
  labels: Readonly<Record<string, string>>
): ReadonlyArray<Sample> =>
  latencyCount === 0
    ? []
    : [
        ...QUANTILES.map((quantile) => ({
          labels: { ...labels, quantile: String(quantile) },
          value: quantileOf(latencyBuckets, latencyCount, quantile) * MICROSECONDS
        })),
        { suffix: "_sum", labels, value: latencySum * MICROSECONDS },
        { suffix: "_count", labels, value: latencyCount }
      ]

/**
 * The value that so large a part does not exceed, in microseconds, as if each
 * bucket were filled evenly; what is above the last bound counts as that.
 */
export const quantileOf = (buckets: ReadonlyArray<number>, count: number, quantile: number): number => {
  const rank = quantile * count
  let below = 0
  for (const [index, within] of buckets.entries()) {
    if (below + within >= rank && within > 0) {
      const lower = index === 0 ? 0 : LATENCY_BUCKETS[index - 1]
      const upper = LATENCY_BUCKETS[index] ?? lower
      return lower + ((rank - below) / within) * (upper - lower)
    }
    below += within
  }
  return 0
}

const gauge = (name: string, help: string, samples: ReadonlyArray<Sample>): string =>
  metric("gauge", name, help, samples)

const counter = (name: string, help: string, samples: ReadonlyArray<Sample>): string =>
  metric("counter", name, help, samples)

/** Nothing when there is no sample. */
const metric = (
  type: "counter" | "gauge" | "summary",
  name: string,
  help: string,
  samples: ReadonlyArray<Sample>
): string => {
  if (samples.length === 0) return ""
  const full = `redis_tunnel_${name}`
  const lines = samples.map(
    ({ labels, suffix = "", value }) =>
      `${full}${suffix}${labels === undefined ? "" : labelText(labels)} ${value}`
  )
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ""].join("\n")
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replace(/[\\"\n]/g, (each) => (each === "\n" ? "\\n" : `\\${each}`))}"`
    )
    .join(",")}}`
