/** The work of a run as assignments to nodes, for writing and for reading back alike. */
import { planRange, planSlots, streamSizes, type StreamSizes } from "../../dataset/FillPlan.ts"
import { DataSet } from "../../dataset/DataSet.ts"
import { GroupFormat } from "../../dataset/GroupFormat.ts"
import { type ClusterTopology, masters, slotRanges } from "../../protocol/ClusterTopology.ts"
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
  const concurrency =
    settings.connections ??
    (isCluster ? DEFAULT_CONNECTIONS_PER_MASTER * mastersWithSlots(topology).length : DEFAULT_CONNECTIONS)
  const sizes = streamSizes(format.itemLength, pipeline, concurrency)
  return {
    dataSet,
    format,
    stride: isCluster ? SLOT_COUNT : 1,
    sizes,
    concurrency,
    assign: (current) => {
      const nodes = mastersWithSlots(current)
      return isCluster
        ? nodes.flatMap(({ address, ranges }, node) =>
            planSlots(range, ranges, shareOf(concurrency, node, nodes.length), sizes.groupKeys).map(
              (cursor) => ({ address, cursor })
            )
          )
        : planRange(range, concurrency, sizes.groupKeys).map((cursor) => ({
            address: nodes[0].address,
            cursor
          }))
    }
  }
}

/** Connections that a node may have to bear: its own streams, and one more for work that moves to it. */
export const connectionsPerNode = (connections: number | undefined): number =>
  Math.max(DEFAULT_CONNECTIONS, connections ?? 0) + 1

const mastersWithSlots = (topology: ClusterTopology) =>
  masters(topology)
    .map((node) => ({ address: node.address, ranges: slotRanges(topology, node) }))
    .filter(({ ranges }) => ranges.length > 0)

/** Streams of one of several nodes: at least one, so that more nodes than streams are served one after the other. */
const shareOf = (streams: number, node: number, nodes: number): number =>
  Math.max(1, Math.floor(streams / nodes) + (node < streams % nodes ? 1 : 0))
