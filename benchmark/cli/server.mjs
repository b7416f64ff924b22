// One server: how long one command takes from start to answer, and 100 000 commands from standard input.
import { execFileSync } from "node:child_process"
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"
import { timed } from "../fill/timed.mjs"

const { REDIS_CLIENT_HOST: HOST, REDIS_CLIENT_PORT: PORT } = process.env
const { rounds } = JSON.parse(process.argv[2])
const MAIN = join(ROOT, "dist", "main.js")

const START_ROUNDS = 9
const START_TARGET_MS = 150
const COMMANDS = 100_000
const LINES_TARGET = 1.5

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
const milliseconds = (...args) => {
  const started = performance.now()
  execFileSync(process.execPath, args)
  return performance.now() - started
}

const starts = { node: [], ours: [] }
for (let round = 0; round < START_ROUNDS; round++) {
  starts.node.push(milliseconds("-e", "0"))
  starts.ours.push(milliseconds(MAIN, "cli", "PING"))
}
const over = median(starts.ours) - median(starts.node)
console.log(`one command: ${over.toFixed(0)} ms over bare node (${median(starts.node).toFixed(0)} ms)`)

const file = join(tmpdir(), `cli-lines-${process.pid}`)
writeFileSync(
  file,
  Array.from({ length: COMMANDS }, (_, index) => `SET key:${index} ${"v".repeat(20)}\n`).join("")
)
const run = async (command, args) => {
  const input = openSync(file, "r")
  const result = await timed([{ command, args, input }])
  closeSync(input)
  if (result.stdout[0] !== "OK\n".repeat(COMMANDS)) throw new Error(`${command}: not ${COMMANDS} times OK`)
  return result
}
const lines = { theirs: [], ours: [] }
for (let round = 0; round < Number(rounds); round++) {
  lines.theirs.push((await run("redis-cli", ["-h", HOST, "-p", PORT])).seconds)
  lines.ours.push((await run(process.execPath, [MAIN, "cli"])).seconds)
}
rmSync(file)
const ratio = median(lines.ours) / median(lines.theirs)
console.log(
  `${COMMANDS} commands from standard input: ours ${median(lines.ours).toFixed(2)} s, ` +
    `redis-cli ${median(lines.theirs).toFixed(2)} s, ratio ${ratio.toFixed(2)}`
)
process.exitCode = over <= START_TARGET_MS && ratio <= LINES_TARGET ? 0 : 1
