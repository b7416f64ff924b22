/** The work of a run as assignments to nodes, for writing and for reading back alike. */
import { planRange, planSlots, streamSizes, type StreamSizes } from "../../dataset/FillPlan.ts"
import { DataSet } from "../../dataset/DataSet.ts"
import { GroupFormat } from "../../dataset/GroupFormat.ts"
import { type ClusterTopology, masters, NO_OWNER, slotRanges } from "../../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import type { Assignment } from "./StreamCrew.ts"
import {
  DEFAULT_CONNECTIONS,
  DEFAULT_CONNECTIONS_PER_MASTER,
  type TransferSettings
} from "./TransferSettings.ts"

export interface WorkPlan {
  readonly dataSet: DataSet
  /** How the keys are written; the sizes hold for reading as well, since a read sends less and is sent as much. */
  readonly format: GroupFormat
  /** What lies between the indexes of neighbouring keys of a group. */
  readonly stride: number
  readonly sizes: StreamSizes
  readonly concurrency: number
  /** Anew for each pass: cursors are used up. */
  readonly assign: (topology: ClusterTopology) => ReadonlyArray<Assignment>
}

export const planWork = (settings: TransferSettings, topology: ClusterTopology): WorkPlan => {
  const { command, isCluster, pipeline, range } = settings
  const dataSet = new DataSet(settings)
  const format = new GroupFormat(dataSet, command)
  const concurrency = streamsOf(settings, topology)
  const sizes = streamSizes(format.itemLength, pipeline, concurrency)
  return {
    dataSet,
    format,
    stride: isCluster ? SLOT_COUNT : 1,
    sizes,
    concurrency,
    assign: (current) => {
      if (!isCluster) {
        const [{ address }] = masters(current)
        return planRange(range, concurrency, sizes.groupKeys).map((cursor) => ({ address, cursor }))
      }
      const nodes = ownersOf(current)
      return nodes.flatMap(({ address, ranges }, node) =>
        planSlots(range, ranges, shareOf(concurrency, node, nodes.length), sizes.groupKeys).map((cursor) => ({
          address,
          cursor
        }))
      )
    }
  }
}

/** Connections that a node may have to bear: its own streams, and one more for work that moves to it. */
export const connectionsPerNode = (connections: number | undefined): number =>
  Math.max(DEFAULT_CONNECTIONS, connections ?? 0) + 1

/** Streams of a run. */
export const streamsOf = ({ connections, isCluster }: TransferSettings, topology: ClusterTopology): number =>
  connections ??
  (isCluster ? DEFAULT_CONNECTIONS_PER_MASTER * mastersWithSlots(topology).length : DEFAULT_CONNECTIONS)

/** Nodes that keys of the run belong to, each of which wants a stream. */
export const nodesNeeded = ({ isCluster }: TransferSettings, topology: ClusterTopology): number =>
  isCluster ? Math.max(1, mastersWithSlots(topology).length) : 1

interface Owner {
  /** `undefined` for the slots without an owner: their keys wait for one. */
  readonly address: string | undefined
  readonly ranges: ReadonlyArray<readonly [first: number, last: number]>
}

const mastersWithSlots = (topology: ClusterTopology): ReadonlyArray<Owner> =>
  masters(topology)
    .map((node) => ({ address: node.address, ranges: slotRanges(topology, node) }))
    .filter(({ ranges }) => ranges.length > 0)

const ownersOf = (topology: ClusterTopology): ReadonlyArray<Owner> => {
  const owned = mastersWithSlots(topology)
  const ranges = Array.from(topology.slots.keys())
    .filter((slot) => topology.slots[slot] === NO_OWNER)
    .map((slot) => [slot, slot] as const)
  return ranges.length === 0 ? owned : [...owned, { address: undefined, ranges }]
}

/** Streams of one of several nodes or processes: at least one, so that more nodes than streams are served one after the other. */
export const shareOf = (streams: number, part: number, parts: number): number =>
  Math.max(1, Math.floor(streams / parts) + (part < streams % parts ? 1 : 0))
