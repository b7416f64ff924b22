// Who fills. Each gives the programs to run side by side, and how many keys the servers must hold afterwards.
import { closeSync, openSync } from "node:fs"
import { join } from "node:path"
import { ROOT } from "../../scripts/setup.mjs"
import { renderSets } from "./render.mjs"

const SEED = 1
const DIGITS_OF_RANDOM = 12
/** What redis-benchmark is given: as many connections as ours, and a pipeline at which it is at its best. */
const BENCHMARK_CLIENTS = "8"
const BENCHMARK_PIPELINE = "64"

/** The bytes of plain SETs, rendered in advance, from memory into the socket. */
const replay = (title, isSilent, programOf) => ({
  title,
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
  prepare: async ({ isCluster, keySize, keys, nodes, valueSize }) => {
    const tag = "{tag}:"
    const key = `${tag}${"k".repeat(keySize - tag.length - DIGITS_OF_RANDOM)}__rand_int__`
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

export const CONTESTANTS = {
  nc: replay("SET, rendered in advance, replayed by nc, CLIENT REPLY OFF", true, ({ host, port }) => ({
    command: "nc",
    args: ["-N", host, String(port)]
  })),
  pipe: replay("the same, by redis-cli --pipe", false, ({ host, port }) => ({
    command: "redis-cli",
    args: ["-h", host, "-p", String(port), "--pipe"]
  })),
  benchmark: redisBenchmark,
  on: ours("**ours, every write acknowledged**"),
  off: ours("ours, --replies off", "--replies", "off")
}
