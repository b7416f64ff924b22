/** How a verification fails: one line that says what is wrong, and what to do. */
import type { ClientError } from "../../client/ClusterError.ts"
import { CommandFailure } from "../CommandFailure.ts"
import { nodeOf } from "../transfer/ErrorNode.ts"
import type { ReadTally } from "../transfer/ReadTally.ts"
import { errorKinds } from "../transfer/RefusalTally.ts"
import { keysToRead, type VerifySettings } from "./VerifySettings.ts"

/** It could not go on. */
export const readFailed = (
  error: ClientError,
  settings: VerifySettings,
  tally: ReadTally
): CommandFailure => {
  const howFar = `${tally.keys} of ${keysToRead(settings)} keys read, ${wrongKeys(tally)}`
  return new CommandFailure({ tag: error._tag, node: nodeOf(error), message: `${error.message}; ${howFar}` })
}

/** Keys are wrong, and `--repair` was not given. */
export const keysWrong = (settings: VerifySettings, tally: ReadTally): CommandFailure =>
  new CommandFailure({
    tag: "VerifyFailed",
    message:
      `of ${keysToRead(settings)} keys ${wrongKeys(tally)}; --repair writes them ` +
      "(keys that a --ttl has expired count as missing)"
  })

/** Keys are wrong, and some of them could not be written. */
export const repairsRefused = (tally: ReadTally): CommandFailure => {
  const [{ example, node }] = tally.errors.values()
  return new CommandFailure({
    tag: "Unrepaired",
    node,
    message:
      `${tally.wrong - tally.repaired} of ${tally.wrong} wrong keys could not be written ` +
      `(${errorKinds(tally)}), the first: ${example}; mend that and run it again`
  })
}

const wrongKeys = ({ different, missing }: ReadTally): string =>
  `${missing} are missing and ${different} have another value`
