/**
 * Commands whose reply is text for people: redis-cli prints it as it is, in
 * every format and without a line end of its own. Pure.
 */
import { type CommandArgument, type CommandArguments, utf8 } from "../../../protocol/Resp.ts"

/** A name, and the subcommands if not all: `undefined` means the command itself, whatever follows. */
const REPORTS: Readonly<Record<string, ReadonlyArray<string> | undefined>> = {
  INFO: undefined,
  LOLWUT: undefined,
  DEBUG: ["HTSTATS", "HTSTATS-KEY", "CLIENT-EVICTION"],
  MEMORY: ["MALLOC-STATS", "DOCTOR"],
  CLUSTER: ["NODES", "INFO"],
  CLIENT: ["LIST", "INFO"],
  LATENCY: ["GRAPH", "DOCTOR"],
  PROXY: ["INFO"]
}

export const isReport = (command: CommandArguments): boolean => {
  const name = upper(command[0])
  if (!Object.hasOwn(REPORTS, name)) return false
  const subcommands = REPORTS[name]
  return subcommands === undefined || (command.length > 1 && subcommands.includes(upper(command[1])))
}

const upper = (argument: CommandArgument): string =>
  (typeof argument === "object" ? utf8(argument) : String(argument)).toUpperCase()
