/**
 * What happens to a command whose first attempt did not give a reply to keep:
 * redirections are followed, waits are waited, and what may have been executed
 * is not sent again.
 *
 * | answer | what is done |
 * |---|---|
 * | MOVED | the slot is that node's from now on; at once to the node named |
 * | ASK | ASKING and the command, as a pair, to the node named; nothing is remembered |
 * | TRYAGAIN | waits (`Backoff.tryAgain`), then again |
 * | CLUSTERDOWN, LOADING, MASTERDOWN, READONLY, no owner, no connection | at once when another node serves the slot by now; otherwise asks for the topology and waits (`Backoff.unavailable`, or until the topology changes), then again |
 * | connection lost, perhaps executed | if repeating is safe, at once the first time, then as before; otherwise fails |
 * | any other error | fails with `RedisError` |
 *
 * Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import { formatAddress } from "../protocol/ClusterTopology.ts"
import type { RedirectionInfo } from "../protocol/Redirection.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { errorOf, noOwner, type Outcome, send, type Sender } from "./Attempt.ts"
import * as Backoff from "./Backoff.ts"
import type { ClusterConfig } from "./ClusterConfig.ts"
import { type ClientError, MaxRetriesExceeded } from "./ClusterError.ts"
import type { Node } from "./NodeRegistry.ts"
import type { Router } from "./Router.ts"
import type { Telemetry } from "./telemetry/Telemetry.ts"
import type { TopologyRef } from "./topology/TopologyRef.ts"

/** A command on its way. */
export interface Command {
  readonly args: CommandArguments
  /** 0 to 16383, or negative when the command has no key. */
  readonly slot: number
  /** Sending it twice does no harm: it only reads, or the caller says so. */
  readonly isRepeatable: boolean
  /** It only reads, so a replica may answer it. */
  readonly isRead: boolean
  /** How it is sent to a node; on the shared connection, unless told otherwise. */
  readonly send?: Sender | undefined
  /** Instead of following an ASK or waiting after TRYAGAIN: for a command whose keys may be divided between two nodes. */
  readonly whenDivided?: Effect.Effect<RespValue, ClientError> | undefined
}

export interface Recovery {
  /** Goes on with a command after a first attempt at `node` that came to `outcome`. */
  recover(command: Command, node: Node | undefined, outcome: Outcome): Effect.Effect<RespValue, ClientError>
}

type Driver = Schedule.ScheduleDriver<unknown, ClientError>

/** A connection that leads to the wrong node is replaced, and again after so long when the next one does too. */
const REPLACE_PAUSE: Duration.Duration = Duration.seconds(1)
/** Once for all commands that it misled: a first answer may be that of a connection that was replaced so long ago, when they are many. */
const REPLACE_MEMORY: Duration.Duration = Duration.seconds(10)

