/** How long a run waits for servers, and for what is under way when it ends early. */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"

/** Between two attempts to go on with the work of a lost connection: 100 ms, doubling to 1 s. */
export const reconnect: Schedule.Schedule<unknown> = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("1 second"))
)

/** Without any success for so long, the run fails: a failover takes seconds. */
export const RECONNECT_DEADLINE: Duration.Duration = Duration.seconds(15)

/** What is under way has so long to be answered when a run is ended early. */
export const STOP_GRACE: Duration.Duration = Duration.seconds(1)
