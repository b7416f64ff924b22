/** The command `verify`: the data set of a seed rendered again, and every key compared with what the servers hold. */
import * as Command from "@effect/cli/Command"
import * as Effect from "effect/Effect"
import { ClusterClient } from "../../client/ClusterClient.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { CommandRun } from "../CommandRun.ts"
import { type ConnectFailure, connectLayer, connectSettings } from "../ConnectLayer.ts"
import { print, printJson } from "../Output.ts"
import { showProgress } from "../Progress.ts"
import { readBack } from "../transfer/ReadBack.ts"
import { readProgress } from "../transfer/ReadProgress.ts"
import { ReadTally } from "../transfer/ReadTally.ts"
import { connectionsPerNode, planWork } from "../transfer/WorkPlan.ts"
import { keysWrong, readFailed, repairsRefused } from "./VerifyFailure.ts"
import { type GivenVerify, verifyOptions, verifySettings } from "./VerifyOptions.ts"
import { verifyDocument, type VerifyReport, verifyText } from "./VerifyReport.ts"
import { keysToRead, selectionOf, type VerifySettings } from "./VerifySettings.ts"

export const verifyCommand: Command.Command<"verify", never, ConnectFailure, GivenVerify> = Command.make(
  "verify",
  verifyOptions,
  (given) =>
    Effect.gen(function* () {
      const connect = yield* connectSettings(given.connect)
      const settings = yield* verifySettings(given, connect)
      const client = connectLayer(connect, {
        clusterWithoutFlag: "refuse",
        uncoveredSlots: "refuse",
        maxConnectionsPerNode: connectionsPerNode(settings.connections)
      })
      const run = Effect.flatMap(ClusterClient, (client) => verify(settings, client, connect.json))
      yield* Effect.provide(run, client)
    })
).pipe(
  Command.withDescription(
    "Reads the data set of a seed back, compares every byte, and writes what is missing or different with --repair."
  )
)

const verify = (
  settings: VerifySettings,
  client: RedisCommands,
  json: boolean
): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    let topology = yield* client.topology
    const lookAtOwners = Effect.map(client.topology, (current) => {
      topology = current
    })
    const tally = new ReadTally(settings.isCluster)
    const start = performance.now()
    const report = (): VerifyReport => ({
      settings,
      tally,
      topology,
      seconds: (performance.now() - start) / 1000
    })
    const run = yield* CommandRun
    run.onFailure(() => verifyDocument(report()))

    const read = Effect.gen(function* () {
      yield* showProgress(readProgress(settings, keysToRead(settings), tally))
      const plan = planWork(settings, topology)
      const selection = selectionOf(settings)
      yield* readBack({ client, plan, selection, settings, tally, repair: settings.repair })
    }).pipe(
      Effect.scoped,
      Effect.mapError((error) => readFailed(error, settings, tally)),
      Effect.ensuring(lookAtOwners)
    )
    const judge = Effect.suspend(() => {
      if (tally.wrong === tally.repaired) return Effect.void
      return Effect.fail(settings.repair ? repairsRefused(tally) : keysWrong(settings, tally))
    })
    yield* read.pipe(
      Effect.zipRight(judge),
      // Also when a signal ends it. The document of --json is printed with the error.
      Effect.onError(() => (json ? Effect.void : print(verifyText(report()))))
    )
    yield* json ? printJson(verifyDocument(report())) : print(verifyText(report()))
  })
