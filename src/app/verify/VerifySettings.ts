import { keysOf, type TransferSettings } from "../transfer/TransferSettings.ts"
import { ALL, type Selection } from "../transfer/WorkPlan.ts"

/** What is to be verified, options and defaults put together. */
export interface VerifySettings extends TransferSettings {
  readonly repair: boolean
  /** Keys to be read, spread evenly; `undefined` for all. */
  readonly sample: number | undefined
}

/** Keys that are to be read. */
export const keysToRead = (settings: VerifySettings): number =>
  Math.min(settings.sample ?? Infinity, keysOf(settings))

export const selectionOf = ({ sample }: VerifySettings): Selection =>
  sample === undefined ? ALL : { _tag: "Sample", keys: sample }
