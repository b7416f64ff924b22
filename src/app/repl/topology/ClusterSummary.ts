/** `--cluster-info`: keys, slots and replicas of each master, in the words of `redis-cli --cluster info` (which says slaves). */
import * as Either from "effect/Either"
import { SLOT_COUNT } from "../../../protocol/HashSlot.ts"
import type { JsonDocument } from "../../CommandRun.ts"
import type { NodeState } from "./NodeStates.ts"
import { slotCount } from "./SlotText.ts"

interface MasterSummary {
  readonly address: string
  readonly id: string
  /** `null` when it does not answer. */
  readonly keys: number | null
  readonly slots: number
  readonly replicas: number
}

const summaries = (states: ReadonlyArray<NodeState>): ReadonlyArray<MasterSummary> =>
  states
    .filter(({ role }) => role === "master")
    .map(({ address, facts, id, slots }) => ({
      address,
      id,
      keys: Either.isRight(facts) ? facts.right.keys : null,
      slots: slotCount(slots),
      replicas: states.filter(({ masterId }) => masterId !== undefined && masterId === id).length
    }))

/** Characters of a node's id. */
const SHORT_ID = 8

export const clusterSummaryText = (states: ReadonlyArray<NodeState>): string => {
  const masters = summaries(states)
  const keys = masters.reduce((sum, master) => sum + (master.keys ?? 0), 0)
  return [
    ...masters.map(
      ({ address, id, keys, replicas, slots }) =>
        `${address} (${id.slice(0, SHORT_ID)}...) -> ${keys ?? "?"} keys | ${slots} slots | ${replicas} replicas.`
    ),
    `${keys} keys in ${masters.length} masters.`,
    `${(keys / SLOT_COUNT).toFixed(2)} keys per slot on average.`
  ].join("\n")
}

export const clusterSummaryDocument = (states: ReadonlyArray<NodeState>): JsonDocument => ({
  masters: summaries(states)
})
