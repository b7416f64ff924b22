import * as Command from "@effect/cli/Command"
import { describe, expect, it } from "@effect/vitest"
import * as HashMap from "effect/HashMap"
import { loadAll } from "../../src/app/Commands.ts"
import { BUILT_IN_OPTIONS, COMMANDS, type OptionEntry } from "../../src/app/OptionTable.ts"
import { helpText } from "../../src/app/Program.ts"

const root = await loadAll()

/** An option of @effect/cli, by the parts of it that matter here (it exports no way to look inside). */
type Instruction =
  | { readonly _tag: "Empty" }
  | {
      readonly _tag: "Single"
      readonly name: string
      readonly aliases: ReadonlyArray<string>
      readonly primitiveType: {
        readonly _tag: string
        readonly alternatives?: ReadonlyArray<readonly [string, unknown]>
      }
    }
  | { readonly _tag: "Map" | "WithDefault" | "WithFallback"; readonly options: Instruction }
  | { readonly _tag: "Both" | "OrElse"; readonly left: Instruction; readonly right: Instruction }
  | { readonly _tag: "Variadic" | "KeyValueMap"; readonly argumentOption: Instruction }

interface Declared {
  readonly names: ReadonlyArray<string>
  readonly isFlag: boolean
  readonly choices: ReadonlyArray<string> | undefined
}

const declared = (instruction: Instruction): ReadonlyArray<Declared> => {
  switch (instruction._tag) {
    case "Empty":
      return []
    case "Single":
      return [
        {
          names: [instruction.name, ...instruction.aliases].sort(),
          isFlag: instruction.primitiveType._tag === "Bool",
          choices: instruction.primitiveType.alternatives?.map(([choice]) => choice)
        }
      ]
    case "Both":
    case "OrElse":
      return [...declared(instruction.left), ...declared(instruction.right)]
    case "Variadic":
    case "KeyValueMap":
      throw new Error("repeated options of @effect/cli trim and lose values: use repeatedOption")
    default:
      return declared(instruction.options)
  }
}

const inTable = ({ alias, choices, name, otherNames, takes }: OptionEntry): Declared => ({
  names: [name, ...(alias === undefined ? [] : [alias]), ...(otherNames ?? [])].sort(),
  isFlag: takes === "flag",
  choices
})

const byName = (a: Declared, b: Declared): number => (a.names.join() < b.names.join() ? -1 : 1)

/** A command of @effect/cli, unwrapped down to its options. */
const optionsOf = (descriptor: unknown): Instruction => {
  const { command, options } = descriptor as { readonly command?: unknown; readonly options?: Instruction }
  return options ?? optionsOf(command)
}

const subcommands = new Map(HashMap.toEntries(Command.getSubcommands(root)))

describe("OptionTable", () => {
  it("lists the commands that there are, and no other", () => {
    expect(Array.from(subcommands.keys()).sort()).toEqual(COMMANDS.map(({ name }) => name).sort())
  })

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "has exactly the options of %s, their names and whether they take a value",
    (name, command) => {
      const options = declared(optionsOf(subcommands.get(name)))
      expect([...options].sort(byName)).toEqual(command.options.map(inTable).sort(byName))
    }
  )

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    "no two options of %s share a name",
    (_, command) => {
      const names = [...command.options, ...BUILT_IN_OPTIONS].flatMap((entry) => inTable(entry).names)
      expect(new Set(names).size).toBe(names.length)
    }
  )
})

