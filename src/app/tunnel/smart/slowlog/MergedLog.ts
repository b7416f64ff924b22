/** The slow logs of several servers as that of one. */
import { keyOfArgs, type SlowLogEntry } from "./SlowLogEntry.ts"

/** One command at several servers, or a command at one. */
export type MergedEntry = ReadonlyArray<SlowLogEntry>

/** Between the ends of one command at two servers, in seconds, which is as exact as they write it. */
const MAX_SPREAD = 2
/** So many entries are looked at for the same command at another server. */
const LOOK_AHEAD = 128

interface Log {
  readonly entries: ReadonlyArray<SlowLogEntry>
  readonly keys: ReadonlyArray<string>
  position: number
}

/**
 * Newest first, as each of the logs is. A key is on one server only, so the same
 * words at about the same time in several logs are one command that went to all
 * of them. Such a command also tells what came before it at one server, and what
 * after it at another, where the seconds do not.
 */
export const mergeLogs = (
  sources: ReadonlyArray<ReadonlyArray<SlowLogEntry>>
): ReadonlyArray<MergedEntry> => {
  const logs = sources.map((entries): Log => ({
    entries,
    keys: entries.map(({ args }) => keyOfArgs(args)),
    position: 0
  }))
  const merged: Array<MergedEntry> = []
  for (;;) {
    const open = logs
      .filter(({ entries, position }) => position < entries.length)
      .toSorted((a, b) => headOf(b).time - headOf(a).time)
    if (open.length === 0) return merged
    const next = open.find((log) => !open.some((other) => other !== log && comesLater(other, log))) ?? open[0]
    const head = headOf(next)
    const key = next.keys[next.position]
    const same = open.filter((log) => log === next || isSame(log, log.position, key, head.time))
    merged.push(same.map(headOf))
    for (const log of same) log.position++
  }
}

const headOf = ({ entries, position }: Log): SlowLogEntry => entries[position]

const isSame = ({ entries, keys }: Log, index: number, key: string, time: number): boolean =>
  keys[index] === key && Math.abs(entries[index].time - time) <= MAX_SPREAD

/** Whether `other` has the command at the head of `log` behind something newer. */
const comesLater = (other: Log, log: Log): boolean => {
  const key = log.keys[log.position]
  const { time } = headOf(log)
  if (isSame(other, other.position, key, time)) return false
  const end = Math.min(other.entries.length, other.position + LOOK_AHEAD)
  for (let index = other.position + 1; index < end; index++) {
    if (isSame(other, index, key, time)) return true
    if (other.entries[index].time < time - MAX_SPREAD) return false
  }
  return false
}
