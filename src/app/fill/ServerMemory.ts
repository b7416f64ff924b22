/** What a server says of its memory, and how many keys of a data set fit in. Pure. */
import { MEBIBYTE } from "../Size.ts"
import { bytesPerKey, type TransferSettings } from "../transfer/TransferSettings.ts"

export interface ServerMemory {
  /** Bytes. */
  readonly used: number
  /** Bytes at which it refuses writes; `undefined` when it does not. */
  readonly max: number | undefined
}

/** From the text of INFO. */
export const parseMemory = (info: string): ServerMemory => {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? ""
  const max = Number(field("maxmemory"))
  const isLimited = max > 0 && field("maxmemory_policy") === "noeviction"
  return { used: Number(field("used_memory")), max: isLimited ? max : undefined }
}

/**
 * What a key takes beside its bytes: entries of the dictionary and of its slot's
 * list, two object headers, and what the allocator rounds up to (a quarter at
 * most). Redis 7.0 takes 1,290 bytes for 512 + 512 and 112 for 20 + 20, where
 * this says 1,430 and 200.
 */
const OVERHEAD_BYTES = 150
const ROUNDING = 1.25

/** Left free for what connections hold: a part of maxmemory, and at least some bytes. */
const MARGIN = 0.01
const LEAST_MARGIN_BYTES = 2 * MEBIBYTE

/**
 * @param free bytes between what is used and `max`
 * @param max bytes
 */
export const keysThatFit = (
  free: number,
  max: number,
  settings: Pick<TransferSettings, "keySize" | "valueSize">
): number => {
  const margin = Math.max(LEAST_MARGIN_BYTES, max * MARGIN)
  return Math.max(0, Math.floor((free - margin) / (bytesPerKey(settings) * ROUNDING + OVERHEAD_BYTES)))
}
