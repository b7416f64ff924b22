/**
 * Keeps the checkpoint of a run up to date, so that a kill at any moment costs a
 * window per stream and no more: keys that are acknowledged stay in their
 * stream's window until the file says so.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { IndexRuns } from "../../dataset/IndexRuns.ts"
import { printable } from "../CommandLineError.ts"
import type { StreamPort } from "../transfer/CrewMember.ts"
import { formatCheckpoint } from "./Checkpoint.ts"
import { replaceFile } from "./CheckpointFile.ts"
import type { FillProblem } from "./FillProblem.ts"
import type { FillSettings } from "./FillSettings.ts"

export interface CheckpointRecorder {
  /** The keys from index `first` on, which that stream has sent, are acknowledged. */
  readonly acknowledge: (first: number, keys: number, stream: StreamPort) => void
  /** Writes the file whenever there is reason to; ends only when it cannot be written. */
  readonly run: Effect.Effect<never, FillProblem>
  /** Writes the file a last time, after `run`. */
  readonly finish: Effect.Effect<void, FillProblem>
}

/** So long after something new is acknowledged, at most, the file says so. */
const RECORD_INTERVAL: Duration.Duration = Duration.seconds(1)

/** The file is written sooner when this part of a stream's window waits for it: before the stream has to stop. */
const FULL_ENOUGH = 0.5

/**
 * Begins with a first write, so that a file which cannot be written is known before the first key.
 *
 * @param done the keys acknowledged by earlier runs; those of this one are added to it
 * @param windowKeys of each stream
 */
export const make = (
  path: string,
  settings: FillSettings,
  done: IndexRuns,
  windowKeys: number
): Effect.Effect<CheckpointRecorder, FillProblem> =>
  Effect.gen(function* () {
    const due = yield* Effect.makeLatch(false)
    /** Keys by stream that are acknowledged and not yet in the file. */
    let waiting = new Map<StreamPort, number>()

    const record = Effect.gen(function* () {
      const recorded = waiting
      waiting = new Map()
      const text = formatCheckpoint(settings, done)
      yield* Effect.mapError(replaceFile(path, text), (reason) => notWritten(path, reason))
      for (const [stream, keys] of recorded) stream.settle(keys)
    })

    const next = Effect.gen(function* () {
      yield* Effect.timeoutOption(due.await, RECORD_INTERVAL)
      yield* due.close
      if (waiting.size > 0) yield* record
    })

    yield* record
    return {
      acknowledge: (first, keys, stream) => {
        done.add(first, keys)
        const held = (waiting.get(stream) ?? 0) + keys
        waiting.set(stream, held)
        stream.hold(keys)
        if (held >= windowKeys * FULL_ENOUGH) due.unsafeOpen()
      },
      run: Effect.forever(next),
      finish: record
    }
  })

const notWritten = (path: string, reason: string): FillProblem => ({
  tag: "CheckpointError",
  node: undefined,
  what: `--resume: '${printable(path)}' cannot be written (${reason})`,
  advice: "make that possible"
})
