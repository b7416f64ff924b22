/** A run as text for a person. */
import { number } from "../KeyProgress.ts"
import { type Column, textTable } from "../TextTable.ts"
import {
  type BenchReport,
  clientOf,
  isRateHeld,
  nodesOf,
  saturatedServers,
  sentPerSecond
} from "./BenchReport.ts"
import type { LatencyHistogram } from "./LatencyHistogram.ts"
import type { Account } from "./RunAccount.ts"
import type { Outage } from "./ShardWatch.ts"

const PERCENTILES = [50, 90, 99, 99.9, 99.99]
const COLUMNS: ReadonlyArray<Column> = [
  { title: "ms" },
  ...["operations", "per s", ...PERCENTILES.map((percent) => `p${percent}`), "max", "errors"].map(
    (title): Column => ({ title, align: "right" })
  )
]

export const benchText = (report: BenchReport): string => {
  const { account, settings } = report
  const { total } = account
  return [
    headline(report),
    loadLine(report),
    textTable(COLUMNS, [...operationRows(report), ...nodeRows(report)]),
    ...(total.hitRate === undefined ? [] : [`hit rate ${percentText(total.hitRate)}${missAdvice(report)}`]),
    ...Array.from(
      total.errors.values(),
      ({ count, example, kind }) => `error ${kind}: ${number(count)}, the first: ${example.trim()}`
    ),
    ...account.outages.map(outageLine),
    ...(isRateHeld(report) ? [] : [rateLine(report)]),
    ...clientLines(report),
    `seed ${settings.seed}`
  ].join("\n")
}

/** What is said of an interval, in one line. */
export const intervalText = (interval: Account): string => {
  const end = (interval.to / 1000).toFixed(1)
  const perSecond = number(Math.round(interval.perSecond))
  const errors = interval.errorCount === 0 ? "" : `, ${number(interval.errorCount)} errors`
  return `${end.padStart(7)} s  ${perSecond.padStart(9)} per s  ${latencyText(interval)}${errors}`
}

/** @example "p50 0.234  p99 1.893  p99.9 24.13  max 53.73 ms" */
export const latencyText = ({ response }: Account): string => {
  const percentiles = [50, 99, 99.9].map(
    (percent) => `p${percent} ${milliseconds(response.percentile(percent))}`
  )
  return `${percentiles.join("  ")}  max ${milliseconds(response.max)} ms`
}

const headline = ({ account: { total }, settings }: BenchReport): string => {
  const errors = total.errorCount === 0 ? "no errors" : `${number(total.errorCount)} errors`
  return (
    `${settings.operation}: ${number(total.count)} operations in ${total.seconds.toFixed(2)} s: ` +
    `${number(Math.round(total.perSecond))} per second, ${errors}`
  )
}

const loadLine = ({ settings }: BenchReport): string => {
  const { clients, keyChoice, keySize, keys, multiplexerCount, pipeline, rate, valueSize, workers } = settings
  const pace = rate === undefined ? "as fast as answered" : `${number(rate)} per second by timetable`
  const choice = keyChoice._tag === "Zipfian" ? `zipfian ${keyChoice.exponent}` : keyChoice._tag.toLowerCase()
  return (
    `${counted(clients, "client")} of ${counted(workers, "worker")}, pipeline ${pipeline}, ` +
    `${counted(multiplexerCount, "connection")} per node and worker, ${pace}; ` +
    `${counted(keys, "key")} (${choice}) of ${keySize} + ${valueSize} bytes`
  )
}

const operationRows = ({
  account: { total },
  settings
}: BenchReport): ReadonlyArray<ReadonlyArray<string>> => {
  const isOpen = settings.rate !== undefined
  const rows = total.operations.flatMap((operation) => {
    const { errors, name, operations, response, service } = operation
    const row = (title: string, histogram: LatencyHistogram) =>
      latencyRow(title, operations, total.seconds, histogram, errors)
    return isOpen
      ? [row(`${name} response`, response), row(`${name} service`, service)]
      : [row(name, response)]
  })
  if (total.operations.length === 1) return rows
  const all = latencyRow("all", total.count, total.seconds, total.response, total.errorCount)
  return [...rows, all]
}

