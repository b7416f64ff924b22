/**
 * Writes src/protocol/CommandTable.generated.ts and CommandDocs.generated.ts from what a real server
 * says of its commands (COMMAND and COMMAND DOCS): `node scripts/generate-command-table.mjs`.
 *
 * REDIS_SERVER and REDIS_CLI name other programs than `redis-server` and `redis-cli` (7.0 or newer; valkey's
 * also do). The same server version always gives the same files.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"

const SERVER = process.env.REDIS_SERVER ?? "redis-server"
const CLI = process.env.REDIS_CLI ?? "redis-cli"
const START_ATTEMPTS = 100
const START_INTERVAL_MS = 50
const MAX_REPLY_BYTES = 64 * 1024 * 1024
const PROTOCOL_FOLDER = fileURLToPath(new URL("../src/protocol/", import.meta.url))

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  await once(server, "close")
  return port
}

/** Runs `use(ask)` against a server of its own; `ask` gives a command's RESP3 reply as JSON text (INFO: as it is). */
const withServer = async (use) => {
  const folder = mkdtempSync(join(tmpdir(), "command-table-"))
  const port = await freePort()
  const settings = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", folder].map(String)
  const server = spawn(SERVER, settings, { stdio: "ignore" })
  const ended = new Promise((resolve) => server.once("error", resolve).once("exit", resolve))
  const ask = (...command) =>
    execFileSync(CLI, ["-p", String(port), "-3", "--json", ...command], {
      maxBuffer: MAX_REPLY_BYTES,
      stdio: ["ignore", "pipe", "ignore"]
    }).toString()
  const awaitStart = async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return ask("PING")
      } catch (cause) {
        if (attempt === START_ATTEMPTS) throw new Error(`${SERVER} did not start`, { cause })
        await delay(START_INTERVAL_MS)
      }
    }
  }
  try {
    await awaitStart()
    return use(ask)
  } finally {
    server.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

const byName = ([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)
const tip = (tips, name) => tips.find((text) => text.startsWith(`${name}:`))?.slice(name.length + 1) ?? ""

/** Sets come in any order; flags keep the words of the server, sorted. */
const words = (flags) => [...flags].sort().join(" ")

const keySpecRow = ({ flags, begin_search: begin, find_keys: find }) => {
  const search =
    begin.type === "keyword" ? [begin.spec.keyword, begin.spec.startfrom] : ["", begin.spec.index]
  const range = [find.spec.lastkey, find.spec.keystep, find.spec.limit]
  const keynum = [find.spec.keynumidx, find.spec.keystep, find.spec.firstkey]
  return begin.type === "unknown" || find.type === "unknown"
    ? ["", 0, "unknown", 0, 0, 0, words(flags)]
    : [...search, find.type, ...(find.type === "range" ? range : keynum), words(flags)]
}

const commandRows = (reply) =>
  reply.flatMap(([name, arity, flags, , , , , tips, keySpecs, subcommands]) => [
    [
      name,
      arity,
      words(flags),
      keySpecs.map(keySpecRow),
      tip(tips, "request_policy"),
      tip(tips, "response_policy")
    ],
    ...commandRows(subcommands)
  ])

const withoutEmpty = (entries) =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))

const argumentDoc = (argument) =>
  withoutEmpty({
    name: argument.name,
    type: argument.type,
    token: argument.token,
    keySpecIndex: argument.key_spec_index,
    flags: argument.flags === undefined ? undefined : [...argument.flags].sort(),
    since: argument.since,
    deprecatedSince: argument.deprecated_since,
    arguments: argument.arguments?.map(argumentDoc)
  })

const docRows = (reply) =>
  Object.entries(reply).flatMap(([name, doc]) => [
    [
      name,
      withoutEmpty({
        summary: doc.summary.trim(),
        since: doc.since,
        group: doc.group,
        complexity: doc.complexity,
        flags: doc.doc_flags === undefined ? undefined : [...doc.doc_flags].sort(),
        deprecatedSince: doc.deprecated_since,
        replacedBy: doc.replaced_by,
        arguments: doc.arguments?.map(argumentDoc)
      })
    ],
    ...docRows(doc.subcommands ?? {})
  ])

const quoted = (json) => `'${json.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

const serverVersion = (info) => {
  const [, version] = /^valkey_version:(\S+)/m.exec(info) ?? /^redis_version:(\S+)/m.exec(info)
  return `${info.includes("valkey_version:") ? "valkey" : "redis"} ${version}`
}

const header = (version, source) =>
  `// Generated from ${source} of ${version}. Do not edit: \`node scripts/generate-command-table.mjs\` makes it again.\n`

const { version, commands, docs } = await withServer((ask) => ({
  version: serverVersion(ask("INFO", "server")),
  commands: commandRows(JSON.parse(ask("COMMAND"))).sort(byName),
  docs: docRows(JSON.parse(ask("COMMAND", "DOCS"))).sort(byName)
}))

writeFileSync(
  join(PROTOCOL_FOLDER, "CommandTable.generated.ts"),
  `${header(version, "COMMAND")}import type { CommandRow } from "./CommandSpec.ts"

export const generatedFrom = ${JSON.stringify(version)}

export const commandRows: ReadonlyArray<CommandRow> = [
${commands.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}
]
`
)
writeFileSync(
  join(PROTOCOL_FOLDER, "CommandDocs.generated.ts"),
  `${header(version, "COMMAND DOCS")}// One JSON text per command: quick to load, and only what is asked for is parsed (CommandDocs.ts).

export const commandDocTexts: Readonly<Record<string, string>> = {
${docs.map(([name, doc]) => `  ${JSON.stringify(name)}: ${quoted(JSON.stringify(doc))}`).join(",\n")}
}
`
)
process.stdout.write(`${version}: ${commands.length} commands, ${docs.length} with documentation\n`)
