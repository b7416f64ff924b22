/** The built-in `explain`: what is known of a command before it is sent. The command itself is not. */
import * as Effect from "effect/Effect"
import { commandDoc } from "../../../protocol/CommandDocs.ts"
import { type CommandSpec, lookupCommand, specFromCommandInfo } from "../../../protocol/CommandTable.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"
import { CommandFailure } from "../../CommandFailure.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import { number } from "../../KeyProgress.ts"
import { formatSize } from "../../Size.ts"
import { textTable } from "../../TextTable.ts"
import { type BuiltinContext, type BuiltinRun, printReport } from "../builtin/Builtin.ts"
import { keyJson, keyText } from "../keys/KeyText.ts"
import { countKeys } from "../keys/KeyWalk.ts"
import { wordText } from "../nodes/NodeAnswers.ts"
import { type CommandPlan, planCommand } from "./CommandPlan.ts"
import { type KeyCost, keyCosts } from "./KeyCosts.ts"

/** Of more keys than these the sizes are not asked. */
const MAX_KEYS = 100

/** Commands whose work grows with all the keys there are. */
const WALKS_ALL_KEYS: ReadonlySet<string> = new Set([
  "keys",
  "flushall",
  "flushdb",
  "debug|reload",
  "save",
  "bgsave"
])

interface Explanation {
  readonly name: string
  readonly spec: CommandSpec
  readonly plan: CommandPlan
  readonly costs: ReadonlyArray<KeyCost>
  /** How many keys it concerns that it does not name. */
  readonly allKeys: number | undefined
}

export const explain: BuiltinRun = ([, ...command], context) =>
  Effect.gen(function* () {
    if (command.length === 0) {
      return yield* failure("UsageError", "explain: a command is missing: explain COMMAND ...")
    }
    const explanation = yield* explanationOf(command, context)
    yield* printReport(context, {
      text: () => textOf(explanation),
      document: () => documentOf(explanation)
    })
  })

const failure = (tag: string, message: string): CommandFailure => new CommandFailure({ tag, message })

const explanationOf = (
  command: CommandArguments,
  { client }: BuiltinContext
): Effect.Effect<Explanation, CommandFailure> =>
  Effect.gen(function* () {
    const name = wordText(command[0])
    const spec = lookupCommand(command) ?? (yield* learned(command, client))
    if (spec === undefined) {
      return yield* failure("UnknownCommand", `explain: neither this program nor the server knows ${name}`)
    }
    const topology = yield* client.topology
    // Of one server nothing but its address is known.
    const plan = planCommand(spec, command, topology, topology.nodes[0]?.id !== "")
    const costs = yield* keyCosts(
      client,
      plan.keys.slice(0, MAX_KEYS).map(({ key }) => key)
    )
    const allKeys = WALKS_ALL_KEYS.has(spec.name) ? yield* countKeys(client) : undefined
    return { name, spec, plan, costs, allKeys }
  })

/** A command that the table lacks, a module's as a rule. */
const learned = (
  command: CommandArguments,
  client: BuiltinContext["client"]
): Effect.Effect<CommandSpec | undefined> =>
  client.execute("COMMAND", "INFO", wordText(command[0])).pipe(
    Effect.map(specFromCommandInfo),
    Effect.orElseSucceed(() => undefined)
  )

const textOf = ({ allKeys, costs, plan, spec }: Explanation): string => {
  const doc = commandDoc(spec.name)
  const rows: Array<ReadonlyArray<string>> = []
  if (doc !== undefined) rows.push(["summary", `${doc.summary} (since ${doc.since})`])
  if (doc?.complexity !== undefined) rows.push(["complexity", doc.complexity.replaceAll(/\s+/g, " ")])
  rows.push(["flags", plan.flags.join(", ") || "none"])
  rows.push(plan.problem === undefined ? ["sent", plan.route] : ["fails", plan.problem])
  if (allKeys !== undefined) rows.push(["concerns", `all ${number(allKeys)} keys`])
  if (costs.length > 0) rows.push(["holds", totalOf(costs)])
  const heading = spec.name.replaceAll("|", " ").toUpperCase()
  const parts = [`${heading}\n${textTable([{ title: "" }, { title: "" }], rows)}`]
  if (plan.keys.length > 0) parts.push(keyTable(plan, costs))
  return parts.join("\n\n")
}

const totalOf = (costs: ReadonlyArray<KeyCost>): string => {
  const memory = costs.reduce((sum, cost) => sum + (cost.memory ?? 0), 0)
  const elements = costs.reduce(
    (sum, { size, type }) => sum + (type === "string" || size === undefined ? 0 : size),
    0
  )
  const inMemory = `${formatSize(memory)} of memory`
  return elements === 0 ? inMemory : `${number(elements)} elements, ${inMemory}`
}

const keyTable = ({ keys }: CommandPlan, costs: ReadonlyArray<KeyCost>): string =>
  textTable(
    [
      { title: "SLOT", align: "right" },
      { title: "NODE" },
      { title: "TYPE" },
      { title: "SIZE", align: "right" },
      { title: "MEMORY", align: "right" },
      { title: "KEY" }
    ],
    keys.map(({ key, node, slot }, index) => {
      const cost = costs[index]
      return [
        String(slot),
        node ?? "-",
        cost?.type ?? "?",
        cost === undefined ? "?" : sizeText(cost),
        cost?.memory === undefined ? "-" : formatSize(cost.memory),
        keyText(typeof key === "object" ? key : Buffer.from(String(key)))
      ]
    })
  )

const sizeText = ({ size, type, unit }: KeyCost): string =>
  size === undefined ? "-" : type === "string" ? formatSize(size) : `${number(size)} ${unit}`

const documentOf = ({ allKeys, costs, plan, spec }: Explanation): JsonDocument => {
  const doc = commandDoc(spec.name)
  return {
    command: spec.name.replaceAll("|", " ").toUpperCase(),
    summary: doc?.summary ?? null,
    complexity: doc?.complexity ?? null,
    flags: plan.flags,
    route: plan.route,
    problem: plan.problem ?? null,
    allKeys: allKeys ?? null,
    keys: plan.keys.map(({ key, node, slot }, index) => ({
      key: keyJson(typeof key === "object" ? key : Buffer.from(String(key))),
      slot,
      node: node ?? null,
      type: costs[index]?.type ?? null,
      size: costs[index]?.size ?? null,
      unit: costs[index]?.size === undefined ? null : costs[index].unit,
      memoryBytes: costs[index]?.memory ?? null
    }))
  }
}
