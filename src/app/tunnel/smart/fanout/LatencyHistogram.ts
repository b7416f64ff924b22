/**
 * The replies of several servers to LATENCY HISTOGRAM as that of one: calls and
 * buckets added up, command by command. What goes to all servers is one call, and
 * the server that has had most of it tells how long they took.
 */
import * as Resp from "../../../../protocol/Resp.ts"
import type { RespValue } from "../../../../protocol/Resp.ts"
import { goesToAll } from "../dispatch/GoesToAll.ts"
import { type Pairs, pairsOf } from "./Pairs.ts"

interface CommandHistogram {
  readonly name: RespValue
  calls: number
  /** By their upper bound in microseconds, each by itself: Redis adds up those below. */
  readonly buckets: Map<number, number>
}

export const mergeHistograms = (replies: ReadonlyArray<RespValue>): RespValue => {
  const commands = new Map<string, CommandHistogram>()
  for (const reply of replies) {
    for (const [name, histogram] of pairsOf(reply)) {
      const text = Resp.text(name) ?? ""
      const command = commands.get(text) ?? { name, calls: 0, buckets: new Map() }
      const [calls] = pairsOf(histogram)
      if (goesToAll(text)) {
        if (Number(calls?.[1].value ?? 0) <= command.calls) continue
        command.calls = 0
        command.buckets.clear()
      }
      commands.set(text, command)
      add(command, pairsOf(histogram))
    }
  }
  return Resp.map([...commands.values()].map((command) => [command.name, described(command)]))
}

const add = (command: CommandHistogram, [calls, histogram]: Pairs): void => {
  command.calls += Number(calls?.[1].value ?? 0)
  let below = 0
  for (const [bound, count] of histogram === undefined ? [] : pairsOf(histogram[1])) {
    const [microseconds, upTo] = [Number(bound.value), Number(count.value)]
    command.buckets.set(microseconds, (command.buckets.get(microseconds) ?? 0) + upTo - below)
    below = upTo
  }
}

const described = ({ buckets, calls }: CommandHistogram): RespValue => {
  let upTo = 0
  const pairs = [...buckets].toSorted(([a], [b]) => a - b)
  const histogram = pairs.map(([bound, count]) => {
    upTo += count
    return [Resp.integer(bound), Resp.integer(upTo)] as const
  })
  return Resp.map([
    [Resp.bulkString("calls"), Resp.integer(calls)],
    [Resp.bulkString("histogram_usec"), Resp.map(histogram)]
  ])
}
