/**
 * `npm run chaos`: every scenario against a real cluster, a table, and exit
 * status 1 when a promise was broken.
 *
 *   npm run chaos -- [--soak SECONDS] [SCENARIO ...]
 *
 * A scenario is named by a part of its name. A soak runs by itself.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { startChaosCluster } from "./ChaosCluster.ts"
import { renderTable } from "./ReportTable.ts"
import { runScenario, type Scenario, type ScenarioOptions, type ScenarioResult } from "./Scenario.ts"
import { SCENARIOS } from "./Scenarios.ts"
import { type HeapSample, heapTrend, makeSoak, megabytes } from "./Soak.ts"
import { violationsOf } from "./Verdict.ts"

const OPTIONS: ScenarioOptions = {
  callersOfAKind: 50,
  thinkTime: 4,
  look: Duration.seconds(3),
  slotCount: 1000
}

const usage = (problem: string): never => {
  process.stderr.write(`chaos: ${problem}; usage: npm run chaos -- [--soak SECONDS] [SCENARIO ...]\n`)
  process.exit(2)
}

const soakSeconds = (args: ReadonlyArray<string>): number | undefined => {
  const at = args.indexOf("--soak")
  if (at < 0) return undefined
  const seconds = Number(args[at + 1])
  return seconds > 0 ? seconds : usage("--soak wants a number of seconds above 0")
}

const chosen = (names: ReadonlyArray<string>): ReadonlyArray<Scenario> => {
  const unknown = names.find((name) => !SCENARIOS.some((scenario) => scenario.name.includes(name)))
  if (unknown !== undefined) {
    return usage(`no scenario '${unknown}' among ${SCENARIOS.map(({ name }) => name).join(", ")}`)
  }
  return names.length === 0
    ? SCENARIOS
    : SCENARIOS.filter(({ name }) => names.some((part) => name.includes(part)))
}

const runAll = (
  scenarios: ReadonlyArray<Scenario>,
  options: ScenarioOptions
): Effect.Effect<ReadonlyArray<ScenarioResult>> =>
  Effect.gen(function* () {
    const cluster = yield* startChaosCluster
    return yield* Effect.forEach(scenarios, (scenario) => {
      process.stderr.write(`chaos: ${scenario.name} ...\n`)
      return Effect.tap(runScenario(cluster, scenario, options), (result) =>
        Effect.sync(() => {
          for (const line of violationsOf(result)) process.stderr.write(`  ${line}\n`)
        })
      )
    })
  }).pipe(Effect.scoped)

const args = process.argv.slice(2)
const seconds = soakSeconds(args)
const samples: Array<HeapSample> = []
const results = await Effect.runPromise(
  seconds === undefined
    ? runAll(chosen(args), OPTIONS)
    : runAll([makeSoak(Duration.seconds(seconds), samples)], { ...OPTIONS, thinkTime: 0 })
)
process.stdout.write(`${renderTable(results)}\n`)
if (samples.length > 0) {
  const { growth, mean } = heapTrend(samples)
  process.stdout.write(
    `heap after garbage collection: ${megabytes(mean)} in the mean of ${samples.length} samples, ${megabytes(growth)} of growth by the line through them\n`
  )
}
process.exitCode = results.every((result) => violationsOf(result).length === 0) ? 0 : 1
