/** Fills in trouble, in short. `npm run chaos -- --fill` has them at length. */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describeOutcome, type FillScale, runFillTrial } from "./FillTrial.ts"
import { FILL_TRIALS } from "./FillTrials.ts"

const SHORT: FillScale = {
  megabytes: 20,
  pace: ["-n", "3", "--pipeline", "8"],
  // By the clock, since how long slots take to move depends on the machine's load far more than a fill does: the four
  // fifths that are left then take 11 s, and the moves 1 to 3 s.
  slowPace: ["-n", "3", "--rate", "1500"],
  slots: 40
}

/** What is waited for has bounds of its own; this is more than they come to on a busy machine. */
const TIMEOUT_MS = 120_000

describe("a fill survives", () => {
  for (const trial of FILL_TRIALS.filter(({ isAtLengthOnly }) => isAtLengthOnly !== true)) {
    it.live(
      trial.name,
      ({ expect }) =>
        Effect.gen(function* () {
          const outcome = yield* runFillTrial(trial, SHORT)
          expect(outcome.violations, describeOutcome(outcome)).toEqual([])
        }),
      TIMEOUT_MS
    )
  }
})