export const make = (
  config: ClusterConfig,
  topology: TopologyRef,
  router: Router,
  telemetry: Telemetry
): Recovery => {
  const replacedAt = new WeakMap<Node, number>()
  const replaceOnce = (node: Node, isFirstAnswer: boolean): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const pause = isFirstAnswer ? REPLACE_MEMORY : REPLACE_PAUSE
      if (now - (replacedAt.get(node) ?? -Infinity) < Duration.toMillis(pause)) return Effect.void
      replacedAt.set(node, now)
      return node.connection.replace
    })

  /** Another node than the one that failed, if commands for the slot go there by now. */
  const otherNode = (node: Node | undefined, slot: number, isRead: boolean): Node | undefined => {
    if (node === undefined || config.maxRedirections === 0) return undefined
    const next = router.reroute(slot, isRead)
    return next === node ? undefined : next
  }

  /** A server that closes connections, as CLIENT KILL and a proxy's restart do, takes new ones: the first time, nothing is waited for. */
  const isWorthReconnecting = (error: ClientError): boolean =>
    config.unavailableSchedule === undefined && error._tag === "ConnectionError" && error.reason === "Closed"

  /** What is left to do when the attempts have ended: nothing, as a rule. */
  type Rest = Effect.Effect<RespValue, ClientError>

  const pursue = (
    command: Command,
    firstNode: Node | undefined,
    firstOutcome: Outcome
  ): Effect.Effect<Rest, ClientError> =>
    Effect.gen(function* () {
      const { args, isRead, isRepeatable, slot, whenDivided } = command
      const name = String(args[0])
      let node = firstNode
      let outcome = firstOutcome
      let redirections = 0
      let attempts = 1
      let detours = 0
      let tryAgain: Driver | undefined
      let unavailable: Driver | undefined
      let lostAt: number | undefined

      for (;;) {
        let target: Node | undefined
        let isAsking = false
        const error = errorOf(outcome, node?.address ?? "-", name, slot)
        if (error === undefined) return Effect.succeed(outcome as RespValue)
        if (whenDivided !== undefined && (error._tag === "AskError" || error._tag === "TryAgainError")) {
          return whenDivided
        }
        switch (error._tag) {
          case "MovedError":
          case "AskError": {
            if (config.maxRedirections === 0) return yield* error
            if (++redirections > config.maxRedirections) {
              return yield* new MaxRetriesExceeded({ attempts, command: name, lastCause: error })
            }
            target = yield* error._tag === "MovedError"
              ? handleMoved(topology, error.redirection)
              : handleAsk(topology, error.redirection)
            isAsking = error._tag === "AskError"
            telemetry.redirected(error.node, isAsking ? "asked" : "moved")
            // Redirected to itself: what answers on this connection is not the node that it was opened to.
            if (target === node && !isAsking) yield* replaceOnce(target, attempts === 1)
            break
          }
          case "TryAgainError":
            tryAgain ??= yield* Schedule.driver(Backoff.tryAgain(config))
            yield* withRetry(
              tryAgain,
              error,
              new MaxRetriesExceeded({ attempts, command: name, lastCause: error })
            )
            yield* telemetry.retried(error.node, error, name, attempts)
            break
          case "ClusterDownError":
          case "TopologyError":
          case "ConnectionError":
            if (error._tag === "ConnectionError" && !mayRepeat(error, isRepeatable)) return yield* error
            if (topology.isClosed()) return yield* error
            yield* topology.refreshSoon
            target = detours++ < config.maxRedirections ? otherNode(node, slot, isRead) : undefined
            if (target !== undefined || (attempts === 1 && isWorthReconnecting(error))) break
            unavailable ??= yield* Schedule.driver(Backoff.unavailable(config))
            if (yield* untilChange(withRetry(unavailable, error, error), topology)) {
              // The nodes hear of a change one after the other: the waits start short again, within the deadline.
              const now = yield* Clock.currentTimeMillis
              lostAt ??= now
              if (now - lostAt < Duration.toMillis(config.availabilityDeadline)) unavailable = undefined
            }
            yield* telemetry.retried(error.node, error, name, attempts)
            break
          default:
            return yield* error
        }
        attempts++
        node = target ?? router.reroute(slot, isRead)
        outcome = node === undefined ? noOwner : yield* (command.send ?? send)(node, args, isAsking)
      }
    })

  return {
    // The parts of a divided command count their own failures.
    recover: (command, node, outcome) => Effect.flatten(telemetry.counted(pursue(command, node, outcome)))
  }
}

/** Waits as the schedule says; fails with `exhausted` when it says no more. */
export const withRetry = (
  driver: Driver,
  error: ClientError,
  exhausted: ClientError
): Effect.Effect<void, ClientError> => Effect.asVoid(Effect.mapError(driver.next(error), () => exhausted))

/** True when the wait ended because commands are routed by another topology. */
export const untilChange = <E>(
  wait: Effect.Effect<void, E>,
  topology: TopologyRef
): Effect.Effect<boolean, E> => Effect.raceFirst(Effect.as(wait, false), Effect.as(topology.nextChange, true))

/** The slot belongs to the node named: remembered at once, and the whole topology asked for. */
export const handleMoved = (topology: TopologyRef, redirection: RedirectionInfo): Effect.Effect<Node> =>
  Effect.zipLeft(topology.moved(redirection), topology.refreshSoon)

/** This once, the node named: the topology stays as it is. */
const handleAsk = (topology: TopologyRef, { host, port }: RedirectionInfo): Effect.Effect<Node> =>
  topology.nodeAt(formatAddress(host, port))

/** Waiting helps when there is no connection; it does not when the server refuses us or the queue is full. */
export const mayRepeat = (error: ConnectionError, isRepeatable: boolean): boolean =>
  (error.sent === "no" || isRepeatable) &&
  (error.reason === "Connect" ||
    error.reason === "Closed" ||
    error.reason === "Timeout" ||
    error.reason === "Protocol")
