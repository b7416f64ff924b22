/**
 * Where something that needs a connection of its own is tried next, and after
 * what wait, when nothing of it has been executed: what `Recovery` is to a
 * command on the shared connection.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { findNodeByAddress, formatAddress } from "../protocol/ClusterTopology.ts"
import {
  type AskError,
  type ClientError,
  MaxRetriesExceeded,
  type MovedError,
  type TryAgainError
} from "./ClusterError.ts"
import type { CommandError } from "./commands/TypedCommand.ts"
import { mayRepeat } from "./Recovery.ts"
import type { RedisCommands } from "./RedisCommands.ts"
import type { Place } from "./transaction/Session.ts"

export interface Target {
  readonly place: Place
  /** An ASK leads here: each command is preceded by ASKING. */
  readonly isAsking: boolean
}

type Driver = Schedule.ScheduleDriver<unknown, ClientError>

/** For one undertaking, named after `command`: from a setback to the next target; fails when there is to be no other try. */
export const makePursuit = (
  client: RedisCommands,
  place: Place,
  command: string
): ((setback: ClientError) => Effect.Effect<Target, ClientError>) => {
  const { retryPolicy } = client
  let attempts = 0
  let redirections = 0
  let tryAgain: Driver | undefined
  let unavailable: Driver | undefined

  const exhausted = (lastCause: MovedError | AskError | TryAgainError): MaxRetriesExceeded =>
    new MaxRetriesExceeded({ attempts, command, lastCause })

  return (setback) =>
    Effect.gen(function* () {
      attempts++
      switch (setback._tag) {
        case "MovedError":
        case "AskError": {
          if (retryPolicy.maxRedirections === 0) return yield* setback
          if (++redirections > retryPolicy.maxRedirections) return yield* exhausted(setback)
          const isAsking = setback._tag === "AskError"
          if (!isAsking) yield* Effect.ignore(client.refreshTopology)
          const address = formatAddress(setback.redirection.host, setback.redirection.port)
          const known = findNodeByAddress(yield* client.topology, address)
          return { place: { node: known?.address ?? address }, isAsking }
        }
        case "TryAgainError":
          tryAgain ??= yield* Schedule.driver(retryPolicy.tryAgain)
          yield* Effect.mapError(tryAgain.next(setback), () => exhausted(setback))
          return { place, isAsking: false }
        default:
          yield* Effect.ignore(client.refreshTopology)
          unavailable ??= yield* Schedule.driver(retryPolicy.unavailable)
          yield* Effect.mapError(unavailable.next(setback), () => setback)
          return { place, isAsking: false }
      }
    })
}

/** Nothing was executed, or nothing that may not be repeated, and another node or a little patience helps. */
export const isSetback = (error: CommandError, isRead = false): error is ClientError => {
  switch (error._tag) {
    case "TopologyError":
    case "MovedError":
    case "AskError":
    case "TryAgainError":
    case "ClusterDownError":
      return true
    case "ConnectionError":
      return mayRepeat(error, isRead)
    default:
      return false
  }
}
