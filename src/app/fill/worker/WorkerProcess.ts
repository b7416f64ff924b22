/** One worker process, from its start to its end; it does not outlive the scope. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcess, fork } from "node:child_process"
import { STOP_GRACE } from "../../transfer/Reconnection.ts"
import type { FillProblem } from "../FillProblem.ts"
import type { TallyCounts } from "../FillTally.ts"
import { WORKER_ARGUMENT } from "./WorkerArgument.ts"
import type { FromWorker, ToWorker, WorkerOrder } from "./WorkerProtocol.ts"

export type WorkerEnd =
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly problem: FillProblem }
  /** It is gone without having said so: killed, or out of memory. */
  | { readonly _tag: "Died"; readonly reason: string }

export interface WorkerProcess {
  readonly pid: number | undefined
  /** Waits until its part is done, or will not be. */
  readonly end: Effect.Effect<WorkerEnd>
}

/** A worker that is told to stop has so long to say what came of it: its streams wait for what is under way. */
const STOP_DEADLINE: Duration.Duration = Duration.sum(STOP_GRACE, Duration.seconds(2))

/** What it last said on standard error, for the one line that tells of its death. */
const KEPT_STDERR = 2000

/** @param onCounts how far it is, also while it is being stopped */
export const startWorker = (
  order: WorkerOrder,
  onCounts: (counts: TallyCounts) => void
): Effect.Effect<WorkerProcess, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => new Worker(order, onCounts)),
      (worker) => worker.stop
    ),
    ({ end, pid }) => ({ end, pid })
  )

class Worker implements WorkerProcess {
  private readonly child: ChildProcess
  private readonly hasEnded: Promise<WorkerEnd>
  private readonly hasExited: Promise<void>

  constructor(order: WorkerOrder, onCounts: (counts: TallyCounts) => void) {
    // The program is one file, so a worker is the same file. The password goes over the channel alone.
    this.child = fork(process.argv[1], [WORKER_ARGUMENT], {
      env: { ...process.env, REDISCLI_AUTH: undefined },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    let said = ""
    let end: WorkerEnd | undefined
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-KEPT_STDERR)
    })
    this.child.on("message", (message: FromWorker) => {
      if (message._tag === "Counts") onCounts(message.counts)
      else end = message
    })
    this.hasExited = new Promise((resolve) => {
      this.child.once("close", () => resolve())
      this.child.once("error", () => resolve())
    })
    this.hasEnded = new Promise((resolve) => {
      this.child.once("error", (error) => resolve({ _tag: "Died", reason: error.message }))
      // Not at its last message: counts that were sent before have been read by then, and its connections are closed.
      this.child.once("close", (status, signal) => {
        const reason = signal ?? `status ${status}${lastLine(said)}`
        resolve(end ?? { _tag: "Died", reason })
      })
    })
    this.send(order)
  }

  get pid(): number | undefined {
    return this.child.pid
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

  private send(message: ToWorker): void {
    // A worker that has just died says so by its end.
    if (this.child.connected) this.child.send(message, () => {})
  }
}

/** Of a crash of Node itself: `FATAL ERROR: Reached heap limit`. */
const lastLine = (said: string): string => {
  const line = said.split("\n").find((text) => /error/i.test(text))
  return line === undefined ? "" : `: ${line.trim()}`
}
