/**
 * Every command that Redis knows: what the client has to know to send it.
 *
 * Made from what a real server said (CommandTable.generated.ts) and from
 * CommandOverrides, each command when it is first looked up: all at once took
 * 3.5 ms of every start. What it does not know, a module's or a newer server's
 * commands, can be learned: see CommandInfo.
 */
import { addSpelled, type CommandRow, type CommandSpec, makeCommandSpec } from "./CommandSpec.ts"
import { commandRows } from "./CommandTable.generated.ts"
import { isWord } from "./KeySpec.ts"
import { type CommandArgument, type CommandArguments, utf8 } from "./Resp.ts"

export type { CommandSpec } from "./CommandSpec.ts"
export type { RequestPolicy, ResponsePolicy } from "./RoutingPolicy.ts"
export { commandSlot, CROSS_SLOT, firstKeyIndex, type KeySpec, keyIndexes, NO_KEY } from "./KeySpec.ts"
export { specFromCommandInfo } from "./CommandInfo.ts"

/** Commands beyond the table, as one client has learned them: by name in lower case. */
export type LearnedCommands = ReadonlyMap<string, CommandSpec>

/**
 * What is known of a command, its subcommand included (`CONFIG SET`), in any
 * case; a container without a subcommand is found itself. `undefined` for what
 * is unknown, also for an unknown subcommand.
 *
 * On the path of every command: the usual spellings, all upper or all lower
 * case, cost one lookup in a Map (10 ns; 20 ns with a subcommand; Node 20) and
 * no allocation.
 */
export const lookupCommand = (args: CommandArguments, learned?: LearnedCommands): CommandSpec | undefined => {
  if (args.length === 0) return undefined
  const name = args[0]
  const spec = (typeof name === "string" ? made.get(name) : undefined) ?? find(nameOf(name), learned)
  if (spec === undefined || spec.subcommands === undefined || args.length === 1) return spec
  const subcommand = args[1]
  return (
    (typeof subcommand === "string" ? spec.subcommands.get(subcommand) : undefined) ??
    findSubcommand(spec, nameOf(subcommand), learned)
  )
}

/** Whether the command changes nothing, and so may be sent again when it is not known whether it arrived. */
export const isReadOnly = (spec: CommandSpec): boolean => spec.readOnly

/** Whether this call may wait for something to happen: such a call needs a connection of its own. */
export const isBlocking = (spec: CommandSpec, args: CommandArguments): boolean =>
  spec.blocking && (!spec.blocksByOption || hasBlockOption(args))

/** All commands of the table, each container followed by its subcommands. */
export const allCommands = (): ReadonlyArray<CommandSpec> =>
  commandRows
    .filter(([name]) => !name.includes("|"))
    .map(([name]) => find(name)!)
    .flatMap((spec) => [spec, ...new Set(spec.subcommands?.values())])

/** Options end where STREAMS begins: what follows are keys and IDs, which may be called BLOCK. */
const hasBlockOption = (args: CommandArguments): boolean => {
  for (let index = 1; index < args.length && !isWord(args[index], "STREAMS"); index++) {
    if (isWord(args[index], "GROUP")) index += 2
    else if (isWord(args[index], "BLOCK")) return true
  }
  return false
}

/** What has been looked up so far, in all upper and all lower case. */
const made = new Map<string, CommandSpec>()
let rowsByName: Map<string, ReadonlyArray<CommandRow>> | undefined

const find = (name: string, learned?: LearnedCommands): CommandSpec | undefined => {
  const known = made.get(name)
  if (known !== undefined) return known
  const rows = (rowsByName ??= groupRows(commandRows)).get(name)
  if (rows === undefined) return learned?.get(name)
  const spec = makeCommandSpec(rows)
  addSpelled(made, name, spec)
  return spec
}

const findSubcommand = (
  container: CommandSpec,
  subcommand: string,
  learned: LearnedCommands | undefined
): CommandSpec | undefined =>
  container.subcommands?.get(subcommand) ?? learned?.get(container.name)?.subcommands?.get(subcommand)

/** The rows come sorted, so a container comes before its subcommands. */
const groupRows = (rows: ReadonlyArray<CommandRow>): Map<string, ReadonlyArray<CommandRow>> => {
  const groups = new Map<string, Array<CommandRow>>()
  for (const row of rows) {
    const bar = row[0].indexOf("|")
    if (bar < 0) groups.set(row[0], [row])
    else groups.get(row[0].slice(0, bar))!.push(row)
  }
  return groups
}

const nameOf = (argument: CommandArgument): string =>
  (typeof argument === "object" ? utf8(argument) : String(argument)).toLowerCase()
