// Who measures. Each runs one operation and says how many commands per second there were, and their latencies in
// milliseconds as far as it tells them.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"

/** Keys to choose from: all of them are there before anything is measured. */
export const KEYS = 100_000
/** `key:` and twelve digits, as redis-benchmark makes them. */
const KEY_SIZE = 16

const isInstalled = (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined

/** An option that is there or not. */
const when = (condition, ...words) => (condition ? words : [])

const words = (line) => line.split(" ")

const redisBenchmark = (title, ...more) => ({
  title,
  isInstalled: isInstalled("redis-benchmark"),
  program: ({ clients, isCluster, node, operation, pipeline, requests, valueSize }) => ({
    command: "redis-benchmark",
    args: [
      ...words(`-h ${node.host} -p ${node.port} -t ${operation} -n ${requests} -r ${KEYS} --csv`),
      ...words(`-c ${clients} -P ${pipeline} -d ${valueSize}`),
      ...when(isCluster, "--cluster"),
      ...more
    ],
    figures: (stdout) => {
      const line = stdout.split("\n").find((text) => text.toLowerCase().startsWith(`"${operation}"`))
      const [, perSecond, , , p50, , p99, max] = line
        .split(",")
        .map((cell) => Number(cell.replaceAll('"', "")))
      return { perSecond, p50, p99, max }
    }
  })
})

const memtier = {
  title: "memtier_benchmark",
  isInstalled: isInstalled("memtier_benchmark"),
  program: ({ clients, isCluster, node, operation, pipeline, requests, valueSize }) => {
    const folder = mkdtempSync(join(tmpdir(), "memtier-"))
    const file = join(folder, "result.json")
    const perClient = Math.ceil(requests / clients)
    return {
      command: "memtier_benchmark",
      args: [
        ...words(`-s ${node.host} -p ${node.port} -t 1 -c ${clients} -n ${perClient} --pipeline ${pipeline}`),
        ...words(`-d ${valueSize} --ratio ${operation === "set" ? "1:0" : "0:1"} --key-pattern R:R`),
        ...words(`--key-maximum ${KEYS} --hide-histogram --json-out-file`),
        file,
        ...when(isCluster, "--cluster-mode")
      ],
      figures: () => {
        const { Totals: totals } = JSON.parse(readFileSync(file, "utf8"))["ALL STATS"]
        rmSync(folder, { recursive: true })
        const { "p50.00": p50, "p99.00": p99 } = totals["Percentile Latencies"]
        return { perSecond: totals["Ops/sec"], p50, p99, max: totals["Max Latency"] }
      }
    }
  }
}

const ours = (title, optionsOf) => ({
  title,
  isInstalled: true,
  program: (situation) => {
    const { clients, isCluster, operation, pipeline, requests, valueSize } = situation
    return {
      command: process.execPath,
      args: [
        join(ROOT, "dist", "main.js"),
        ...words(`bench --json --operation ${operation} --requests ${requests} --keys ${KEYS} -n ${clients}`),
        ...words(`--pipeline ${pipeline} --warmup 1s --key-size ${KEY_SIZE} --value-size ${valueSize}`),
        ...when(isCluster, "-c"),
        ...optionsOf(situation)
      ],
      figures: (stdout) => {
        const { client, hitRate, latencyMs, nodes, opsPerSecond } = JSON.parse(stdout)
        if (operation === "get" && hitRate !== 1) throw new Error(`hit rate ${hitRate}: keys are missing`)
        const servers = nodes.reduce((sum, { processors }) => sum + processors, 0)
        const perCommand = (processors) => (processors / opsPerSecond) * 1e6
        // Without the program's start and its warm-up.
        const cpu = { client: perCommand(client.processors), server: perCommand(servers) }
        return { perSecond: opsPerSecond, ...latencyMs, ...cpu }
      }
    }
  }
})

/** As many connections per master as redis-benchmark has: it divides its clients among the masters. */
const likeClients = ({ clients, nodes }) => ["--mux-count", String(Math.ceil(clients / nodes.length))]

export const CONTESTANTS = [
  redisBenchmark("redis-benchmark"),
  redisBenchmark("redis-benchmark --threads 2", "--threads", "2"),
  memtier,
  ours("**bench**, a connection per client", likeClients),
  ours("**bench**, one connection per master", () => []),
  ours("**bench --workers 2**, one connection per master each", () => ["--workers", "2"])
]

/** Writes every key of ours; the others have written nearly all of theirs with their SETs. */
export const fillKeys = ({ isCluster, node, valueSize }) => {
  const { program } = ours("", () => ["--sequential"])
  const situation = {
    clients: 50,
    isCluster,
    node,
    operation: "set",
    pipeline: 16,
    requests: KEYS,
    valueSize
  }
  const { args, command } = program(situation)
  const filled = spawnSync(command, args, { encoding: "utf8" })
  if (filled.status !== 0) throw new Error(filled.stderr)
}
