/** The processes that a program has started, and what anyone on the machine can see of them (Linux). */
import { readdirSync, readFileSync } from "node:fs"

/** Those that run, by id. */
export const childrenOf = (pid: number): ReadonlyArray<number> =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      // "pid (name) state ppid ...", where the name may hold anything.
      const [state, parent] = afterName(read(child, "stat")).split(" ")
      return Number(parent) === pid && state !== "Z"
    })

/** Its arguments and its environment. */
export const visibleOf = (pid: number): string => `${read(pid, "cmdline")}\n${read(pid, "environ")}`

const afterName = (stat: string): string => stat.slice(stat.lastIndexOf(")") + 2)

/** Nothing of a process that has ended meanwhile. */
const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8")
  } catch {
    return ""
  }
}
