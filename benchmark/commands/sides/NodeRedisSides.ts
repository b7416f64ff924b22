/** node-redis in cluster mode: with its default deadline of 5 s, and without, which is what there is to tune. */
import { createCluster } from "redis"
import { type Load, type Operation, VALUE } from "../Load.ts"
import type { SideSpec } from "../Side.ts"

const connect =
  (options: { readonly commandOptions?: { readonly timeout: number } }): SideSpec["connect"] =>
  async ({ host, port }) => {
    const cluster = createCluster({ rootNodes: [{ socket: { host, port } }], ...options })
    cluster.on("error", () => {})
    await cluster.connect()

    const caller = async (operation: Operation, load: Load): Promise<void> => {
      while (!load.isOver) {
        const reply =
          operation === "GET" ? await cluster.get(load.nextKey()) : await cluster.set(load.nextKey(), VALUE)
        load.received(operation, reply)
      }
    }
    return {
      run: async (operation, callers, load) => {
        await Promise.all(Array.from({ length: callers }, () => caller(operation, load)))
      }
    }
  }

export const nodeRedisSides: ReadonlyArray<SideSpec> = [
  { name: "node-redis", isBatch: false, connect: connect({}) },
  { name: "node-redis, no deadline", isBatch: false, connect: connect({ commandOptions: { timeout: 0 } }) }
]
