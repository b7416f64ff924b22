// Runs programs side by side and says what they took: wall time, processor time, the most memory resident at once.
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"

/** The kernel counts processor time in these: USER_HZ, 100 on every Linux. */
const TICKS_PER_SECOND = 100
/** What happens between the last look and the end is missed. */
const LOOK_EVERY_MS = 20

/** The program's memory so far, in bytes, and its processor time, in seconds; undefined once it has ended. */
const usage = (pid) => {
  try {
    const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
    if (peak === undefined) return undefined
    return { memory: Number(peak) * 1024, cpu: (Number(user) + Number(system)) / TICKS_PER_SECOND }
  } catch {
    return undefined
  }
}

const run = ({ args, command, input, stdout = "pipe" }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: [input ?? "ignore", stdout, "pipe"] })
    let last = { memory: 0, cpu: 0 }
    const look = setInterval(() => (last = usage(child.pid) ?? last), LOOK_EVERY_MS)
    let [out, error] = ["", ""]
    child.stdout?.on("data", (chunk) => (out += chunk))
    child.stderr.on("data", (chunk) => (error += chunk))
    child.on("error", reject)
    child.on("close", (status) => {
      clearInterval(look)
      if (status === 0) resolve({ ...last, stdout: out })
      else reject(new Error(`${command} ended with ${status}: ${error || out}`))
    })
  })

/** All at once; wall time of the slowest, processor time and memory of all together. */
export const timed = async (programs) => {
  const start = performance.now()
  const ended = await Promise.all(programs.map(run))
  return {
    seconds: (performance.now() - start) / 1000,
    cpu: ended.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: ended.reduce((sum, { memory }) => sum + memory, 0),
    stdout: ended.map(({ stdout }) => stdout)
  }
}
