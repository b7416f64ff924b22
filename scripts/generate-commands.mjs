/**
 * Writes the typed API, src/client/commands/*.generated.ts, from COMMAND DOCS (src/protocol/CommandDocs.generated.ts,
 * so no server is needed): `node scripts/generate-commands.mjs`. With `--check` it writes nothing and exits with 1 when
 * a file is not what it would write.
 */
import { build } from "esbuild"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { commandSyntax } from "./command-syntax.mjs"
import { renderFamily, renderFamilies } from "./command-types.mjs"

const SOURCE_FOLDER = fileURLToPath(new URL("../src/", import.meta.url))
const COMMANDS_FOLDER = join(SOURCE_FOLDER, "client", "commands")

/** By the groups of the documentation; `functions` are those of `scripting` that say so. */
const FAMILIES = [
  ["string", "StringCommands", "strings"],
  ["bitmap", "BitmapCommands", "bitmaps"],
  ["hash", "HashCommands", "hashes"],
  ["list", "ListCommands", "lists"],
  ["set", "SetCommands", "sets"],
  ["sorted-set", "SortedSetCommands", "sorted sets"],
  ["stream", "StreamCommands", "streams"],
  ["geo", "GeoCommands", "geospatial indexes"],
  ["hyperloglog", "HyperLogLogCommands", "HyperLogLogs"],
  ["generic", "KeyCommands", "keys of any type"],
  ["scripting", "ScriptingCommands", "scripts"],
  ["functions", "FunctionCommands", "functions"],
  ["pubsub", "PubSubCommands", "publish and subscribe, as seen from outside"],
  ["connection", "ConnectionCommands", "connections and clients"],
  ["server", "ServerCommands", "servers"],
  ["cluster", "ClusterCommands", "the cluster itself"]
]

/** The modules of the source that this script shares with the runtime; Node 20 reads no TypeScript. */
const loadSource = async () => {
  const modules = [
    "protocol/CommandDocs.ts",
    "protocol/CommandDocs.generated.ts",
    "protocol/CommandTable.generated.ts",
    "client/commands/ArgumentSyntax.ts",
    "client/commands/LeftOff.ts",
    "client/commands/ReplyTypes.ts",
    "client/commands/ReplyVariants.ts",
    "client/commands/ServerReplyTypes.ts",
    "client/reply/ScalarDecoders.ts"
  ]
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((name) => `export * from "./${name}"`).join("\n"),
      resolveDir: SOURCE_FOLDER,
      loader: "ts"
    },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node"
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`)
}

const groupOf = (name, doc) =>
  doc.group === "scripting" && /^(function|fcall)/.test(name) ? "functions" : doc.group

const quoted = (json) => `'${json.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`

const source = await loadSource()
const HEADER = `// Generated from COMMAND DOCS of ${source.generatedFrom}. Do not edit: \`node scripts/generate-commands.mjs\` makes it again.\n`
const replies = { ...source.replyTypes(source.text, source.text), ...source.serverReplyTypes }
const commands = Object.keys(source.commandDocTexts)
  .filter((name) => source.leftOff[name] === undefined)
  .map((name) => {
    const doc = source.commandDoc(name)
    const method = source.methodName(name)
    if (replies[method] === undefined) throw new Error(`${method} has no entry in ReplyTypes`)
    return { name, method, doc, syntax: commandSyntax(name, doc.arguments), reply: replies[method] }
  })

const files = new Map(
  FAMILIES.map(([group, name, topic]) => [
    `${name}.generated.ts`,
    HEADER +
      renderFamily(
        source,
        { name, topic },
        commands.filter((command) => groupOf(command.name, command.doc) === group)
      )
  ])
)
files.set("Commands.generated.ts", HEADER + renderFamilies(FAMILIES.map(([, name]) => name)))
files.set(
  "CommandSyntax.generated.ts",
  `${HEADER}// One JSON text per command: only that of a command that is used is parsed.

export const commandSyntaxTexts: Readonly<Record<string, string>> = {
${commands.map(({ name, syntax }) => `  ${JSON.stringify(name)}: ${quoted(JSON.stringify(syntax))}`).join(",\n")}
}
`
)

const isCurrent = (name, text) => {
  const path = join(COMMANDS_FOLDER, name)
  return existsSync(path) && readFileSync(path, "utf8") === text
}

const changed = [...files].filter(([name, text]) => !isCurrent(name, text))
if (process.argv.includes("--check")) {
  for (const [name] of changed) process.stderr.write(`${name} is not what generate-commands.mjs writes\n`)
  process.exitCode = changed.length > 0 ? 1 : 0
} else {
  for (const [name, text] of changed) writeFileSync(join(COMMANDS_FOLDER, name), text)
  process.stdout.write(`${commands.length} commands; ${changed.length} files changed\n`)
}
