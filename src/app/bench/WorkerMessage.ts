/** What the command and its workers say to each other: plain data, which survives the way from thread to thread. */
import type { SealedConnect } from "../SealedConnect.ts"
import type { BenchSettings } from "./BenchSettings.ts"
import type { ClientPart } from "./ClientGauge.ts"
import type { TallyPart } from "./LoadTally.ts"
import type { Outage } from "./ShardWatch.ts"

/** What a worker is started with. */
export interface WorkerOrder {
  readonly connect: SealedConnect
  readonly settings: BenchSettings
  /** From 0. */
  readonly worker: number
}

export type ToWorker =
  /** Milliseconds since the epoch, the same for all workers. */
  { readonly _tag: "Start"; readonly at: number } | { readonly _tag: "Stop" }

export type FromWorker =
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Part"; readonly part: RunPart }
  | { readonly _tag: "Failed"; readonly error: WorkerFailure }

export interface WorkerFailure {
  readonly tag: string
  readonly message: string
  readonly node: string | undefined
}

/** What has happened since the part before; times are milliseconds from when counting began. */
export interface RunPart {
  /** From 0, the same for the same interval at all workers. */
  readonly position: number
  readonly isLast: boolean
  readonly from: number
  readonly to: number
  readonly tally: TallyPart
  /** So far. */
  readonly unsent: number
  readonly outages: ReadonlyArray<Outage>
  readonly client: ClientPart
}
