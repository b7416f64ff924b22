/** The work of a run as assignments to nodes, for writing and for reading back alike. */
import { DataSet } from "../../dataset/DataSet.ts"
import { partOfRange, planRange, planSlots, streamSizes, type StreamSizes } from "../../dataset/FillPlan.ts"
import { divideWork, type GroupCursor } from "../../dataset/GroupCursor.ts"
import { GroupFormat } from "../../dataset/GroupFormat.ts"
import type { IndexRuns } from "../../dataset/IndexRuns.ts"
import { planRemainingRange, planRemainingSlots } from "../../dataset/RemainingPlan.ts"
import { SampleCursor } from "../../dataset/SampleCursor.ts"
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import { SLOT_COUNT } from "../../protocol/HashSlot.ts"
import type { CommandArguments } from "../../protocol/Resp.ts"
import { PACE_STEP_MS } from "./Pace.ts"
import { type SlotOwner, slotOwners, slotsWithoutOwner } from "./SlotOwners.ts"
import type { Assignment } from "./StreamCrew.ts"
import {
  DEFAULT_CONNECTIONS,
  DEFAULT_CONNECTIONS_PER_MASTER,
  type TransferSettings
} from "./TransferSettings.ts"

/** Which keys of the run a pass is about. */
export type Selection =
  | { readonly _tag: "All" }
  /** So many of them, spread evenly. */
  | { readonly _tag: "Sample"; readonly keys: number }
  /** Those that are not written yet. */
  | { readonly _tag: "Remaining"; readonly done: IndexRuns }

export const ALL: Selection = { _tag: "All" }

export interface WorkPlan {
  readonly dataSet: DataSet
  /** How the keys are written; the sizes hold for reading as well, since a read sends less and is sent as much. */
  readonly format: GroupFormat
  /** What lies between the indexes of neighbouring keys of a group. */
  readonly stride: number
  readonly sizes: StreamSizes
  readonly concurrency: number
  /** The command that writes keys from index `first` on, a stride apart; of expiring keys, one key. */
  readonly writeOf: (first: number, keys: number) => CommandArguments
  /** Anew for each pass: cursors are used up. */
  readonly assign: (topology: ClusterTopology, selection: Selection) => ReadonlyArray<Assignment>
}

export const planWork = (settings: TransferSettings, topology: ClusterTopology): WorkPlan => {
  const { command, isCluster, pipeline, range, seed } = settings
  const dataSet = new DataSet(settings)
  const format = new GroupFormat(dataSet, command)
  const concurrency = streamsOf(settings, topology)
  const nodes = nodesNeeded(settings, topology)
  const sizes = streamSizes(format.itemLength, pipeline, concurrency, nodes, groupKeysAt(settings.rate))
  const { groupKeys } = sizes

  const assignAll = (current: ClusterTopology): ReadonlyArray<Assignment> => {
    const owners = shareholders(current)
    if (!isCluster) {
      return planRange(range, concurrency, groupKeys).map((cursor) => ({
        address: owners[0].address,
        work: [cursor]
      }))
    }
    return owners.flatMap(({ address, slots }, owner) =>
      planSlots(range, slots, shareOf(concurrency, owner, owners.length), groupKeys).map((cursor) => ({
        address,
        work: [cursor]
      }))
    )
  }

  const assignRemaining = (current: ClusterTopology, done: IndexRuns): ReadonlyArray<Assignment> => {
    const owners = shareholders(current)
    return owners.flatMap(({ address, slots }, owner) => {
      const streams = shareOf(concurrency, owner, owners.length)
      const plan = isCluster
        ? planRemainingSlots(range, done, slots, streams, groupKeys)
        : planRemainingRange(range, done, streams, groupKeys)
      return plan.map((work) => ({ address, work }))
    })
  }

  const stride = isCluster ? SLOT_COUNT : 1

  const writeOf = (first: number, keys: number): CommandArguments => {
    const items = Array.from({ length: keys }, (_, key) => first + key * stride).flatMap((index) => [
      dataSet.key(index),
      dataSet.value(index)
    ])
    const expiry = command._tag === "WriteExpiring" ? ["PX", command.milliseconds] : []
    return [keys === 1 ? "SET" : "MSET", ...items, ...expiry]
  }

  return {
    dataSet,
    format,
    stride,
    sizes,
    concurrency,
    writeOf,
    assign: (current, selection) => {
      switch (selection._tag) {
        case "All":
          return assignAll(current)
        case "Sample":
          return deal([SampleCursor.of(range, selection.keys, seed)], current, concurrency)
        case "Remaining":
          return assignRemaining(current, selection.done)
      }
    }
  }
}

/** Divides work by slot, so that neighbouring slots of a master share a stream. */
const deal = (
  work: ReadonlyArray<GroupCursor>,
  topology: ClusterTopology,
  concurrency: number
): ReadonlyArray<Assignment> => {
  const owners = shareholders(topology)
  const streamOfSlot = new Int32Array(SLOT_COUNT)
  const addresses: Array<string | undefined> = []
  owners.forEach(({ address, slots }, owner) => {
    const streams = shareOf(concurrency, owner, owners.length)
    for (let stream = 0; stream < streams; stream++) {
      const { from, to } = partOfRange({ from: 0, to: slots.length }, stream, streams)
      for (const slot of slots.slice(from, to)) streamOfSlot[slot] = addresses.length
      addresses.push(address)
    }
  })
  return Array.from(
    divideWork(work, (slot) => streamOfSlot[slot]),
    ([stream, work]) => ({ address: addresses[stream], work })
  )
}

/** Connections that a node may have to bear: its own streams, and others for work that moves to it. */
export const connectionsPerNode = (connections: number | undefined): number =>
  Math.max(DEFAULT_CONNECTIONS, connections ?? 0) + 1

/** Small enough for the steps in which a pace is kept. */
const groupKeysAt = (rate: number | undefined): number | undefined =>
  rate === undefined ? undefined : (rate * PACE_STEP_MS) / 1000

/** Streams of a run. */
export const streamsOf = (settings: TransferSettings, topology: ClusterTopology): number =>
  settings.connections ??
  (settings.isCluster
    ? DEFAULT_CONNECTIONS_PER_MASTER * nodesNeeded(settings, topology)
    : DEFAULT_CONNECTIONS)

/** Nodes that keys of the run belong to, each of which wants a stream. */
export const nodesNeeded = ({ isCluster }: TransferSettings, topology: ClusterTopology): number =>
  isCluster ? Math.max(1, mastersWithSlots(topology).length) : 1

const mastersWithSlots = (topology: ClusterTopology): ReadonlyArray<SlotOwner> =>
  slotOwners(topology).filter(({ slots }) => slots.length > 0)

/** Those that slots belong to: masters, and nobody, for slots that wait for an owner. */
const shareholders = (
  topology: ClusterTopology
): ReadonlyArray<{ readonly address: string | undefined; readonly slots: ReadonlyArray<number> }> => {
  const owned = mastersWithSlots(topology)
  const slots = slotsWithoutOwner(topology)
  return slots.length === 0 ? owned : [...owned, { address: undefined, slots }]
}

/** Streams of one of several nodes or processes: at least one, so that more nodes than streams are served one after the other. */
export const shareOf = (streams: number, part: number, parts: number): number =>
  Math.max(1, Math.floor(streams / parts) + (part < streams % parts ? 1 : 0))
