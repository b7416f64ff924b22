/** LATENCY, of the cluster as one server. */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"
import type { Handler } from "../dispatch/Dispatcher.ts"
import { askEach, decoded, fanOutAs, firstError } from "../dispatch/FanOut.ts"
import { merged } from "../dispatch/Merged.ts"
import * as Replies from "../dispatch/Replies.ts"
import { mergeHistograms } from "../fanout/LatencyHistogram.ts"
import { pairsOf } from "../fanout/Pairs.ts"
import { eventNames, mergeHistories, mergeLatest } from "./LatencyEvents.ts"
import { isAnsweredHere } from "./OwnCommands.ts"

/** Of what the proxy answers the servers have only what it has said on its own account. */
const histogram = merged((values, { context }, command) => {
  const names = command.args.slice(2).map((name) => String(name).toLowerCase())
  return mergeHistograms([...values.map(withoutOwnCommands), context.ownCommands.histogram(names)])
})

const withoutOwnCommands = (histograms: RespValue): RespValue =>
  Resp.map(pairsOf(histograms).filter(([name]) => !isAnsweredHere(Resp.text(name) ?? "")))

const ASK_LATEST = Replies.command("LATENCY", "LATEST")

/** Counts the events that had a series at any master, which only their own replies tell before it is done. */
const reset: Handler = (client, command) => {
  const turn = client.turnFor(command.entry, -1, command.bytes, command.start, command.end)
  askEach(client, command.entry, ASK_LATEST, "all-masters", (latest) => {
    const names = new Set(latest.flatMap((reply) => eventNames(decoded(reply))))
    const asked = command.args.slice(2).map(String)
    const count = asked.length === 0 ? names.size : asked.filter((name) => names.has(name)).length
    const bytes = command.bytes.subarray(command.start, command.end)
    askEach(client, command.entry, bytes, "all-nodes", (replies) =>
      turn.answer(firstError(replies) ?? Replies.integer(count))
    )
  })
}

/** A report or a picture of one server; the first that has something to say stands for all. */
const ofOne: Handler = (client, command) => fanOutAs(client, command, "all-masters", "one-succeeded")

export const latencyCommands: ReadonlyArray<readonly [name: string, handler: Handler]> = [
  ["latency|doctor", ofOne],
  ["latency|graph", ofOne],
  ["latency|histogram", histogram],
  ["latency|history", merged(mergeHistories)],
  ["latency|latest", merged(mergeLatest)],
  ["latency|reset", reset]
]
