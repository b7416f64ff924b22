// The bytecode of the bundled program, as V8 makes it while the program runs: functions are compiled when they are first
// called, so the program is run, against a server that says just enough, and what was compiled by then is kept. V8 takes
// it at the next start if it is the same V8 with the same flags, and compiles for itself if not.
//
// As a program: node scripts/bytecode.mjs PROGRAM FILE cluster|standalone WORD ...
//   runs PROGRAM with these words, with the bytecode that FILE has, and leaves there all that is compiled at its end
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"

/** What main.ts puts around the program: its parameter is what the program takes modules from. */
export const WRAPPER = ["(function (require) {", "\n})"]

/** What is run, one after the other, so that their starts are quick: the words of the command line. */
const RUNS = [
  ["standalone", "--help"],
  ["standalone", "cli", "GET", "key"],
  ["standalone", "fill", "-d", "1KB"],
  ["cluster", "cli", "-c", "SET", "key", "value"],
  ["cluster", "fill", "-c", "-d", "1KB"]
]

const LONGEST_RUN_MS = 60_000

/** The content of the file for main.ts, or `undefined` where the program cannot be run: it starts without, only later. */
export const compile = (program, hash) => {
  const file = `${program}.${process.pid}.bytecode`
  const self = fileURLToPath(import.meta.url)
  try {
    for (const run of RUNS) {
      const { status } = spawnSync(process.execPath, [self, program, file, ...run], {
        stdio: "ignore",
        timeout: LONGEST_RUN_MS
      })
      if (status !== 0) return undefined
    }
    const trailer = `${hash} ${process.versions.v8} ${process.arch}\n`
    return Buffer.concat([readFileSync(file), Buffer.from(trailer, "latin1")])
  } finally {
    rmSync(file, { force: true })
  }
}

/** As much of a server as the runs above ask for; everything else is answered with OK. */
const answerOf = (mode, port) => {
  const bulk = (text) => `$${text.length}\r\n${text}\r\n`
  const slots = `*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n${bulk("127.0.0.1")}:${port}\r\n`
  const hello = { server: "redis", version: "7.0.15", mode }
  const answers = {
    HELLO: `%3\r\n${Object.entries(hello).flat().map(bulk).join("")}`,
    INFO: bulk(`redis_version:7.0.15\r\nredis_mode:${mode}\r\nmaxmemory:0\r\n`),
    CLUSTER: slots,
    GET: bulk("value"),
    PING: "+PONG\r\n"
  }
  return (name) => answers[name] ?? "+OK\r\n"
}

const COMMAND = /\*\d+\r\n\$\d+\r\n([A-Z]+)\r\n/g

const runOnce = (program, file, mode, words) => {
  const server = createServer((socket) => {
    const answer = answerOf(mode, server.address().port)
    socket.setEncoding("latin1").on("data", (text) => {
      for (const [, name] of text.matchAll(COMMAND)) socket.write(answer(name))
    })
  })
  server.listen(0, "127.0.0.1", () => {
    const port = String(server.address().port)
    process.argv = [process.execPath, program, ...words]
    process.env.REDIS_CLIENT_HOST = "127.0.0.1"
    process.env.REDIS_CLIENT_PORT = port
    const [before, after] = WRAPPER
    const script = new Script(`${before}${readFileSync(program, "latin1")}${after}`, {
      filename: program,
      ...(existsSync(file) ? { cachedData: readFileSync(file) } : {})
    })
    process.on("exit", () => writeFileSync(file, script.createCachedData()))
    script.runInThisContext()(createRequire(program))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [program, file, mode, ...words] = process.argv.slice(2)
  runOnce(program, file, mode, words)
}
