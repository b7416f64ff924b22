/** The slots of all keys of a command, each once. */
import { keyIndexes } from "../../../../protocol/CommandTable.ts"
import { calculateSlot } from "../../../../protocol/HashSlot.ts"
import type { Command } from "../request/Command.ts"

export const commandSlots = ({ args, entry }: Command): ReadonlySet<number> =>
  new Set(entry === undefined ? [] : keyIndexes(entry.spec, args).map((index) => calculateSlot(args[index])))
