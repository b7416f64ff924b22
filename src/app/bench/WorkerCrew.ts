/** The worker threads of a run: started together, heard to the end, and gone with the scope. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import { CommandFailure } from "../CommandFailure.ts"
import type { ConnectSettings } from "../ConnectSettings.ts"
import { seal } from "../SealedConnect.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import type { FromWorker, RunPart, ToWorker, WorkerOrder } from "./WorkerMessage.ts"

export interface WorkerCrew {
  /** All are connected. They begin together, so long after they have been told, so that each has heard of it. */
  readonly start: Effect.Effect<void>
  /** Has all of them send nothing more; what they still have to say comes. */
  readonly stop: Effect.Effect<void>
  /** Waits until the last one has said its last. */
  readonly end: Effect.Effect<void, CommandFailure>
}

/** Milliseconds from the word to the start. */
export const START_DELAY = 20

/** Waits until all are connected. `onPart` is called with each part of each worker. */
export const make = (
  connect: ConnectSettings,
  settings: BenchSettings,
  onPart: (worker: number, part: RunPart) => void
): Effect.Effect<WorkerCrew, CommandFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const members = yield* Effect.forEach(Array.from({ length: settings.workers }).keys(), (worker) =>
      startWorker({ connect: seal(connect), settings, worker }, (part) => onPart(worker, part))
    )
    const all = (each: (member: Member) => Effect.Effect<void, CommandFailure>) =>
      Effect.forEach(members, each, { concurrency: "unbounded", discard: true })
    const tell = (message: ToWorker): Effect.Effect<void> =>
      Effect.sync(() => members.forEach(({ thread }) => thread.postMessage(message, [])))
    yield* all(({ ready }) => Deferred.await(ready))
    return {
      start: Effect.suspend(() =>
        tell({ _tag: "Start", at: performance.timeOrigin + performance.now() + START_DELAY })
      ),
      stop: tell({ _tag: "Stop" }),
      end: all(({ end }) => Deferred.await(end))
    }
  })

interface Member {
  readonly thread: Worker
  readonly ready: Deferred.Deferred<void, CommandFailure>
  readonly end: Deferred.Deferred<void, CommandFailure>
}

const startWorker = (
  order: WorkerOrder,
  onPart: (part: RunPart) => void
): Effect.Effect<Member, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ready = yield* Deferred.make<void, CommandFailure>()
    const end = yield* Deferred.make<void, CommandFailure>()
    const fail = (failure: CommandFailure): void => {
      Deferred.unsafeDone(ready, Effect.fail(failure))
      Deferred.unsafeDone(end, Effect.fail(failure))
    }
    const thread = yield* Effect.acquireRelease(
      Effect.sync(() => new Worker(PROGRAM, { workerData: order, stderr: true })),
      (thread) => Effect.promise(() => thread.terminate())
    )
    thread.on("message", (message: FromWorker) => {
      switch (message._tag) {
        case "Ready":
          return Deferred.unsafeDone(ready, Effect.void)
        case "Failed":
          return fail(new CommandFailure(message.error))
        case "Part":
          onPart(message.part)
          if (message.part.isLast) Deferred.unsafeDone(end, Effect.void)
      }
    })
    thread.on("error", (error) => fail(broken(order.worker, String(error))))
    thread.on("exit", () => fail(broken(order.worker, "it ended before its work was done")))
    return { thread, ready, end }
  })

/** The file that node was given: program.ts tells a worker from the program. */
const PROGRAM = process.argv[1]

const broken = (worker: number, why: string): CommandFailure =>
  new CommandFailure({
    tag: "Defect",
    message: `worker ${worker} failed unexpectedly (${why}); please report it`
  })
