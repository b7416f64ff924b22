/** The schedules by which commands wait, each with its name. All can be replaced in the configuration. */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import type { ClientError } from "./ClusterError.ts"
import type { ClusterConfig } from "./ClusterConfig.ts"

/** No wait is longer than this, however often it has doubled. */
export const LONGEST_WAIT: Duration.Duration = Duration.seconds(1)
const GROWTH = 2
/** The first wait for a cluster that is down. */
export const FIRST_UNAVAILABLE_WAIT: Duration.Duration = Duration.millis(100)

/** Doubling from `first` to `LONGEST_WAIT`, jittered by 20 % so that callers who failed together do not come back together. */
const doubling = (first: Duration.Duration): Schedule.Schedule<unknown, ClientError> =>
  Schedule.exponential(first, GROWTH).pipe(Schedule.union(Schedule.spaced(LONGEST_WAIT)), Schedule.jittered)

/** After TRYAGAIN: the keys of a command are divided while their slot moves, for milliseconds as a rule. */
export const tryAgain = (config: ClusterConfig): Schedule.Schedule<unknown, ClientError> =>
  config.tryAgainSchedule ??
  doubling(config.retryDelay).pipe(Schedule.intersect(Schedule.recurs(config.maxRetries)))

/** After CLUSTERDOWN, LOADING, MASTERDOWN, READONLY, a slot without owner, a lost connection: until the deadline. */
export const unavailable = (config: ClusterConfig): Schedule.Schedule<unknown, ClientError> =>
  config.unavailableSchedule ??
  doubling(FIRST_UNAVAILABLE_WAIT).pipe(Schedule.upTo(config.availabilityDeadline))

/** How a client goes on after failures, for what is built on it: transactions, sessions, walks. */
export interface RetryPolicy {
  /** How many MOVED and ASK replies are followed; 0: none, they are the caller's. */
  readonly maxRedirections: number
  /** Waits after TRYAGAIN. */
  readonly tryAgain: Schedule.Schedule<unknown, ClientError>
  /** Waits for a cluster that is down, or a node that cannot be reached. */
  readonly unavailable: Schedule.Schedule<unknown, ClientError>
}

export const policyOf = (config: ClusterConfig): RetryPolicy => ({
  maxRedirections: config.maxRedirections,
  tryAgain: tryAgain(config),
  unavailable: unavailable(config)
})
