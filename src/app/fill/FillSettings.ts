import type { TransferSettings } from "../transfer/TransferSettings.ts"

/** What a fill is to do, options and defaults put together. */
export interface FillSettings extends TransferSettings {
  readonly replies: "on" | "off"
}
