/** The chaos runs in short: fewer slots moved, shorter looks; what is promised is the same. `npm run chaos` has them at length. */
import { expect, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ChaosCluster, startChaosCluster } from "./ChaosCluster.ts"
import { renderTable } from "./ReportTable.ts"
import { runScenario, type ScenarioOptions } from "./Scenario.ts"
import { SCENARIOS } from "./Scenarios.ts"
import { violationsOf } from "./Verdict.ts"

const OPTIONS: ScenarioOptions = {
  callersOfAKind: 50,
  thinkTime: 10,
  look: Duration.seconds(1),
  slotCount: 30
}
/** What is waited for has bounds of its own that say what is missing; this is more than they come to on a busy machine. */
const TIMEOUT_MS = 180_000

class Cluster extends Context.Tag("test/ChaosCluster")<Cluster, ChaosCluster>() {}

layer(Layer.scoped(Cluster, startChaosCluster), { excludeTestServices: true })("chaos", (it) => {
  for (const scenario of SCENARIOS) {
    it.effect(
      scenario.name,
      () =>
        Effect.gen(function* () {
          const result = yield* runScenario(yield* Cluster, scenario, OPTIONS)
          expect(violationsOf(result), renderTable([result])).toEqual([])
        }),
      TIMEOUT_MS
    )
  }
})
