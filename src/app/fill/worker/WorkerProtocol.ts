/**
 * What a run and its worker processes tell each other, as plain data over the
 * channel that Node opens between parent and child: neither the arguments nor
 * the environment of a worker say more than that it is one.
 */
import * as Duration from "effect/Duration"
import type { ConnectSettings } from "../../ConnectSettings.ts"
import { seal, type SealedConnect, unseal } from "../../SealedConnect.ts"
import type { MemoryBudget } from "../../transfer/MemoryBudget.ts"
import type { FillProblem } from "../FillProblem.ts"
import type { FillSettings } from "../FillSettings.ts"
import type { TallyCounts } from "../FillTally.ts"

/** The first message to a worker: what to write, and where. */
export interface WorkerOrder {
  readonly _tag: "Fill"
  readonly settings: Omit<FillSettings, "silenceTimeout"> & { readonly silenceTimeout: number }
  readonly connect: SealedConnect
}

/** Sends nothing new, lets what is under way be answered, and ends. */
export interface WorkerStop {
  readonly _tag: "Stop"
}

/** How many keys the worker may have sent to a node in all. */
export interface WorkerGrant {
  readonly _tag: "Grant"
  readonly address: string
  readonly limit: number
}

export type ToWorker = WorkerOrder | WorkerStop | WorkerGrant

export type FromWorker =
  /** It is connected, and begins. */
  | { readonly _tag: "Started" }
  /** What it has sent to each node: with every count, and at once when it waits for room. */
  | { readonly _tag: "Accounts"; readonly accounts: ReturnType<MemoryBudget["accounts"]> }
  /** Now and then, and a last time before the end. */
  | { readonly _tag: "Counts"; readonly counts: TallyCounts }
  /** Every key of the part was tried. */
  | { readonly _tag: "Done" }
  | { readonly _tag: "Failed"; readonly problem: FillProblem }

export const makeOrder = (settings: FillSettings, connect: ConnectSettings): WorkerOrder => ({
  _tag: "Fill",
  settings: { ...settings, silenceTimeout: Duration.toMillis(settings.silenceTimeout) },
  connect: seal(connect)
})

export const readOrder = ({
  connect,
  settings
}: WorkerOrder): { readonly settings: FillSettings; readonly connect: ConnectSettings } => ({
  settings: { ...settings, silenceTimeout: Duration.millis(settings.silenceTimeout) },
  connect: unseal(connect)
})
