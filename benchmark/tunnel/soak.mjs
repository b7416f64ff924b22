#!/usr/bin/env node
// A tunnel under load with clients coming and going: its memory has to stay flat, and no descriptor may be left.
//
//   node benchmark/tunnel/soak.mjs [--seconds 600] [--clients 50] [--mode smart|pinned|standalone]
//
// Prints a line every ten seconds, and ends with status 1 when memory or descriptors have grown. Linux only.
import { readdirSync, readFileSync } from "node:fs"
import { connect } from "node:net"
import { parseArgs } from "node:util"
import { build } from "../../scripts/build.mjs"
import { runAsProgram } from "../../scripts/setup.mjs"
import { startSandbox, startTunnel, stopAll } from "./servers.mjs"

const OPTIONS = {
  seconds: { type: "string", default: "600" },
  clients: { type: "string", default: "50" },
  mode: { type: "string", default: "smart" }
}

const REPORT_MS = 10_000
/** Of the second half's median over the first's; the first quarter warms up and does not count. */
const MOST_GROWTH = 1.15
/** What may be open that was not at first. Smart mode keeps up to 16 connections to each of three masters for the next client that blocks or watches. */
const SPARE_DESCRIPTORS = { smart: 50, pinned: 5, standalone: 5 }

/** What one client does between coming and going: requests, and how many lines their replies have. */
const VISITS = [
  (n) => [`SET soak:${n} ${"x".repeat(100)}\r\nGET soak:${n}\r\n`.repeat(50), 150],
  (n) => [`MSET a${n} 1 b${n} 2 c${n} 3\r\nMGET a${n} b${n} c${n}\r\n`.repeat(20), 160],
  (n) => [`MULTI\r\nINCR {t${n % 100}}a\r\nINCR {t${n % 100}}b\r\nEXEC\r\n`.repeat(10), 60],
  (n) => [`EVAL "return redis.call('INCR', KEYS[1])" 1 script:${n % 100}\r\n`.repeat(10), 10],
  (n) => [`RPUSH queue:${n % 50} x\r\nBLPOP queue:${n % 50} 1\r\n`, 6],
  () => [`SUBSCRIBE a b\r\n`, 12],
  () => [`HELLO 3\r\nPING\r\nNOSUCH\r\n`, 3],
  // Leaves in the middle of a command.
  () => [`*3\r\n$3\r\nSET\r\n$100000\r\nxxxx`, 0]
]

/** In pinned mode most keys are MOVED, which is one line; so there the lines are not counted. */
const visit = (port, number, isCounted) =>
  new Promise((resolve) => {
    const [requests, lines] = VISITS[number % VISITS.length](number)
    let seen = 0
    const socket = connect(port, "127.0.0.1")
    const leave = () => socket.destroy()
    const timer = setTimeout(leave, isCounted && lines > 0 ? 5000 : 50)
    socket.on("data", (chunk) => {
      for (const byte of chunk) if (byte === 10) seen++
      if (seen >= lines && isCounted && lines > 0) leave()
    })
    socket.on("error", () => {})
    socket.on("close", () => {
      clearTimeout(timer)
      resolve(!isCounted || seen >= lines)
    })
    socket.write(requests)
  })

const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length
const residentMegabytes = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const open = async (mode) => {
  if (mode === "standalone") {
    const { seed, tls } = await startSandbox("--standalone", "--tls")
    return startTunnel("-h", seed, "-t", "--cacert", tls.cacert)
  }
  const { seed } = await startSandbox("--masters", "3", "--replicas", "1")
  return startTunnel("-c", "-h", seed, "--tunnel-mode", mode)
}

const soak = async ({ clients, mode, seconds }) => {
  const { pid, port } = await open(mode)
  const before = descriptors(pid)
  const end = performance.now() + Number(seconds) * 1000
  let visits = 0
  let unanswered = 0
  const caller = async () => {
    while (performance.now() < end) if (!(await visit(port, visits++, mode === "smart"))) unanswered++
  }
  const memory = []
  const report = setInterval(() => {
    memory.push(residentMegabytes(pid))
    process.stdout.write(
      `${visits} clients, ${Math.round(memory.at(-1))} MB, ${descriptors(pid)} descriptors\n`
    )
  }, REPORT_MS)
  await Promise.all(Array.from({ length: Number(clients) }, caller))
  clearInterval(report)
  const settled = performance.now() + REPORT_MS
  const most = before + SPARE_DESCRIPTORS[mode]
  while (descriptors(pid) > most && performance.now() < settled) {
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const after = descriptors(pid)
  const counted = memory.slice(Math.floor(memory.length / 4))
  const growth =
    median(counted.slice(Math.floor(counted.length / 2))) /
    median(counted.slice(0, Math.ceil(counted.length / 2)))
  process.stdout.write(
    `${mode}: ${visits} clients in ${seconds} s, ${unanswered} without all of their replies, ` +
      `memory ${growth.toFixed(2)} times, descriptors ${before} before and ${after} after\n`
  )
  return growth <= MOST_GROWTH && after <= most && unanswered === 0 ? 0 : 1
}

await runAsProgram(import.meta.url, async (args) => {
  const { values } = parseArgs({ args, options: OPTIONS })
  await build()
  try {
    return await soak(values)
  } finally {
    await stopAll()
  }
})
