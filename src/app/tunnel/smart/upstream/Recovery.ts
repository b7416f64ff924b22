/**
 * What happens to a forwarded command that got no reply to keep: what the
 * client's own `Recovery` does, on bytes. Redirections are followed, waits are
 * waited, and what may have been executed is not sent again unless it only reads.
 *
 * A command comes here each time anew; what has been tried stands in its
 * `trials`. When there is nothing left to try, the client is told.
 */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Backoff from "../../../../client/Backoff.ts"
import { type ClientError, ClusterDownError } from "../../../../client/ClusterError.ts"
import { mayRepeat } from "../../../../client/Recovery.ts"
import type { RedisCommands } from "../../../../client/RedisCommands.ts"
import { DEFAULTS } from "../../../../client/transaction/Session.ts"
import { ConnectionError } from "../../../../connection/ConnectionError.ts"
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { formatAddress, parseAddress } from "../../../../protocol/ClusterTopology.ts"
import { classifyError, errorKind, parseRedirectionError } from "../../../../protocol/Redirection.ts"
import type { ProxyCounters } from "../ProxyCounters.ts"
import type { RequestRecovery, RoutedRequest } from "./RoutedRequest.ts"
import type { UpstreamSets } from "./UpstreamSets.ts"

type Driver = Schedule.ScheduleDriver<unknown, ClientError>

interface Trials {
  redirections: number
  attempts: number
  tryAgain: Driver | undefined
  unavailable: Driver | undefined
}

const trialsOf = (request: RoutedRequest): Trials => {
  request.trials ??= { redirections: 0, attempts: 0, tryAgain: undefined, unavailable: undefined }
  return request.trials as Trials
}

