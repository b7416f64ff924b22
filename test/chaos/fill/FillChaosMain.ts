/**
 * `npm run chaos -- --fill [SCENARIO ...]`: fills in trouble, at length: 1 GiB
 * each, 2000 slots moved. A line each, and exit status 1 when a promise was broken.
 */
import * as Effect from "effect/Effect"
import { describeOutcome, type FillScale, runFillTrial } from "./FillTrial.ts"
import { FILL_TRIALS } from "./FillTrials.ts"

const LONG: FillScale = {
  megabytes: 1024,
  pace: ["-n", "6", "--pipeline", "128"],
  slowPace: ["-n", "3", "--pipeline", "8"],
  slots: 2000
}

const names = process.argv.slice(2)
const unknown = names.find((name) => !FILL_TRIALS.some((trial) => trial.name.includes(name)))
if (unknown !== undefined) {
  const known = FILL_TRIALS.map(({ name }) => name).join(", ")
  process.stderr.write(`chaos: no fill '${unknown}' among ${known}\n`)
  process.exit(2)
}
const chosen = FILL_TRIALS.filter(
  (trial) => names.length === 0 || names.some((name) => trial.name.includes(name))
)
for (const trial of chosen) {
  const outcome = await Effect.runPromise(runFillTrial(trial, LONG))
  process.stdout.write(`${describeOutcome(outcome)}\n`)
  if (outcome.violations.length > 0) process.exitCode = 1
}
