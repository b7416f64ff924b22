/** What clients keep in memory: the JavaScript heap and the buffers outside it, after a collection. */
import { setTimeout as sleep } from "node:timers/promises"
import { KEYS, Load } from "./Load.ts"
import type { Seed, Side, SideSpec } from "./Side.ts"
import type { HeapResult } from "./SideRequest.ts"

/** Clients give back what a burst has grown after a while without commands: ours within 2.5 s. */
const IDLE_MS = 3_000
/** By then everything that can be sent has been sent. */
const QUEUED_MS = 500
/** Enough callers for every master to get commands. */
const CALLERS = 100

export const rest = (): Promise<void> => sleep(IDLE_MS)

const bytesInUse = (): number => {
  if (globalThis.gc === undefined) throw new Error("heap is measured with --expose-gc")
  globalThis.gc()
  globalThis.gc()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

const use = async (side: Side): Promise<void> => {
  const load = new Load()
  const running = side.run("GET", CALLERS, load)
  while (load.commands < KEYS.length) await sleep(1)
  load.isOver = true
  await running
}

/** As many again have been connected and used before: compiled code and V8's own caches grow with the first ones. */
export const idleHeap = async (spec: SideSpec, seed: Seed, clients: number): Promise<HeapResult> => {
  const sides: Array<Side> = []
  const connect = async (): Promise<number> => {
    for (let count = 0; count < clients; count++) {
      const side = await spec.connect(seed)
      await use(side)
      sides.push(side)
    }
    await rest()
    return bytesInUse()
  }
  const before = await connect()
  return { bytes: ((await connect()) - before) / clients }
}

/** Every caller's first command stays without a reply for as long as the servers hold writes back. */
export const queuedHeap = async (
  side: Side,
  commands: number
): Promise<HeapResult & { readonly finished: Promise<void> }> => {
  const load = new Load()
  const before = bytesInUse()
  const finished = side.run("SET", commands, load)
  // Its failure is told to who waits for it.
  finished.catch(() => {})
  await sleep(QUEUED_MS)
  const bytes = ((bytesInUse() - before) / commands) * 1000
  if (load.commands > 0) throw new Error("a write was answered that should have been held back")
  load.isOver = true
  return { bytes, finished }
}
