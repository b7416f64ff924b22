/** What is said of a verification when it ends, well or not: as text for a person, and as the document of `--json`. */
import type { ClusterTopology } from "../../protocol/ClusterTopology.ts"
import type { JsonDocument } from "../CommandRun.ts"
import { megabytesPerSecond, number, perSecond, roundedSeconds } from "../KeyProgress.ts"
import type { ReadCounts, ReadTally } from "../transfer/ReadTally.ts"
import { slotOwners } from "../transfer/SlotOwners.ts"
import { bytesPerKey, keysOf } from "../transfer/TransferSettings.ts"
import { keysToRead, type VerifySettings } from "./VerifySettings.ts"

export interface VerifyReport {
  readonly settings: VerifySettings
  readonly tally: ReadTally
  /** As last known: keys are told by the owners that their slots have in it. */
  readonly topology: ClusterTopology
  readonly seconds: number
}

export const verifyDocument = (report: VerifyReport): JsonDocument => {
  const { seconds, settings, tally, topology } = report
  const rate = perSecond(tally.keys, seconds)
  return {
    seed: settings.seed,
    keys: keysToRead(settings),
    ...(settings.sample === undefined ? {} : { sampledFrom: keysOf(settings) }),
    ...countsOf(tally),
    seconds: roundedSeconds(seconds),
    keysPerSecond: Math.round(rate),
    bytesPerSecond: Math.round(rate * bytesPerKey(settings)),
    errors: Object.fromEntries(Array.from(tally.errors, ([kind, { count }]) => [kind, count])),
    nodes: slotOwners(topology).map(({ address, slots }) => {
      const counts = countsOf(tally.inSlots(slots))
      return { address, keys: counts.present + counts.missing + counts.different, ...counts }
    })
  }
}

export const verifyText = (report: VerifyReport): string => {
  const { seconds, settings, tally, topology } = report
  const { keySize, sample, seed, valueSize } = settings
  const rate = perSecond(tally.keys, seconds)
  const of =
    sample === undefined
      ? `of ${number(keysOf(settings))} keys`
      : `of ${number(keysToRead(settings))} keys, a sample of ${number(keysOf(settings))},`
  return [
    `read ${number(tally.keys)} ${of} of ${keySize} + ${valueSize} bytes in ${seconds.toFixed(2)} s: ` +
      `${number(Math.round(rate))} keys/s, ${megabytesPerSecond(rate, bytesPerKey(settings))}`,
    ...slotOwners(topology).map(({ address, slots }) => `  ${address}  ${countsText(tally.inSlots(slots))}`),
    countsText(tally),
    ...Array.from(
      tally.errors,
      ([kind, { count, example }]) => `  error ${kind}: ${number(count)}, the first: ${example}`
    ),
    `seed ${seed}`
  ].join("\n")
}

const countsOf = ({ different, missing, present, repaired }: ReadCounts): ReadCounts => ({
  present,
  missing,
  different,
  repaired
})

const countsText = (counts: ReadCounts): string =>
  Object.entries(countsOf(counts))
    .map(([what, count]) => `${what} ${number(count)}`)
    .join(", ")
