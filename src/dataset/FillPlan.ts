/**
 * Who writes which keys: a pure function of the amount, the sizes, the masters
 * and the number of streams. Every index is in exactly one group of exactly one
 * cursor, whatever the division.
 *
 * The work of a run is a range of indexes, so a shard or a worker process is a
 * narrower range, and needs to know nothing of the others.
 */
import { SLOT_COUNT } from "../protocol/HashSlot.ts"
import { type Band, RangeCursor, SlotCursor } from "./GroupCursor.ts"
import { MAX_HEADER_LENGTH } from "./GroupFormat.ts"
import { residueOfSlot, rowOfIndex } from "./KeyFormat.ts"

/** Indexes from `from` up to and without `to`. */
export interface IndexRange {
  readonly from: number
  readonly to: number
}

/** Keys that hold `bytes` bytes of keys and values together; the last one may go beyond. */
export const keysOfAmount = (bytes: number, keySize: number, valueSize: number): number =>
  Math.ceil(bytes / (keySize + valueSize))

/** Part `part` (from 0) of `parts` equal ones, exact to one index: the parts cover the range without overlap. */
export const partOfRange = ({ from, to }: IndexRange, part: number, parts: number): IndexRange => ({
  from: boundary(from, to, part, parts),
  to: boundary(from, to, part + 1, parts)
})

/** `part / parts` of the way, in whole numbers that never exceed the range's own. */
const boundary = (from: number, to: number, part: number, parts: number): number => {
  const whole = Math.floor((to - from) / parts)
  const rest = (to - from) % parts
  return from + part * whole + Math.min(part, rest)
}

/** How many keys of a range lie in a slot. */
export const keysOfSlot = ({ from, to }: IndexRange, slot: number): number =>
  keysBelow(to, slot) - keysBelow(from, slot)

const keysBelow = (index: number, slot: number): number =>
  Math.ceil(Math.max(0, index - residueOfSlot(slot)) / SLOT_COUNT)

/** Bytes of a stream's batch: more gains nothing, since the server reads 16 KiB at a time. */
const MAX_BATCH_BYTES = 512 * 1024
const MIN_BATCH_BYTES = 64 * 1024

/** The batches of all streams together, so that many streams need no more memory than a few. */
const ALL_BATCHES_BYTES = 32 * 1024 * 1024

/** Bytes unacknowledged per stream. */
const MAX_WINDOW_BYTES = 16 * 1024 * 1024

/**
 * Bytes unanswered per stream, and by all streams of a node, unless the wire is
 * long. Processor time of the server with values of 8 KiB, of that which the raw
 * replay needs, in turn, two streams of 16, 2 and 1 MiB: 0.98, 0.95, 0.83 - 0.90;
 * eight of 16 MiB: 1.05 - 1.11.
 */
const MAX_FLIGHT_BYTES = 1024 * 1024
const NODE_FLIGHT_BYTES = 2 * MAX_FLIGHT_BYTES
/** However many streams there are: a write costs the more the less it carries. */
const MIN_FLIGHT_BYTES = 128 * 1024

/**
 * Keys of a group. One server and one stream, acknowledged, 512 + 512 bytes: 64
 * keys 250 - 290 k/s, 128 keys 270 - 340 k/s, 256 keys 250 - 320 k/s on a busy
 * machine, where single SETs came to 120 - 140 k/s.
 */
const MAX_GROUP_KEYS = 128

/** How much a stream sends at once, and how much of it may be unacknowledged. */
export interface StreamSizes {
  /** Keys unacknowledged, at most. */
  readonly windowKeys: number
  /** Of these, keys unanswered where an answer comes soon: at most the window. */
  readonly flightKeys: number
  /** Keys of a group, at most a quarter of a flight: the server has the next group while it answers one. */
  readonly groupKeys: number
  readonly batchBytes: number
}

