/** What the tests of the client share: a client of scripted nodes, and keys for each of them. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ClusterClient from "../../src/client/ClusterClient.ts"
import type { ClusterOptions } from "../../src/client/ClusterConfig.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { SLOT_COUNT } from "../../src/protocol/HashSlot.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"
import type { FakeCluster } from "../support/FakeCluster.ts"
import type { FakeCommand } from "../support/FakeNode.ts"

/** The waits of the configuration, short: what is tested here is not how long they are. */
export const QUICK: Partial<ClusterOptions> = {
  retryDelay: Duration.millis(2),
  unavailableSchedule: Schedule.spaced("5 millis").pipe(Schedule.upTo("300 millis"))
}

export const connect = (
  cluster: FakeCluster,
  options: Partial<ClusterOptions> = {}
): Effect.Effect<RedisCommands, never, Scope.Scope> =>
  Effect.orDie(ClusterClient.make({ seeds: cluster.seeds, ...QUICK, ...options }))

/** The `index`th slot that the node has. */
export const slotOn = (cluster: FakeCluster, node: number, index = 0): number => {
  let seen = 0
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    if (cluster.owner(slot) === node && seen++ === index) return slot
  }
  throw new RangeError(`node ${node} has no ${index + 1} slots`)
}

export const keyIn = (slot: number, name = "key"): string => `{${slotTag(slot)}}${name}`

export const keyOn = (cluster: FakeCluster, node: number, index = 0): string =>
  keyIn(slotOn(cluster, node, index))

/** How often the cluster was asked for its topology. */
export const questions = (cluster: FakeCluster): number =>
  cluster.received("CLUSTER").filter(([, subcommand]) => subcommand === "SLOTS").length

export const isQuestion = ([name, subcommand]: FakeCommand): boolean =>
  name === "CLUSTER" && subcommand === "SLOTS"

/** Waits until the condition holds; the time limit is that of the test. */
export const eventually = (condition: () => boolean): Effect.Effect<void> =>
  Effect.asVoid(
    Effect.repeat(Effect.sync(condition), { until: (holds) => holds, schedule: Schedule.spaced("2 millis") })
  )
