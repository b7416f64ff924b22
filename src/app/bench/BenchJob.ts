/** A run from its settings to its report. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import type { CommandFailure } from "../CommandFailure.ts"
import type { JsonDocument } from "../CommandRun.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { showProgress } from "../Progress.ts"
import { intervalDocument } from "./BenchDocument.ts"
import { benchProgress } from "./BenchProgress.ts"
import type { BenchReport } from "./BenchReport.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import * as HdrLog from "./HdrLog.ts"
import * as ProcessorUse from "./ProcessorUse.ts"
import { type Account, RunAccount } from "./RunAccount.ts"
import * as WorkerCrew from "./WorkerCrew.ts"

export interface BenchJob {
  /** As far as it has come. */
  readonly report: () => BenchReport
  /** Ends when every command has been answered; what the workers know when it is interrupted is still collected. */
  readonly run: Effect.Effect<void, CommandFailure>
}

/** Workers that do not say their last within so long of being stopped are not waited for. */
const LAST_WORDS: Duration.Duration = Duration.seconds(1)

export interface BenchJobOptions {
  readonly settings: BenchSettings
  readonly connect: ConnectSettings
  readonly client: RedisCommands
  /** Called with each interval when it has ended. */
  readonly onInterval: (interval: Account) => void
  readonly hasProgress: boolean
}

export const make = ({ client, connect, hasProgress, onInterval, settings }: BenchJobOptions): BenchJob => {
  const isOpen = settings.rate !== undefined
  const intervals: Array<JsonDocument> = []
  let latest: Account | undefined
  let log: HdrLog.HdrLog | undefined
  let use: ProcessorUse.ProcessorUse | undefined
  const account = new RunAccount(
    settings.mix.map(({ name }) => name),
    isOpen,
    settings.workers,
    (interval) => {
      latest = interval
      log?.write(interval)
      if (settings.isByInterval) intervals.push(intervalDocument(interval))
      onInterval(interval)
    }
  )

  const countProcessors: Effect.Effect<void, never, Scope.Scope> = Effect.gen(function* () {
    const measured = yield* ProcessorUse.measure(client)
    // A run that was over before the first look says nothing between the two.
    if (account.parts.some(({ isLast }) => isLast)) return
    yield* Effect.addFinalizer(() =>
      Effect.map(Effect.timeoutOption(measured, LAST_WORDS), (found) => {
        use = Option.getOrUndefined(found)
      })
    )
  })

  const run = Effect.gen(function* () {
    if (settings.hdrFile !== undefined) log = yield* HdrLog.make(settings.hdrFile, isOpen)
    const crew = yield* WorkerCrew.make(connect, settings, (worker, part) => account.add(worker, part))
    yield* crew.start
    const untilCounting = WorkerCrew.START_DELAY + settings.warmup
    log?.begin(Date.now() + untilCounting)
    if (hasProgress) yield* showProgress(benchProgress(settings, account, () => latest))
    yield* Effect.sleep(Duration.millis(untilCounting)).pipe(
      Effect.zipRight(Effect.scoped(Effect.zipRight(countProcessors, crew.end))),
      Effect.onInterrupt(() =>
        Effect.ignore(Effect.timeout(Effect.zipRight(crew.stop, crew.end), LAST_WORDS))
      )
    )
    if (log !== undefined) yield* log.check
  }).pipe(Effect.scoped)

  return {
    run,
    report: () => ({
      settings,
      account,
      intervals,
      serverProcessors: use?.servers ?? new Map(),
      clientProcessors: use?.client
    })
  }
}
