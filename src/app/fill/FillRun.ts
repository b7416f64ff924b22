/** Writes the keys of a run: streams to every owner, refused groups again where they belong, everything counted. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { type ClientError } from "../../client/ClusterError.ts"
import { RedisError } from "../../client/RedisError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { FillReplies } from "../../dataset/FillReplies.ts"
import { classifyError } from "../../protocol/Redirection.ts"
import { isError, type RespValue, text } from "../../protocol/Resp.ts"
import type { StreamPort } from "../transfer/CrewMember.ts"
import { bytesPerKey } from "../transfer/TransferSettings.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"
import { bothBrakes } from "../transfer/Brake.ts"
import type { MemoryBudget } from "../transfer/MemoryBudget.ts"
import { Pace } from "../transfer/Pace.ts"
import { RefusalGauge } from "../transfer/RefusalGauge.ts"
import * as ResendLane from "../transfer/ResendLane.ts"
import * as StreamCrew from "../transfer/StreamCrew.ts"
import type { Selection, WorkPlan } from "../transfer/WorkPlan.ts"

export interface FillRunOptions {
  readonly settings: FillSettings
  readonly plan: WorkPlan
  readonly client: RedisCommands
  readonly tally: FillTally
  /** Which of the keys. */
  readonly selection: Selection
  /** The keys from index `first` on are acknowledged; that stream has sent them, or they are held in it. */
  readonly onAcknowledged?: (first: number, keys: number, stream: StreamPort) => void
  /** What the streams may send to each node. */
  readonly budget: MemoryBudget
}

/**
 * Ends when every key has been acknowledged, or refused for good and counted;
 * with replies off, when every server has executed what it was sent.
 *
 * Fails when a node can no longer be reached, when slots stay without an owner,
 * or (`RedisError`) when a node refuses nearly everything. Also then, and when it
 * is interrupted, what is under way has a moment to be acknowledged.
 */
export const fillServers = ({
  budget,
  client,
  onAcknowledged,
  plan,
  selection,
  settings,
  tally
}: FillRunOptions): Effect.Effect<void, ClientError> =>
  Effect.gen(function* () {
    const { format, stride } = plan
    const { replies } = settings
    const pace = yield* paceOf(settings)
    const gauge = new RefusalGauge(bytesPerKey(settings))

    const acknowledge = (first: number, keys: number, stream: StreamPort): void => {
      tally.add(first, keys, stream.address)
      gauge.acknowledge(stream.address, keys)
      onAcknowledged?.(first, keys, stream)
    }

    const refuse = (error: ClientError): void => {
      if (tally.refuse(error, 1, gauge)) crew.abort(error)
    }

    const onRefused = (first: number, keys: number, reply: RespValue, port: StreamPort): void => {
      const error = errorText(reply)
      const kind = classifyError(error)
      if (kind === "Moved") tally.moved += keys
      if (kind === "Ask") tally.asked += keys
      // A lasting error of one key is that key's; of a group it may be one key's, which is found out one by one.
      if (keys === 1 && kind === "Other")
        return refuse(RedisError.of(error, port.address, format.commandName))
      lane.offer(first, keys, port)
    }

    const crew = yield* StreamCrew.make({
      client,
      format,
      stride,
      replies,
      sizes: plan.sizes,
      concurrency: plan.concurrency,
      silenceTimeout: settings.silenceTimeout,
      makeReplies: (pending, port) =>
        new FillReplies(pending, format, stride, {
          onAcknowledged: (first, keys) => {
            budget.settle(port.address, keys)
            acknowledge(first, keys, port)
          },
          onRefused: (first, keys, reply) => {
            budget.settle(port.address, keys)
            onRefused(first, keys, reply, port)
          }
        }),
      brakeOf: (address) => {
        const brake = budget.brakeOf(address)
        return pace === undefined ? brake : bothBrakes(brake, pace)
      },
      onSent: (address, first, keys) => {
        if (replies === "off") tally.add(first, keys, address)
      },
      onExecuted: (node, commands) => tally.addExecuted(node, commands),
      onRepeated: (address, keys) => {
        budget.settle(address, keys)
        tally.resent += keys
      }
    })

    const lane = yield* ResendLane.make({
      client,
      stride,
      // One by one, since a lasting error of a group may be one key's.
      groupKeys: 1,
      keyLength: format.groupLength(1),
      commandOf: plan.writeOf,
      onResult: ({ first, keys }, result, stream) => {
        if (Either.isLeft(result)) refuse(result.left)
        else acknowledge(first, keys, stream)
      },
      onSent: (keys) => {
        tally.resent += keys
      },
      onBatch: crew.followTopology
    })

    const topology = yield* client.topology
    yield* crew
      .run(plan.assign(topology, selection), lane.awaitEmpty)
      .pipe(
        Effect.onExit((exit) =>
          exit._tag === "Success"
            ? Effect.void
            : Effect.all([crew.stop, lane.stop], { concurrency: "unbounded", discard: true })
        )
      )
  }).pipe(Effect.scoped)

/** Of this process: the others have as much. */
const paceOf = ({ processes, rate }: FillSettings): Effect.Effect<Pace | undefined, never, Scope.Scope> =>
  rate === undefined
    ? Effect.succeed(undefined)
    : Effect.acquireRelease(
        Effect.sync(() => new Pace(rate / processes)),
        (pace) => Effect.sync(() => pace.stop())
      )

const errorText = (reply: RespValue): string =>
  isError(reply) ? reply.value : `UnexpectedReply ${text(reply) ?? reply._tag}`
