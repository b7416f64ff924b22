/** Whether a run kept what the client promises, and a line for each promise that it broke. */
import type { Account } from "./Ledger.ts"
import type { ScenarioResult } from "./Scenario.ts"

/** The last error may come so long after a replica was promoted. */
export const LAST_FAILURE_AFTER_PROMOTION_MS = 1000
/** Every caller has had an answer so long after the promotion, or the end of a cut. The waits double to a second, and the machine is shared. */
export const BACK_AFTER_MARK_MS = 2000
/** A caller whose node is well waits no longer than this while another node is out of reach. */
export const UNCONCERNED_WAIT_MS = 1000

/** One line per violation; none when all is well. */
export const violationsOf = (result: ScenarioResult): ReadonlyArray<string> => [
  ...result.ledger.accounts.flatMap((account, index) => accountViolations(account, index, result)),
  ...timingViolations(result),
  ...censusViolations(result)
]

const accountViolations = (
  account: Account,
  index: number,
  { happening, scenario, values }: ScenarioResult
): ReadonlyArray<string> => {
  const { acknowledged, attempted, failures, key, kind, maybe, slot, wrong } = account
  const isLossy = happening.lossySlots?.has(slot) === true
  const actual = Number(values[index] ?? 0)
  const violations: Array<string> = []
  const unexpected = failures.filter(
    ({ label }) => kind !== "INCR" || !scenario.allowsMaybe || !label.endsWith("/maybe")
  )
  if (unexpected.length > 0) {
    violations.push(`${key}: ${unexpected.length} errors, the first: ${unexpected[0].message}`)
  }
  if (wrong.length > 0) violations.push(`${key}: ${wrong.length} wrong answers, the first: ${wrong[0]}`)
  if (kind === "INCR" && actual > acknowledged + maybe) {
    violations.push(`${key}: incremented ${actual} times for ${acknowledged} acknowledged + ${maybe} maybe`)
  }
  if (kind === "INCR" && actual < acknowledged && !isLossy) {
    violations.push(`${key}: holds ${actual} after ${acknowledged} acknowledged increments`)
  }
  if (kind === "SET" && (actual > attempted || (actual < acknowledged && !isLossy))) {
    violations.push(`${key}: holds ${actual}, the last write acknowledged was ${acknowledged}`)
  }
  return violations
}

const timingViolations = (result: ScenarioResult): ReadonlyArray<string> => {
  const { happening, ledger } = result
  const violations: Array<string> = []
  const late = lastFailureAfterPromotion(result)
  if (late !== undefined && late > LAST_FAILURE_AFTER_PROMOTION_MS) {
    violations.push(`the last error came ${Math.round(late)} ms after the promotion`)
  }
  if (ledger.mark !== undefined) {
    const back = backAfterMark(result)
    if (back === undefined) violations.push("a caller never had an answer again")
    else if (back > BACK_AFTER_MARK_MS)
      violations.push(`the last caller was back after ${Math.round(back)} ms`)
  }
  const { cutSlots } = happening
  if (cutSlots !== undefined) {
    const unconcerned = ledger.accounts.filter(({ slot }) => !cutSlots.has(slot))
    const slowest = Math.max(...unconcerned.map(({ longestWait }) => longestWait))
    if (slowest > UNCONCERNED_WAIT_MS)
      violations.push(`a caller of a healthy node waited ${Math.round(slowest)} ms`)
    const failures = unconcerned.flatMap(({ failures }) => failures)
    if (failures.length > 0) violations.push(`a caller of a healthy node: ${failures[0].message}`)
  }
  return violations
}

const censusViolations = ({ after, before }: ScenarioResult): ReadonlyArray<string> =>
  (["sockets", "connections", "fibers"] as const)
    .filter((what) => after[what] !== before[what])
    .map((what) => `${what}: ${after[what]} afterwards, ${before[what]} before`)

/** Milliseconds from the promotion to the last error, when there were both; negative when it came before. */
export const lastFailureAfterPromotion = ({ happening, ledger }: ScenarioResult): number | undefined =>
  happening.promotedAt === undefined ? undefined : lastFailureAfter(ledger.accounts, happening.promotedAt)

/** Milliseconds from the event to the last error. */
export const lastFailureAfterEvent = ({ eventAt, ledger }: ScenarioResult): number | undefined =>
  lastFailureAfter(ledger.accounts, eventAt)

const lastFailureAfter = (accounts: ReadonlyArray<Account>, at: number): number | undefined => {
  const times = accounts.flatMap(({ failures }) => failures.map((failure) => failure.at))
  return times.length === 0 ? undefined : Math.max(...times) - at
}

/** Milliseconds from the mark until every caller had had an answer. */
export const backAfterMark = ({ ledger: { accounts, mark } }: ScenarioResult): number | undefined => {
  if (mark === undefined) return undefined
  const times = accounts.map(({ backAt }) => (backAt ?? Infinity) - mark)
  const last = Math.max(...times)
  return last === Infinity ? undefined : last
}
