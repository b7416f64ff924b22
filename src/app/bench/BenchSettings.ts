/** What a run is to do, options and defaults put together: plain data, so that it can be handed to a worker. */
import type { DataSetOptions } from "../../dataset/DataSet.ts"
import type { KeyChoice } from "./KeyChoice.ts"

export interface BenchSettings extends DataSetOptions {
  readonly isCluster: boolean
  /** As the report names it: `set`, `get`, `mixed`, or the template. */
  readonly operation: string
  readonly mix: ReadonlyArray<MixPart>
  /** Keys of the data set that commands are for: those from 0 to `keys` - 1. */
  readonly keys: number
  readonly keyChoice: KeyChoice
  readonly clients: number
  /** Commands that a client sends together; it sends the next when all are answered. */
  readonly pipeline: number
  /** Connections per node and worker, which the clients share. */
  readonly multiplexerCount: number
  readonly workers: number
  /** Commands per second, by a fixed timetable; `undefined`: each client sends when it has been answered. */
  readonly rate: number | undefined
  /** Milliseconds. */
  readonly warmup: number
  readonly limit: RunLimit
  /** Milliseconds between two looks at the run. */
  readonly interval: number
  /** The looks are part of the report. */
  readonly isByInterval: boolean
  readonly hdrFile: string | undefined
}

/** One command of the mix. */
export interface MixPart {
  readonly name: string
  /** Words with `{k}`, `{v}` and `{i}` in them. */
  readonly words: ReadonlyArray<Uint8Array>
  /** Its share, relative to the others'. */
  readonly weight: number
}

export type RunLimit =
  | { readonly _tag: "Duration"; readonly milliseconds: number }
  /** After the warm-up. */
  | { readonly _tag: "Requests"; readonly count: number }

/** The share of one of several workers in a number of things: they differ by one at most. */
export const shareOf = (total: number, worker: number, workers: number): number =>
  Math.floor(total / workers) + (worker < total % workers ? 1 : 0)
