/** What is shown of a run while it goes on. */
import { number } from "../KeyProgress.ts"
import { progressBar, type ProgressText } from "../Progress.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import { intervalText } from "./BenchText.ts"
import type { Account, RunAccount } from "./RunAccount.ts"

const BAR_WIDTH = 24

/** @param latest the last interval; `undefined` before the first has ended */
export const benchProgress = (
  settings: BenchSettings,
  account: RunAccount,
  latest: () => Account | undefined
): ProgressText => {
  const plain = (): string => {
    const interval = latest()
    return interval === undefined ? `${settings.operation}: warming up` : intervalText(interval)
  }
  const nodes = (interval: Account): ReadonlyArray<string> =>
    Array.from(interval.nodes.values())
      .sort((a, b) => a.address.localeCompare(b.address, "en", { numeric: true }))
      .map(({ address, errors, operations }) => {
        const perSecond = number(Math.round(interval.seconds > 0 ? operations / interval.seconds : 0))
        return `  ${address}  ${perSecond.padStart(9)} per s${errors === 0 ? "" : `  ${number(errors)} errors`}`
      })
  return {
    plain,
    terminal: () => {
      const interval = latest()
      const bar = progressBar(fractionDone(settings, account), BAR_WIDTH)
      return [`${bar} ${plain()}`, ...(interval === undefined ? [] : nodes(interval))].join("\n")
    }
  }
}

const fractionDone = ({ limit }: BenchSettings, { total }: RunAccount): number =>
  limit._tag === "Duration"
    ? (total.seconds * 1000) / limit.milliseconds
    : (total.count + total.errorCount) / limit.count