/**
 * @param itemLength bytes of one key's part of a group
 * @param pipeline keys that may be unacknowledged; at least one is, however large
 * @param streams how many there are in all
 * @param nodes that the streams are divided among
 * @param mostGroupKeys where groups are to be smaller than they could be
 */
export const streamSizes = (
  itemLength: number,
  pipeline: number,
  streams: number,
  nodes: number,
  mostGroupKeys = MAX_GROUP_KEYS
): StreamSizes => {
  const share = Math.floor(ALL_BATCHES_BYTES / streams)
  const batchBytes = Math.min(MAX_BATCH_BYTES, Math.max(MIN_BATCH_BYTES, share))
  const windowKeys = Math.max(1, Math.min(pipeline, Math.floor(MAX_WINDOW_BYTES / itemLength)))
  const nodeShare = Math.max(MIN_FLIGHT_BYTES, NODE_FLIGHT_BYTES / Math.ceil(streams / nodes))
  const flightBytes = Math.min(MAX_FLIGHT_BYTES, nodeShare)
  const flightKeys = Math.max(1, Math.min(windowKeys, Math.floor(flightBytes / itemLength)))
  const inBatch = Math.floor((batchBytes - MAX_HEADER_LENGTH) / itemLength)
  const groupKeys = Math.max(
    1,
    Math.min(MAX_GROUP_KEYS, Math.floor(mostGroupKeys), inBatch, Math.floor(flightKeys / 4))
  )
  return { windowKeys, flightKeys, groupKeys, batchBytes }
}

/** For one server that owns all slots: `streams` cursors over neighbouring parts of the range. */
export const planRange = (range: IndexRange, streams: number, groupKeys: number): Array<RangeCursor> =>
  Array.from({ length: streams }, (_, stream) => {
    const { from, to } = partOfRange(range, stream, streams)
    return new RangeCursor(from, to, groupKeys)
  }).filter((cursor) => cursor.keys > 0)

/**
 * For one master of a cluster: `streams` cursors over neighbouring parts of the
 * slots that it owns.
 */
export const planSlots = (
  range: IndexRange,
  slots: ReadonlyArray<number>,
  streams: number,
  groupKeys: number
): Array<SlotCursor> => {
  const bands = bandsOf(range, groupKeys)
  return Array.from({ length: streams }, (_, stream) => {
    const part = partOfRange({ from: 0, to: slots.length }, stream, streams)
    return new SlotCursor(bands, Uint16Array.from(slots.slice(part.from, part.to)))
  }).filter((cursor) => cursor.keys > 0)
}

/**
 * A range of indexes as bands: the rest of the row it begins in, the whole rows
 * in as few bands of nearly equal height as `groupKeys` allows, and the
 * beginning of the row it ends in.
 */
export const bandsOf = ({ from, to }: IndexRange, groupKeys: number): ReadonlyArray<Band> => {
  if (from >= to) return []
  const bands: Array<Band> = []
  const partial = (row: number, fromResidue: number, toResidue: number): void => {
    if (fromResidue < toResidue) bands.push({ row, rows: 1, fromResidue, toResidue })
  }
  const firstWhole = Math.ceil(from / SLOT_COUNT)
  const endWhole = rowOfIndex(to)
  if (firstWhole > endWhole) {
    partial(endWhole, from % SLOT_COUNT, to % SLOT_COUNT)
    return bands
  }
  partial(firstWhole - 1, from % SLOT_COUNT === 0 ? SLOT_COUNT : from % SLOT_COUNT, SLOT_COUNT)
  const count = Math.ceil((endWhole - firstWhole) / groupKeys)
  for (let band = 0; band < count; band++) {
    const { from: row, to: end } = partOfRange({ from: firstWhole, to: endWhole }, band, count)
    bands.push({ row, rows: end - row, fromResidue: 0, toResidue: SLOT_COUNT })
  }
  partial(endWhole, 0, to % SLOT_COUNT)
  return bands
}
