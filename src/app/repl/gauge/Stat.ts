/** The built-in `stat`: what the servers do, added up, a line for every second. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { text } from "../../../protocol/Resp.ts"
import { number } from "../../KeyProgress.ts"
import { print } from "../../Output.ts"
import { formatSize } from "../../Size.ts"
import { type BuiltinRun, isJson } from "../builtin/Builtin.ts"
import { infoFields, infoNumber } from "../topology/InfoText.ts"

const DEFAULT_INTERVAL_MS = 1000
/** After so many lines the titles stand once more. */
const LINES_PER_TITLE = 20
const WIDTH = 12

/** What one node has counted since it started, and what it holds. */
export interface StatSample {
  readonly address: string
  readonly isMaster: boolean
  readonly at: number
  readonly keys: number
  readonly memory: number
  readonly clients: number
  readonly blocked: number
  readonly commands: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly hits: number
  readonly misses: number
}

export interface StatLine {
  /** Nodes that answered, of all. */
  readonly nodes: readonly [answered: number, all: number]
  /** Of the masters. */
  readonly keys: number
  readonly memoryBytes: number
  readonly clients: number
  readonly blocked: number
  /** `null` at the first look, and so on. */
  readonly commandsPerSecond: number | null
  readonly bytesInPerSecond: number | null
  readonly bytesOutPerSecond: number | null
  /** Share of the reads that found their key. */
  readonly hitRate: number | null
}

export const stat: BuiltinRun = (_, context) =>
  Effect.gen(function* () {
    const { client, intervalMs = DEFAULT_INTERVAL_MS, repeat = Infinity } = context
    let before: ReadonlyArray<StatSample> = []
    for (let line = 0; line < repeat; line++) {
      if (line > 0) yield* Effect.sleep(intervalMs)
      const { all, samples } = yield* sampleAll(client)
      const current = statLine(before, samples, all)
      if (isJson(context)) yield* print(JSON.stringify(current))
      else yield* print(line % LINES_PER_TITLE === 0 ? `${TITLES}\n${statText(current)}` : statText(current))
      before = samples
    }
  })

const sampleAll = (
  client: RedisCommands
): Effect.Effect<{ readonly all: number; readonly samples: ReadonlyArray<StatSample> }> =>
  Effect.gen(function* () {
    const { nodes } = yield* client.topology
    const samples = yield* Effect.forEach(
      nodes,
      ({ address }) =>
        client.executeOn(address, "INFO").pipe(
          Effect.flatMap((reply) =>
            Effect.map(Clock.currentTimeMillis, (at) => [statSample(address, at, text(reply) ?? "")])
          ),
          Effect.orElseSucceed(() => [])
        ),
      { concurrency: "unbounded" }
    )
    return { all: nodes.length, samples: samples.flat() }
  })

/** From the text of INFO. */
export const statSample = (address: string, at: number, info: string): StatSample => {
  const fields = infoFields(info)
  let keys = 0
  for (const [name, value] of fields) {
    if (/^db\d+$/.test(name)) keys += Number(/^keys=(\d+)/.exec(value)?.[1] ?? 0)
  }
  return {
    address,
    isMaster: fields.get("role") !== "slave",
    at,
    keys,
    memory: infoNumber(fields, "used_memory"),
    clients: infoNumber(fields, "connected_clients"),
    blocked: infoNumber(fields, "blocked_clients"),
    commands: infoNumber(fields, "total_commands_processed"),
    bytesIn: infoNumber(fields, "total_net_input_bytes"),
    bytesOut: infoNumber(fields, "total_net_output_bytes"),
    hits: infoNumber(fields, "keyspace_hits"),
    misses: infoNumber(fields, "keyspace_misses")
  }
}

/** A node that was not there before, or was started anew meanwhile, counts from this line on. */
export const statLine = (
  before: ReadonlyArray<StatSample>,
  now: ReadonlyArray<StatSample>,
  all: number
): StatLine => {
  const pairs = now.flatMap((sample) => {
    const earlier = before.find(({ address }) => address === sample.address)
    return earlier === undefined || earlier.commands > sample.commands ? [] : [[earlier, sample] as const]
  })
  const grown = (field: "commands" | "bytesIn" | "bytesOut" | "hits" | "misses"): number =>
    pairs.reduce((sum, [earlier, later]) => sum + later[field] - earlier[field], 0)
  const perSecond = (field: "commands" | "bytesIn" | "bytesOut"): number | null =>
    pairs.length === 0
      ? null
      : Math.round(
          pairs.reduce(
            (sum, [earlier, later]) =>
              sum + ((later[field] - earlier[field]) * 1000) / Math.max(1, later.at - earlier.at),
            0
          )
        )
  const reads = grown("hits") + grown("misses")
  const sum = (
    samples: ReadonlyArray<StatSample>,
    field: "keys" | "memory" | "clients" | "blocked"
  ): number => samples.reduce((total, sample) => total + sample[field], 0)
  return {
    nodes: [now.length, all],
    keys: sum(
      now.filter(({ isMaster }) => isMaster),
      "keys"
    ),
    memoryBytes: sum(now, "memory"),
    clients: sum(now, "clients"),
    blocked: sum(now, "blocked"),
    commandsPerSecond: perSecond("commands"),
    bytesInPerSecond: perSecond("bytesIn"),
    bytesOutPerSecond: perSecond("bytesOut"),
    hitRate: reads === 0 ? null : grown("hits") / reads
  }
}

const TITLES = ["keys", "memory", "clients", "blocked", "commands/s", "in/s", "out/s", "hits", "nodes"]
  .map((title) => title.padStart(WIDTH))
  .join("")

const statText = (line: StatLine): string =>
  [
    number(line.keys),
    formatSize(line.memoryBytes),
    number(line.clients),
    number(line.blocked),
    line.commandsPerSecond === null ? "-" : number(line.commandsPerSecond),
    line.bytesInPerSecond === null ? "-" : formatSize(line.bytesInPerSecond),
    line.bytesOutPerSecond === null ? "-" : formatSize(line.bytesOutPerSecond),
    line.hitRate === null ? "-" : `${(line.hitRate * 100).toFixed(1)} %`,
    line.nodes[0] === line.nodes[1] ? String(line.nodes[1]) : `${line.nodes[0]} of ${line.nodes[1]}`
  ]
    .map((cell) => cell.padStart(WIDTH))
    .join("")
