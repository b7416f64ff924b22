/**
 * From the bytes of a command's name to what is known of it, in any case,
 * without a string: 20 to 50 ns where `latin1Slice`, lower case and a Map take 160
 * to 240 (Node 20, noisy box).
 */
import { allCommands, type CommandSpec } from "../../../../protocol/CommandTable.ts"
import { CommandEntry } from "./CommandEntry.ts"

/** A power of two, several times the number of commands. */
const BUCKETS = 2048
const LOWER_CASE = 0x20

interface Name {
  readonly bytes: Buffer
  readonly entry: CommandEntry
  readonly next: Name | undefined
}

export class CommandIndex {
  /** Every command and subcommand. */
  readonly entries: Array<CommandEntry> = []
  private readonly buckets: Array<Name | undefined> = new Array(BUCKETS).fill(undefined)

  private readonly isSpecial: (name: string) => boolean

  /** `isSpecial`: whether the proxy deals with a command itself; named as in the table. */
  constructor(isSpecial: (name: string) => boolean) {
    this.isSpecial = isSpecial
    for (const spec of allCommands()) if (!spec.name.includes("|")) this.add(spec)
  }

  /** Adds a command that a server has described, a module's as a rule. */
  add(spec: CommandSpec): CommandEntry {
    const subcommands = new Map<string, CommandEntry>()
    for (const sub of new Set(spec.subcommands?.values())) {
      const entry = new CommandEntry(sub, this.isSpecial(sub.name))
      subcommands.set(sub.name.slice(spec.name.length + 1), entry)
      this.entries.push(entry)
    }
    const entry = new CommandEntry(
      spec,
      this.isSpecial(spec.name) || subcommands.size > 0,
      subcommands.size > 0 ? subcommands : undefined
    )
    this.entries.push(entry)
    const bytes = Buffer.from(spec.name, "latin1")
    const bucket = hash(bytes, 0, bytes.length)
    this.buckets[bucket] = { bytes, entry, next: this.buckets[bucket] }
    return entry
  }

  find(bytes: Uint8Array, start: number, end: number): CommandEntry | undefined {
    let name = this.buckets[hash(bytes, start, end)]
    while (name !== undefined) {
      if (isSame(name.bytes, bytes, start, end)) return name.entry
      name = name.next
    }
    return undefined
  }
}

/** Letters count as in lower case; what else the bit joins is told apart by `isSame`. */
const hash = (bytes: Uint8Array, start: number, end: number): number => {
  let sum = end - start
  for (let index = start; index < end; index++) sum = (sum * 31 + (bytes[index] | LOWER_CASE)) | 0
  return (sum ^ (sum >>> 11)) & (BUCKETS - 1)
}

const isSame = (name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean => {
  if (name.length !== end - start) return false
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[start + index]
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | LOWER_CASE : byte
    if (lower !== name[index]) return false
  }
  return true
}
