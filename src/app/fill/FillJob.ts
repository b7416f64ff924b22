/** A fill from its settings to its report: written, checked, read back. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { masters } from "../../protocol/ClusterTopology.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import { showProgress } from "../Progress.ts"
import {
  fellShort,
  keysEvicted,
  readBackDiffers,
  readBackFailed,
  runFailed,
  writesRefused
} from "./FillFailure.ts"
import { type FillReport, type VerifyReport, writeProgress } from "./FillReport.ts"
import { problemOf } from "./FillProblem.ts"
import type { FillSettings } from "./FillSettings.ts"
import { FillTally } from "./FillTally.ts"
import { type FillWriter, writeHere } from "./FillWriter.ts"
import * as MemoryGuard from "./MemoryGuard.ts"
import { readBack } from "../transfer/ReadBack.ts"
import { readProgress } from "../transfer/ReadProgress.ts"
import { ReadTally } from "../transfer/ReadTally.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { nodeShares } from "./NodeShares.ts"
import { compareCounters, evictions, readCounters, type ServerCounters } from "./ServerCounters.ts"
import { watchedBy } from "../transfer/WatchedBy.ts"
import { ALL, planWork } from "../transfer/WorkPlan.ts"

export interface FillJob {
  /** As far as it has come. */
  readonly report: () => FillReport
  /** Writes every key; fails when one of them was not written, or may not have been. */
  readonly write: Effect.Effect<void, CommandFailure>
  /** Reads every key back; fails when one is missing or different. */
  readonly verify: Effect.Effect<void, CommandFailure>
}

export const make = (
  settings: FillSettings,
  client: RedisCommands,
  writer: FillWriter = writeHere
): Effect.Effect<FillJob> =>
  Effect.gen(function* () {
    let topology = yield* client.topology
    let verify: VerifyReport | undefined
    let evicted: ReadonlyMap<string, number> = new Map()
    const plan = planWork(settings, topology)
    const tally = new FillTally(settings.isCluster)
    const report = (): FillReport => ({ settings, tally, topology, evicted, verify })
    const lookAtOwners = Effect.map(client.topology, (current) => {
      topology = current
    })

    const writeAll = Effect.gen(function* () {
      tally.start()
      yield* showProgress(writeProgress(settings, tally))
      const guard = yield* MemoryGuard.make(client, settings)
      const written = writer({ client, guard, plan, settings, tally })
      yield* watchedBy(written, Effect.mapError(guard.full, problemOf))
    }).pipe(
      Effect.scoped,
      Effect.mapError((problem) => runFailed(problem, settings, tally)),
      Effect.ensuring(
        Effect.suspend(() => {
          tally.end()
          return lookAtOwners
        })
      )
    )

    const lookAgain = Effect.zipRight(Effect.ignore(client.refreshTopology), lookAtOwners)

    const writeAnswered = Effect.gen(function* () {
      // A user who may not ask for them may write all the same.
      const before = yield* Effect.option(countersOf(client, settings, tally))
      yield* writeAll
      yield* lookAgain
      const after = yield* Effect.option(countersOf(client, settings, tally))
      if (Option.isSome(before) && Option.isSome(after)) evicted = evictions(before.value, after.value)
      if (tally.refused > 0) return yield* writesRefused(settings, tally)
      if (sum(evicted) > 0) return yield* keysEvicted(evicted, settings, tally)
    })

    const writeUnanswered = Effect.gen(function* () {
      const before = yield* countersOf(client, settings, tally)
      yield* writeAll
      yield* lookAgain
      const after = yield* countersOf(client, settings, tally)
      evicted = evictions(before, after)
      const keys = new Map(nodeShares(report()).map((share) => [share.address, share.keys]))
      const problems: Array<{ readonly address: string; readonly problem: string }> = []
      for (const [address, counters] of after) {
        const { errors, problem } = compareCounters(before.get(address) ?? counters, counters, {
          commands: tally.executed.get(address) ?? 0,
          keys: settings.command._tag === "WriteExpiring" ? undefined : keys.get(address)
        })
        for (const [kind, count] of errors) tally.addError(kind, count, "counted by the server", address)
        if (problem !== undefined) problems.push({ address, problem })
      }
      if (problems.length > 0) return yield* fellShort(problems, settings)
    })

    const readAll = Effect.gen(function* () {
      const read = new ReadTally(settings.isCluster)
      const start = performance.now()
      const seconds = (): number => (performance.now() - start) / 1000
      yield* showProgress(readProgress(settings, keysOf(settings), read))
      yield* readBack({ client, plan, settings, tally: read, selection: ALL, repair: false }).pipe(
        Effect.mapError(readBackFailed),
        Effect.ensuring(
          Effect.sync(() => {
            verify = { tally: read, seconds: seconds() }
          })
        )
      )
      if (read.wrong > 0) return yield* readBackDiffers(read, settings.seed)
    })

    return {
      report,
      write: settings.replies === "on" ? writeAnswered : writeUnanswered,
      verify: Effect.scoped(readAll)
    }
  })

const sum = (counts: ReadonlyMap<string, number>): number =>
  Array.from(counts.values()).reduce((total, count) => total + count, 0)

/** The counters of every master, by address. */
const countersOf = (
  client: RedisCommands,
  settings: FillSettings,
  tally: FillTally
): Effect.Effect<ReadonlyMap<string, ServerCounters>, CommandFailure> =>
  Effect.gen(function* () {
    const addresses = masters(yield* client.topology).map(({ address }) => address)
    const counters = yield* Effect.forEach(addresses, (address) => readCounters(client, address), {
      concurrency: "unbounded"
    })
    return new Map(addresses.map((address, index) => [address, counters[index]]))
  }).pipe(Effect.mapError((error: ClientError) => runFailed(problemOf(error), settings, tally)))
