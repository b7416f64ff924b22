/** Commands that a person may regret: what is to be asked before they are sent. Pure. */
import { type CommandArgument, type CommandArguments, utf8 } from "../../../protocol/Resp.ts"

/** One line that says what would happen; `undefined` for a command that is not asked about. */
export const dangerOf = (command: CommandArguments, isCluster: boolean): string | undefined => {
  const [name, ...args] = command.map(word)
  // At the nodes that are named in front, or repeated.
  if (name?.startsWith("@") === true && args.length > 0) return dangerOf(command.slice(1), isCluster)
  const everywhere = isCluster ? " on every master" : ""
  switch (name) {
    case "FLUSHALL":
      return `FLUSHALL deletes every key of every database${everywhere}.`
    case "FLUSHDB":
      return `FLUSHDB deletes every key of this database${everywhere}.`
    case "KEYS":
      return args.length === 1 && BROAD_PATTERN.test(args[0])
        ? "KEYS looks at every key while everybody else waits; --scan walks them bit by bit."
        : undefined
    case "SHUTDOWN":
      return args.includes("ABORT") ? undefined : "SHUTDOWN stops the server."
    case "DEBUG":
      return args.length > 0 && !HARMLESS_DEBUG.has(args[0])
        ? `DEBUG ${args[0]} may stop, block or change the server.`
        : undefined
    case "CLUSTER":
      return args[0] === "RESET" || args[0] === "FLUSHSLOTS"
        ? `CLUSTER ${args[0]} takes the node out of its cluster.`
        : undefined
    case "SWAPDB":
      return "SWAPDB gives everybody another database at once."
    case "SCRIPT":
    case "FUNCTION":
      return args[0] === "FLUSH" ? `${name} FLUSH deletes all of them${everywhere}.` : undefined
    case "REPLICAOF":
    case "SLAVEOF":
      return args[0] === "NO" ? undefined : `${name} replaces the data of this server by those of another.`
    default:
      return undefined
  }
}

/** Without a fixed beginning, so that it may match everything. */
const BROAD_PATTERN = /^[*?[]/
const HARMLESS_DEBUG: ReadonlySet<string> = new Set([
  "OBJECT",
  "HELP",
  "JMAP",
  "SDSLEN",
  "LISTPACK",
  "ZIPLIST",
  "HTSTATS",
  "HTSTATS-KEY",
  "STRINGMATCH-LEN"
])

const word = (argument: CommandArgument): string =>
  (typeof argument === "object" ? utf8(argument) : String(argument)).toUpperCase()
