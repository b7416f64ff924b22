#!/usr/bin/env node
// `npm run demo`: a real three-master cluster, 1 GiB written and read back, and where the keys ended up according to
// the servers. `npm run demo -- -d 0.1` is a smaller one; every argument goes to `fill`.
//
// The script runs twice: outside it prepares and starts the sandbox, inside (as the sandbox's COMMAND) it fills.
import { spawn } from "node:child_process"
import { connect } from "node:net"
import { constants, freemem, totalmem } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "./build.mjs"
import { ROOT, runAsProgram, ScriptFailure, setup } from "./setup.mjs"

const MAIN = join(ROOT, "dist", "main.js")
const INSIDE = "--inside-the-sandbox"
const MASTERS = 3
/** What fill writes unless it is told other sizes. */
const BYTES_PER_KEY = 512 + 512
/** A key and its value are 1 KiB; the server's own bookkeeping for them comes on top. Measured on Redis 7.0.15. */
const MEMORY_PER_BYTE = 1.4
const MEMORY_BESIDES = 100 * 1024 ** 2
/** How far a master may be from its equal share. */
const TOLERANCE = 0.02
const REPLY_TIMEOUT_MS = 5_000

const gigabytes = (bytes) => `${(bytes / 1024 ** 3).toFixed(1)} GB`
const grouped = (count) => count.toLocaleString("en-US")
const say = (line) => process.stdout.write(`${line}\n`)

/** Runs one of our commands in the foreground; resolves to its exit status. */
const run = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: "inherit" })
    for (const signal of ["SIGINT", "SIGTERM"]) {
      // Ctrl-C on a terminal reaches the child without our help.
      process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY === true) || child.kill(signal))
    }
    child.on("error", reject)
    child.on("exit", (status, signal) => resolve(signal === null ? status : 128 + constants.signals[signal]))
  })

// ---- outside ----

const UNITS = {
  "": 1024 ** 3,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3
}

/** The bytes that `fill` was told to write; undefined when it will say itself what is wrong with them. */
const amountIn = (args) => {
  const at = args.findIndex((arg) => /^(-d|--data(=|$))/.test(arg))
  const text =
    args[at] === "-d" || args[at] === "--data" ? args[at + 1] : args[at].replace(/^(-d|--data=)=?/, "")
  const [, number, unit] = /^(\d*\.?\d+)([kmg]i?b)?$/i.exec(text ?? "") ?? []
  return number === undefined ? undefined : Number(number) * UNITS[(unit ?? "").toLowerCase()]
}

/** How many keys there must be; undefined when other sizes were asked for. */
const keysFor = (args) => {
  const amount = amountIn(args)
  const asked = args.some((arg) => /^--(key|value)-size/.test(arg))
  return amount === undefined || asked ? undefined : Math.ceil(amount / BYTES_PER_KEY)
}

/** What can still be had, within a container's limit too. macOS counts its file cache as used: there the whole. */
const availableMemory = () =>
  process.platform === "darwin" ? totalmem() : (process.availableMemory?.() ?? freemem())

const outside = async (given) => {
  const args = given.some((arg) => /^(-d|--data(=|$))/.test(arg)) ? given : ["-d", "1", ...given]
  const amount = amountIn(args)
  if (amount !== undefined) {
    const needed = amount * MEMORY_PER_BYTE + MEMORY_BESIDES
    const available = availableMemory()
    if (available < needed) {
      throw new ScriptFailure(
        `demo: needs ${gigabytes(needed)} of memory and ${gigabytes(available)} is free: npm run demo -- -d 0.1 needs less`
      )
    }
    say(`This demo needs ${gigabytes(needed)} of memory (${gigabytes(available)} is free), and no disk.`)
  }
  setup()
  await build()
  say(`\nStarting a Redis Cluster of ${MASTERS} masters on this machine ...`)
  const inside = [process.execPath, fileURLToPath(import.meta.url), INSIDE, ...args]
  return run([MAIN, "sandbox", "--masters", String(MASTERS), "--port", "0", "--", ...inside])
}

// ---- inside ----

/** One inline command on a connection of its own, without this project's client: the servers' own word. */
const ask = (host, port, command) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    let reply = ""
    const fail = (detail) => {
      socket.destroy()
      reject(new ScriptFailure(`demo: ${command} at ${host}:${port}: ${detail}`))
    }
    socket.setTimeout(REPLY_TIMEOUT_MS, () => fail(`no answer within ${REPLY_TIMEOUT_MS / 1000} s`))
    socket.setEncoding("utf8")
    socket.on("error", (error) => fail(error.message))
    socket.on("end", () => fail("the connection was closed"))
    socket.on("connect", () => socket.write(`${command}\r\n`))
    socket.on("data", (chunk) => {
      reply += chunk
      const [head, ...rest] = reply.split("\r\n")
      if (rest.length === 0) return
      if (head.startsWith("-")) return fail(head.slice(1))
      const bulk = head.startsWith("$") ? rest.join("\r\n") : undefined
      if (bulk !== undefined && bulk.length < Number(head.slice(1)) + 2) return
      socket.destroy()
      resolve(bulk ?? head.slice(1))
    })
  })

/** The address of each master, by CLUSTER NODES: `id host:port@bus flags ...`. */
const findMasters = async () => {
  const nodes = await ask(
    process.env.REDIS_CLIENT_HOST,
    Number(process.env.REDIS_CLIENT_PORT),
    "CLUSTER NODES"
  )
  return nodes
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, , flags]) => flags?.split(",").includes("master"))
    .map(([, address]) => /^(.*):(\d+)@/.exec(address))
    .map(([, host, port]) => ({ host, port: Number(port) }))
    .toSorted((a, b) => a.port - b.port)
}

const inside = async (args) => {
  const status = await run([MAIN, "fill", "-c", "--verify", ...args])
  if (status !== 0) return status
  const masters = await findMasters()
  const counts = await Promise.all(
    masters.map(async ({ host, port }) => Number(await ask(host, port, "DBSIZE")))
  )
  const total = counts.reduce((sum, count) => sum + count, 0)
  const share = total / masters.length
  const off = counts.map((count) => (share === 0 ? 0 : (count - share) / share))
  say("\nWhere the keys are, by each master's own DBSIZE:")
  masters.forEach(({ host, port }, index) => {
    const percent = `${off[index] < 0 ? "-" : "+"}${Math.abs(off[index] * 100).toFixed(2)} %`
    say(
      `  ${`${host}:${port}`.padEnd(16)} ${grouped(counts[index]).padStart(11)} keys   ${percent} of a third`
    )
  })
  say(`  ${"in all".padEnd(16)} ${grouped(total).padStart(11)} keys`)
  const expected = keysFor(args) ?? total
  if (total !== expected) {
    say(
      `\nThere should be ${grouped(expected)} keys: ${grouped(Math.abs(total - expected))} too ${total < expected ? "few" : "many"}.`
    )
    return 1
  }
  if (masters.length !== MASTERS || off.some((part) => Math.abs(part) > TOLERANCE)) {
    say(`\nThe keys are NOT spread evenly: a master is more than ${TOLERANCE * 100} % off a third.`)
    return 1
  }
  say(
    `\nEvery key was acknowledged and read back, and each master holds a third within ${TOLERANCE * 100} %.`
  )
  return 0
}

await runAsProgram(import.meta.url, (args) => (args[0] === INSIDE ? inside(args.slice(1)) : outside(args)))