/** The tables of the contract (command-line.md), as far as this version has them. */
const SHARED = [
  "-h, --host",
  "-p, --port",
  "--url",
  "-u, --username, --user",
  "-a, --password, --pass",
  "--askpass",
  "-t, --tls",
  "--cacert",
  "--cert",
  "--key",
  "--sni",
  "--insecure",
  "-c, --cluster",
  "--db",
  "--connect-timeout",
  "--command-timeout",
  "--json"
]
const CONTRACT: Readonly<Record<string, ReadonlyArray<string>>> = {
  report: ["--json"],
  bench: [
    ...SHARED,
    "--operation",
    "--ratio",
    "--command",
    "--duration",
    "--requests",
    "--warmup",
    "-n, --clients",
    "--pipeline",
    "--mux-count",
    "--workers",
    "--rate",
    "-d, --data",
    "--keys",
    "--key-size",
    "--value-size",
    "--seed",
    "--sequential",
    "--zipf",
    "--interval",
    "--hdr"
  ],
  fill: [
    ...SHARED,
    "-d, --data",
    "-f, --flush",
    "-s, --serial",
    "-n, --connections",
    "--key-size",
    "--value-size",
    "--pipeline",
    "-P, --processes",
    "--rate",
    "--shard",
    "--seed",
    "--ttl",
    "--replies",
    "--resume",
    "--verify"
  ],
  tunn: [
    ...SHARED,
    "--tunnel-mode",
    "--listen",
    "--listen-password",
    "--listen-open",
    "--listen-tls",
    "--listen-cert",
    "--listen-key",
    "--max-clients",
    "--output-buffer",
    "--query-buffer",
    "--idle-timeout",
    "--metrics"
  ],
  cli: [
    ...SHARED.map((option) => (option === "--db" ? "-n, --db" : option)),
    "--raw",
    "--no-raw",
    "--csv",
    "--quoted-json",
    "--quoted-input",
    "-d, --delimiter",
    "-D, --reply-delimiter",
    "-2, --resp2",
    "-3, --resp3",
    "--no-auth-warning",
    "-e, --exit-error",
    "-x, --stdin",
    "-X, --stdin-tag",
    "-r, --repeat",
    "-i, --interval",
    "--eval",
    "--pipe",
    "--scan",
    "--pattern",
    "--quoted-pattern",
    "--type",
    "--count",
    "--top",
    "--bigkeys",
    "--memkeys",
    "--memkeys-samples",
    "--hotkeys",
    "--stat",
    "--latency",
    "--latency-history",
    "--cluster-check",
    "--cluster-info"
  ],
  verify: [
    ...SHARED,
    "-d, --data",
    "-n, --connections",
    "--key-size",
    "--value-size",
    "--pipeline",
    "--seed",
    "--shard",
    "--sample",
    "--repair"
  ],
  sandbox: ["--masters", "--replicas", "--standalone", "--tls", "--password", "--port", "--config", "--json"]
}
const BUILT_IN = ["--completions", "--log-level", "--help", "--wizard", "--version"]

describe("Help", () => {
  it.each(Object.entries(CONTRACT))(
    "of %s has the options of the contract, each with a description",
    (name, options) => {
      const lines = helpText(root, name, "0.0.0", 100).split("\n")
      const listed = lines.filter((line) => /^ {2,6}--?\w/.test(line)).map((line) => line.trim())
      for (const option of [...options, ...BUILT_IN]) {
        const found = listed.filter((line) => line === option || line.startsWith(`${option} `))
        expect(found, option).toHaveLength(1)
      }
      expect(listed).toHaveLength(options.length + BUILT_IN.length)
      for (const [index, line] of lines.entries()) {
        if (!listed.includes(line.trim())) continue
        const described = /\S {2,}\S/.test(line.trim()) || /^ {20,}\S/.test(lines[index + 1] ?? "")
        expect(described, line).toBe(true)
      }
    }
  )

  it("never says that -h is for help", () => {
    for (const name of [undefined, ...subcommands.keys()]) {
      expect(helpText(root, name, "0.0.0", 80)).not.toContain("-h, --help")
    }
  })

  it("keeps to the width of the terminal, and is text without colours", () => {
    for (const name of [undefined, ...subcommands.keys()]) {
      for (const line of helpText(root, name, "0.0.0", 90).split("\n")) {
        expect(line.length, line).toBeLessThanOrEqual(90)
        expect(line).not.toContain("\u001b")
      }
    }
  })

  it("of the program lists its commands", () => {
    const text = helpText(root, undefined, "1.2.3", 80)
    expect(text).toContain("redis-client 1.2.3")
    for (const { name } of COMMANDS) expect(text).toMatch(new RegExp(`^  ${name} `, "m"))
  })
})
