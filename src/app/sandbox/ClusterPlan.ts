/** Who does what in the cluster of a sandbox: a pure function of the numbers asked for. */
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"

export interface ClusterPlan {
  readonly masters: ReadonlyArray<PlannedMaster>
  readonly replicas: ReadonlyArray<PlannedReplica>
}

export interface PlannedMaster {
  /** Index into the list of servers. */
  readonly server: number
  /** Inclusive. */
  readonly firstSlot: number
  readonly lastSlot: number
}

export interface PlannedReplica {
  readonly server: number
  /** The server that it is to follow. */
  readonly master: number
}

/**
 * The first servers are the masters, with shares of the slots that differ by at most one, in order; then come the
 * replicas, first one for each master, then a second for each, ...
 *
 * @param replicas per master
 */
export const planCluster = (masters: number, replicas: number): ClusterPlan => ({
  masters: Array.from({ length: masters }, (_, index) => ({
    server: index,
    firstSlot: Math.floor((index * SLOT_COUNT) / masters),
    lastSlot: Math.floor(((index + 1) * SLOT_COUNT) / masters) - 1
  })),
  replicas: Array.from({ length: masters * replicas }, (_, index) => ({
    server: masters + index,
    master: index % masters
  }))
})
