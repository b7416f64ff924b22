/**
 * Where refused groups go: their keys are rendered again, one command each, and
 * given to the client, which follows MOVED and ASK, waits for TRYAGAIN,
 * CLUSTERDOWN and LOADING, and says of each key what became of it.
 *
 * One lane per node that refused, so that a node which stays silent holds up
 * nobody else's keys. The queues need no bound: what waits in them is held in
 * the windows of the streams it came from.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import type { CommandArguments, RespValue } from "../../protocol/Resp.ts"
import type { StreamPort } from "./CrewMember.ts"
import { STOP_GRACE } from "./Reconnection.ts"

export interface ResendLaneOptions {
  readonly client: RedisCommands
  readonly stride: number
  /** Bytes of one command, at most. */
  readonly commandLength: number
  readonly commandOf: (index: number) => CommandArguments
  /** `node` is the one that had refused the key. */
  readonly onResult: (index: number, result: Either.Either<RespValue, ClientError>, node: string) => void
  /** So many commands are sent. */
  readonly onSent: (commands: number) => void
  /** After some results: slots may have moved. */
  readonly onBatch: Effect.Effect<void>
}

export interface ResendLane {
  /** Sends the keys from index `first` on, a stride apart, by themselves; they are held in the stream until then. */
  readonly offer: (first: number, keys: number, stream: StreamPort) => void
  /** Waits until every key offered has its result. */
  readonly awaitEmpty: Effect.Effect<void>
  /** Sends nothing new, and waits a moment for the results of what is under way. */
  readonly stop: Effect.Effect<void>
}

/** Commands sent together, by number and by bytes: a lane's memory. */
const MAX_BATCH_COMMANDS = 512
const MAX_BATCH_BYTES = 4 * 1024 * 1024

interface Lane {
  readonly queue: Queue.Queue<Item>
  readonly worker: Fiber.Fiber<void>
}

interface Item {
  readonly first: number
  readonly keys: number
  readonly stream: StreamPort
}

export const make = (options: ResendLaneOptions): Effect.Effect<ResendLane, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { client, commandOf, onBatch, onResult, onSent, stride } = options
    const commands = client.withOptions({ idempotent: true })
    const scope = yield* Effect.scope
    const runtime = yield* Effect.runtime()
    const lanes = new Map<string, Lane>()
    const most = Math.max(
      1,
      Math.min(MAX_BATCH_COMMANDS, Math.floor(MAX_BATCH_BYTES / options.commandLength))
    )
    let outstanding = 0
    let empty: Deferred.Deferred<void> | undefined
    let isStopping = false

    const resend = ({ first, keys, stream }: Item): Effect.Effect<void> =>
      Effect.gen(function* () {
        for (let start = 0; start < keys; start += most) {
          if (isStopping) return
          const count = Math.min(most, keys - start)
          const indexes = Array.from({ length: count }, (_, key) => first + (start + key) * stride)
          onSent(count)
          const results = yield* commands.executeMany(indexes.map(commandOf))
          results.forEach((result, key) => onResult(indexes[key], result, stream.address))
          stream.settle(count)
          outstanding -= count
        }
        yield* onBatch
        if (outstanding === 0 && empty !== undefined) yield* Deferred.succeed(empty, undefined)
      })

    const open = (): Lane =>
      Runtime.runSync(
        runtime,
        Effect.gen(function* () {
          const queue = yield* Queue.unbounded<Item>()
          const work = Effect.forever(Effect.flatMap(Queue.take(queue), resend))
          return { queue, worker: yield* Effect.forkIn(work, scope) }
        })
      )

    return {
      offer: (first, keys, stream) => {
        let lane = lanes.get(stream.address)
        if (lane === undefined) lanes.set(stream.address, (lane = open()))
        outstanding += keys
        stream.hold(keys)
        Queue.unsafeOffer(lane.queue, { first, keys, stream })
      },
      awaitEmpty: Effect.gen(function* () {
        if (outstanding === 0) return
        empty = yield* Deferred.make<void>()
        yield* Deferred.await(empty)
      }),
      stop: Effect.suspend(() => {
        isStopping = true
        // A worker ends when it comes to its closed queue, and not in the middle of a batch.
        const ends = Effect.forEach(lanes.values(), ({ queue, worker }) =>
          Effect.zipRight(Queue.shutdown(queue), Fiber.await(worker))
        )
        return ends.pipe(Effect.interruptible, Effect.timeoutOption(STOP_GRACE), Effect.asVoid)
      })
    }
  })
