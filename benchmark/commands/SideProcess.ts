/** The process of one side: does what the comparison asks for, one thing at a time. */
import { setTimeout as sleep } from "node:timers/promises"
import { idleHeap, queuedHeap, rest } from "./Heap.ts"
import { Load } from "./Load.ts"
import type { Seed, Side, SideSpec } from "./Side.ts"
import type { RunResult, SideAnswer, SideRequest } from "./SideRequest.ts"
import { SIDES } from "./Sides.ts"

interface Connected {
  readonly spec: SideSpec
  readonly seed: Seed
  readonly side: Side
}

let connected: Connected | undefined
let held: Promise<void> = Promise.resolve()

const POLL_MS = 5

/** Waits until this process has used so many milliseconds of processor time, so that a busy machine cuts no measurement short. */
const used = async (milliseconds: number): Promise<void> => {
  const before = process.cpuUsage()
  for (let spent = 0; spent < milliseconds;) {
    await sleep(POLL_MS)
    const { system, user } = process.cpuUsage(before)
    spent = (user + system) / 1000
  }
}

const run = async (side: Side, request: SideRequest & { readonly kind: "run" }): Promise<RunResult> => {
  const load = new Load()
  const running = side.run(request.operation, request.callers, load)
  // Its failure is told below.
  running.catch(() => {})
  await used(request.warmUpMs)
  const [commands, cpu, started] = [load.commands, process.cpuUsage(), process.hrtime.bigint()]
  await used(request.measureMs)
  const result = {
    commands: load.commands - commands,
    cpuMicros: Object.values(process.cpuUsage(cpu)).reduce((sum, part) => sum + part, 0),
    wallMicros: Number(process.hrtime.bigint() - started) / 1000
  }
  load.isOver = true
  await running
  return result
}

const answerTo = async (request: SideRequest): Promise<SideAnswer> => {
  if (request.kind === "connect") {
    const spec = SIDES.find(({ name }) => name === request.side)
    if (spec === undefined) throw new Error(`there is no side ${request.side}`)
    connected = { spec, seed: request.seed, side: await spec.connect(request.seed) }
    return { kind: "done" }
  }
  if (connected === undefined) throw new Error("not connected")
  const { seed, side, spec } = connected
  switch (request.kind) {
    case "run":
      return { kind: "run", ...(await run(side, request)) }
    case "idle-heap":
      return { kind: "heap", ...(await idleHeap(spec, seed, request.clients)) }
    case "rest":
      await held
      await rest()
      return { kind: "done" }
    case "queued-heap": {
      const { bytes, finished } = await queuedHeap(side, request.commands)
      held = finished
      return { kind: "heap", bytes }
    }
  }
}

const send = (answer: SideAnswer): void => {
  process.send?.(answer)
}

process.on("message", (request: SideRequest) => {
  answerTo(request).then(send, (error: unknown) => send({ kind: "failed", message: String(error) }))
})

// The comparison has ended, however that came about.
process.on("disconnect", () => process.exit())
