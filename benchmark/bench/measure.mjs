// What run.mjs starts inside a sandbox, with REDIS_CLIENT_* saying where the servers are: every contestant in turn, as
// often as there are rounds, each operation by itself; then the medians as tables.
import { cpuSeconds, masters } from "../fill/servers.mjs"
import { timed } from "../fill/timed.mjs"
import { CONTESTANTS, fillKeys } from "./contestants.mjs"

const options = JSON.parse(process.argv[2])
const isCluster = options.target === "cluster"
const nodes = masters(isCluster)
const present = CONTESTANTS.filter(({ isInstalled }) => isInstalled)
const OPERATIONS = ["set", "get"]

const situationOf = (operation, pipeline) => ({
  isCluster,
  nodes,
  node: nodes[0],
  operation,
  pipeline,
  requests: Number(options.requests) * (pipeline > 1 ? 3 : 1),
  clients: Number(options.clients),
  valueSize: Number(options["value-size"])
})

const once = async (contestant, situation) => {
  const program = contestant.program(situation)
  const before = cpuSeconds(nodes)
  const { cpu, stdout } = await timed([program])
  const perCommand = (seconds) => (seconds / situation.requests) * 1e6
  const server = perCommand(cpuSeconds(nodes) - before)
  return { client: perCommand(cpu), server, ...program.figures(stdout[0]) }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`)

const report = (results, pipeline) => {
  const servers = isCluster ? `${nodes.length} masters` : "one server"
  process.stdout.write(
    `\n${servers}, ${options.clients} clients, pipeline ${pipeline}, values of ${options["value-size"]} bytes, ` +
      `medians of ${options.rounds}:\n\n`
  )
  row(
    "what",
    "operation",
    "per second",
    "of the first",
    "p50 ms",
    "p99 ms",
    "max ms",
    "client CPU",
    "server CPU"
  )
  row("---", "---", ...Array.from({ length: 7 }, () => "---:"))
  for (const operation of OPERATIONS) {
    const first = median(results[0].runs[operation].map(({ perSecond }) => perSecond))
    for (const { runs, title } of results) {
      const of = (field) => median(runs[operation].map((run) => run[field]))
      row(
        title,
        operation.toUpperCase(),
        Math.round(of("perSecond")).toLocaleString("en-US"),
        (of("perSecond") / first).toFixed(2),
        ...["p50", "p99", "max"].map((field) => of(field).toFixed(2)),
        ...["client", "server"].map((field) => `${of(field).toFixed(2)} us`)
      )
    }
  }
}

fillKeys(situationOf("set", 16))
for (const pipeline of options.pipelines.split(",").map(Number)) {
  const results = present.map((contestant) => ({
    title: contestant.title,
    contestant,
    runs: { set: [], get: [] }
  }))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const operation of OPERATIONS) {
      for (const { contestant, runs, title } of results) {
        const run = await once(contestant, situationOf(operation, pipeline))
        runs[operation].push(run)
        process.stderr.write(
          `round ${round + 1}: ${operation} -P ${pipeline}: ${Math.round(run.perSecond)}/s ${title}\n`
        )
      }
    }
  }
  report(results, pipeline)
}
