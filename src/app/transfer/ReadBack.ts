/** Reads the keys of a run back and compares every byte: pipelined reads at every slot's owner. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { GroupFormat } from "../../dataset/GroupFormat.ts"
import { ReadReplies } from "../../dataset/ReadReplies.ts"
import * as ResendLane from "./ResendLane.ts"
import * as StreamCrew from "./StreamCrew.ts"
import type { TransferSettings } from "./TransferSettings.ts"
import type { WorkPlan } from "./WorkPlan.ts"

/** What has been read so far, in keys. */
export class ReadTally {
  present = 0
  missing = 0
  different = 0

  get keys(): number {
    return this.present + this.missing + this.different
  }

  add(keys: number, missing: number, different: number): void {
    this.present += keys - missing - different
    this.missing += missing
    this.different += different
  }
}

export interface ReadBackOptions {
  readonly settings: TransferSettings
  readonly plan: WorkPlan
  readonly client: RedisCommands
  readonly tally: ReadTally
}

/** Ends when every key has been compared; fails when one cannot be read. */
export const readBack = ({
  client,
  plan,
  settings,
  tally
}: ReadBackOptions): Effect.Effect<void, ClientError> =>
  Effect.gen(function* () {
    const { dataSet, stride } = plan
    const format = new GroupFormat(dataSet, { _tag: "Read" })

    const crew = yield* StreamCrew.make({
      client,
      format,
      stride,
      replies: "on",
      sizes: plan.sizes,
      concurrency: plan.concurrency,
      silenceTimeout: settings.silenceTimeout,
      makeReplies: (pending, port) =>
        new ReadReplies(pending, dataSet, stride, {
          onRead: (_, keys, missing, different) => tally.add(keys, missing, different),
          // Whatever the reason: the client follows what can be followed, and says what cannot.
          onRefused: (first, keys) => lane.offer(first, keys, port)
        }),
      onSent: () => {},
      onExecuted: () => {},
      onRepeated: () => {}
    })

    const lane = yield* ResendLane.make({
      client,
      stride,
      commandLength: plan.format.groupLength(1),
      commandOf: (index) => ["GET", dataSet.key(index)],
      onResult: (index, result) => {
        if (Either.isLeft(result)) return crew.abort(result.left)
        const reply = result.right
        const isMissing = reply._tag !== "BulkString"
        const isDifferent = !isMissing && dataSet.value(index).compare(reply.value) !== 0
        tally.add(1, isMissing ? 1 : 0, isDifferent ? 1 : 0)
      },
      onSent: () => {},
      onBatch: crew.followTopology
    })

    const topology = yield* client.topology
    yield* crew.run(plan.assign(topology), lane.awaitEmpty)
  }).pipe(Effect.scoped)
