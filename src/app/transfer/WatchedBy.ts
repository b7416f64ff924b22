/** Work that something else may put an end to, and that is always waited for. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"

/**
 * The work; or, when the watch fails first, that failure, after the work has been
 * interrupted and has ended. `Effect.raceFirst` does not wait for what it
 * interrupts when it is interrupted itself (effect 3.22), so that what streams
 * have still under way would be missing in a report.
 */
export const watchedBy = <A, E, R, E2, R2>(
  work: Effect.Effect<A, E, R>,
  watch: Effect.Effect<never, E2, R2>
): Effect.Effect<A, E | E2, R | R2> =>
  Effect.gen(function* () {
    let failed: Exit.Exit<never, E2> | undefined
    const worker = yield* Effect.fork(work)
    const watcher = yield* watch.pipe(
      Effect.onExit((exit) => {
        if (Exit.isInterrupted(exit)) return Effect.void
        failed = exit
        return Fiber.interruptFork(worker)
      }),
      Effect.fork
    )
    const end = yield* Effect.onInterrupt(Fiber.await(worker), () => Fiber.interrupt(worker))
    yield* Fiber.interrupt(watcher)
    return yield* failed ?? end
  })
