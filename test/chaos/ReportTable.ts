/** The runs as a table for a person. */
import { CALLER_KINDS } from "./Ledger.ts"
import type { ScenarioResult } from "./Scenario.ts"
import { backAfterMark, lastFailureAfterEvent, lastFailureAfterPromotion, violationsOf } from "./Verdict.ts"

const HEADINGS = [
  "scenario",
  "seconds",
  "commands",
  "errors (GET, SET / INCR by kind)",
  "last error after event",
  "after promotion",
  "all back after",
  "longest wait",
  "INCR acknowledged + maybe -> actual",
  "verdict"
]

/** One line per run, columns aligned. */
export const renderTable = (results: ReadonlyArray<ScenarioResult>): string => {
  const rows = [HEADINGS, ...results.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")).join("\n")
}

const cells = (result: ScenarioResult): ReadonlyArray<string> => {
  const { accounts } = result.ledger
  const violations = violationsOf(result)
  return [
    result.scenario.name,
    result.seconds.toFixed(1),
    String(accounts.reduce((sum, { done }) => sum + done, 0)),
    errors(result),
    milliseconds(lastFailureAfterEvent(result)),
    milliseconds(lastFailureAfterPromotion(result)),
    milliseconds(backAfterMark(result)),
    milliseconds(Math.max(...accounts.map(({ longestWait }) => longestWait))),
    increments(result),
    violations.length === 0 ? "kept" : `BROKEN: ${violations.length} of the promises`
  ]
}

const errors = ({ ledger }: ScenarioResult): string => {
  const counts = CALLER_KINDS.map((kind) => {
    const byLabel = new Map<string, number>()
    for (const account of ledger.accounts) {
      if (account.kind !== kind) continue
      for (const { label } of account.failures) byLabel.set(label, (byLabel.get(label) ?? 0) + 1)
    }
    return [kind, byLabel] as const
  })
  const total = (kind: string): number =>
    counts
      .filter(([name]) => name === kind)
      .reduce((sum, [, labels]) => sum + [...labels.values()].reduce((a, b) => a + b, 0), 0)
  const labels = counts.flatMap(([kind, byLabel]) =>
    kind === "INCR" ? [...byLabel].map(([label, count]) => `${count} ${label}`) : []
  )
  return `${total("GET")}, ${total("SET")} / ${labels.length === 0 ? "0" : labels.join(", ")}`
}

const increments = ({ ledger, values }: ScenarioResult): string => {
  let [acknowledged, maybe, actual] = [0, 0, 0]
  ledger.accounts.forEach((account, index) => {
    if (account.kind !== "INCR") return
    acknowledged += account.acknowledged
    maybe += account.maybe
    actual += Number(values[index] ?? 0)
  })
  return `${acknowledged} + ${maybe} -> ${actual}`
}

const milliseconds = (value: number | undefined): string =>
  value === undefined ? "-" : `${Math.round(value)} ms`
