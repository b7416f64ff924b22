// Three masters with a replica each: mass insertion, and the tools that look at all keys beside redis-cli run once per
// master. What ours says is compared with what was written.
import { closeSync, createWriteStream, openSync, rmSync } from "node:fs"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"
import { countKeys, masters } from "../fill/servers.mjs"
import { timed } from "../fill/timed.mjs"

const { keys, rounds } = JSON.parse(process.argv[2])
const MAIN = join(ROOT, "dist", "main.js")
const STRINGS = Number(keys) - 5 * 100
const TYPES = {
  list: (key, member) => ["RPUSH", key, `m${member}`],
  set: (key, member) => ["SADD", key, `m${member}`],
  zset: (key, member) => ["ZADD", key, String(member), `m${member}`],
  hash: (key, member) => ["HSET", key, `f${member}`, "v"],
  stream: (key, member) => ["XADD", key, String(member + 1), "f", "v"]
}

/** Strings of 1 to 100 bytes, and of each other type 100 keys with 1 to 100 elements. */
const commands = function* () {
  for (let index = 0; index < STRINGS; index++)
    yield ["SET", `string:${index}`, "x".repeat(1 + (index % 100))]
  for (const [type, add] of Object.entries(TYPES)) {
    for (let index = 0; index < 100; index++)
      for (let member = 0; member <= index; member++) yield add(`${type}:${index}`, member)
  }
}
const encode = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
const check = (condition, what) => {
  if (condition) return
  process.exitCode = 1
  console.log(`WRONG: ${what}`)
}

const file = join(tmpdir(), `cli-commands-${process.pid}`)
const out = createWriteStream(file)
let sent = 0
let batch = []
for (const words of commands()) {
  sent++
  batch.push(encode(words))
  if (batch.length < 10_000) continue
  if (!out.write(batch.join(""))) await once(out, "drain")
  batch = []
}
out.end(batch.join(""))
await once(out, "finish")

const ours = (...args) => timed([{ command: process.execPath, args: [MAIN, "cli", ...args] }])
const nodes = masters(true)
/** One master after the other. */
const theirs = async (...args) => {
  let seconds = 0
  for (const { host, port } of nodes)
    seconds += (await timed([{ command: "redis-cli", args: ["-h", host, "-p", port, ...args] }])).seconds
  return seconds
}

const input = openSync(file, "r")
const piped = await timed([{ command: process.execPath, args: [MAIN, "cli", "--pipe", "--json"], input }])
closeSync(input)
rmSync(file)
const account = JSON.parse(piped.stdout[0])
check(account.ok === sent && account.errors === 0, "the account of --pipe")
check(countKeys(nodes) === Number(keys), "keys written")
console.log(
  `--pipe: ${sent} commands in ${piped.seconds.toFixed(2)} s, ${Math.round(sent / piped.seconds)}/s, ` +
    `${piped.cpu.toFixed(2)} s of its processor time, ${(piped.memory / 2 ** 20).toFixed(0)} MiB resident at most`
)

const checkSurvey = (text) => {
  const { keys: counted, ranking, types } = JSON.parse(text)
  check(counted === Number(keys), `--bigkeys counted ${counted}`)
  for (const type of Object.keys(TYPES)) {
    const [largest] = ranking.filter((each) => each.type === type)
    check(largest?.key === `${type}:99` && largest.size === 100, `--bigkeys: the largest ${type}`)
    const total = types.find((each) => each.type === type)
    check(total?.keys === 100 && total.size === 5050, `--bigkeys: all of type ${type}`)
  }
}
const checkScan = (text) => {
  const found = new Set(text.trimEnd().split("\n"))
  check(found.size === Number(keys), `--scan gave ${found.size} keys`)
  for (let index = 0; index < STRINGS; index++)
    if (!found.has(`string:${index}`)) return check(false, "--scan")
}
const checkTopology = (text) => {
  const { nodes, slotsServed } = JSON.parse(text)
  const held = nodes.filter(({ role }) => role === "master").reduce((sum, { keys }) => sum + keys, 0)
  check(held === Number(keys) && slotsServed === 16_384, "topology")
}

const contests = {
  "--bigkeys": { ours: ["--bigkeys", "--json"], theirs: ["--bigkeys"], verify: checkSurvey },
  "--memkeys": { ours: ["--memkeys", "--json"], theirs: ["--memkeys"], verify: () => {} },
  "--scan": { ours: ["--scan"], theirs: ["--scan"], verify: checkScan },
  topology: { ours: ["--json", "topology"], theirs: ["info"], verify: checkTopology }
}
for (const [name, contest] of Object.entries(contests)) {
  const times = { ours: [], theirs: [] }
  for (let round = 0; round < Number(rounds); round++) {
    const { seconds, stdout } = await ours(...contest.ours)
    contest.verify(stdout[0])
    times.ours.push(seconds)
    times.theirs.push(await theirs(...contest.theirs))
  }
  console.log(
    `${name}: ours ${median(times.ours).toFixed(2)} s, redis-cli ${contest.theirs.join(" ")} per master ` +
      `${median(times.theirs).toFixed(2)} s`
  )
}
