/**
 * The thread that makes the load: with an event loop to itself, so that neither
 * the view nor the writing of a log delays what is being timed.
 */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { DEFAULT_MAX_PENDING } from "../../connection/ConnectionOptions.ts"
import { masters } from "../../protocol/ClusterTopology.ts"
import { reported } from "../CommandFailure.ts"
import { connect } from "../ConnectLayer.ts"
import { unseal } from "../SealedConnect.ts"
import { type BenchSettings, shareOf } from "./BenchSettings.ts"
import { ClientGauge } from "./ClientGauge.ts"
import { LoadLoop } from "./LoadLoop.ts"
import { LoadTally } from "./LoadTally.ts"
import { Timetable } from "./Timetable.ts"
import type { FromWorker, RunPart, ToWorker, WorkerOrder } from "./WorkerMessage.ts"
import { Workload } from "./Workload.ts"

/** Does what this thread was started for. */
export const serve = (): void => {
  const port = parentPort
  if (port === null) return
  const send = (message: FromWorker): void => port.postMessage(message)
  const work = run(workerData as WorkerOrder, port, send).pipe(
    Effect.scoped,
    Effect.catchAll((error) => {
      const { message, node, tag } = reported(error)
      return Effect.sync(() => send({ _tag: "Failed", error: { tag, message, node } }))
    }),
    Effect.ensuring(Effect.sync(() => port.close())),
    // The command's own client tells of failovers, once, and not on standard output.
    Effect.provide(Logger.minimumLogLevel(LogLevel.None))
  )
  Effect.runFork(work)
}

const run = (order: WorkerOrder, port: MessagePort, send: (message: FromWorker) => void) =>
  Effect.gen(function* () {
    const { settings, worker } = order
    const { client } = yield* connect(unseal(order.connect), {
      clusterWithoutFlag: "refuse",
      uncoveredSlots: "refuse",
      multiplexerCount: settings.multiplexerCount,
      // All may be for keys of one node.
      maxPending: Math.max(DEFAULT_MAX_PENDING, lanesOf(settings, worker))
    })
    yield* openConnections(client, settings)
    const topology = yield* client.topology
    const workload = new Workload(settings, lanesOf(settings, worker), { worker, workers: settings.workers })
    const tally = new LoadTally(workload.operations, settings.rate !== undefined, topology)
    yield* Effect.forkScoped(
      Stream.runForEach(client.topologyChanges, (changed) => Effect.sync(() => tally.follow(changed)))
    )
    send({ _tag: "Ready" })
    const start = yield* awaitStart(port)
    yield* load({
      client,
      settings,
      worker,
      workload,
      tally,
      start,
      port,
      onPart: (part) => send({ _tag: "Part", part })
    })
  })

interface Load {
  readonly client: RedisCommands
  readonly settings: BenchSettings
  readonly worker: number
  readonly workload: Workload
  readonly tally: LoadTally
  /** Milliseconds of this thread's `performance.now()`. */
  readonly start: number
  readonly port: MessagePort
  readonly onPart: (part: RunPart) => void
}

const load = ({
  client,
  onPart,
  port,
  settings,
  start,
  tally,
  worker,
  workload
}: Load): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const { interval, limit, pipeline, rate, warmup, workers } = settings
    const duration = limit._tag === "Duration" ? limit.milliseconds : Infinity
    const requests = limit._tag === "Requests" ? shareOf(limit.count, worker, workers) : Infinity
    const countsFrom = start + warmup
    const loop = new LoadLoop({
      client,
      workload,
      tally,
      clients: shareOf(settings.clients, worker, workers),
      pipeline,
      timetable:
        rate === undefined
          ? undefined
          : new Timetable({ rate, worker, workers, start, warmup, duration, requests }),
      countsFrom,
      endsAt: countsFrom + duration,
      requests,
      onEnd: () => {
        clearTimeout(timer)
        give(true)
        gauge?.stop()
        resume(Effect.void)
      }
    })
    let gauge: ClientGauge | undefined
    let position = 0
    let from = 0
    const give = (isLast: boolean): void => {
      const to = isLast ? loop.measured : performance.now() - countsFrom
      gauge ??= new ClientGauge(loop)
      onPart({
        position: position++,
        isLast,
        from,
        to,
        tally: tally.take(isLast),
        unsent: loop.unsent,
        outages: tally.outages(performance.now()).map((outage) => since(outage, countsFrom)),
        client: gauge.take()
      })
      from = to
    }
    /** At the end of the warm-up, and after each interval but the last, which takes in what is answered late. */
    const look = (): void => {
      if (gauge === undefined) gauge = new ClientGauge(loop)
      else give(false)
      const next = (position + 1) * interval
      if (next < duration) timer = setTimeout(look, countsFrom + next - performance.now())
    }
    let timer = setTimeout(look, warmup)
    port.on("message", (message: ToWorker) => message._tag === "Stop" && loop.stop())
    loop.start()
  })

const since = (outage: RunPart["outages"][number], origin: number): RunPart["outages"][number] => {
  const shifted = (time: number | undefined): number | undefined =>
    time === undefined ? undefined : time - origin
  return {
    ...outage,
    from: outage.from - origin,
    firstError: shifted(outage.firstError),
    lastError: shifted(outage.lastError),
    recovered: shifted(outage.recovered)
  }
}

const lanesOf = ({ clients, pipeline, workers }: BenchSettings, worker: number): number =>
  shareOf(clients, worker, workers) * pipeline

const awaitStart = (port: MessagePort): Effect.Effect<number> =>
  Effect.async((resume) => {
    port.once("message", (message: ToWorker) => {
      if (message._tag === "Stop") return resume(Effect.interrupt)
      const at = message.at - performance.timeOrigin
      setTimeout(() => resume(Effect.succeed(performance.now())), at - performance.now())
    })
  })

/** So that the first commands do not pay for it. A master that is not there is found out by the load. */
const openConnections = (client: RedisCommands, { multiplexerCount }: BenchSettings): Effect.Effect<void> =>
  Effect.flatMap(client.topology, (topology) =>
    Effect.forEach(
      masters(topology),
      ({ address }) =>
        Effect.replicateEffect(Effect.ignore(client.executeOn(address, "PING")), multiplexerCount, {
          concurrency: "unbounded",
          discard: true
        }),
      { concurrency: "unbounded", discard: true }
    )
  )
