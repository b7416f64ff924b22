/** Whether a run kept what the client promises, and a line for each promise that it broke. */
import * as Duration from "effect/Duration"
import { DEFAULT_AVAILABILITY_DEADLINE } from "../../src/client/ClusterConfig.ts"
import { type Account, type Failure, isMaybe } from "./Ledger.ts"
import type { ScenarioResult } from "./Scenario.ts"

// All bounds are net of the time in which this process was kept from running.

/** The last error may come so long after a replica was promoted. */
export const LAST_FAILURE_AFTER_PROMOTION_MS = 1000
/** Every caller has had an answer so long after the promotion, or the end of a cut. The waits double to a second, and the machine is shared. */
export const BACK_AFTER_MARK_MS = 2000
/** A caller whose node is well waits no longer than this while another node is out of reach. */
export const UNCONCERNED_WAIT_MS = 1000

/** One line per violation; none when all is well. */
export const violationsOf = (result: ScenarioResult): ReadonlyArray<string> => [
  ...(result.happening.violations ?? []),
  ...result.ledger.accounts.flatMap((account, index) => accountViolations(account, index, result)),
  ...timingViolations(result),
  ...censusViolations(result)
]

const accountViolations = (
  account: Account,
  index: number,
  result: ScenarioResult
): ReadonlyArray<string> => {
  const { happening, scenario, values } = result
  const { acknowledged, attempted, failures, key, kind, maybe, slot, wrong } = account
  const isLossy = happening.lossySlots?.has(slot) === true
  const actual = Number(values[index] ?? 0)
  const violations: Array<string> = []
  const allowsMaybe = kind === "INCR" && (scenario.allowsMaybe || happening.isProlonged === true)
  const unexpected = failures.filter(
    (failure) => !(allowsMaybe && isMaybe(failure.label)) && !isPastDeadline(failure, result)
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

/** A failover may take longer than a command waits for one, on a machine that is busy; then it fails, as it should. */
const isPastDeadline = ({ at, label }: Failure, { eventAt, happening }: ScenarioResult): boolean =>
  happening.promotedAt !== undefined &&
  !isMaybe(label) &&
  at - eventAt > Duration.toMillis(DEFAULT_AVAILABILITY_DEADLINE)

const timingViolations = (result: ScenarioResult): ReadonlyArray<string> => {
  const { happening, ledger, stalls } = result
  const violations: Array<string> = []
  const net = (from: number, to: number): number => to - from - stalls.between(from, to)
  const late = lastFailureAfterPromotion(result)
  if (happening.promotedAt !== undefined && late !== undefined) {
    const netLate = net(happening.promotedAt, happening.promotedAt + late)
    if (netLate > LAST_FAILURE_AFTER_PROMOTION_MS)
      violations.push(`the last error came ${Math.round(netLate)} ms after the promotion`)
  }
  if (ledger.mark !== undefined) {
    const back = backAfterMark(result)
    if (back === undefined) violations.push("a caller never had an answer again")
    else if (net(ledger.mark, ledger.mark + back) > BACK_AFTER_MARK_MS)
      violations.push(`the last caller was back after ${Math.round(net(ledger.mark, ledger.mark + back))} ms`)
  }
  const { cutSlots } = happening
  if (cutSlots !== undefined) {
    const unconcerned = ledger.accounts.filter(({ slot }) => !cutSlots.has(slot))
    const slowest = Math.max(...unconcerned.map(({ longestWait: { from, to } }) => net(from, to)))
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
  const times = accounts.flatMap(({ lastFailureAt }) => lastFailureAt ?? [])
  return times.length === 0 ? undefined : Math.max(...times) - at
}

/** Milliseconds from the mark until every caller had had an answer. */
export const backAfterMark = ({ ledger: { accounts, mark } }: ScenarioResult): number | undefined => {
  if (mark === undefined) return undefined
  const times = accounts.map(({ backAt }) => (backAt ?? Infinity) - mark)
  const last = Math.max(...times)
  return last === Infinity ? undefined : last
}
