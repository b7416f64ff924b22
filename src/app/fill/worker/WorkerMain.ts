/** A worker process: writes the part of a run that it is told to, and tells what becomes of it. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { ClusterClient } from "../../../client/ClusterClient.ts"
import { reported } from "../../CommandFailure.ts"
import { connectLayer } from "../../ConnectLayer.ts"
import { reconnect, RECONNECT_DEADLINE } from "../../transfer/Reconnection.ts"
import { MemoryBudget } from "../../transfer/MemoryBudget.ts"
import { connectionsPerNode, planWork } from "../../transfer/WorkPlan.ts"
import type { FillProblem } from "../FillProblem.ts"
import { FillTally } from "../FillTally.ts"
import { writeKeys } from "../FillWriter.ts"
import { type FromWorker, readOrder, type ToWorker, type WorkerOrder } from "./WorkerProtocol.ts"

/** How often the run is told how far this part is: its view is drawn eight times a second. */
const COUNTS_INTERVAL_MS = 200

/** Signals go to every process of a terminal or a service at once: the run decides what they mean, and says so. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const

export const runWorker = (): void => {
  for (const signal of SIGNALS) process.on(signal, () => {})
  let stop = (): void => process.exit()
  let accountsAreDue = false
  const budget = new MemoryBudget(() => {
    // Once for all the streams that come to wait in this turn.
    if (!accountsAreDue) setImmediate(tellAccounts)
    accountsAreDue = true
  })
  const tellAccounts = (): void => {
    accountsAreDue = false
    tell({ _tag: "Accounts", accounts: budget.accounts() })
  }
  process.on("message", (message: ToWorker) => {
    if (message._tag === "Grant") budget.grant(message.address, message.limit)
    else if (message._tag === "Fill") stop = work(message, budget)
    else stop()
  })
  // The run is gone: nobody would hear what becomes of the rest.
  process.once("disconnect", () => stop())
}

/** Starts, and gives what stops it; the process ends with the work. */
const work = (order: WorkerOrder, budget: MemoryBudget): (() => void) => {
  const tally = new FillTally(order.settings.isCluster)
  const tellCounts = (): void => {
    tell({ _tag: "Accounts", accounts: budget.accounts() })
    tell({ _tag: "Counts", counts: tally.counts() })
  }
  const telling = setInterval(tellCounts, COUNTS_INTERVAL_MS)
  const fiber = Effect.runFork(fillPart(order, tally, budget))
  fiber.addObserver((exit) => {
    clearInterval(telling)
    if (!process.connected) process.exit()
    tellCounts()
    tell(endOf(exit), () => process.exit())
  })
  return () => void Effect.runFork(Fiber.interrupt(fiber))
}

const tell = (message: FromWorker, then: () => void = () => {}): void => {
  process.send?.(message, undefined, undefined, then)
}

const fillPart = (
  order: WorkerOrder,
  tally: FillTally,
  budget: MemoryBudget
): Effect.Effect<void, FillProblem> => {
  const { connect, settings } = readOrder(order)
  const client = connectLayer(connect, {
    clusterWithoutFlag: "refuse",
    // A worker that is started in the middle of a failover waits for the owners as the others do.
    uncoveredSlots: "allow",
    maxConnectionsPerNode: connectionsPerNode(settings.connections)
  })
  return Effect.gen(function* () {
    const client = yield* ClusterClient
    const plan = planWork(settings, yield* client.topology)
    tell({ _tag: "Started" })
    yield* writeKeys({ budget, client, plan, settings, tally })
  }).pipe(Effect.provide(Layer.retry(Layer.mapError(client, notConnected), untilLate)))
}

/** The run itself has connected, so what is in the way may pass. */
const untilLate = Schedule.upTo(reconnect, RECONNECT_DEADLINE)

const notConnected = (error: unknown): FillProblem => {
  const { message, node, tag } = reported(error)
  return { tag, node, what: message, advice: "bring the server back" }
}

const endOf = (exit: Exit.Exit<void, FillProblem>): FromWorker => {
  if (Exit.isSuccess(exit)) return { _tag: "Done" }
  const what = `a worker process failed (${Cause.pretty(exit.cause).split("\n")[0]})`
  const unexpected: FillProblem = { tag: "Defect", node: undefined, what, advice: "please report it" }
  return { _tag: "Failed", problem: Option.getOrElse(Cause.failureOption(exit.cause), () => unexpected) }
}
