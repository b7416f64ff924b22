import type * as Duration from "effect/Duration"
import type { DataSetOptions } from "../../dataset/DataSet.ts"
import type { IndexRange } from "../../dataset/FillPlan.ts"
import type { GroupCommand } from "../../dataset/GroupFormat.ts"

/** Which keys are to be written or read, and over how much. */
export interface TransferSettings extends DataSetOptions {
  readonly isCluster: boolean
  /** The keys of the data set that this run is about. */
  readonly range: IndexRange
  /** Streams at work at once; `undefined` for as many as suit the servers. */
  readonly connections: number | undefined
  /** Keys unacknowledged per stream. */
  readonly pipeline: number
  /** Keys per second at most; `undefined` for as fast as it goes. */
  readonly rate?: number | undefined
  /** How keys are written. */
  readonly command: GroupCommand
  /** A stream without a sign of life for so long is lost. */
  readonly silenceTimeout: Duration.Duration
}

/** Keys that the run is about. */
export const keysOf = ({ range }: Pick<TransferSettings, "range">): number => range.to - range.from

/** Bytes of a key and its value. */
export const bytesPerKey = ({
  keySize,
  valueSize
}: Pick<TransferSettings, "keySize" | "valueSize">): number => keySize + valueSize

/** Streams to one server, where each has a part of what may be unanswered. */
export const DEFAULT_CONNECTIONS = 8
/** Streams for each master: the second sends while the first is being answered. */
export const DEFAULT_CONNECTIONS_PER_MASTER = 2
