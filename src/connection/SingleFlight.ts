/** An effect that runs at most once at a time: who asks while it runs gets that run's outcome. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Scope from "effect/Scope"

export interface SingleFlight<A, E> {
  /** Starts a run, or joins the one under way. Interrupting a caller does not take the run from the others. */
  readonly join: Effect.Effect<A, E>
  isRunning(): boolean
}

/** Runs live in `scope`; when it closes, who still waits fails with `closed`. */
export const make = <A, E>(
  effect: Effect.Effect<A, E>,
  scope: Scope.Scope,
  closed: () => E
): Effect.Effect<SingleFlight<A, E>> => {
  let run: Deferred.Deferred<A, E> | undefined
  let isClosed = false
  // A caller interrupted between noting the run and starting it would leave it noted for ever.
  const join = Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      if (isClosed) return Effect.fail(closed())
      if (run !== undefined) return restore(Deferred.await(run))
      const started = Deferred.unsafeMake<A, E>(FiberId.none)
      run = started
      return Effect.interruptible(effect).pipe(
        Effect.onExit((exit) => {
          run = undefined
          return Exit.isInterrupted(exit) ? Deferred.fail(started, closed()) : Deferred.done(started, exit)
        }),
        // The outcome is the callers'; as a failure of this fiber, Effect would log it.
        Effect.exit,
        Effect.forkIn(scope),
        Effect.zipRight(restore(Deferred.await(started)))
      )
    })
  )
  return Effect.as(
    Scope.addFinalizer(
      scope,
      Effect.sync(() => {
        isClosed = true
      })
    ),
    { join, isRunning: () => run !== undefined }
  )
}
