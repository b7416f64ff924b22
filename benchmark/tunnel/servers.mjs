// What run.mjs and soak.mjs stand on: sandboxes, tunnels and other proxies as child processes.
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"

const MAIN = join(ROOT, "dist", "main.js")
const children = []

/** Ends everything that was started; the sandboxes take their servers with them. */
export const stopAll = async () => {
  for (const { child, ended } of children.splice(0).toReversed()) {
    child.kill("SIGTERM")
    await ended
  }
}

const start = (program, args) => {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] })
  const ended = new Promise((resolve) => child.on("exit", resolve))
  children.push({ child, ended })
  return { child, ended }
}

/** One of our commands, once it has printed its document. */
const startOurs = async (...args) => {
  const { child, ended } = start(process.execPath, [MAIN, ...args, "--json"])
  let text = ""
  const line = new Promise((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text += chunk
      if (text.includes("\n")) resolve(JSON.parse(text))
    })
  })
  const early = ended.then((status) => {
    throw new Error(`${args[0]} ended with ${status}`)
  })
  early.catch(() => {})
  return { pid: child.pid, document: await Promise.race([line, early]) }
}

export const startSandbox = async (...options) =>
  (await startOurs("sandbox", "--port", "0", ...options)).document

/** The port, and the process. */
export const startTunnel = async (...options) => {
  const { document, pid } = await startOurs("tunn", "--listen", "0", ...options)
  return { port: document.listen[0].port, pid, metrics: document.metrics }
}

export const isInstalled = (program) => spawnSync("which", [program]).status === 0

/** twemproxy in front of single servers, which it shards over: it knows no cluster. */
export const startTwemproxy = async (servers) => {
  const folder = mkdtempSync(join(tmpdir(), "redis-client-twemproxy-"))
  const [port, statsPort] = [await freePort(), await freePort()]
  const lines = servers.map((address) => `   - ${address}:1`)
  const config = join(folder, "nutcracker.yml")
  writeFileSync(
    config,
    [
      "pool:",
      `  listen: 127.0.0.1:${port}`,
      "  redis: true",
      "  hash: fnv1a_64",
      "  distribution: ketama",
      "  servers:",
      ...lines,
      ""
    ].join("\n")
  )
  const { ended } = start("nutcracker", ["-c", config, "-s", String(statsPort), "-o", join(folder, "log")])
  ended.then(() => rmSync(folder, { recursive: true, force: true }))
  await listening(port)
  return { port }
}

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const listening = async (port) => {
  for (;;) {
    const isOpen = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1")
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false))
      socket.on("connect", () => socket.destroy())
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
