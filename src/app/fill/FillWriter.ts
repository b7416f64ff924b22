/** Writes the keys of a run, or those that an earlier run has left. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { IndexRuns } from "../../dataset/IndexRuns.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { ALL, type WorkPlan } from "../transfer/WorkPlan.ts"
import { loadCheckpoint } from "./CheckpointFile.ts"
import * as CheckpointRecorder from "./CheckpointRecorder.ts"
import { type FillProblem, problemOf } from "./FillProblem.ts"
import { fillServers } from "./FillRun.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"

/** Writes the keys of a run, and counts what becomes of them. */
export type FillWriter = (writing: Writing) => Effect.Effect<void, FillProblem>

export interface Writing {
  readonly settings: FillSettings
  readonly client: RedisCommands
  readonly plan: WorkPlan
  readonly tally: FillTally
}

/** In this process. */
export const writeHere: FillWriter = (writing) =>
  writing.settings.checkpoint === undefined
    ? Effect.mapError(fillServers({ ...writing, selection: ALL }), problemOf)
    : writeFrom(writing.settings.checkpoint, writing)

/** From where the checkpoint has it, and keeps that up to date, to the last moment whatever ends it. */
const writeFrom = (path: string, writing: Writing): Effect.Effect<void, FillProblem> =>
  Effect.gen(function* () {
    const { plan, settings, tally } = writing
    const loaded = yield* Effect.mapError(loadCheckpoint(path, settings), ({ message }) => unusable(message))
    const done = loaded ?? new IndexRuns(plan.stride)
    tally.resume(done)
    if (done.size === keysOf(settings)) return
    const recorder = yield* CheckpointRecorder.make(path, settings, done, plan.sizes.windowKeys)
    const write = fillServers({
      ...writing,
      selection: { _tag: "Remaining", done },
      onAcknowledged: recorder.acknowledge
    })
    yield* Effect.mapError(write, problemOf).pipe(
      Effect.raceFirst(recorder.run),
      Effect.onError(() => Effect.ignore(recorder.finish))
    )
    yield* recorder.finish
  })

const unusable = (message: string): FillProblem => ({
  tag: "CheckpointError",
  node: undefined,
  what: message,
  advice: "mend that"
})
