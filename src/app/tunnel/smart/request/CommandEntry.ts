/** A command of the table as the proxy sees it: how it is dealt with, and what has been counted of it. */
import type { CommandSpec } from "../../../../protocol/CommandTable.ts"
import { isAnsweredHere } from "../stats/OwnCommands.ts"
import { Latencies } from "./Latencies.ts"

export class CommandEntry extends Latencies {
  readonly name: string
  readonly spec: CommandSpec
  /** Of a container such as CONFIG; by name in lower case. */
  readonly subcommands: ReadonlyMap<string, CommandEntry> | undefined
  /** Goes to the owner of its one key, and its reply back as it is. */
  readonly isPlain: boolean
  /** The same when it has but one key (`least` arguments): DEL, MGET, MSET. */
  readonly isPlainAlone: boolean
  /** Its first key's index; 0 when that needs a search. */
  readonly firstKey: number
  /** Arguments, name included: at least and at most so many. */
  readonly least: number
  readonly most: number
  readonly isReadOnly: boolean
  /** EVAL, FCALL and their kin, which have a lane of their own. */
  readonly runsScript: boolean
  /** The proxy answers it, no server does. */
  readonly isAnsweredHere: boolean
  calls = 0
  errors = 0

  constructor(spec: CommandSpec, isSpecial: boolean, subcommands?: ReadonlyMap<string, CommandEntry>) {
    super()
    this.name = spec.name
    this.spec = spec
    this.subcommands = subcommands
    this.isPlain = !isSpecial && !spec.blocking && spec.isSingleKey && spec.requestPolicy === undefined
    this.isPlainAlone = !isSpecial && spec.requestPolicy === "multi-shard" && spec.firstKey > 0
    this.firstKey = spec.firstKey
    this.least = Math.max(Math.abs(spec.arity), spec.keyedLength)
    this.most = spec.arity > 0 ? spec.arity : Infinity
    this.isReadOnly = spec.readOnly
    this.runsScript = /^(eval|fcall)/.test(spec.name)
    this.isAnsweredHere = isAnsweredHere(spec.name)
  }
}
