/** What every caller of a chaos run was told, to be compared with what the servers hold afterwards. */
import type { ClientError } from "../../src/client/ClusterError.ts"
import { calculateSlot, SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"

export const CALLER_KINDS = ["INCR", "GET", "SET"] as const
export type CallerKind = (typeof CALLER_KINDS)[number]

export interface Failure {
  /** Milliseconds by `performance.now`. */
  readonly at: number
  /** Tag, reason and whether it was sent; what failures are counted by. */
  readonly label: string
  readonly message: string
}

export interface Account {
  readonly kind: CallerKind
  readonly key: string
  readonly slot: number
  /** The number given to the latest command; what a SET writes. */
  attempted: number
  /** INCR: how many were acknowledged. SET: the number in the latest that was. GET: how many were right. */
  acknowledged: number
  /** INCR: failures after which it may have been executed all the same. */
  maybe: number
  /** Commands that were answered. */
  done: number
  /** Answers that cannot be right. */
  readonly wrong: Array<string>
  /** How many, by label. */
  readonly failureCounts: Map<string, number>
  /** The first of them; what a soak writes down must not grow. */
  readonly failures: Array<Failure>
  lastFailureAt: number | undefined
  /** From when to when the slowest command took. */
  longestWait: { readonly from: number; readonly to: number }
  /** When the first command ended well after the mark. */
  backAt: number | undefined
}

export interface Ledger {
  readonly accounts: ReadonlyArray<Account>
  /** When what the callers have to recover from was over, as far as the servers are concerned. */
  mark: number | undefined
}

/** Labels of failures after which the command may have been executed. */
export const isMaybe = (label: string): boolean => label.endsWith("/maybe")

/** What GET callers find; never written again. */
export const presetOf = (key: string): string => `value of ${key}`

/** So many callers of each kind, each with a key of its own, their slots spread evenly. */
export const makeLedger = (name: string, callersOfAKind: number): Ledger => ({
  mark: undefined,
  accounts: CALLER_KINDS.flatMap((kind) =>
    Array.from({ length: callersOfAKind }, (_, index): Account => {
      const slot = Math.floor(((index + 0.5) * SLOT_COUNT) / callersOfAKind)
      const key = `{${slotTag(slot)}}:${name}:${kind}:${index}`
      if (calculateSlot(key) !== slot) throw new Error(`${key} is not of slot ${slot}`)
      return {
        kind,
        key,
        slot,
        attempted: 0,
        acknowledged: 0,
        maybe: 0,
        done: 0,
        wrong: [],
        failureCounts: new Map(),
        failures: [],
        lastFailureAt: undefined,
        longestWait: { from: 0, to: 0 },
        backAt: undefined
      }
    })
  )
})

export const recordSuccess = (ledger: Ledger, account: Account, startedAt: number): void => {
  const now = performance.now()
  account.done++
  noteWait(account, startedAt, now)
  if (ledger.mark !== undefined) account.backAt ??= now
}

export const recordFailure = (account: Account, error: ClientError, startedAt: number): void => {
  const now = performance.now()
  noteWait(account, startedAt, now)
  account.lastFailureAt = now
  const label = labelOf(error)
  account.failureCounts.set(label, (account.failureCounts.get(label) ?? 0) + 1)
  if (account.failures.length < FAILURES_KEPT) {
    account.failures.push({ at: now, label, message: error.message })
  }
  if (mayHaveBeenExecuted(error)) account.maybe++
}

const FAILURES_KEPT = 10

const noteWait = (account: Account, from: number, to: number): void => {
  if (to - from > account.longestWait.to - account.longestWait.from) account.longestWait = { from, to }
}

const mayHaveBeenExecuted = (error: ClientError): boolean =>
  error._tag === "ConnectionError" && error.sent === "maybe"

const labelOf = (error: ClientError): string => {
  switch (error._tag) {
    case "ConnectionError":
      return `${error.reason}/${error.sent === "maybe" ? "maybe" : "not sent"}`
    case "ClusterDownError":
    case "RedisError":
      return error.kind
    case "MaxRetriesExceeded":
      return `${error._tag}/${error.lastCause._tag}`
    default:
      return error._tag
  }
}
