/** What is shown of a run while it goes on. */
import { formatDuration } from "../DurationText.ts"
import { byAddress, number } from "../KeyProgress.ts"
import { progressBar, type ProgressText } from "../Progress.ts"
import { coloured } from "../TerminalText.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import { intervalText, latencyText } from "./BenchText.ts"
import type { Account, RunAccount } from "./RunAccount.ts"

const BAR_WIDTH = 30
/** Of a cluster with more masters only the first are shown: their lines are to fit a terminal of 24 rows. */
const MAX_NODES = 16

/** @param latest the last interval; `undefined` before the first has ended */
export const benchProgress = (
  settings: BenchSettings,
  account: RunAccount,
  latest: () => Account | undefined
): ProgressText => ({
  plain: () => {
    const interval = latest()
    return interval === undefined ? `${settings.operation}: no interval is over yet` : intervalText(interval)
  },
  terminal: () => {
    const { fraction, left } = howFar(settings, account)
    const interval = latest()
    return [
      `${coloured(progressBar(fraction, BAR_WIDTH), "green")} ${Math.floor(fraction * 100)} %${left}`,
      totalLine(settings, account),
      ...(interval === undefined ? [] : [latencyLine(interval), ...nodeLines(interval)])
    ].join("\n")
  }
})

const howFar = (
  { limit }: BenchSettings,
  { total }: RunAccount
): { readonly fraction: number; readonly left: string } => {
  const elapsed = total.seconds * 1000
  const done =
    limit._tag === "Duration" ? elapsed / limit.milliseconds : (total.count + total.errorCount) / limit.count
  const fraction = Math.min(1, done)
  const remaining = fraction > 0 ? (elapsed / fraction) * (1 - fraction) : 0
  return {
    fraction,
    left: remaining > 0 ? `, ${formatDuration(Math.ceil(remaining / 1000) * 1000)} left` : ""
  }
}

const totalLine = ({ operation }: BenchSettings, { parts, total }: RunAccount): string => {
  const kinds = Array.from(total.errors.values(), ({ count, kind }) => `${kind} ${number(count)}`)
  const errors = kinds.length === 0 ? "no errors" : coloured(`errors: ${kinds.join(", ")}`, "red")
  const busy = Math.max(0, ...parts.map(({ client }) => client.busy))
  return `${operation}: ${number(total.count)} operations, ${errors}, client busy ${Math.round(busy * 100)} %`
}

const latencyLine = (interval: Account): string =>
  `${number(Math.round(interval.perSecond))} per s, ${latencyText(interval)}`

const nodeLines = ({ nodes, seconds }: Account): ReadonlyArray<string> => {
  const sorted = Array.from(nodes.values()).sort((a, b) => byAddress(a.address, b.address))
  const hidden = sorted.length - MAX_NODES
  return [
    ...sorted.slice(0, MAX_NODES).map(({ address, errors, operations }) => {
      const perSecond = number(Math.round(seconds > 0 ? operations / seconds : 0))
      const failed = errors === 0 ? "" : `  ${coloured(`${number(errors)} errors`, "red")}`
      return `  ${address}  ${perSecond} per s${failed}`
    }),
    ...(hidden > 0 ? [`  and ${hidden} more`] : [])
  ]
}
