/** Where a command would go, by the command table and the topology alone. Pure. */
import { type ClusterTopology, findNodeForSlot, masters } from "../../../protocol/ClusterTopology.ts"
import { type CommandSpec, isBlocking, keyIndexes } from "../../../protocol/CommandTable.ts"
import { splitBySlot } from "../../../protocol/CommandSplit.ts"
import { calculateSlot } from "../../../protocol/HashSlot.ts"
import type { CommandArguments } from "../../../protocol/Resp.ts"

export interface CommandPlan {
  /** The words that are keys, each once. */
  readonly keys: ReadonlyArray<PlannedKey>
  /** One line: to which nodes, and how. */
  readonly route: string
  /** Why it would fail, as far as can be known. */
  readonly problem: string | undefined
  readonly flags: ReadonlyArray<string>
}

export interface PlannedKey {
  readonly key: CommandArguments[number]
  readonly slot: number
  /** `undefined`: nobody serves it. */
  readonly node: string | undefined
}

export const planCommand = (
  spec: CommandSpec,
  args: CommandArguments,
  topology: ClusterTopology,
  isCluster: boolean
): CommandPlan => {
  const keys = plannedKeys(spec, args, topology)
  return {
    keys,
    route: routeOf(spec, args, topology, isCluster, keys),
    problem: problemOf(spec, args, isCluster, keys),
    flags: flagsOf(spec)
  }
}

const plannedKeys = (
  spec: CommandSpec,
  args: CommandArguments,
  topology: ClusterTopology
): ReadonlyArray<PlannedKey> => {
  const words = new Map(keyIndexes(spec, args).map((index) => [nameOf(args[index]), args[index]]))
  return Array.from(words.values(), (key) => {
    const slot = calculateSlot(key)
    return { key, slot, node: findNodeForSlot(topology, slot)?.address }
  })
}

/** Equal for equal bytes. */
const nameOf = (word: CommandArguments[number]): string =>
  typeof word === "object"
    ? Buffer.from(word).toString("latin1")
    : Buffer.from(String(word)).toString("latin1")

const problemOf = (
  { arity, name, requestPolicy }: CommandSpec,
  args: CommandArguments,
  isCluster: boolean,
  keys: ReadonlyArray<PlannedKey>
): string | undefined => {
  // The table counts the words of a subcommand's name as two.
  if (arity >= 0 ? args.length !== arity : args.length < -arity) {
    const needed = Math.abs(arity) - 1
    return `wrong number of arguments: it takes ${arity < 0 ? "at least " : ""}${needed}, here are ${args.length - 1}`
  }
  if (!isCluster) return undefined
  const slots = new Set(keys.map(({ slot }) => slot))
  if (slots.size > 1 && requestPolicy !== "multi-shard") {
    return `its keys belong to ${slots.size} slots: CROSSSLOT; give them a common {hash tag}`
  }
  const unserved = keys.find(({ node }) => node === undefined)
  if (unserved !== undefined) return `nobody serves slot ${unserved.slot}`
  return requestPolicy === "refuse" ? `${name} changes one node: name it with @HOST:PORT` : undefined
}

const routeOf = (
  spec: CommandSpec,
  args: CommandArguments,
  topology: ClusterTopology,
  isCluster: boolean,
  keys: ReadonlyArray<PlannedKey>
): string => {
  const apart = isBlocking(spec, args) ? "; may wait, on a connection of its own" : ""
  if (!isCluster) return `to ${topology.nodes[0].address}${apart}`
  const [first] = keys
  if (first !== undefined) {
    const slots = new Set(keys.map(({ slot }) => slot)).size
    if (slots === 1 || spec.requestPolicy !== "multi-shard")
      return `to the master of slot ${first.slot}${apart}`
    const nodes = new Set(keys.map(({ node }) => node)).size
    return `in ${splitBySlot(spec, args).length} parts, one per slot, to ${nodes} masters at once; not atomic`
  }
  switch (spec.requestPolicy) {
    case "all-masters":
      return `to all ${masters(topology).length} masters; one reply of all (${spec.responsePolicy ?? "all-succeeded"})`
    case "all-nodes":
      return `to all ${topology.nodes.length} nodes; one reply of all (${spec.responsePolicy ?? "all-succeeded"})`
    case "session":
      return "on the connection of this session"
    case "special":
      return "to nodes that its arguments say"
    case "refuse":
      return "to one node, which has to be named"
    default:
      return `to any master${apart}`
  }
}

const flagsOf = (spec: CommandSpec): ReadonlyArray<string> =>
  [
    spec.readOnly ? "reads" : undefined,
    spec.write ? "writes" : undefined,
    spec.blocking ? "may block" : undefined,
    spec.denyOom ? "refused when memory is full" : undefined,
    spec.admin ? "administration" : undefined,
    spec.pubsub ? "pub/sub" : undefined,
    spec.noMulti ? "not in a transaction" : undefined,
    spec.noScript ? "not in a script" : undefined,
    spec.loading ? "answered while loading" : undefined
  ].filter((flag) => flag !== undefined)
