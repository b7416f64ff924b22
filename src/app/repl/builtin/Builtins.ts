/**
 * The built-ins there are. They win over a module's command of the same name,
 * which `-- NAME` sends. Each is loaded when it is run.
 */
import * as Effect from "effect/Effect"
import { type CommandArgument, type CommandArguments, utf8 } from "../../../protocol/Resp.ts"
import type { BuiltinRun } from "./Builtin.ts"

export interface Builtin {
  /** As it is typed, lower case. */
  readonly name: string
  /** What is typed behind the name. */
  readonly syntax: string
  /** One line for `help`. */
  readonly summary: string
  readonly run: BuiltinRun
}

const builtin = (
  name: string,
  syntax: string,
  summary: string,
  load: () => Promise<BuiltinRun>
): Builtin => ({
  name,
  syntax,
  summary,
  run: (words, context) => Effect.flatMap(Effect.promise(load), (run) => run(words, context))
})

/** For any word that begins so. */
const AT = "@"

/** Those that begin with dashes would otherwise have the name of a command of Redis. */
export const BUILTINS: ReadonlyArray<Builtin> = [
  builtin(
    AT,
    "all|masters|replicas|HOST:PORT COMMAND ...",
    "the command at these nodes, all at once, and the answer of each",
    async () => (await import("../nodes/NodeBuiltin.ts")).atNodes
  ),
  builtin(
    "explain",
    "COMMAND ...",
    "where the command would go and what it would cost, without sending it",
    async () => (await import("../explain/Explain.ts")).explain
  ),
  builtin(
    "slots",
    "KEY ...",
    "the slot of each key, and the node that serves it",
    async () => (await import("../topology/KeySlots.ts")).slots
  ),
  builtin(
    "topology",
    "",
    "nodes, slots, replicas, lag, memory, keys, and a picture of who holds which slots",
    async () => (await import("../topology/TopologyBuiltins.ts")).topology
  ),
  builtin(
    "cluster-check",
    "",
    "whether the nodes agree, and every slot is served",
    async () => (await import("../topology/TopologyBuiltins.ts")).clusterCheck
  ),
  builtin(
    "cluster-info",
    "",
    "keys, slots and replicas of each master",
    async () => (await import("../topology/TopologyBuiltins.ts")).clusterInfo
  ),
  builtin(
    "bigkeys",
    "[GLOB]",
    "the keys with the most elements or bytes, of each type",
    async () => (await import("../keys/SurveyBuiltins.ts")).bigkeys
  ),
  builtin(
    "memkeys",
    "[GLOB]",
    "the keys that take the most memory",
    async () => (await import("../keys/SurveyBuiltins.ts")).memkeys
  ),
  builtin(
    "hotkeys",
    "[GLOB]",
    "the keys used most often, with a maxmemory-policy of LFU",
    async () => (await import("../keys/SurveyBuiltins.ts")).hotkeys
  ),
  builtin(
    "--scan",
    "[GLOB]",
    "every key of every master, one to a line",
    async () => (await import("../keys/KeyScan.ts")).keyScan
  ),
  builtin(
    "stat",
    "",
    "keys, memory, clients and commands/s of all nodes, every second",
    async () => (await import("../gauge/Stat.ts")).stat
  ),
  builtin(
    "--latency",
    "",
    "round-trip times to every node, with percentiles",
    async () => (await import("../gauge/Latency.ts")).latency
  ),
  builtin(
    "--latency-history",
    "",
    "the same, anew every 15 seconds",
    async () => (await import("../gauge/Latency.ts")).latencyHistory
  )
]

/** What is typed, as this program is to take it. */
export type Typed =
  | { readonly builtin: Builtin; readonly words: CommandArguments }
  | { readonly builtin: undefined; readonly words: CommandArguments }

/** Takes the `--` away that says that a command is meant. */
export const readTyped = (words: CommandArguments): Typed => {
  if (words.length === 0) return { builtin: undefined, words }
  const name = lowerCase(words[0])
  if (name === "--") return { builtin: undefined, words: words.slice(1) }
  return { builtin: builtinNamed(name), words }
}

/** By their names, with or without dashes in front. */
const named: ReadonlyMap<string, Builtin> = new Map(
  BUILTINS.flatMap((each) => [[each.name, each] as const, [`--${each.name}`, each] as const])
)

/** A name that begins with dashes is needed where a command of Redis has the other. */
export const builtinNamed = (name: string): Builtin | undefined =>
  name.startsWith(AT) ? (name.length > AT.length ? named.get(AT) : undefined) : named.get(name)

const lowerCase = (word: CommandArgument): string =>
  (typeof word === "object" ? utf8(word) : String(word)).toLowerCase()
