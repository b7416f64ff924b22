/**
 * Reads the keys of a run back and compares every byte: pipelined reads at
 * every slot's owner. What is missing or different can be written at once: it
 * is held in the window of the stream that read it until it is acknowledged, so
 * nothing has to be remembered, however much of it there is.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { GroupFormat } from "../../dataset/GroupFormat.ts"
import { ReadReplies } from "../../dataset/ReadReplies.ts"
import type { RespValue } from "../../protocol/Resp.ts"
import type { StreamPort } from "./CrewMember.ts"
import type { ReadTally } from "./ReadTally.ts"
import { RefusalGauge } from "./RefusalGauge.ts"
import * as ResendLane from "./ResendLane.ts"
import * as StreamCrew from "./StreamCrew.ts"
import { bytesPerKey, type TransferSettings } from "./TransferSettings.ts"
import type { Selection, WorkPlan } from "./WorkPlan.ts"

export interface ReadBackOptions {
  readonly settings: TransferSettings
  readonly plan: WorkPlan
  readonly client: RedisCommands
  readonly tally: ReadTally
  /** Which of the keys. */
  readonly selection: Selection
  /** Whether keys that are missing or different are written. */
  readonly repair: boolean
}

/**
 * Ends when every key has been compared, and repaired or counted among the
 * refused. Fails when one cannot be read, or when a node refuses nearly every
 * repair (`RedisError`).
 */
export const readBack = ({
  client,
  plan,
  repair,
  selection,
  settings,
  tally
}: ReadBackOptions): Effect.Effect<void, ClientError> =>
  Effect.gen(function* () {
    const { dataSet, stride } = plan
    const format = new GroupFormat(dataSet, { _tag: "Read" })
    const gauge = new RefusalGauge(bytesPerKey(settings))
    const laneOptions = {
      client,
      stride,
      keyLength: plan.format.groupLength(1),
      onSent: () => {},
      onBatch: Effect.suspend(() => crew.followTopology)
    }

    const repairs = yield* ResendLane.make({
      ...laneOptions,
      groupKeys: plan.sizes.groupKeys,
      commandOf: plan.writeOf,
      onResult: ({ first, keys }, result, { address }) => {
        if (Either.isRight(result)) {
          tally.addRepaired(first, keys)
          gauge.acknowledge(address, keys)
        } else if (tally.refuse(result.left, keys, gauge)) crew.abort(result.left)
      }
    })
    const mend = (first: number, keys: number, port: StreamPort): void => {
      if (repair) repairs.offer(first, keys, port)
    }

    const rereads = yield* ResendLane.make({
      ...laneOptions,
      groupKeys: 1,
      commandOf: (index) => ["GET", dataSet.key(index)],
      onResult: ({ first: index }, result, port) => {
        const value = valueOf(result)
        if (Either.isLeft(value)) return crew.abort(value.left)
        const isMissing = value.right === undefined
        const isDifferent = value.right !== undefined && dataSet.value(index).compare(value.right) !== 0
        tally.add(index, 1, isMissing ? 1 : 0, isDifferent ? 1 : 0, port.address)
        if (isMissing || isDifferent) mend(index, 1, port)
      }
    })

    const crew: StreamCrew.StreamCrew = yield* StreamCrew.make({
      client,
      format,
      stride,
      replies: "on",
      sizes: plan.sizes,
      concurrency: plan.concurrency,
      silenceTimeout: settings.silenceTimeout,
      makeReplies: (pending, port) =>
        new ReadReplies(pending, dataSet, stride, {
          onWrong: (first, keys) => mend(first, keys, port),
          onRead: (first, keys, missing, different) =>
            tally.add(first, keys, missing, different, port.address),
          // Whatever the reason: the client follows what can be followed, and says what cannot.
          onRefused: (first, keys) => rereads.offer(first, keys, port)
        }),
      onSent: () => {},
      onExecuted: () => {},
      onRepeated: () => {}
    })

    const topology = yield* client.topology
    yield* crew
      .run(plan.assign(topology, selection), Effect.zipRight(rereads.awaitEmpty, repairs.awaitEmpty))
      .pipe(
        Effect.onExit((exit) =>
          exit._tag === "Success" ? Effect.void : Effect.zipRight(crew.stop, repairs.stop)
        )
      )
  }).pipe(Effect.scoped)

/** As MGET has it, a key that holds no string has no value. */
const valueOf = (
  result: Either.Either<RespValue, ClientError>
): Either.Either<Uint8Array | undefined, ClientError> => {
  if (Either.isRight(result)) {
    return Either.right(result.right._tag === "BulkString" ? result.right.value : undefined)
  }
  const error = result.left
  return error._tag === "RedisError" && error.kind === "WRONGTYPE"
    ? Either.right(undefined)
    : Either.left(error)
}
