import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { prometheusText, quantileOf } from "../../../../src/app/tunnel/metrics/PrometheusText.ts"
import type { TunnelReadings } from "../../../../src/app/tunnel/metrics/TunnelReadings.ts"
import { CommandEntry } from "../../../../src/app/tunnel/smart/request/CommandEntry.ts"
import { LATENCY_BUCKETS } from "../../../../src/app/tunnel/smart/request/Latencies.ts"
import { lookupCommand } from "../../../../src/protocol/CommandTable.ts"

const READINGS: TunnelReadings = {
  startedAt: new Date(1_000),
  clients: 2,
  clientsAccepted: 5,
  clientsRefused: 1,
  clientsClosed: { left: 2, "output buffer": 1 },
  bytesReceived: 100,
  bytesSent: 200,
  moved: 3,
  asked: 4,
  commands: [
    {
      name: "config|get",
      calls: 7,
      errors: 1,
      latencyBuckets: LATENCY_BUCKETS.map((_, index) => (index === 1 ? 2 : 0)),
      latencySum: 150,
      latencyCount: 2
    }
  ],
  nodes: [
    {
      node: "127.0.0.1:7000",
      commands: 7,
      sharedConnections: 0,
      privateConnections: 2,
      latencyBuckets: LATENCY_BUCKETS.map((_, index) => (index === 0 ? 4 : 0)),
      latencySum: 100,
      latencyCount: 4
    }
  ]
}

describe("PrometheusText", () => {
  it("names every metric once, with its help and type, and its samples behind it", () => {
    const text = prometheusText(READINGS, new Date(3_500))
    const families = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|summary)$/gm)].map(([, name]) => name)
    expect(new Set(families).size).toBe(families.length)
    for (const line of text.trimEnd().split("\n")) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) redis_tunnel_\w+ .+|redis_tunnel_\w+(\{(\w+="[^"]*",?)+\})? -?[\d.e+-]+)$/
      )
    }
    for (const line of [
      "redis_tunnel_uptime_seconds 2.5",
      "redis_tunnel_clients 2",
      'redis_tunnel_clients_closed_total{reason="output buffer"} 1',
      'redis_tunnel_redirections_total{kind="ask"} 4',
      'redis_tunnel_commands_total{command="config|get"} 7',
      'redis_tunnel_command_errors_total{command="config|get"} 1',
      'redis_tunnel_command_duration_seconds_count{command="config|get"} 2',
      'redis_tunnel_node_commands_total{node="127.0.0.1:7000"} 7',
      'redis_tunnel_node_duration_seconds{node="127.0.0.1:7000",quantile="0.999"} 0.00004995',
      'redis_tunnel_node_duration_seconds_count{node="127.0.0.1:7000"} 4',
      'redis_tunnel_node_connections{node="127.0.0.1:7000",kind="private"} 2'
    ]) {
      expect(text.split("\n")).toContain(line)
    }
    // The mode has none: nothing is said of it.
    expect(text).not.toContain("blocked_clients")
  })

  it("a quantile lies in the bucket of the value of that rank, and never falls as the rank rises", () => {
    const microseconds = fc.integer({ min: 0, max: LATENCY_BUCKETS[LATENCY_BUCKETS.length - 1] })
    fc.assert(
      fc.property(
        fc.array(microseconds, { minLength: 1 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (values, quantile) => {
          const entry = new CommandEntry(lookupCommand(["GET", "k"])!, false)
          for (const value of values) entry.onLatency(value)
          const buckets = Array.from(entry.latencyBuckets)
          const estimate = quantileOf(buckets, values.length, quantile)
          const sorted = values.toSorted((a, b) => a - b)
          const exact = sorted[Math.ceil(quantile * values.length) - 1]
          const bucket = LATENCY_BUCKETS.findIndex((bound) => exact <= bound)
          expect(estimate).toBeLessThanOrEqual(LATENCY_BUCKETS[bucket])
          expect(estimate).toBeGreaterThanOrEqual(bucket === 0 ? 0 : LATENCY_BUCKETS[bucket - 1])
          expect(quantileOf(buckets, values.length, 0.999)).toBeGreaterThanOrEqual(estimate)
        }
      )
    )
  })
})
