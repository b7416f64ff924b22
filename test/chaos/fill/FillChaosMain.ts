/**
 * `npm run chaos -- --fill [SCENARIO ...]`: fills in trouble, at length: 1 GiB
 * each, 2000 slots moved. A line each, and exit status 1 when a promise was broken.
 */
import * as Effect from "effect/Effect"
import { startTestServers, THREE_MASTERS } from "../../support/TestCluster.ts"
import { dataOf, describeOutcome, type FillScale, keysOfScale, runFillTrial } from "./FillTrial.ts"
import { FILL_TRIALS } from "./FillTrials.ts"
import { killAndResume, type ResumeScale } from "./ResumeTrial.ts"

const LONG: FillScale = {
  megabytes: 1024,
  pace: ["-n", "6", "--pipeline", "128"],
  slowPace: ["-n", "3", "--pipeline", "8"],
  slots: 2000
}

/** A trial of its own, since it is of several fills. */
const RESUME = "kill -9 of fill at ten moments, --resume"
const LONG_RESUME: ResumeScale = {
  data: dataOf(LONG),
  keys: keysOfScale(LONG),
  streams: 6,
  window: 8192,
  kills: 10
}

const names = process.argv.slice(2)
const unknown = names.find(
  (name) => name !== RESUME && !FILL_TRIALS.some((trial) => trial.name.includes(name))
)
if (unknown !== undefined) {
  const known = [RESUME, ...FILL_TRIALS.map(({ name }) => name)].join(", ")
  process.stderr.write(`chaos: no fill '${unknown}' among ${known}\n`)
  process.exit(2)
}
const chosen = FILL_TRIALS.filter(
  (trial) => names.length === 0 || names.some((name) => trial.name.includes(name))
)
if (names.length === 0 || names.includes(RESUME)) {
  const violations = await Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(startTestServers(THREE_MASTERS), (servers) => killAndResume(servers, LONG_RESUME))
    )
  )
  process.stdout.write(
    `${RESUME.padEnd(44)} | ${violations.length === 0 ? "kept" : `BROKEN: ${violations.join("; ")}`}\n`
  )
  if (violations.length > 0) process.exitCode = 1
}
for (const trial of chosen) {
  const outcome = await Effect.runPromise(runFillTrial(trial, LONG))
  process.stdout.write(`${describeOutcome(outcome)}\n`)
  if (outcome.violations.length > 0) process.exitCode = 1
}
