/** `npm run chaos`: every scenario against a real cluster, a table, and exit status 1 when a promise was broken. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { startChaosCluster } from "./ChaosCluster.ts"
import { renderTable } from "./ReportTable.ts"
import { runScenario, type ScenarioOptions, type ScenarioResult } from "./Scenario.ts"
import { SCENARIOS } from "./Scenarios.ts"
import { violationsOf } from "./Verdict.ts"

const OPTIONS: ScenarioOptions = {
  callersOfAKind: 50,
  thinkTime: 4,
  look: Duration.seconds(3),
  slotCount: 1000
}

const only = process.argv.slice(2)

const program = Effect.gen(function* () {
  const cluster = yield* startChaosCluster
  const results: Array<ScenarioResult> = []
  for (const scenario of SCENARIOS) {
    if (only.length > 0 && !only.some((name) => scenario.name.includes(name))) continue
    process.stderr.write(`chaos: ${scenario.name} ...\n`)
    const result = yield* runScenario(cluster, scenario, OPTIONS)
    results.push(result)
    for (const line of violationsOf(result)) process.stderr.write(`  ${line}\n`)
  }
  process.stdout.write(`${renderTable(results)}\n`)
  process.exitCode = results.every((result) => violationsOf(result).length === 0) ? 0 : 1
}).pipe(Effect.scoped)

await Effect.runPromise(program)
