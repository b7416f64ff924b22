/** Writes the keys of a run, or those that an earlier run has left. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { IndexRuns } from "../../dataset/IndexRuns.ts"
import { MemoryBudget } from "../transfer/MemoryBudget.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { watchedBy } from "../transfer/WatchedBy.ts"
import { ALL, type WorkPlan } from "../transfer/WorkPlan.ts"
import { loadCheckpoint, removeLeftovers } from "./CheckpointFile.ts"
import * as CheckpointRecorder from "./CheckpointRecorder.ts"
import { type FillProblem, problemOf } from "./FillProblem.ts"
import { fillServers } from "./FillRun.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"
import type { MemoryGuard } from "./MemoryGuard.ts"

/** Writes the keys of a run, and counts what becomes of them. */
export type FillWriter = (writing: Writing) => Effect.Effect<void, FillProblem>

interface Keys {
  readonly settings: FillSettings
  readonly client: RedisCommands
  readonly plan: WorkPlan
  readonly tally: FillTally
}

export interface Writing extends Keys {
  /** Whoever sends keys has to be admitted. */
  readonly guard: MemoryGuard
}

export interface KeyWriting extends Keys {
  readonly budget: MemoryBudget
}

/** In this process. */
export const writeHere: FillWriter = ({ guard, ...keys }) =>
  Effect.gen(function* () {
    const budget = new MemoryBudget(guard.hurry)
    yield* guard.admit(budget)
    yield* writeKeys({ ...keys, budget })
  }).pipe(Effect.scoped)

/** As far as the budget goes. */
export const writeKeys = (writing: KeyWriting): Effect.Effect<void, FillProblem> =>
  writing.settings.checkpoint === undefined
    ? Effect.mapError(fillServers({ ...writing, selection: ALL }), problemOf)
    : writeFrom(writing.settings.checkpoint, writing)

/** From where the checkpoint has it, and keeps that up to date, to the last moment whatever ends it. */
const writeFrom = (path: string, writing: KeyWriting): Effect.Effect<void, FillProblem> =>
  Effect.gen(function* () {
    const { plan, settings, tally } = writing
    const loaded = yield* Effect.mapError(loadCheckpoint(path, settings), ({ message }) => unusable(message))
    const done = loaded ?? new IndexRuns(plan.stride)
    tally.resume(done)
    yield* removeLeftovers(path)
    if (done.size === keysOf(settings)) return
    const recorder = yield* CheckpointRecorder.make(path, settings, done, plan.sizes.windowKeys)
    const write = fillServers({
      ...writing,
      selection: { _tag: "Remaining", done },
      onAcknowledged: recorder.acknowledge
    })
    yield* watchedBy(Effect.mapError(write, problemOf), recorder.run).pipe(
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
