/** What a server wrote to its log, for the error of a server that ended while it was starting. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"

/** Enough for the last words; a log may have grown for hours. */
const TAIL_BYTES = 4096
const TAIL_LINES = 4

/** The last lines in one, the newest last; empty when there are none. */
export const readLogTail = (path: string): string => {
  try {
    const file = openSync(path, "r")
    try {
      const { size } = fstatSync(file)
      const tail = Buffer.alloc(Math.min(size, TAIL_BYTES))
      readSync(file, tail, 0, tail.length, size - tail.length)
      return tellingLines(tail.toString("utf8"))
    } finally {
      closeSync(file)
    }
  } catch {
    return ""
  }
}

/** Whether the server ended because somebody else listens at its port or bus port. */
export const saysPortTaken = (tail: string): boolean =>
  /address already in use|failed listening on port/i.test(tail)

/** `12345:M 01 Jan 2025 00:00:00.000 * Ready`: process, role, date and level are of no interest here. */
const LINE_PREFIX = /^\d+:[A-Z] \d+ \w+ \d{4} [\d:.]+ [*#.-] /

/** `>>> 'requirepass secret'`: the setting that the server refuses, of which the name must do. */
const SETTING_SHOWN = /^(>>> '\S+) .*$/

const tellingLines = (log: string): string =>
  log
    .split("\n")
    .map((line) => line.replace(LINE_PREFIX, "").replace(SETTING_SHOWN, "$1 ...'").trim())
    .filter((line) => line !== "" && !line.startsWith("***"))
    .slice(-TAIL_LINES)
    .join("; ")
