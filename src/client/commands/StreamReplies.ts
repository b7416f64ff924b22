/** The replies of the stream commands. */
import type * as Option from "effect/Option"
import * as FromResp from "../reply/FromResp.ts"
import {
  array,
  type Decoder,
  integer,
  optional,
  struct,
  text,
  tuple,
  withDefault
} from "../reply/FromResp.ts"

export interface StreamEntry<V> {
  /** `milliseconds-sequence`. */
  readonly id: string
  /** Of two fields with the same name, the later one; `xrange` through `call` gives all. */
  readonly fields: Readonly<Record<string, V>>
}

export const streamEntry = <V>(value: Decoder<V>): Decoder<StreamEntry<V>> =>
  tuple({ id: text, fields: FromResp.record(value) })

export const streamEntries = <V>(value: Decoder<V>): Decoder<ReadonlyArray<StreamEntry<V>>> =>
  array(streamEntry(value))

/** The entries of one of the streams that XREAD reads. */
export interface StreamEntries<K, V> {
  readonly key: K
  readonly entries: ReadonlyArray<StreamEntry<V>>
}

/** Nil, when there is nothing to read, is an empty array. */
export const streams = <K, V>(
  name: Decoder<K>,
  value: Decoder<V>
): Decoder<ReadonlyArray<StreamEntries<K, V>>> =>
  withDefault(
    FromResp.pairsWith(name, streamEntries(value), (key, entries) => ({ key, entries })),
    []
  )

/** XAUTOCLAIM: where to go on (`0-0` at the end), what was claimed, and IDs whose entries were gone. */
export interface AutoClaimed<E> {
  readonly start: string
  readonly entries: ReadonlyArray<E>
  readonly deletedIds: ReadonlyArray<string>
}

export const autoClaimed = <E>(entry: Decoder<E>): Decoder<AutoClaimed<E>> =>
  tuple({ start: text, entries: array(entry), deletedIds: array(text) })

export interface PendingSummary {
  readonly count: number
  readonly smallestId: Option.Option<string>
  readonly greatestId: Option.Option<string>
  /** Those with pending entries, and how many. */
  readonly consumers: ReadonlyArray<readonly [consumer: string, pending: number]>
}

export const pendingSummary: Decoder<PendingSummary> = tuple({
  count: integer,
  smallestId: optional(text),
  greatestId: optional(text),
  consumers: withDefault(FromResp.pairs(text, FromResp.double), [])
})

export interface PendingEntry {
  readonly id: string
  readonly consumer: string
  /** Milliseconds since it was last delivered. */
  readonly idle: number
  readonly deliveryCount: number
}

export const pendingEntries: Decoder<ReadonlyArray<PendingEntry>> = array(
  tuple({ id: text, consumer: text, idle: integer, deliveryCount: integer })
)

const streamState = {
  length: integer,
  radixTreeKeys: integer,
  radixTreeNodes: integer,
  lastGeneratedId: text,
  maxDeletedEntryId: text,
  entriesAdded: integer,
  recordedFirstEntryId: text
} as const

export const streamInfo = <V>(value: Decoder<V>) =>
  struct({
    ...streamState,
    groups: integer,
    firstEntry: optional(streamEntry(value)),
    lastEntry: optional(streamEntry(value))
  })

/** Times are milliseconds since 1970. */
const fullConsumer = struct({
  name: text,
  seenTime: integer,
  pelCount: integer,
  pending: array(tuple({ id: text, deliveryTime: integer, deliveryCount: integer }))
})

const fullGroup = struct({
  name: text,
  lastDeliveredId: text,
  entriesRead: optional(integer),
  lag: optional(integer),
  pelCount: integer,
  pending: array(tuple({ id: text, consumer: text, deliveryTime: integer, deliveryCount: integer })),
  consumers: array(fullConsumer)
})

export const fullStreamInfo = <V>(value: Decoder<V>) =>
  struct({ ...streamState, entries: streamEntries(value), groups: array(fullGroup) })

/** `entriesRead` and `lag` (entries not yet delivered) are None where the server does not know. */
export const groupInfo = struct({
  name: text,
  consumers: integer,
  pending: integer,
  lastDeliveredId: text,
  entriesRead: optional(integer),
  lag: optional(integer)
})

/** `idle` in milliseconds. */
export const consumerInfo = struct({ name: text, pending: integer, idle: integer })
