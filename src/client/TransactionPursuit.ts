/** Where a transaction that could not be executed is tried next, and after what wait: as `Recovery` does for one command. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { findNodeByAddress, formatAddress } from "../protocol/ClusterTopology.ts"
import * as Backoff from "./Backoff.ts"
import {
  type AskError,
  type ClientError,
  MaxRetriesExceeded,
  type MovedError,
  type TryAgainError
} from "./ClusterError.ts"
import type { RedisCommands } from "./RedisCommands.ts"
import { DEFAULTS, type Place } from "./Session.ts"

export interface TransactionTarget {
  readonly place: Place
  /** An ASK leads here: each command is preceded by ASKING. */
  readonly isAsking: boolean
}

type Driver = Schedule.ScheduleDriver<unknown, ClientError>

/** For one transaction: from a setback to the next target; fails when there is to be no other try. */
export const makePursuit = (
  client: RedisCommands,
  place: Place
): ((setback: ClientError) => Effect.Effect<TransactionTarget, ClientError>) => {
  let attempts = 0
  let redirections = 0
  let tryAgain: Driver | undefined
  let unavailable: Driver | undefined

  const exhausted = (lastCause: MovedError | AskError | TryAgainError): MaxRetriesExceeded =>
    new MaxRetriesExceeded({ attempts, command: "EXEC", lastCause })

  return (setback) =>
    Effect.gen(function* () {
      attempts++
      switch (setback._tag) {
        case "MovedError":
        case "AskError": {
          if (++redirections > DEFAULTS.maxRedirections) return yield* exhausted(setback)
          const isAsking = setback._tag === "AskError"
          if (!isAsking) yield* Effect.ignore(client.refreshTopology)
          const address = formatAddress(setback.redirection.host, setback.redirection.port)
          const known = findNodeByAddress(yield* client.topology, address)
          return { place: { node: known?.address ?? address }, isAsking }
        }
        case "TryAgainError":
          tryAgain ??= yield* Schedule.driver(Backoff.tryAgain(DEFAULTS))
          yield* Effect.mapError(tryAgain.next(setback), () => exhausted(setback))
          return { place, isAsking: false }
        default:
          yield* Effect.ignore(client.refreshTopology)
          unavailable ??= yield* Schedule.driver(Backoff.unavailable(DEFAULTS))
          yield* Effect.mapError(unavailable.next(setback), () => setback)
          return { place, isAsking: false }
      }
    })
}
