/**
 * What a server counts of the writes that it was sent, to find out afterwards
 * what CLIENT REPLY OFF has hidden.
 *
 * They are the server's own, so another client's writes at the same time are in
 * them: a shortfall that they hide is possible then, and an error of theirs may
 * be taken for one of ours. Server versions before 6.2 do not count refusals.
 */
import * as Effect from "effect/Effect"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { text } from "../../protocol/Resp.ts"

export interface ServerCounters {
  /** Another one when the server has been started anew, and counts from 0. */
  readonly runId: string
  /** SET and MSET executed without error, since the start. */
  readonly executed: number
  /** SET and MSET refused before or failed in execution. */
  readonly refused: number
  readonly evicted: number
  /** Error replies by kind, to whatever command. */
  readonly errors: ReadonlyMap<string, number>
  /** DBSIZE. */
  readonly keys: number
}

export const readCounters = (
  client: RedisCommands,
  address: string
): Effect.Effect<ServerCounters, ClientError> =>
  Effect.gen(function* () {
    const [info, size] = yield* Effect.all(
      [client.executeOn(address, "INFO", "all"), client.executeOn(address, "DBSIZE")],
      { concurrency: "unbounded" }
    )
    return parseCounters(text(info) ?? "", Number(size.value))
  })

/** From the text of INFO; what is not in it counts as 0. */
export const parseCounters = (info: string, keys: number): ServerCounters => {
  let runId = ""
  let executed = 0
  let refused = 0
  let evicted = 0
  const errors = new Map<string, number>()
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(":")
    const name = line.slice(0, colon)
    const value = line.slice(colon + 1)
    if (name === "run_id") runId = value
    if (name === "evicted_keys") evicted = Number(value)
    if (name.startsWith("errorstat_")) errors.set(name.slice("errorstat_".length), field(value, "count"))
    if (name === "cmdstat_set" || name === "cmdstat_mset") {
      executed += field(value, "calls") - field(value, "failed_calls")
      refused += field(value, "rejected_calls") + field(value, "failed_calls")
    }
  }
  return { runId, executed, refused, evicted, errors, keys }
}

/** A field of `calls=3,usec=12,...`. */
const field = (line: string, name: string): number =>
  Number(
    line
      .split(",")
      .find((part) => part.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? 0
  )

/** What one server was sent, and what it should hold now. */
export interface Expectation {
  /** SET and MSET commands. */
  readonly commands: number
  /** Keys of the run whose slots it owns; `undefined` when they may have expired. */
  readonly keys: number | undefined
}

export interface Shortfall {
  /** What is wrong, for a person; nothing else when this is `undefined`. */
  readonly problem: string | undefined
  /** Error replies by kind, of the time between. */
  readonly errors: ReadonlyMap<string, number>
}

export const compareCounters = (
  before: ServerCounters,
  after: ServerCounters,
  expected: Expectation
): Shortfall => {
  const errors = new Map<string, number>()
  if (before.runId !== after.runId) {
    return { problem: "was restarted meanwhile, so that its counters say nothing", errors }
  }
  const executed = after.executed - before.executed
  const refused = after.refused - before.refused
  const evicted = after.evicted - before.evicted
  const problems: Array<string> = []
  if (refused > 0) {
    for (const [kind, count] of after.errors) {
      const more = count - (before.errors.get(kind) ?? 0)
      if (more > 0) errors.set(kind, more)
    }
    // ERR is also what an older server answers to parts of a handshake.
    const others = Array.from(errors).reduce((sum, [kind, count]) => (kind === "ERR" ? sum : sum + count), 0)
    if (others >= refused) errors.delete("ERR")
    const kinds = Array.from(errors, ([kind, count]) => `${kind} ${count}`).join(", ")
    problems.push(`refused ${refused} of ${expected.commands} commands${kinds === "" ? "" : ` (${kinds})`}`)
  } else if (executed < expected.commands) {
    problems.push(`executed ${executed} of ${expected.commands} commands`)
  }
  if (evicted > 0) problems.push(`evicted ${evicted} keys`)
  if (problems.length === 0 && expected.keys !== undefined && after.keys < expected.keys) {
    problems.push(`holds ${after.keys} keys, where ${expected.keys} were written`)
  }
  return { problem: problems.length === 0 ? undefined : problems.join(", "), errors }
}

type Counters = ReadonlyMap<string, ServerCounters>

/**
 * Keys that each server has evicted in between, whoever's they were; nothing of
 * one that was not known before.
 */
export const evictions = (before: Counters, after: Counters): ReadonlyMap<string, number> => {
  const evicted = new Map<string, number>()
  for (const [address, { evicted: count, runId }] of after) {
    const known = before.get(address)
    // A server that was started anew has counted from 0.
    if (known !== undefined) evicted.set(address, known.runId === runId ? count - known.evicted : count)
  }
  return evicted
}
