/**
 * The slow log of the cluster: the masters keep it, the proxy reads theirs as
 * one, numbers the entries, and says which client a command came from, where it
 * went to all of them; at a master the proxy is the client. What the proxy
 * answers itself it logs itself.
 */
import { createHash } from "node:crypto"
import type { ClientProfile } from "../client/ClientProfile.ts"
import type { Command } from "../request/Command.ts"
import { type MergedEntry, mergeLogs } from "./MergedLog.ts"
import { keyOfArgs, type SlowLogEntry, trimmed } from "./SlowLogEntry.ts"

/** A command that went to all masters, and who said it. */
interface Caller {
  /** Of the arguments as the log has them: they may be secrets. */
  readonly digest: string
  /** In Unix seconds. */
  readonly time: number
  readonly address: string
  readonly name: string
}

export interface NumberedEntry {
  readonly number: number
  readonly entry: SlowLogEntry
}

/** As Redis has them. */
const DEFAULT_SLOWER_THAN = 10_000
const DEFAULT_LENGTH = 128
const PROXY = "the proxy"
const MILLISECONDS = 1000
/** Between the end of a command at a master and at the proxy, in seconds, two clocks included. */
const MAX_SPREAD = 2

export class SlowLog {
  /** Of `slowlog-log-slower-than`, in microseconds; negative: nothing is logged. */
  slowerThan = DEFAULT_SLOWER_THAN
  private length = DEFAULT_LENGTH
  private own: ReadonlyArray<SlowLogEntry> = []
  private callers: Array<Caller> = []
  private lastOwn = 0
  private nextNumber = 0
  /** By source and number there; of what stands in the logs. */
  private numbers = new Map<string, number>()

  /** Names and values as CONFIG has them, one after the other; others are none of ours. */
  configure(settings: ReadonlyArray<string>): void {
    for (let index = 0; index + 1 < settings.length; index += 2) {
      const name = settings[index].toLowerCase()
      const value = Number(settings[index + 1])
      if (Number.isNaN(value)) continue
      if (name === "slowlog-log-slower-than") this.slowerThan = value
      if (name === "slowlog-max-len") this.length = value
    }
  }

  isSlow(microseconds: number): boolean {
    return this.slowerThan >= 0 && microseconds >= this.slowerThan
  }

  /** The proxy has answered a command. */
  onAnswered(profile: ClientProfile, command: Command, microseconds: number): void {
    if (!this.isSlow(microseconds)) return
    const entry = {
      source: PROXY,
      id: String(this.lastOwn++),
      time: secondsNow(),
      microseconds: Math.round(microseconds),
      args: trimmed(command.args),
      address: profile.address,
      name: profile.name
    }
    this.own = [entry, ...this.own].slice(0, this.length)
  }

  /** All masters have answered a command, the last of them after so long. */
  onGathered(profile: ClientProfile, command: Command, microseconds: number): void {
    if (!this.isSlow(microseconds)) return
    this.callers.unshift({
      digest: digestOf(trimmed(command.args)),
      time: secondsNow(),
      address: profile.address,
      name: profile.name
    })
    if (this.callers.length > this.length) this.callers.length = this.length
  }

  reset(): void {
    this.own = []
    this.callers = []
  }

  /** What the proxy has answered itself, newest first. */
  get answered(): ReadonlyArray<SlowLogEntry> {
    return this.own
  }

  /** Logs, each newest first, as one that is no longer than any of them may be. */
  read(logs: ReadonlyArray<ReadonlyArray<SlowLogEntry>>): ReadonlyArray<NumberedEntry> {
    const merged = mergeLogs(logs).slice(0, this.length)
    const numbers = new Map<string, number>()
    const callers = [...this.callers]
    const numbered = merged.toReversed().map((same) => {
      const known = same.map((entry) => this.numbers.get(keyOf(entry))).find((each) => each !== undefined)
      const number = known ?? this.nextNumber++
      for (const entry of same) numbers.set(keyOf(entry), number)
      return { number, entry: asOne(same) }
    })
    this.numbers = numbers
    return numbered
      .toSorted((a, b) => b.number - a.number)
      .map(({ entry, number }) => ({ number, entry: withCaller(entry, callers) }))
  }
}

const secondsNow = (): number => Math.floor(Date.now() / MILLISECONDS)

/** A server that starts anew counts anew; hence the time. */
const keyOf = ({ id, source, time }: SlowLogEntry): string => `${source} ${id} ${time}`

/** It took as long as it took the slowest. */
const asOne = (same: MergedEntry): SlowLogEntry =>
  same.reduce((a, b) => (b.microseconds > a.microseconds ? b : a))

const digestOf = (args: ReadonlyArray<Uint8Array>): string =>
  createHash("sha1").update(keyOfArgs(args), "latin1").digest("hex")

/** Takes the newest caller that fits out of those that are left. */
const withCaller = (entry: SlowLogEntry, callers: Array<Caller>): SlowLogEntry => {
  if (entry.source === PROXY || callers.length === 0) return entry
  const digest = digestOf(entry.args)
  const index = callers.findIndex(
    (caller) => caller.digest === digest && Math.abs(caller.time - entry.time) <= MAX_SPREAD
  )
  if (index < 0) return entry
  const [{ address, name }] = callers.splice(index, 1)
  return { ...entry, address, name }
}
