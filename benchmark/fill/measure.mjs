// What run.mjs starts inside a sandbox, with REDIS_CLIENT_* saying where the servers are: every contestant in turn, as
// often as there are rounds, each on empty servers; then the medians as a table.
import { CONTESTANTS, installed } from "./contestants.mjs"
import { countKeys, cpuSeconds, flush, masters } from "./servers.mjs"
import { timed } from "./timed.mjs"

const options = JSON.parse(process.argv[2])
const MEBIBYTE = 1024 ** 2
const UNITS = { KB: 1024, MB: MEBIBYTE, GB: 1024 ** 3 }

const keysOf = (size, bytesPerKey) => {
  const [, number, unit] = /^([\d.]+)(KB|MB|GB)$/i.exec(size)
  return Math.ceil((Number(number) * UNITS[unit.toUpperCase()]) / bytesPerKey)
}

const isCluster = options.target === "cluster"
const [keySize, valueSize] = [Number(options["key-size"]), Number(options["value-size"])]
const nodes = masters(isCluster)
const situation = (size) => ({
  isCluster,
  keySize,
  valueSize,
  nodes,
  keys: keysOf(size, keySize + valueSize)
})

/** One run on empty servers. */
const once = async ({ expected, programs }) => {
  flush(nodes)
  const before = cpuSeconds(nodes)
  const { cpu, memory, seconds, stdout } = await timed(programs())
  const held = countKeys(nodes)
  if (expected !== undefined && held !== expected)
    throw new Error(`${held} keys where ${expected} were written`)
  // Ours says how long the writing took, without the start of the program.
  const own = stdout[0].startsWith("{") ? JSON.parse(stdout[0]).seconds : undefined
  return { seconds, own, cpu, memory, server: cpuSeconds(nodes) - before }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`)
const secondsText = (seconds) => `${seconds.toFixed(2)} s`

const compare = async () => {
  const { keys } = situation(options.size)
  const contestants = []
  const names = options.contestants.split(",")
  const here = installed(names)
  const absent = names.filter((name) => !here.includes(name))
  if (absent.length > 0) process.stdout.write(`\nNot installed here: ${absent.join(", ")}\n`)
  for (const name of here) {
    const { prepare, title } = CONTESTANTS[name]
    contestants.push({ title, prepared: await prepare(situation(options.size)), runs: [] })
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const { prepared, runs, title } of contestants) {
      runs.push(await once(prepared))
      process.stderr.write(`round ${round + 1}: ${secondsText(runs.at(-1).seconds)} ${title}\n`)
    }
  }
  for (const { prepared } of contestants) prepared.remove()
  const servers = isCluster ? `${nodes.length} masters` : "one server"
  process.stdout.write(`\n${options.size} as ${keys} keys of ${keySize} + ${valueSize} bytes, ${servers}, `)
  process.stdout.write(`medians of ${options.rounds}:\n\n`)
  row(
    "what",
    "time, program start included",
    "of the first",
    "keys/s",
    "client CPU",
    "client memory",
    "server CPU"
  )
  row("---", "---:", "---:", "---:", "---:", "---:", "---:")
  const first = median(contestants[0].runs.map(({ seconds }) => seconds))
  for (const { runs, title } of contestants) {
    const of = (field) => median(runs.map((run) => run[field]))
    const seconds = of("seconds")
    const own = runs[0].own === undefined ? "" : ` (writing ${secondsText(of("own"))})`
    row(
      title,
      `${secondsText(seconds)}${own}`,
      (seconds / first).toFixed(2),
      Math.round(keys / seconds).toLocaleString("en-US"),
      secondsText(of("cpu")),
      `${Math.round(of("memory") / MEBIBYTE)} MB`,
      secondsText(of("server"))
    )
  }
}

const measureMemory = async () => {
  for (const size of options.memory.split(",")) {
    for (const name of ["on", "off"]) {
      const { cpu, memory, own } = await once(await CONTESTANTS[name].prepare(situation(size)))
      const text = `${Math.round(memory / MEBIBYTE)} MB resident at most, ${secondsText(cpu)} of CPU`
      process.stdout.write(`${options.target}, ${size}, --replies ${name}: ${text}, ${secondsText(own)}\n`)
    }
  }
  flush(nodes)
}

await (options.memory === undefined ? compare() : measureMemory())
