/**
 * One fill in trouble: servers, a fill of them, something that happens in the
 * middle of it, and what `verify` finds afterwards. What Redis itself may lose
 * has to be found and repaired; where it loses nothing, nothing may be wrong.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import {
  documentOf,
  type FillDocument,
  startFill,
  untilKeys,
  verify,
  type VerifyDocument
} from "../../support/FillProgram.ts"
import type { ProgramRun } from "../../support/ProgramRun.ts"
import { startTestServers, type TestServers } from "../../support/TestCluster.ts"

export interface FillTrial {
  readonly name: string
  readonly servers: Parameters<typeof startTestServers>[0]
  /** Left out of the tests: another trial has all of it. */
  readonly isAtLengthOnly?: boolean
  /** What happens takes long: the fill is to be slow. */
  readonly isLong?: boolean
  /** Whether Redis loses what it has acknowledged: replication is asynchronous. */
  readonly loss: "never" | "possible" | "certain"
  /** With the fill at work; what it started ends with the scope. Gives the promises that it found broken. */
  readonly trouble: (stage: FillStage) => Effect.Effect<ReadonlyArray<string> | void, never, Scope.Scope>
}

export interface FillStage {
  readonly servers: TestServers
  readonly scale: FillScale
  /** The fill under way. */
  readonly run: ProgramRun
  /** Waits until this part of all keys is there. */
  readonly untilWritten: (part: number) => Effect.Effect<void>
}

/** How large a trial is. */
export interface FillScale {
  readonly megabytes: number
  /** Options that give what happens the time to happen, and those for what takes long. */
  readonly pace: ReadonlyArray<string>
  readonly slowPace: ReadonlyArray<string>
  /** Slots that are moved. */
  readonly slots: number
}

export interface FillOutcome {
  readonly trial: FillTrial
  readonly fill: FillDocument
  readonly status: number | null
  /** Before any repair. */
  readonly found: VerifyDocument
  /** When something was wrong. */
  readonly repaired: VerifyDocument | undefined
  readonly afterwards: VerifyDocument
  readonly seconds: number
  readonly violations: ReadonlyArray<string>
}

/** Keys of the default sizes. */
const KEYS_PER_MEGABYTE = 1024

export const keysOfScale = ({ megabytes }: FillScale): number => megabytes * KEYS_PER_MEGABYTE

/** The data set of a trial, for `fill` and `verify` alike. */
export const dataOf = ({ megabytes }: FillScale): ReadonlyArray<string> => [
  "-d",
  `${megabytes}MB`,
  "--seed",
  "17"
]

export const runFillTrial = (trial: FillTrial, scale: FillScale): Effect.Effect<FillOutcome> =>
  Effect.gen(function* () {
    const servers = yield* startTestServers(trial.servers)
    const data = dataOf(scale)
    const keys = keysOfScale(scale)
    const started = performance.now()
    const run = yield* startFill(servers, ...data, ...(trial.isLong === true ? scale.slowPace : scale.pace))
    const end = yield* Effect.fork(
      Effect.map(run.end, (ended) => ({ ...ended, seconds: (performance.now() - started) / 1000 }))
    )
    const untilWritten = (part: number): Effect.Effect<void> => untilKeys(servers, Math.floor(keys * part))
    yield* untilWritten(0.2)
    const broken = yield* Effect.scoped(trial.trouble({ servers, scale, run, untilWritten }))
    const ended = yield* Fiber.join(end)
    const fill = documentOf(ended)
    const { document: found } = yield* verify(servers, ...data)
    const isWhole = found.present === keys
    const repaired = isWhole ? undefined : (yield* verify(servers, ...data, "--repair")).document
    const afterwards = isWhole ? found : (yield* verify(servers, ...data)).document
    const outcome = { trial, fill, status: ended.status, found, repaired, afterwards, seconds: ended.seconds }
    return { ...outcome, violations: [...(broken ?? []), ...violationsOf(outcome, keys)] }
  }).pipe(Effect.scoped)

const violationsOf = (
  { afterwards, fill, found, repaired, status, trial }: Omit<FillOutcome, "violations">,
  keys: number
): ReadonlyArray<string> => {
  const violations: Array<string> = []
  if (status !== 0) violations.push(`the fill ended with ${status}: ${fill.error?.message}`)
  if (fill.acknowledged !== keys) violations.push(`${fill.acknowledged} of ${keys} keys were acknowledged`)
  if (Object.keys(fill.errors).length > 0) violations.push(`errors: ${JSON.stringify(fill.errors)}`)
  if (found.different > 0) violations.push(`${found.different} keys had another value`)
  if (trial.loss === "never" && found.missing > 0) {
    violations.push(`${found.missing} acknowledged keys were missing`)
  }
  if (trial.loss === "certain" && found.missing === 0) violations.push("no key was lost")
  if (repaired !== undefined && repaired.repaired !== found.missing + found.different) {
    violations.push(`${repaired.repaired} of ${found.missing + found.different} wrong keys were repaired`)
  }
  if (afterwards.present !== keys)
    violations.push(`${afterwards.present} of ${keys} keys are there in the end`)
  return violations
}

/** One line for a person. */
export const describeOutcome = ({ fill, found, repaired, seconds, trial, violations }: FillOutcome): string =>
  [
    trial.name.padEnd(44),
    `${seconds.toFixed(1)} s`.padStart(7),
    `acknowledged ${fill.acknowledged}, sent again ${fill.resent}, moved ${fill.moved}, asked ${fill.asked}`,
    `then missing ${found.missing}, different ${found.different}, repaired ${repaired?.repaired ?? 0}`,
    violations.length === 0 ? "kept" : `BROKEN: ${violations.join("; ")}`
  ].join(" | ")
