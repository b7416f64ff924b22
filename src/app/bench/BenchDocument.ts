/** A run as the document of `--json`. Times of latencies are milliseconds, others seconds from when counting began. */
import type { JsonDocument } from "../CommandRun.ts"
import { type BenchReport, clientOf, isRateHeld, nodesOf, sentPerSecond } from "./BenchReport.ts"
import type { LatencyHistogram } from "./LatencyHistogram.ts"
import type { Account, OperationAccount } from "./RunAccount.ts"
import type { Outage } from "./ShardWatch.ts"

export const benchDocument = (report: BenchReport): JsonDocument => {
  const { account, intervals, serverProcessors, settings } = report
  const { total } = account
  const isOpen = settings.rate !== undefined
  return {
    operation: settings.operation,
    seconds: rounded(total.seconds),
    operations: total.count,
    opsPerSecond: rounded(total.perSecond),
    errors: Object.fromEntries(Array.from(total.errors, ([kind, { count }]) => [kind, count])),
    hitRate: total.hitRate ?? null,
    latencyMs: latencies(total.response),
    ...(isOpen ? { serviceMs: latencies(total.service) } : {}),
    byOperation: total.operations.map((operation) => operationDocument(operation, isOpen)),
    nodes: nodesOf(report).map(({ address, errors, operations, response }) => ({
      address,
      operations,
      opsPerSecond: rounded(total.seconds > 0 ? operations / total.seconds : 0),
      errors,
      latencyMs: latencies(response),
      processors: serverProcessors.get(address) ?? null
    })),
    outages: account.outages.map(outageDocument),
    load: {
      clients: settings.clients,
      pipeline: settings.pipeline,
      muxCount: settings.multiplexerCount,
      workers: settings.workers,
      keys: settings.keys,
      keyChoice: settings.keyChoice._tag.toLowerCase(),
      keySize: settings.keySize,
      valueSize: settings.valueSize,
      seed: settings.seed,
      warmupSeconds: settings.warmup / 1000
    },
    ...(isOpen
      ? {
          rate: {
            wanted: settings.rate,
            sent: rounded(sentPerSecond(report)),
            isHeld: isRateHeld(report),
            unsent: account.unsent
          }
        }
      : {}),
    client: clientDocument(report),
    ...(settings.isByInterval ? { intervals } : {})
  }
}

const operationDocument = (operation: OperationAccount, isOpen: boolean): JsonDocument => ({
  operation: operation.name,
  operations: operation.operations,
  errors: operation.errors,
  latencyMs: latencies(operation.response),
  ...(isOpen ? { serviceMs: latencies(operation.service) } : {})
})

const clientDocument = (report: BenchReport): JsonDocument => {
  const { bottleneck, busy, delay, lateness, processors } = clientOf(report)
  return {
    busy: rounded(busy),
    processors: processors === undefined ? null : rounded(processors),
    eventLoopDelayMs: { p50: rounded(delay.p50), p99: rounded(delay.p99), max: rounded(delay.max) },
    ...(report.settings.rate === undefined
      ? {}
      : { latenessMs: { p99: rounded(lateness.p99), max: rounded(lateness.max) } }),
    isBottleneck: bottleneck !== undefined
  }
}

export const intervalDocument = (interval: Account): JsonDocument => ({
  from: rounded(interval.from / 1000),
  to: rounded(interval.to / 1000),
  operations: interval.count,
  opsPerSecond: rounded(interval.perSecond),
  errors: interval.errorCount,
  latencyMs: latencies(interval.response)
})

const outageDocument = (outage: Outage): JsonDocument => ({
  node: outage.node,
  from: seconds(outage.from),
  errors: outage.errors,
  firstError: seconds(outage.firstError),
  lastError: seconds(outage.lastError),
  recovered: seconds(outage.recovered),
  seconds: outage.recovered === undefined ? null : seconds(outage.recovered - outage.from)
})

export const latencies = (histogram: LatencyHistogram): JsonDocument => ({
  mean: rounded(histogram.mean),
  p50: histogram.percentile(50),
  p90: histogram.percentile(90),
  p99: histogram.percentile(99),
  p999: histogram.percentile(99.9),
  p9999: histogram.percentile(99.99),
  max: histogram.max
})

const seconds = (milliseconds: number | undefined): number | null =>
  milliseconds === undefined ? null : rounded(milliseconds / 1000)

/** Milliseconds of seconds, microseconds of milliseconds. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000
