/**
 * ioredis in cluster mode. It has no deadline by default, so its default
 * options are measured with and without the one that ours has.
 */
import { Cluster } from "ioredis-6"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import { type Load, type Operation, VALUE } from "../Load.ts"
import type { Seed, Side, SideSpec } from "../Side.ts"

/** As ours. */
const COMMAND_TIMEOUT_MS = 10_000

interface Options {
  readonly redisOptions?: { readonly commandTimeout: number }
  readonly enableAutoPipelining?: boolean
}

const DEADLINE: Options = { redisOptions: { commandTimeout: COMMAND_TIMEOUT_MS } }

const open = async (seed: Seed, options: Options): Promise<Cluster> => {
  const cluster = new Cluster([{ host: seed.host, port: seed.port }], options)
  await new Promise<void>((resolve, reject) => {
    cluster.once("ready", resolve)
    cluster.once("error", reject)
  })
  return cluster
}

const caller = async (cluster: Cluster, operation: Operation, load: Load): Promise<void> => {
  while (!load.isOver) {
    const reply =
      operation === "GET" ? await cluster.get(load.nextKey()) : await cluster.set(load.nextKey(), VALUE)
    load.received(operation, reply)
  }
}

const connectCallers =
  (options: Options): SideSpec["connect"] =>
  async (seed) => {
    const cluster = await open(seed, options)
    return {
      run: async (operation, callers, load) => {
        await Promise.all(Array.from({ length: callers }, () => caller(cluster, operation, load)))
      }
    }
  }

/** Which of the masters owns a slot, since a pipeline of ioredis is for the keys of one. */
const masterIndexes = async (cluster: Cluster): Promise<Uint8Array> => {
  const shards = await cluster.cluster("SLOTS")
  const ports = [...new Set(shards.map(([, , [, port]]) => port))]
  const owners = new Uint8Array(16_384)
  for (const [first, last, [, port]] of shards) owners.fill(ports.indexOf(port), first, last + 1)
  return owners
}

const connectPipeline: SideSpec["connect"] = async (seed): Promise<Side> => {
  const cluster = await open(seed, DEADLINE)
  const owners = await masterIndexes(cluster)
  const masters = Math.max(...owners) + 1
  return {
    run: async (operation, size, load) => {
      while (!load.isOver) {
        const pipelines = Array.from({ length: masters }, () => cluster.pipeline())
        for (let count = 0; count < size; count++) {
          const key = load.nextKey()
          const pipeline = pipelines[owners[calculateSlot(key)]]
          if (operation === "GET") pipeline.get(key)
          else pipeline.set(key, VALUE)
        }
        const used = pipelines.filter((pipeline) => pipeline.length > 0)
        for (const results of await Promise.all(used.map((pipeline) => pipeline.exec()))) {
          for (const [error, reply] of results ?? []) {
            if (error !== null) throw error
            load.received(operation, reply as string | null)
          }
        }
      }
    }
  }
}

export const ioredisSides: ReadonlyArray<SideSpec> = [
  { name: "ioredis", isBatch: false, connect: connectCallers(DEADLINE) },
  { name: "ioredis, no deadline", isBatch: false, connect: connectCallers({}) },
  {
    name: "ioredis, `enableAutoPipelining`",
    isBatch: false,
    connect: connectCallers({ ...DEADLINE, enableAutoPipelining: true })
  },
  { name: "ioredis, `pipeline()` per master", isBatch: true, connect: connectPipeline }
]
