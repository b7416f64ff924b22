/**
 * When the cluster is asked for its topology, one policy for all reasons to
 * ask: a single question at a time, and between two that nobody asked for in
 * person a pause, which grows while the answers stay the same. So an outage of
 * minutes is not one of thousands of questions, and the end of one is heard of
 * at once.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import * as SingleFlight from "../../connection/SingleFlight.ts"
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import { TopologyError } from "../ClusterError.ts"

export interface TopologyRefresh {
  /** Asks now, or joins the question that is under way. */
  readonly now: Effect.Effect<ClusterTopology, TopologyError | ConnectionError>
  /** Sees to it that the cluster is asked soon, and does not wait for it. */
  readonly soon: Effect.Effect<void>
  /** As long as somebody waits in this way for something, the cluster is asked again and again. */
  readonly whileAwaiting: <A>(awaited: Effect.Effect<A>) => Effect.Effect<A>
}

/** What a question came to. */
export interface Answer {
  readonly topology: ClusterTopology
  /** It differs from what was known. */
  readonly isNew: boolean
}

export const MINIMUM_PAUSE: Duration.Duration = Duration.millis(200)
export const LONGEST_PAUSE: Duration.Duration = Duration.millis(400)
const PAUSE_GROWTH = 1.25
/** After so long without a question, the pause starts anew. */
const PAUSE_MEMORY: Duration.Duration = Duration.seconds(5)
/** Added to a pause at random, so that many clients do not ask in step. */
const PAUSE_JITTER: Duration.Duration = Duration.millis(50)
/** The interval between two refreshes without a reason varies by this share of it. */
const INTERVAL_JITTER = 0.1

/** Asks at the interval, until the scope closes, and whenever there is a reason to. */
export const make = (
  ask: Effect.Effect<Answer, TopologyError | ConnectionError>,
  interval: Duration.Duration
): Effect.Effect<TopologyRefresh, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let askedAt = 0
    let pause = Duration.toMillis(MINIMUM_PAUSE)
    const setPause = (isNew: boolean): void => {
      pause = isNew
        ? Duration.toMillis(MINIMUM_PAUSE)
        : Math.min(pause * PAUSE_GROWTH, Duration.toMillis(LONGEST_PAUSE))
    }

    const question = yield* SingleFlight.make(
      Effect.gen(function* () {
        askedAt = yield* Clock.currentTimeMillis
        const { isNew, topology } = yield* Effect.tapError(ask, () => Effect.sync(() => setPause(false)))
        setPause(isNew)
        return topology
      }),
      scope,
      () => new TopologyError({ reason: "the client is closed", node: "-" })
    )

    /** Until a pause has passed since the last question, whoever asked it. */
    const untilPaused: Effect.Effect<void> = Effect.gen(function* () {
      const elapsed = (yield* Clock.currentTimeMillis) - askedAt
      if (elapsed > Duration.toMillis(PAUSE_MEMORY)) pause = Duration.toMillis(MINIMUM_PAUSE)
      if (elapsed >= pause) return
      yield* Effect.sleep(pause - elapsed + (yield* Random.nextRange(0, Duration.toMillis(PAUSE_JITTER))))
      yield* untilPaused
    })

    /**
     * Forks what the caller has noted as under way, with no moment in between
     * at which the caller could be interrupted, and the note stay for ever.
     */
    const noted = (fork: () => Effect.Effect<void> | undefined): Effect.Effect<void> =>
      Effect.uninterruptible(
        Effect.suspend(() => {
          const work = fork()
          return work === undefined
            ? Effect.void
            : Effect.asVoid(Effect.forkIn(Effect.interruptible(work), scope))
        })
      )

    let isDue = false
    const soon = noted(() => {
      if (isDue) return undefined
      isDue = true
      // The question under way may be older than the reason to ask.
      return Effect.suspend(() => (question.isRunning() ? Effect.ignore(question.join) : Effect.void)).pipe(
        Effect.zipRight(untilPaused),
        Effect.zipRight(
          Effect.suspend(() => {
            isDue = false
            return Effect.ignore(question.join)
          })
        )
      )
    })

    let waiting = 0
    let isAskingAgain = false
    const askAgain = noted(() => {
      if (isAskingAgain) return undefined
      isAskingAgain = true
      return untilPaused.pipe(
        Effect.zipRight(Effect.ignore(question.join)),
        Effect.repeat({ while: () => (isAskingAgain = waiting > 0) }),
        Effect.asVoid
      )
    })

    const untilNext = Effect.map(Random.nextRange(1 - INTERVAL_JITTER, 1 + INTERVAL_JITTER), (factor) =>
      Duration.times(interval, factor)
    )
    yield* Effect.flatMap(untilNext, Effect.sleep).pipe(
      Effect.zipRight(Effect.ignore(question.join)),
      Effect.forever,
      Effect.forkScoped
    )

    return {
      now: question.join,
      soon,
      whileAwaiting: (awaited) =>
        Effect.acquireUseRelease(
          Effect.sync(() => waiting++),
          () => Effect.zipRight(askAgain, awaited),
          () => Effect.sync(() => waiting--)
        )
    }
  })
