// What run.mjs starts inside a sandbox: fills the servers once, then every reader in turn, as often as there are rounds;
// then the medians as a table.
import { join } from "node:path"
import { cpuSeconds, masters } from "../fill/servers.mjs"
import { timed } from "../fill/timed.mjs"
import { ROOT } from "../../scripts/setup.mjs"
import { renderReads } from "./render.mjs"

const SEED = 1
const options = JSON.parse(process.argv[2])
const isCluster = options.target === "cluster"
const [keySize, valueSize] = [Number(options["key-size"]), Number(options["value-size"])]
const nodes = masters(isCluster)

const ours = (command) => ({
  command: process.execPath,
  args: [
    join(ROOT, "dist", "main.js"),
    command,
    "--json",
    "--seed",
    String(SEED),
    "-d",
    options.size,
    "--key-size",
    String(keySize),
    "--value-size",
    String(valueSize),
    ...(isCluster ? ["-c"] : [])
  ]
})

const filled = await timed([ours("fill")])
const { keys } = JSON.parse(filled.stdout[0])

/** Commands rendered in advance, from memory into the socket, the replies into nothing. */
const plain = async (title, groupKeys) => {
  const { files, remove } = await renderReads(nodes, keys, { seed: SEED, keySize, valueSize }, groupKeys)
  const reader = join(ROOT, "benchmark", "verify", "plain-reader.mjs")
  const programs = nodes.map(({ host, port }, node) => ({
    command: process.execPath,
    args: [reader, host, String(port), files[node]]
  }))
  const once = async () => {
    const run = await timed(programs)
    return { ...run, own: Math.max(...run.stdout.map((text) => JSON.parse(text).seconds)) }
  }
  return { title, remove, runs: [], once }
}

const readers = [
  await plain("GET, rendered in advance, replies thrown away", 1),
  await plain("MGET of 64 keys, the same", 64),
  {
    title: "**verify, every byte compared**",
    remove: () => {},
    runs: [],
    once: async () => {
      const run = await timed([ours("verify")])
      const { present, seconds } = JSON.parse(run.stdout[0])
      if (present !== keys) throw new Error(`${present} of ${keys} keys are present`)
      return { ...run, own: seconds }
    }
  }
]

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`)
const secondsText = (seconds) => `${seconds.toFixed(2)} s`

for (let round = 0; round < Number(options.rounds); round++) {
  for (const { once, runs, title } of readers) {
    const before = cpuSeconds(nodes)
    const run = await once()
    runs.push({ ...run, server: cpuSeconds(nodes) - before })
    process.stderr.write(`round ${round + 1}: ${secondsText(runs.at(-1).own)} ${title}\n`)
  }
}
for (const { remove } of readers) remove()

const servers = isCluster ? `${nodes.length} masters` : "one server"
process.stdout.write(`\n${options.size} as ${keys} keys of ${keySize} + ${valueSize} bytes, ${servers}, `)
process.stdout.write(`medians of ${options.rounds}:\n\n`)
row("what", "reading", "rate of the first", "keys/s", "client CPU", "client memory", "server CPU")
row("---", "---:", "---:", "---:", "---:", "---:", "---:")
const of = ({ runs }, field) => median(runs.map((run) => run[field]))
const first = of(readers[0], "own")
for (const reader of readers) {
  row(
    reader.title,
    secondsText(of(reader, "own")),
    (first / of(reader, "own")).toFixed(2),
    Math.round(keys / of(reader, "own")).toLocaleString("en-US"),
    secondsText(of(reader, "cpu")),
    `${Math.round(of(reader, "memory") / 1024 ** 2)} MB`,
    secondsText(of(reader, "server"))
  )
}
