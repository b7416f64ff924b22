// The servers of a sandbox, asked through redis-cli.
import { execFileSync } from "node:child_process"

const { REDIS_CLIENT_HOST: HOST, REDIS_CLIENT_PORT: PORT } = process.env

export const ask = ({ host, port }, ...command) =>
  execFileSync("redis-cli", ["-h", host, "-p", String(port), ...command], { encoding: "utf8" }).trim()

/** The masters, each with the slots it serves as [first, last] pairs. */
export const masters = (isCluster) =>
  isCluster
    ? ask({ host: HOST, port: PORT }, "CLUSTER", "NODES")
        .split("\n")
        .map((line) => line.split(" "))
        .filter(([, , flags]) => flags.includes("master"))
        .map(([, address, , , , , , , ...ranges]) => {
          const [host, port] = address.split("@")[0].split(":")
          return { host, port, slots: ranges.map((range) => range.split("-").map(Number)) }
        })
    : [{ host: HOST, port: PORT, slots: [[0, 16383]] }]

export const flush = (nodes) => nodes.forEach((node) => ask(node, "FLUSHALL", "SYNC"))

export const countKeys = (nodes) => nodes.reduce((sum, node) => sum + Number(ask(node, "DBSIZE")), 0)

/** Processor time that the servers have used since their start, in seconds. */
export const cpuSeconds = (nodes) =>
  nodes.reduce((sum, node) => {
    const info = ask(node, "INFO", "cpu")
    const field = (name) => Number(new RegExp(`${name}:([\\d.]+)`).exec(info)[1])
    return sum + field("used_cpu_user") + field("used_cpu_sys")
  }, 0)
