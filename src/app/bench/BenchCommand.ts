/** The command `bench`: how quick a server or a cluster is, through the project's own client, and how sure that is. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { ClusterClient } from "../../client/ClusterClient.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { CommandFailure } from "../CommandFailure.ts"
import { CommandRun } from "../CommandRun.ts"
import { type ConnectFailure, connectLayer, connectSettings, withPassword } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { number } from "../KeyProgress.ts"
import { print, printJson } from "../Output.ts"
import { statusLine } from "../StatusLine.ts"
import { benchDocument } from "./BenchDocument.ts"
import * as BenchJob from "./BenchJob.ts"
import { benchOptions, type GivenBench } from "./BenchOptions.ts"
import { benchSettings } from "./BenchPlan.ts"
import type { BenchReport } from "./BenchReport.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import { benchText, intervalText } from "./BenchText.ts"

export const benchCommand: Command.Command<"bench", never, ConnectFailure, GivenBench> = Command.make(
  "bench",
  benchOptions,
  (given) =>
    Effect.gen(function* () {
      const connect = yield* withPassword(yield* connectSettings(given.connect))
      const settings = yield* benchSettings(given, connect)
      const client = connectLayer(connect, { clusterWithoutFlag: "refuse", uncoveredSlots: "refuse" })
      yield* Effect.provide(
        Effect.flatMap(ClusterClient, (client) => bench(settings, connect, client)),
        client
      )
    })
).pipe(
  Command.withDescription(
    "Measures a server or a cluster: throughput, latencies with the waiting in them, errors, and the client's own share."
  )
)

const bench = (
  settings: BenchSettings,
  connect: ConnectSettings,
  client: RedisCommands
): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const { json } = connect
    const showsIntervals = settings.isByInterval && !json
    const { report, run } = BenchJob.make({
      settings,
      connect,
      client,
      hasProgress: !showsIntervals || statusLine().isTerminal,
      onInterval: (interval) => {
        if (showsIntervals) Effect.runFork(print(intervalText(interval)))
      }
    })
    const commandRun = yield* CommandRun
    commandRun.onFailure(() => benchDocument(report()))
    yield* run.pipe(
      Effect.zipRight(Effect.suspend(() => refuseErrors(report()))),
      // Also when a signal ends it. The document of --json is printed with the error.
      Effect.onError(() => (json ? Effect.void : print(benchText(report()))))
    )
    yield* json ? printJson(benchDocument(report())) : print(benchText(report()))
  })

/** Commands that came to nothing: the run was only partly done. */
const refuseErrors = ({ account: { total } }: BenchReport): Effect.Effect<void, CommandFailure> => {
  if (total.errorCount === 0) return Effect.void
  const kinds = Array.from(total.errors.values(), ({ count, kind }) => `${kind} ${number(count)}`).join(", ")
  const [first] = total.errors.values()
  return Effect.fail(
    new CommandFailure({
      tag: "CommandsFailed",
      node: first.node === "" ? undefined : first.node,
      message:
        `${number(total.errorCount)} of ${number(total.count + total.errorCount)} commands failed (${kinds}), ` +
        `the first by ${first.example}; they are not counted as operations`
    })
  )
}
