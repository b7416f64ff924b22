import type * as Duration from "effect/Duration"
import type { GroupCommand } from "../../dataset/GroupFormat.ts"
import type { IndexRange } from "../../dataset/FillPlan.ts"

/** What a fill is to do, options and defaults put together. */
export interface FillSettings {
  readonly isCluster: boolean
  readonly seed: number
  /** Bytes. */
  readonly keySize: number
  /** Bytes. */
  readonly valueSize: number
  /** The keys of the data set that this run writes. */
  readonly range: IndexRange
  /** Streams at work at once; `undefined` for as many as suit the servers. */
  readonly connections: number | undefined
  /** Keys unacknowledged per stream. */
  readonly pipeline: number
  /** How keys are written. */
  readonly command: GroupCommand
  readonly replies: "on" | "off"
  /** A stream without a sign of life for so long is lost. */
  readonly silenceTimeout: Duration.Duration
}

/** Keys that the run is to write. */
export const keysOf = ({ range }: FillSettings): number => range.to - range.from

/** Bytes of a key and its value. */
export const bytesPerKey = ({ keySize, valueSize }: FillSettings): number => keySize + valueSize

export const DEFAULT_CONNECTIONS = 8
export const DEFAULT_CONNECTIONS_PER_MASTER = 2