const nodeRows = (report: BenchReport): ReadonlyArray<ReadonlyArray<string>> =>
  nodesOf(report).map(({ address, errors, operations, response }) =>
    latencyRow(address, operations, report.account.total.seconds, response, errors)
  )

const latencyRow = (
  title: string,
  operations: number,
  seconds: number,
  histogram: LatencyHistogram,
  errors: number
): ReadonlyArray<string> => [
  title,
  number(operations),
  number(Math.round(seconds > 0 ? operations / seconds : 0)),
  ...PERCENTILES.map((percent) => milliseconds(histogram.percentile(percent))),
  milliseconds(histogram.max),
  number(errors)
]

const missAdvice = ({ account: { total }, settings }: BenchReport): string =>
  (total.hitRate ?? 1) > 0
    ? ""
    : `: no key was there; write them first with fill --seed ${settings.seed} and the same sizes, or with bench --operation set`

const outageLine = ({ errors, firstError, from, lastError, node, recovered }: Outage): string => {
  const at = (time: number): string => (time / 1000).toFixed(2)
  const span =
    recovered === undefined
      ? `from ${at(from)} s on, and did not recover`
      : `from ${at(from)} s to ${at(recovered)} s (${at(recovered - from)} s)`
  const errorText =
    firstError === undefined || lastError === undefined
      ? "no errors"
      : `${number(errors)} errors from ${at(firstError)} s to ${at(lastError)} s`
  return `the slots of ${node} were not served ${span}, ${errorText}`
}

const rateLine = (report: BenchReport): string => {
  const { account, settings } = report
  const sent = `${number(Math.round(sentPerSecond(report)))} of ${number(settings.rate ?? 0)} per second`
  const unsent = account.unsent === 0 ? "" : `, ${number(account.unsent)} commands were due and never sent`
  const why =
    clientOf(report).bottleneck === undefined
      ? `all ${number(settings.clients)} clients were waiting for answers: the servers did not keep up, or -n is too small`
      : "see the client below"
  return `the rate was not held: ${sent}${unsent}; ${why}`
}

const clientLines = (report: BenchReport): ReadonlyArray<string> => {
  const { bottleneck, busy, delay, lateness, processors } = clientOf(report)
  const cpu = processors === undefined ? "" : `, ${processors.toFixed(2)} processors`
  const late =
    report.settings.rate === undefined
      ? ""
      : `, sent late by ${milliseconds(lateness.p99)} ms (p99), ${milliseconds(lateness.max)} ms (max)`
  const servers = Array.from(report.serverProcessors, ([node, used]) => `${node} ${used.toFixed(2)}`)
  return [
    `client: busy ${percentText(busy)}${cpu}, event loop late by ${milliseconds(delay.p99)} ms (p99), ` +
      `${milliseconds(delay.max)} ms (max)${late}`,
    ...(servers.length === 0 ? [] : [`servers: processors used: ${servers.join(", ")}`]),
    ...saturatedServers(report).map(
      (node) => `${node} was at its limit: a server executes commands on one processor`
    ),
    ...(bottleneck === undefined ? [] : [bottleneck])
  ]
}

/** To the microsecond below a second. */
export const milliseconds = (value: number): string =>
  value < 10
    ? value.toFixed(3)
    : value < 100
      ? value.toFixed(2)
      : value < 1000
        ? value.toFixed(1)
        : number(Math.round(value))

const percentText = (part: number): string =>
  `${Number((part * 100).toFixed(part > 0.99 && part < 1 ? 3 : 1))} %`

const counted = (count: number, what: string): string => `${number(count)} ${what}${count === 1 ? "" : "s"}`
