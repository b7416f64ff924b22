/**
 * What happens to a forwarded command that got no reply to keep: what the
 * client's own `Recovery` does, on bytes. Redirections are followed, waits are
 * waited, and what may have been executed is not sent again unless it only reads.
 *
 * Commands that were refused by one node one after the other are sent again in
 * that order: a redirection is followed before the next reply is looked at, and
 * the client's further commands wait until those have their replies.
 */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { DEFAULT_MAX_RETRIES } from "../../../../client/ClusterConfig.ts"
import { mayRepeat } from "../../../../client/Recovery.ts"
import type { RedisCommands } from "../../../../client/RedisCommands.ts"
import { ConnectionError } from "../../../../connection/ConnectionError.ts"
import type { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { findNodeByAddress, formatAddress, parseAddress } from "../../../../protocol/ClusterTopology.ts"
import {
  classifyError,
  parseRedirectionError,
  type RedirectionInfo
} from "../../../../protocol/Redirection.ts"
import type { ProxyCounters } from "../ProxyCounters.ts"
import type { CommandEntry } from "../request/CommandEntry.ts"
import type { RequestRecovery, RoutedRequest } from "./RoutedRequest.ts"
import type { UpstreamSets } from "./UpstreamSets.ts"
import { WaitingRoom } from "./WaitingRoom.ts"

/** What has been tried for one command. */
interface Trials {
  redirections: number
  tryAgains: number
  /** When it first had to wait; 0 as long as it has not. */
  since: number
}

const trialsOf = (request: RoutedRequest): Trials => {
  request.trials ??= { redirections: 0, tryAgains: 0, since: 0 }
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
    const start = (effect: Effect.Effect<unknown>): void => void fork(effect, { scope })
    const room = new WaitingRoom()
    const stop = sets.onChange(() => room.open())
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        stop()
        room.close()
      })
    )

    /** The slot is that node's from now on, for whoever asks from here on. */
    const moved = (redirection: RedirectionInfo, from: string): string => {
      counters.moved++
      const place = placed(redirection, from)
      start(client.followMoved(place))
      return addressOf(sets, place)
    }

    const follow = (request: RoutedRequest, text: string): void => {
      const redirection = parseRedirectionError(text)
      const from = request.address ?? ""
      if (
        redirection === undefined ||
        ++trialsOf(request).redirections > client.retryPolicy.maxRedirections
      ) {
        return request.fail(`-ERR too many redirections, the last: ${text}`)
      }
      if (redirection.kind === "MOVED") return request.goTo(moved(redirection, from), false)
      counters.asked++
      request.goTo(addressOf(sets, placed(redirection, from)), true)
    }

    /** Another node may serve the slot by now; otherwise waits for the topology to change, or for the node to come back. */
    const awaitService = (request: RoutedRequest, lastWords: string, isCut = false): void => {
      const trials = trialsOf(request)
      start(client.refreshSoon)
      const owner = sets.addressOf(request.slot)
      const isElsewhere = owner !== undefined && owner !== request.address
      const isFirst = trials.since === 0
      trials.since ||= performance.now()
      if (isFirst && (isElsewhere || isCut)) resend(request, lastWords)
      else enter(request, lastWords)
    }

    const enter = (request: RoutedRequest, lastWords: string): void =>
      room.enter({
        since: (trialsOf(request).since ||= performance.now()),
        retry: () => resend(request, lastWords),
        giveUp: () => request.fail(lastWords)
      })

    const tryAgain = (request: RoutedRequest, text: string): void => {
      if (++trialsOf(request).tryAgains > DEFAULT_MAX_RETRIES) request.fail(`-${text}`)
      else enter(request, `-${text}`)
    }

    const resend = (request: RoutedRequest, lastWords: string): void => {
      const address = request.slot >= 0 ? sets.addressOf(request.slot) : sets.masters()[0]
      if (address === undefined) return enter(request, lastWords)
      counters.retried++
      request.goTo(address, false)
    }

    /** What to tell the client when a command may not be sent again; `undefined` when it may. */
    const finalWords = (
      node: string,
      failure: PipelineFailure,
      entry: CommandEntry | undefined
    ): string | undefined => {
      const error = ConnectionError.of(node, entry?.name ?? "?", failure)
      if (mayRepeat(error, entry?.isReadOnly === true)) return undefined
      if (failure.sent === "maybe") counters.maybeExecuted++
      return unreachable(node, failure)
    }

    return {
      onErrorReply: (request, chunk, begin, end) => {
        if (!mayConcernUs(chunk[begin + 1])) return false
        const text = chunk.toString("latin1", begin + 1, end - 2)
        const kind = classifyError(text)
        if (kind === "Other" || kind === "CrossSlot") return false
        request.onTroubled()
        switch (kind) {
          case "Moved":
          case "Ask":
            if (!request.divide()) follow(request, text)
            return true
          case "TryAgain":
            if (!request.divide()) tryAgain(request, text)
            return true
          default:
            awaitService(request, `-${text}`)
            return true
        }
      },
      onUnserved: (request) => {
        request.onTroubled()
        awaitService(request, `-${UNSERVED}`)
      },
      onLost: (request, failure) => {
        const node = request.address ?? "-"
        const words = finalWords(node, failure, request.entry)
        if (words !== undefined) return request.fail(words)
        request.onTroubled()
        awaitService(request, unreachable(node, failure), failure.reason === "Closed")
      },
      follow: (text, from) => {
        const redirection = parseRedirectionError(text)
        return redirection?.kind === "MOVED" ? moved(redirection, from) : undefined
      },
      later: (trials, failure, entry, retry, giveUp) => {
        const words = finalWords("one of the nodes", failure, entry)
        if (words !== undefined) return giveUp(words)
        start(client.refreshSoon)
        trials.since ||= performance.now()
        room.enter({
          since: trials.since,
          retry: () => {
            counters.retried++
            retry()
          },
          giveUp: () => giveUp(unreachable("one of the nodes", failure))
        })
      }
    }
  })

const UNSERVED = "CLUSTERDOWN Hash slot not served"

/** The first letters of the errors that `classifyError` tells apart from the others. */
const INITIALS = new Set(Buffer.from("MATCLRU"))
const mayConcernUs = (initial: number): boolean => INITIALS.has(initial)

/** An empty host means the node that answered. */
const placed = (redirection: RedirectionInfo, from: string): RedirectionInfo =>
  redirection.host === "" ? { ...redirection, host: parseAddress(from)?.host ?? "" } : redirection

/** By the name that the topology has for it. */
const addressOf = (sets: UpstreamSets, { host, port }: RedirectionInfo): string => {
  const address = formatAddress(host, port)
  return findNodeByAddress(sets.topology, address)?.address ?? address
}

const unreachable = (node: string, { detail, sent }: PipelineFailure): string =>
  sent === "maybe"
    ? `-ERR the connection to ${node} was lost before the reply came; the command may have been executed`
    : `-ERR no connection to ${node}: ${detail.replaceAll(/[\r\n]+/g, " ")}`
