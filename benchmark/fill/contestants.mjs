// Who fills. Each gives the programs to run side by side, and how many keys the servers must hold afterwards.
import { spawnSync } from "node:child_process"
import { closeSync, openSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"
import { renderSets } from "./render.mjs"

const SEED = 1
const DIGITS_OF_RANDOM = 12
/** What redis-benchmark is given: as many connections as ours to one server (ours to three masters: 6), and a pipeline at which it is at its best. */
const BENCHMARK_CLIENTS = "8"
const BENCHMARK_PIPELINE = "64"

/** Ends when the server has executed all of it: then it answers. */
const REPLAY =
  "exec 3<>/dev/tcp/$1/$2 && cat >&3 && printf '*3\\r\\n$6\\r\\nCLIENT\\r\\n$5\\r\\nREPLY\\r\\n$2\\r\\nON\\r\\n' >&3 && read -r -u 3"

/** The bytes of plain SETs, rendered in advance, from memory into the socket. */
const replay = (title, command, isSilent, programOf) => ({
  title,
  command,
  prepare: async ({ keySize, keys, nodes, valueSize }) => {
    const { files, remove } = await renderSets(nodes, keys, { seed: SEED, keySize, valueSize }, isSilent)
    const open = []
    return {
      programs: () => {
        open.splice(0).forEach(closeSync)
        open.push(...files.map((file) => openSync(file, "r")))
        return nodes.map((node, index) => ({ ...programOf(node), input: open[index] }))
      },
      expected: keys,
      remove
    }
  }
})

const ours = (title, ...more) => ({
  title,
  prepare: async ({ isCluster, keySize, keys, valueSize }) => {
    const bytes = keys * (keySize + valueSize)
    const sizes = ["-d", `${bytes}B`, "--key-size", String(keySize), "--value-size", String(valueSize)]
    const args = [join(ROOT, "dist", "main.js"), "fill", "--json", "--seed", String(SEED), ...sizes, ...more]
    const program = { command: process.execPath, args: isCluster ? [...args, "-c"] : args }
    return { programs: () => [program], expected: keys, remove: () => {} }
  }
})

const redisBenchmark = {
  title: "redis-benchmark SET, -P 64 -c 8",
  command: "redis-benchmark",
  prepare: async ({ isCluster, keySize, keys, nodes, valueSize }) => {
    const tag = "{tag}:"
    const key = `${tag}${"k".repeat(Math.max(0, keySize - tag.length - DIGITS_OF_RANDOM))}__rand_int__`
    const [{ host, port }] = nodes
    const where = ["-h", host, "-p", String(port), ...(isCluster ? ["--cluster"] : [])]
    const load = [
      "-n",
      String(keys),
      "-r",
      String(keys),
      "-P",
      BENCHMARK_PIPELINE,
      "-c",
      BENCHMARK_CLIENTS,
      "-q"
    ]
    const command = ["SET", key, "v".repeat(valueSize)]
    return {
      programs: () => [{ command: "redis-benchmark", args: [...where, ...load, ...command] }],
      // It draws keys at random, so that about 37 % of them are drawn twice or not at all.
      expected: undefined,
      remove: () => {}
    }
  }
}

/** Every key of the range once, in parallel (P:P), as many connections and as deep a pipeline as redis-benchmark's. */
const memtier = {
  title: "memtier_benchmark SET, --pipeline 64, 8 connections",
  command: "memtier_benchmark",
  prepare: async ({ isCluster, keySize, keys, nodes, valueSize }) => {
    const [{ host, port }] = nodes
    const prefix = "k".repeat(Math.max(1, keySize - String(keys).length))
    const where = ["-s", host, "-p", String(port), ...(isCluster ? ["--cluster-mode"] : [])]
    const load = [
      "-t",
      "2",
      "-c",
      "4",
      "--pipeline",
      BENCHMARK_PIPELINE,
      "--ratio",
      "1:0",
      "--hide-histogram"
    ]
    const range = [
      "--key-minimum",
      "1",
      "--key-maximum",
      String(keys),
      "--key-pattern",
      "P:P",
      "-n",
      "allkeys"
    ]
    const data = ["--key-prefix", prefix, "-d", String(valueSize)]
    return {
      programs: () => [{ command: "memtier_benchmark", args: [...where, ...load, ...range, ...data] }],
      expected: undefined,
      remove: () => {}
    }
  }
}

export const CONTESTANTS = {
  replay: replay(
    "SET, rendered in advance, replayed by cat, CLIENT REPLY OFF",
    "bash",
    true,
    ({ host, port }) => ({
      command: "bash",
      args: ["-c", REPLAY, "replay", host, String(port)]
    })
  ),
  pipe: replay("the same, by redis-cli --pipe", "redis-cli", false, ({ host, port }) => ({
    command: "redis-cli",
    args: ["-h", host, "-p", String(port), "--pipe"]
  })),
  benchmark: redisBenchmark,
  memtier,
  on: ours("**ours, every write acknowledged**"),
  off: ours("ours, --replies off", "--replies", "off"),
  serial: ours("ours, --serial", "--serial")
}

/** Those whose program is there; ours always is. */
export const installed = (names) =>
  names.filter((name) => {
    const { command } = CONTESTANTS[name]
    return command === undefined || spawnSync("which", [command]).status === 0
  })
