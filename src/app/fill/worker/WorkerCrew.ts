/**
 * The worker processes of a run (`--processes`): each writes an equal part of its
 * keys, exact to one, and what they tell is counted as if it had been done here.
 *
 * Processes rather than threads. With the server as the limit both are as quick:
 * four parts of 250 MB against one server took 5.5 - 11 s with processes and
 * 5.1 - 8 s with threads, 2.0 and 1.9 s of processor time; threads take less
 * memory, 170 MB instead of 300 MB. But a process that is killed, runs out of
 * memory or crashes takes no other with it, and is replaced.
 */
import * as Effect from "effect/Effect"
import { partOfRange } from "../../../dataset/FillPlan.ts"
import { type ClusterTopology, masters } from "../../../protocol/ClusterTopology.ts"
import type { ConnectSettings } from "../../ConnectSettings.ts"
import { notice } from "../../StatusLine.ts"
import { keysOf } from "../../transfer/TransferSettings.ts"
import { nodesNeeded, shareOf, streamsOf } from "../../transfer/WorkPlan.ts"
import type { FillWriter, Writing } from "../FillWriter.ts"
import { checkpointOfPart } from "../CheckpointFile.ts"
import type { FillProblem } from "../FillProblem.ts"
import type { FillSettings } from "../FillSettings.ts"
import { NOTHING_COUNTED, type TallyCounts } from "../FillTally.ts"
import { startWorker } from "./WorkerProcess.ts"
import { makeOrder, type WorkerOrder } from "./WorkerProtocol.ts"

/** A part whose worker has died so often is not tried again: whatever kills it will go on to. */
const MAX_DEATHS = 5

/** Fails with the first worker that does; the others are stopped then, and their last counts are in the tally. */
export const fillByWorkers =
  (connect: ConnectSettings): FillWriter =>
  (writing) =>
    Effect.gen(function* () {
      const { client, settings } = writing
      const topology = yield* client.topology
      // Also the masters: a worker that is started later may find the seeds dead.
      const seeds = settings.isCluster ? [...connect.seeds, ...masters(topology)] : connect.seeds
      const parts = partsOf(settings, topology)
      yield* Effect.forEach(
        parts,
        (part, index) =>
          fillPart(makeOrder(part, { ...connect, seeds }), writing, `${index + 1} of ${parts.length}`),
        { concurrency: "unbounded", discard: true }
      )
    })

/** The settings of each worker that has something to do: the parts cover the range without overlap. */
export const partsOf = (settings: FillSettings, topology: ClusterTopology): ReadonlyArray<FillSettings> => {
  const { checkpoint, connections, processes, range } = settings
  const streams = streamsOf(settings, topology)
  // Of its own accord no worker leaves a master idle.
  const least = connections === undefined ? nodesNeeded(settings, topology) : 1
  return Array.from({ length: processes }, (_, part) => ({
    ...settings,
    checkpoint: checkpoint === undefined ? undefined : checkpointOfPart(checkpoint, part + 1),
    range: partOfRange(range, part, processes),
    connections: Math.max(least, shareOf(streams, part, processes))
  })).filter((part) => keysOf(part) > 0)
}

/** Writes one part, by as many workers as it takes: what a dead one has written is written again, with the same bytes. */
const fillPart = (
  order: WorkerOrder,
  { guard, tally }: Writing,
  name: string
): Effect.Effect<void, FillProblem> =>
  Effect.gen(function* () {
    let last = NOTHING_COUNTED
    // What the first worker finds acknowledged is earlier runs'; what a later one finds is the dead ones' as well.
    let resumed: number | undefined
    const count = (counts: TallyCounts): void => {
      if (counts.keys > 0) resumed ??= counts.resumed
      tally.addCounts(last, -1)
      last = { ...counts, resumed: Math.min(counts.keys, resumed ?? counts.resumed) }
      tally.addCounts(last, 1)
    }
    for (let deaths = 1; ; deaths++) {
      const end = yield* Effect.scoped(
        Effect.gen(function* () {
          const worker = yield* startWorker(order, { onExhausted: guard.hurry, onCounts: count })
          yield* worker.started
          // The time that processes take to start is no time of writing.
          tally.restart()
          yield* guard.admit(worker)
          return yield* worker.end
        })
      )
      if (end._tag === "Done") return
      if (end._tag === "Failed") return yield* Effect.fail(end.problem)
      if (deaths === MAX_DEATHS) return yield* Effect.fail(diedAgain(name, end.reason))
      const { asked, keys, moved, resent } = last
      const isResumed = order.settings.checkpoint !== undefined
      count({ ...NOTHING_COUNTED, asked, moved, resent: isResumed ? resent : resent + keys })
      last = NOTHING_COUNTED
      yield* notice(
        `worker process ${name} has ended (${end.reason}); another one ${isResumed ? "goes on with" : "writes"} its part${isResumed ? "" : " again"}`
      )
    }
  })

const diedAgain = (name: string, reason: string): FillProblem => ({
  tag: "WorkerDied",
  node: undefined,
  what: `worker process ${name} has ended ${MAX_DEATHS} times (${reason})`,
  advice: "give it more memory, or fewer processes (-P),"
})
