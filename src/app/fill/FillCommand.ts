/** The command `fill`: random data into a server or a cluster, as fast as they take it, and an account of it. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ClusterClient } from "../../client/ClusterClient.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { CommandRun } from "../CommandRun.ts"
import { type ConnectFailure, connectLayer, connectSettings, withPassword } from "../ConnectLayer.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { print, printJson } from "../Output.ts"
import { notice } from "../StatusLine.ts"
import { flushFailed } from "./FillFailure.ts"
import * as FillJob from "./FillJob.ts"
import { type EarlierRun, earlierRun } from "./CheckpointFile.ts"
import { fillOptions, fillSettings, type GivenFill } from "./FillOptions.ts"
import { fillDocument, fillText } from "./FillReport.ts"
import type { FillSettings } from "./FillSettings.ts"
import { flushServers } from "./FlushServers.ts"
import { fillByWorkers } from "./worker/WorkerCrew.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { connectionsPerNode } from "../transfer/WorkPlan.ts"

export const fillCommand: Command.Command<"fill", never, ConnectFailure, GivenFill> = Command.make(
  "fill",
  fillOptions,
  (given) =>
    Effect.gen(function* () {
      const connectOptions = yield* connectSettings(given.connect)
      const settings = yield* fillSettings(given, connectOptions)
      const earlier =
        settings?.checkpoint === undefined ? undefined : yield* earlierRun(settings.checkpoint, settings)
      const connect = yield* withPassword(connectOptions)
      const client = connectLayer(connect, {
        clusterWithoutFlag: "refuse",
        uncoveredSlots: "refuse",
        maxConnectionsPerNode: connectionsPerNode(settings?.connections)
      })
      const run = Effect.flatMap(ClusterClient, (client) => fill(given, settings, client, connect, earlier))
      yield* Effect.provide(run, client)
    })
).pipe(
  Command.withDescription(
    "Fills a server or a cluster with random data, every write acknowledged, and reports what became of it."
  )
)

const fill = (
  given: GivenFill,
  settings: FillSettings | undefined,
  client: RedisCommands,
  connect: ConnectSettings,
  earlier: EarlierRun | undefined
): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    const { json } = given.connect
    const flush = Effect.mapError(flushServers(client), flushFailed)
    if (settings === undefined) {
      const flushed = yield* flush
      return yield* json ? printJson({ flushed }) : print(`flushed ${flushed.join(", ")}`)
    }
    const writer = settings.processes === 1 ? undefined : fillByWorkers(connect)
    const job = yield* FillJob.make(settings, client, writer)
    const run = yield* CommandRun
    run.onFailure(() => fillDocument(job.report()))
    // What an earlier run has written is not to be emptied.
    if (given.flush && earlier === undefined) yield* flush
    // Here, so that a fill that cannot connect says one line.
    if (Option.isNone(given.seed)) yield* notice(`seed ${settings.seed}`)
    if (earlier !== undefined) yield* notice(goingOn(earlier, settings, given.flush))
    yield* job.write.pipe(
      Effect.zipRight(given.verify ? job.verify : Effect.void),
      // Also when a signal ends it. The document of --json is printed with the error.
      Effect.onError(() => (json ? Effect.void : print(fillText(job.report()))))
    )
    yield* json ? printJson(fillDocument(job.report())) : print(fillText(job.report()))
  })

const goingOn = ({ acknowledged }: EarlierRun, settings: FillSettings, flush: boolean): string => {
  const keys = keysOf(settings)
  const unflushed = flush ? ", nothing is flushed (--flush)" : ""
  return acknowledged === keys
    ? `--resume: all ${keys} keys are acknowledged already: nothing is written${unflushed}`
    : `--resume: ${acknowledged} of ${keys} keys are acknowledged already: going on with the rest${unflushed}`
}