/** Waits end with the scope; who waits then is told. */
export const make = (
  client: RedisCommands,
  sets: UpstreamSets,
  counters: ProxyCounters
): Effect.Effect<RequestRecovery, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const fork = Runtime.runFork(yield* Effect.runtime())
    const start = (effect: Effect.Effect<void>): void => void fork(effect, { scope })

    const nextChange = Effect.async<void>((resume) => {
      const stop = sets.onChange(() => {
        stop()
        resume(Effect.void)
      })
      return Effect.sync(stop)
    })

    const follow = (request: RoutedRequest, text: string): Effect.Effect<void> =>
      Effect.gen(function* () {
        const redirection = parseRedirectionError(text)
        if (redirection === undefined || ++trialsOf(request).redirections > DEFAULTS.maxRedirections) {
          return request.fail(`-ERR too many redirections, the last: ${text}`)
        }
        // An empty host means the node that answered.
        const host = redirection.host || (parseAddress(request.address ?? "")?.host ?? "")
        if (redirection.kind === "MOVED") {
          counters.moved++
          return request.goTo(yield* client.followMoved({ ...redirection, host }), false)
        }
        counters.asked++
        request.goTo(formatAddress(host, redirection.port), true)
      })

    const tryAgain = (request: RoutedRequest, text: string): Effect.Effect<void> =>
      Effect.gen(function* () {
        const trials = trialsOf(request)
        trials.tryAgain ??= yield* Schedule.driver(Backoff.tryAgain(DEFAULTS))
        yield* trials.tryAgain.next(downError(text, request))
        counters.retried++
        resend(request, text)
      }).pipe(Effect.catchAll(() => Effect.sync(() => request.fail(`-${text}`))))

    /** Another node may serve the slot by now; otherwise waits for the topology to change, or for the node to come back. */
    const awaitService = (
      request: RoutedRequest,
      error: ClientError,
      lastWords: string
    ): Effect.Effect<void> =>
      Effect.gen(function* () {
        const trials = trialsOf(request)
        yield* client.refreshSoon
        const owner = sets.addressOf(request.slot)
        const isElsewhere = owner !== undefined && owner !== request.address
        const isCut = error._tag === "ConnectionError" && error.reason === "Closed"
        if (trials.attempts++ > 0 || !(isElsewhere || isCut)) {
          trials.unavailable ??= yield* Schedule.driver(Backoff.unavailable(DEFAULTS))
          yield* Effect.raceFirst(Effect.asVoid(trials.unavailable.next(error)), nextChange)
        }
        counters.retried++
        resend(request, lastWords)
      }).pipe(Effect.catchAll(() => Effect.sync(() => request.fail(lastWords))))

    const resend = (request: RoutedRequest, lastWords: string): void => {
      const address = request.slot >= 0 ? sets.addressOf(request.slot) : sets.masters()[0]
      if (address === undefined) start(awaitService(request, downError(UNSERVED, request), lastWords))
      else request.goTo(address, false)
    }

    return {
      onErrorReply: (request, chunk, begin, end) => {
        if (!mayConcernUs(chunk[begin + 1])) return false
        const text = chunk.toString("latin1", begin + 1, end - 2)
        switch (classifyError(text)) {
          case "Moved":
          case "Ask":
            if (!request.divide()) start(follow(request, text))
            return true
          case "TryAgain":
            if (!request.divide()) start(tryAgain(request, text))
            return true
          case "ClusterDown":
          case "Loading":
          case "MasterDown":
          case "ReadOnly":
            start(awaitService(request, downError(text, request), `-${text}`))
            return true
          default:
            return false
        }
      },
      onUnserved: (request) => start(awaitService(request, downError(UNSERVED, request), `-${UNSERVED}`)),
      onLost: (request, failure) => {
        const error = ConnectionError.of(request.address ?? "-", request.entry?.name ?? "?", failure)
        if (mayRepeat(error, request.entry?.isReadOnly === true)) {
          start(awaitService(request, error, unreachable(error, failure)))
        } else {
          if (failure.sent === "maybe") counters.maybeExecuted++
          request.fail(unreachable(error, failure))
        }
      },
      follow: (text, from, then) => {
        const redirection = parseRedirectionError(text)
        if (redirection?.kind !== "MOVED") return false
        counters.moved++
        const host = redirection.host || (parseAddress(from)?.host ?? "")
        start(Effect.map(client.followMoved({ ...redirection, host }), then))
        return true
      },
      later: (trials, failure, entry, retry, giveUp) => {
        const error = ConnectionError.of("one of the nodes", entry?.name ?? "?", failure)
        if (!mayRepeat(error, entry?.isReadOnly === true)) {
          if (failure.sent === "maybe") counters.maybeExecuted++
          return giveUp(unreachable(error, failure))
        }
        const held = trials as { unavailable?: Driver }
        start(
          Effect.gen(function* () {
            yield* client.refreshSoon
            held.unavailable ??= yield* Schedule.driver(Backoff.unavailable(DEFAULTS))
            yield* Effect.raceFirst(Effect.asVoid(held.unavailable.next(error)), nextChange)
            counters.retried++
            retry()
          }).pipe(Effect.catchAll(() => Effect.sync(() => giveUp(unreachable(error, failure)))))
        )
      }
    }
  })

const UNSERVED = "CLUSTERDOWN Hash slot not served"

/** The first letters of the errors that `classifyError` tells apart from the others. */
const INITIALS = new Set(Buffer.from("MATCLRU"))
const mayConcernUs = (initial: number): boolean => INITIALS.has(initial)

const downError = (reply: string, request: RoutedRequest): ClusterDownError =>
  new ClusterDownError({
    kind: errorKind(reply),
    reply,
    node: request.address ?? "-",
    command: request.entry?.name ?? "?"
  })

const unreachable = ({ node }: ConnectionError, { detail, sent }: PipelineFailure): string =>
  sent === "maybe"
    ? `-ERR the connection to ${node} was lost before the reply came; the command may have been executed`
    : `-ERR no connection to ${node}: ${oneLine(detail)}`

const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, " ")
