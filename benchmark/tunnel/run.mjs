#!/usr/bin/env node
// redis-benchmark against one server, and through `tunn` and other proxies, in turn; see benchmark/tunnel/README.md.
//
//   node benchmark/tunnel/run.mjs [--rounds 5] [--clients 50] [--size 100] [--single 100000] [--pipelined 1000000]
//                                 [--stall]
//
// Prints tables in Markdown; --stall measures what one client that does not read does to the others instead.
import { execFileSync } from "node:child_process"
import { connect } from "node:net"
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { isInstalled, startSandbox, startTunnel, startTwemproxy, stopAll } from "./servers.mjs"

const OPTIONS = {
  rounds: { type: "string", default: "5" },
  clients: { type: "string", default: "50" },
  size: { type: "string", default: "100" },
  single: { type: "string", default: "100000" },
  pipelined: { type: "string", default: "1000000" },
  stall: { type: "boolean", default: false }
}

/** Enough for every slot, few enough that most GETs find something. */
const KEYS = 100_000
const PIPELINES = [1, 50]
const KINDS = ["SET", "GET"]

const row = (...cells) => process.stdout.write(`| ${cells.join(" | ")} |\n`)
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

/** One run: requests per second, and latencies in milliseconds. */
const measure = (port, { clients, kind, pipeline, requests, size }) => {
  const args = ["-p", port, "-c", clients, "-d", size, "-n", requests, "-P", pipeline, "-r", KEYS]
  const text = execFileSync("redis-benchmark", [...args, "-t", kind.toLowerCase(), "--csv"].map(String), {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  })
  const [, line] = text.trim().split("\n")
  const [, rps, , , p50, , p99] = line.split(",").map((cell) => Number(cell.replaceAll('"', "")))
  return { rps, p50, p99 }
}

const contestants = async () => {
  const direct = await startSandbox("--standalone")
  const cluster = await startSandbox("--masters", "3")
  const smart = await startTunnel("-c", "-h", cluster.seed)
  const sides = [
    { title: "one server, no proxy", port: direct.nodes[0].port },
    { title: "**`tunn -c`, three masters**", port: smart.port }
  ]
  if (isInstalled("nutcracker")) {
    const singles = [
      await startSandbox("--standalone"),
      await startSandbox("--standalone"),
      await startSandbox("--standalone")
    ]
    const { port } = await startTwemproxy(singles.map(({ seed }) => seed))
    sides.push({ title: "twemproxy, three servers", port })
  }
  return sides
}

const compare = async (values) => {
  const sides = await contestants()
  for (const pipeline of PIPELINES) {
    const requests = pipeline === 1 ? values.single : values.pipelined
    const runs = sides.map(() => ({ SET: [], GET: [] }))
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [index, { port, title }] of sides.entries()) {
        for (const kind of KINDS) {
          const run = measure(port, { ...values, kind, pipeline, requests })
          runs[index][kind].push(run)
          process.stderr.write(
            `-P ${pipeline}, round ${round + 1}: ${kind} ${Math.round(run.rps)}/s ${title}\n`
          )
        }
      }
    }
    const of = (index, kind, field) => median(runs[index][kind].map((run) => run[field]))
    const count = values.clients
    process.stdout.write(
      `\n-P ${pipeline}, ${count} clients, ${values.size} bytes, medians of ${values.rounds}:\n\n`
    )
    row("what", ...KINDS.flatMap((kind) => [`${kind}/s`, "of the first", "p50 ms", "p99 ms"]))
    row("---", ...KINDS.flatMap(() => ["---:", "---:", "---:", "---:"]))
    for (const [index, { title }] of sides.entries()) {
      const cells = KINDS.flatMap((kind) => [
        Math.round(of(index, kind, "rps")).toLocaleString("en-US"),
        (of(index, kind, "rps") / of(0, kind, "rps")).toFixed(2),
        of(index, kind, "p50").toFixed(2),
        of(index, kind, "p99").toFixed(2)
      ])
      row(title, ...cells)
    }
  }
}

const STALLED_REPLY_BYTES = 100_000
/** 150 MB of replies, below the limit at which a client is closed. */
const STALLED_REPLIES = 1500

/** Asks for a lot, and reads nothing until it is let go. */
const stall = async (port) => {
  const socket = connect(port, "127.0.0.1")
  socket.on("error", () => {})
  const value = "x".repeat(STALLED_REPLY_BYTES)
  socket.write(`*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${value.length}\r\n${value}\r\n`)
  await new Promise((resolve) => socket.once("data", resolve))
  socket.pause()
  socket.write("GET large\r\n".repeat(STALLED_REPLIES))
  return () => socket.destroy()
}

const compareStalled = async (values) => {
  const cluster = await startSandbox("--masters", "3")
  const { port } = await startTunnel("-c", "-h", cluster.seed)
  const runs = { alone: [], beside: [] }
  for (let round = 0; round < Number(values.rounds); round++) {
    const run = { ...values, kind: "GET", pipeline: 1, requests: values.single }
    runs.alone.push(measure(port, run).p99)
    const release = await stall(port)
    runs.beside.push(measure(port, run).p99)
    release()
  }
  const [alone, beside] = [median(runs.alone), median(runs.beside)]
  process.stdout.write(`\nGET, -P 1, ${values.clients} clients, medians of ${values.rounds}:\n\n`)
  row("what", "p99 ms", "of the first")
  row("---", "---:", "---:")
  row("nobody stalls", alone.toFixed(2), "1.00")
  row("one client has 150 MB of replies waiting", beside.toFixed(2), (beside / alone).toFixed(2))
}

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  try {
    await (values.stall ? compareStalled(values) : compare(values))
  } finally {
    await stopAll()
  }
  return 0
})
