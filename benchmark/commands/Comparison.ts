/**
 * The clients in turn, on one real cluster of three masters.
 *
 * In each round every side has a process of its own, fresh, and each
 * measurement goes through all sides before the next one begins: what else the
 * machine does meets all of them alike.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { readFileSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import * as Sandbox from "../../src/app/sandbox/Sandbox.ts"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import * as Connection from "../../src/connection/Connection.ts"
import { compareHeap } from "./HeapComparison.ts"
import { KEYS, OPERATIONS, VALUE } from "./Load.ts"
import { loadAverage, machineFacts } from "./Machine.ts"
import { Measurements } from "./Measurements.ts"
import { CALLERS, report } from "./Report.ts"
import type { Seed } from "./Side.ts"
import * as SideClient from "./SideClient.ts"
import { SIDES } from "./Sides.ts"

interface Extent {
  readonly rounds: number
  /** Milliseconds of its processor time that a process runs each operation before anything is measured, so that its code is compiled. */
  readonly compileMs: number
  /** Those of each measurement that do not count, and that do. */
  readonly warmUpMs: number
  readonly measureMs: number
}

const FULL: Extent = { rounds: 5, compileMs: 500, warmUpMs: 200, measureMs: 600 }
/** To see that it works: too short for figures to rely on. */
const QUICK: Extent = { rounds: 1, compileMs: 400, warmUpMs: 150, measureMs: 250 }

const COMPILE_CALLERS = 50

const README = resolve("benchmark/commands/README.md")
const [BEGIN, END] = ["<!-- results begin -->", "<!-- results end -->"]

const say = (line: string): Effect.Effect<void> => Effect.sync(() => process.stderr.write(`${line}\n`))

const fillKeys = (seed: Seed) =>
  Effect.flatMap(ClusterClient, (client) => client.executeMany(KEYS.map((key) => ["SET", key, VALUE]))).pipe(
    Effect.provide(ClusterClient.layer({ seeds: [seed] }))
  )

const runRound = (
  seed: Seed,
  extent: Extent,
  measurements: Measurements
): Effect.Effect<void, SideClient.SideFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const sides = yield* Effect.forEach(
      SIDES,
      (spec) => Effect.map(SideClient.start(spec.name, seed), (client) => ({ ...spec, client })),
      { concurrency: "unbounded" }
    )
    for (const { client } of sides) {
      for (const operation of OPERATIONS) {
        yield* client.run({ operation, callers: COMPILE_CALLERS, warmUpMs: 0, measureMs: extent.compileMs })
      }
    }
    for (const callers of CALLERS) {
      for (const operation of OPERATIONS) {
        for (const { client, isBatch, name } of sides) {
          if (isBatch && callers === 1) continue
          const { measureMs, warmUpMs } = extent
          const result = yield* client.run({ operation, callers, warmUpMs, measureMs })
          measurements.add({ side: name, operation, callers }, result)
        }
      }
    }
  })

const compare = (extent: Extent) =>
  Effect.gen(function* () {
    const load = loadAverage()
    const sandbox = yield* Sandbox.make({ port: 0 })
    yield* fillKeys(sandbox.seed)
    const { server } = yield* Connection.connect(sandbox.connectionOptions)
    const measurements = new Measurements()
    for (let round = 1; round <= extent.rounds; round++) {
      yield* say(`round ${round} of ${extent.rounds}`)
      yield* Effect.scoped(runRound(sandbox.seed, extent, measurements))
    }
    yield* say("heap")
    const heap = yield* compareHeap(sandbox)
    return report(machineFacts(server, load), extent.rounds, measurements, heap)
  })

const writeReadme = (results: string): void => {
  const readme = readFileSync(README, "utf8")
  const [before, after] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (before < 0 || after < before) throw new Error(`${README} lacks ${BEGIN} and ${END}`)
  writeFileSync(README, `${readme.slice(0, before)}${BEGIN}\n\n${results}\n\n${readme.slice(after)}`)
}

const isQuick = process.argv.includes("--quick")
process.exitCode = await Effect.runPromise(
  compare(isQuick ? QUICK : FULL).pipe(
    Effect.scoped,
    Effect.match({
      onSuccess: (results) => {
        process.stdout.write(`${results}\n`)
        if (!isQuick) writeReadme(results)
        return 0
      },
      onFailure: ({ message }) => {
        process.stderr.write(`benchmark/commands: ${message}\n`)
        return 1
      }
    })
  )
)
