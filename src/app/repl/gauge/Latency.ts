/** The built-ins `--latency` and `--latency-history`: how long every node takes to answer PING. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import type { ConnectionError } from "../../../connection/ConnectionError.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import { showProgress } from "../../Progress.ts"
import { textTable } from "../../TextTable.ts"
import {
  type BuiltinContext,
  type BuiltinReport,
  type BuiltinRun,
  printReport,
  reporting
} from "../builtin/Builtin.ts"
import { LatencySamples } from "./LatencySamples.ts"

/** Between two samples of a node, as redis-cli has it. */
const SAMPLE_INTERVAL = "10 millis"
/** Where nobody is there to end it. */
const SINGLE_WINDOW_MS = 1000
const HISTORY_WINDOW_MS = 15_000

interface NodeLatency {
  readonly address: string
  samples: LatencySamples
  /** Why it is not sampled any longer. */
  problem: string | undefined
}

/** For as long as there is somebody at a terminal to end it, else for a second or `--interval`. */
export const latency: BuiltinRun = (_, context) =>
  Effect.gen(function* () {
    const nodes = yield* nodesOf(context.client)
    const isEndless = context.isPrompt || (process.stdout.isTTY && context.format.kind === "text")
    const work = sampleFor(context.client, nodes, isEndless ? Infinity : windowOf(context, SINGLE_WINDOW_MS))
    const progress = { terminal: () => tableOf(nodes), plain: () => tableOf(nodes) }
    yield* reporting(context, reportOf(nodes), Effect.scoped(Effect.zipRight(showProgress(progress), work)))
  })

export const latencyHistory: BuiltinRun = (_, context) =>
  Effect.gen(function* () {
    const nodes = yield* nodesOf(context.client)
    for (let window = 0; window < (context.repeat ?? Infinity); window++) {
      for (const node of nodes) node.samples = new LatencySamples()
      yield* sampleFor(context.client, nodes, windowOf(context, HISTORY_WINDOW_MS)).pipe(
        Effect.onInterrupt(() => printReport(context, reportOf(nodes)))
      )
      yield* printReport(context, reportOf(nodes))
    }
  })

const windowOf = ({ intervalMs }: BuiltinContext, fallback: number): number => intervalMs ?? fallback

const nodesOf = (client: RedisCommands): Effect.Effect<ReadonlyArray<NodeLatency>> =>
  Effect.map(client.topology, ({ nodes }) =>
    nodes.map(({ address }) => ({ address, samples: new LatencySamples(), problem: undefined }))
  )

/** Every node on a connection of its own, all at once; each for so long from when it is connected to. */
const sampleFor = (
  client: RedisCommands,
  nodes: ReadonlyArray<NodeLatency>,
  windowMs: number
): Effect.Effect<void> =>
  Effect.forEach(
    nodes,
    (node) =>
      Effect.catchAll(sampleNode(client, node, windowMs), ({ detail }) =>
        Effect.sync(() => {
          node.problem = detail
        })
      ),
    { concurrency: "unbounded", discard: true }
  )

/** At least once. */
const sampleNode = (
  client: RedisCommands,
  node: NodeLatency,
  windowMs: number
): Effect.Effect<void, ConnectionError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* client.connectTo(node.address)
      node.problem = undefined
      const end = performance.now() + windowMs
      do {
        const started = performance.now()
        yield* connection.execute("PING")
        node.samples.add(performance.now() - started)
        yield* Effect.sleep(SAMPLE_INTERVAL)
      } while (performance.now() < end)
    })
  )

const reportOf = (nodes: ReadonlyArray<NodeLatency>): BuiltinReport => ({
  text: () => tableOf(nodes),
  document: () => documentOf(nodes)
})

const tableOf = (nodes: ReadonlyArray<NodeLatency>): string =>
  textTable(
    [
      { title: "NODE" },
      ...["SAMPLES", "MIN", "MEAN", "P50", "P99", "P99.9", "MAX ms"].map((title) => ({
        title,
        align: "right" as const
      }))
    ],
    nodes.map(({ address, problem, samples }) =>
      problem === undefined
        ? [address, String(samples.count), ...(samples.count === 0 ? [] : timesOf(samples).map(milliseconds))]
        : [address, problem]
    )
  )

const timesOf = (samples: LatencySamples): ReadonlyArray<number> => [
  samples.min,
  samples.mean,
  samples.percentile(0.5),
  samples.percentile(0.99),
  samples.percentile(0.999),
  samples.max
]

const milliseconds = (time: number): string => time.toFixed(2)

const documentOf = (nodes: ReadonlyArray<NodeLatency>): JsonDocument => ({
  nodes: nodes.map(({ address, problem, samples }) => ({
    address,
    samples: samples.count,
    latencyMs: samples.count === 0 ? null : latencyOf(samples),
    error: problem ?? null
  }))
})

const latencyOf = (samples: LatencySamples): JsonDocument => {
  const [min, mean, p50, p99, p999, max] = timesOf(samples).map((time) => Number(time.toFixed(3)))
  return { min, mean, p50, p99, p999, max }
}
