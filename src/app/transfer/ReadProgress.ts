import { keyProgress, number } from "../KeyProgress.ts"
import type { ProgressText } from "../Progress.ts"
import type { ReadTally } from "./ReadTally.ts"
import { bytesPerKey, type TransferSettings } from "./TransferSettings.ts"

/** Progress of a read-back of so many keys. */
export const readProgress = (settings: TransferSettings, totalKeys: number, tally: ReadTally): ProgressText =>
  keyProgress({
    verb: "read back",
    totalKeys,
    bytesPerKey: bytesPerKey(settings),
    state: () => ({
      keys: tally.keys,
      keysOfNode: tally.keysOfNode,
      remarks: counted({ repaired: tally.repaired }),
      problems: [
        ...counted({ missing: tally.missing, different: tally.different }),
        ...Array.from(tally.errors, ([kind, { count }]) => `${kind} ${number(count)}`)
      ]
    })
  })

/** What there is any of. */
const counted = (counts: Readonly<Record<string, number>>): ReadonlyArray<string> =>
  Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${what} ${number(count)}`] : []))
