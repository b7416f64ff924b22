/** One worker process, from its start to its end; it does not outlive the scope. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { STOP_GRACE } from "../../transfer/Reconnection.ts"
import { type BudgetHolder, NO_ACCOUNT, type NodeAccount } from "../../transfer/MemoryBudget.ts"
import type { FillProblem } from "../FillProblem.ts"
import type { TallyCounts } from "../FillTally.ts"
import { WORKER_ARGUMENT } from "./WorkerArgument.ts"
import type { FromWorker, ToWorker, WorkerOrder } from "./WorkerProtocol.ts"

export type WorkerEnd =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly problem: FillProblem }
  /** It is gone without having said so: killed, out of memory, or ended by us because it hung. */
  | { readonly _tag: "Died"; readonly reason: string }

export interface WorkerListener {
  /** It waits for room. */
  readonly onExhausted: () => void
  /** How far it is, also while it is being stopped. */
  readonly onCounts: (counts: TallyCounts) => void
}

export interface WorkerProcess extends BudgetHolder {
  /** Waits until it is connected and begins; or has ended. */
  readonly started: Effect.Effect<void>
  /** Waits until its part is done, or will not be. */
  readonly end: Effect.Effect<WorkerEnd>
}

/** A worker that is told to stop has so long to say what came of it: its streams wait for what is under way. */
const STOP_DEADLINE: Duration.Duration = Duration.sum(STOP_GRACE, Duration.seconds(2))

/**
 * A worker tells five times a second how far it is, whatever its servers do. One that has said nothing for so long
 * hangs, and is killed.
 */
const WORKER_SILENCE: Duration.Duration = Duration.seconds(15)
/** Its silence is counted in looks and not by a clock: a run that was itself stopped has not looked meanwhile. */
const LOOKS_PER_SILENCE = 15

/** What it last said on standard error, for the one line that tells of its death. */
const KEPT_STDERR = 2000

export const startWorker = (
  order: WorkerOrder,
  listener: WorkerListener
): Effect.Effect<WorkerProcess, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Worker(order, listener)),
    (worker) => worker.stop
  )

class Worker implements WorkerProcess {
  private readonly child: ChildProcess
  private readonly hasEnded: Promise<WorkerEnd>
  private readonly hasStarted: Promise<void>
  private readonly hasExited: Promise<void>
  private accounts: ReadonlyMap<string, NodeAccount> = new Map()
  private readonly limits = new Map<string, number>()
  private silentLooks = 0

  constructor(order: WorkerOrder, listener: WorkerListener) {
    // A worker is the same program. The password goes over the channel alone.
    this.child = fork(process.argv[1], [WORKER_ARGUMENT], {
      env: { ...process.env, REDISCLI_AUTH: undefined },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    let start = (): void => {}
    this.hasStarted = new Promise((resolve) => (start = resolve))
    let said = ""
    let end: WorkerEnd | undefined
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-KEPT_STDERR)
    })
    const watch = setInterval(() => this.look(), Duration.toMillis(WORKER_SILENCE) / LOOKS_PER_SILENCE)
    this.child.on("message", (message: FromWorker) => {
      this.silentLooks = 0
      if (message._tag === "Counts") listener.onCounts(message.counts)
      else if (message._tag === "Accounts") this.read(message.accounts, listener)
      else if (message._tag === "Started") start()
      else end = message
    })
    this.hasExited = new Promise((resolve) => {
      const exit = (): void => {
        clearInterval(watch)
        resolve()
      }
      this.child.once("close", exit)
      this.child.once("error", exit)
    })
    this.hasEnded = new Promise((resolve) => {
      this.child.once("error", (error) => resolve({ _tag: "Died", reason: error.message }))
      // Not at its last message: counts that were sent before have been read by then, and its connections are closed.
      this.child.once("close", (status, signal) => {
        const reason = this.isHung ? HUNG : (signal ?? `status ${status}${lastLine(said)}`)
        resolve(end ?? { _tag: "Died", reason })
      })
    })
    this.send(order)
  }

  account(address: string): NodeAccount {
    return this.accounts.get(address) ?? NO_ACCOUNT
  }

  grant(address: string, limit: number): void {
    if (this.limits.get(address) === limit) return
    this.limits.set(address, limit)
    this.send({ _tag: "Grant", address, limit })
  }

  get started(): Effect.Effect<void> {
    return Effect.promise(() => Promise.race([this.hasStarted, this.hasExited]))
  }

  get end(): Effect.Effect<WorkerEnd> {
    return Effect.promise(() => this.hasEnded)
  }

  get stop(): Effect.Effect<void> {
    return Effect.sync(() => this.send({ _tag: "Stop" })).pipe(
      Effect.zipRight(
        Effect.promise(() => this.hasExited).pipe(Effect.interruptible, Effect.timeoutOption(STOP_DEADLINE))
      ),
      Effect.zipRight(Effect.sync(() => void this.child.kill("SIGKILL")))
    )
  }

  private get isHung(): boolean {
    return this.silentLooks >= LOOKS_PER_SILENCE
  }

  private look(): void {
    this.silentLooks++
    if (this.isHung) this.child.kill("SIGKILL")
  }

  private read(accounts: ReadonlyArray<readonly [string, NodeAccount]>, listener: WorkerListener): void {
    this.accounts = new Map(accounts)
    if (accounts.some(([, { waitingFor }]) => waitingFor > 0)) listener.onExhausted()
  }

  private send(message: ToWorker): void {
    // A worker that has just died says so by its end.
    if (this.child.connected) this.child.send(message, () => {})
  }
}

const HUNG = `it had said nothing for ${Duration.format(WORKER_SILENCE)}, and was killed`

/** Of a crash of Node itself: `FATAL ERROR: Reached heap limit`. */
const lastLine = (said: string): string => {
  const line = said.split("\n").find((text) => /error/i.test(text))
  return line === undefined ? "" : `: ${line.trim()}`
}
