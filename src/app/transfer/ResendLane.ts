/**
 * Where refused groups go: their keys are rendered again and given to the client, which follows MOVED and ASK, waits for TRYAGAIN,
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
import type { Group } from "../../dataset/PendingGroups.ts"
import type { StreamPort } from "./CrewMember.ts"
import { STOP_GRACE } from "./Reconnection.ts"

export interface ResendLaneOptions {
  readonly client: RedisCommands
  readonly stride: number
  /** Keys of one command, at most. */
  readonly groupKeys: number
  /** Bytes of one key's part of a command, at most. */
  readonly keyLength: number
  readonly commandOf: (first: number, keys: number) => CommandArguments
  /** `stream` is the one that the keys are held in. */
  readonly onResult: (group: Group, result: Either.Either<RespValue, ClientError>, stream: StreamPort) => void
  /** So many keys are sent. */
  readonly onSent: (keys: number) => void
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

/** Keys sent together, by number and by bytes: a lane's memory. */
const MAX_BATCH_KEYS = 512
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** Groups taken from the queue together: their keys share batches. */
const MAX_ITEMS = 64

interface Lane {
  readonly queue: Queue.Queue<Item>
  readonly worker: Fiber.Fiber<void>
}

interface Item extends Group {
  readonly stream: StreamPort
}

export const make = (options: ResendLaneOptions): Effect.Effect<ResendLane, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { client, commandOf, groupKeys, onBatch, onResult, onSent, stride } = options
    const commands = client.withOptions({ idempotent: true })
    const scope = yield* Effect.scope
    const runtime = yield* Effect.runtime()
    const lanes = new Map<string, Lane>()
    const most = Math.max(1, Math.min(MAX_BATCH_KEYS, Math.floor(MAX_BATCH_BYTES / options.keyLength)))
    let outstanding = 0
    let empty: Deferred.Deferred<void> | undefined
    let isStopping = false

    const split = ({ first, keys, stream }: Item): ReadonlyArray<Item> =>
      Array.from({ length: Math.ceil(keys / groupKeys) }, (_, group) => ({
        first: first + group * groupKeys * stride,
        keys: Math.min(groupKeys, keys - group * groupKeys),
        stream
      }))

    const resend = (items: Iterable<Item>): Effect.Effect<void> =>
      Effect.gen(function* () {
        const groups = Array.from(items).flatMap(split)
        for (let start = 0, end = 0; start < groups.length; start = end) {
          if (isStopping) return
          let keys = 0
          while (end < groups.length && (end === start || keys + groups[end].keys <= most)) {
            keys += groups[end++].keys
          }
          const batch = groups.slice(start, end)
          onSent(keys)
          const results = yield* commands.executeMany(batch.map(({ first, keys }) => commandOf(first, keys)))
          const settled = new Map<StreamPort, number>()
          batch.forEach((group, index) => {
            onResult(group, results[index], group.stream)
            settled.set(group.stream, (settled.get(group.stream) ?? 0) + group.keys)
          })
          for (const [stream, keys] of settled) stream.settle(keys)
          outstanding -= keys
        }
        yield* onBatch
        if (outstanding === 0 && empty !== undefined) yield* Deferred.succeed(empty, undefined)
      })

    const open = (): Lane =>
      Runtime.runSync(
        runtime,
        Effect.gen(function* () {
          const queue = yield* Queue.unbounded<Item>()
          const work = Effect.forever(Effect.flatMap(Queue.takeBetween(queue, 1, MAX_ITEMS), resend))
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
