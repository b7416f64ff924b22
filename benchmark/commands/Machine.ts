/** On what it was measured. */
import { readFileSync } from "node:fs"
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os"
import { join } from "node:path"

const versionOf = (name: string): string => {
  const file = join("node_modules", name, "package.json")
  return String((JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version)
}

/** The load before the comparison, 1 being one busy core: what else ran. */
export const loadAverage = (): number => loadavg()[0]

export const machineFacts = (server: string, load: number): string => {
  const processors = cpus()
  return [
    `${processors.length} x ${processors[0].model.trim()}`,
    `${Math.round(totalmem() / 1024 ** 3)} GiB`,
    `${platform()} ${release()} ${arch()}`,
    `Node ${process.versions.node}`,
    `${server}, 3 masters on loopback of the same machine`,
    `effect ${versionOf("effect")}, ioredis ${versionOf("ioredis-6")}, redis ${versionOf("redis")}`,
    `load average before: ${load.toFixed(2)}`,
    new Date().toISOString().slice(0, 10)
  ].join("; ")
}
