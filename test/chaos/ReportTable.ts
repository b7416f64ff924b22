/** The runs as a table for a person. */
import type { Census } from "./Census.ts"
import type { CallerKind } from "./Ledger.ts"
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
  "own stall",
  "sockets, connections, fibers",
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
    milliseconds(Math.max(...accounts.map(({ longestWait: { from, to } }) => to - from))),
    milliseconds(result.stalls.between(result.startedAt, result.startedAt + result.seconds * 1000)),
    `${held(result.before)} -> ${held(result.after)}`,
    increments(result),
    violations.length === 0 ? "kept" : `BROKEN: ${violations.length} of the promises`
  ]
}

const held = ({ connections, fibers, sockets }: Census): string => `${sockets}, ${connections}, ${fibers}`

const errors = ({ ledger: { accounts } }: ScenarioResult): string => {
  const countsOf = (wanted: CallerKind): ReadonlyMap<string, number> => {
    const counts = new Map<string, number>()
    for (const { failureCounts, kind } of accounts) {
      if (kind !== wanted) continue
      for (const [label, count] of failureCounts) counts.set(label, (counts.get(label) ?? 0) + count)
    }
    return counts
  }
  const [get, set] = (["GET", "SET"] as const).map((kind) =>
    [...countsOf(kind).values()].reduce((sum, count) => sum + count, 0)
  )
  const incr = [...countsOf("INCR")].map(([label, count]) => `${count} ${label}`)
  return `${get}, ${set} / ${incr.length === 0 ? "0" : incr.join(", ")}`
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
