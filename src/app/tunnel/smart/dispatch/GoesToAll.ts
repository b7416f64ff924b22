/** Which commands every master executes for one client, so that they are counted once and not by master. */
import { lookupCommand } from "../../../../protocol/CommandTable.ts"

/** Those that the table does not have to all masters, but a handler sends there, as a rule or always. */
const BY_HANDLER: ReadonlySet<string> = new Set(["debug", "pubsub|shardnumsub"])

/** `name`: as the command table and the servers have it, `config|set`. */
export const goesToAll = (name: string): boolean => {
  const policy = lookupCommand(name.split("|"))?.requestPolicy
  return policy === "all-masters" || policy === "all-nodes" || BY_HANDLER.has(name)
}
