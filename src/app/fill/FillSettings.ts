import type { Shard } from "../ShardOption.ts"
import type { TransferSettings } from "../transfer/TransferSettings.ts"

/** What a fill is to do, options and defaults put together. */
export interface FillSettings extends TransferSettings {
  readonly replies: "on" | "off"
  /** The file of `--resume`; with several processes, the beginning of its parts' names. */
  readonly checkpoint: string | undefined
  /** The part of the data set that `range` is. */
  readonly shard: Shard
  /** Worker processes that share the range; with 1 it is written here. */
  readonly processes: number
  /** Keys of the whole data set, of which other runs write the other shards. */
  readonly totalKeys: number
}
