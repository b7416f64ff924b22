/** How a fill fails: one line that says what happened, where, how far the fill came, and what to do. */
import type { ClientError } from "../../client/ClusterError.ts"
import { CommandFailure } from "../CommandFailure.ts"
import type { FillProblem } from "./FillProblem.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"
import type { ReadTally } from "../transfer/ReadTally.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { nodeOf } from "../transfer/ErrorNode.ts"
import { errorKinds } from "../transfer/RefusalTally.ts"

/** A run that could not go on. */
export const runFailed = (problem: FillProblem, settings: FillSettings, tally: FillTally): CommandFailure =>
  new CommandFailure({
    tag: problem.tag,
    node: problem.node,
    message: `${problem.what}; ${howFar(settings, tally)}; ${problem.advice} and ${again(settings)}`
  })

const again = ({ checkpoint, seed }: FillSettings): string =>
  checkpoint === undefined
    ? `run it again with --seed ${seed}`
    : "run the same command again to go on with the rest (--resume)"

const howFar = (settings: FillSettings, tally: FillTally): string => {
  const verb = settings.replies === "on" ? "acknowledged" : "sent"
  return `${Math.min(tally.keys, keysOf(settings))} of ${keysOf(settings)} keys ${verb}`
}

/** All keys were tried, and some were refused. */
export const writesRefused = (settings: FillSettings, tally: FillTally): CommandFailure => {
  const [{ example, node }] = tally.errors.values()
  return new CommandFailure({
    tag: "Unacknowledged",
    node,
    message:
      `${tally.refused} of ${keysOf(settings)} keys were refused (${errorKinds(tally)}), the first by ${example}; ` +
      `${howFar(settings, tally)}; mend that and ${again(settings)}`
  })
}

/** Replies were off, and the servers' counters say that not all was done. */
export const fellShort = (
  problems: ReadonlyArray<{ readonly address: string; readonly problem: string }>,
  settings: FillSettings
): CommandFailure =>
  new CommandFailure({
    tag: "Shortfall",
    node: problems[0].address,
    message:
      `${problems.map(({ address, problem }) => `${address} ${problem}`).join("; ")}; ` +
      `run it again with --replies on --seed ${settings.seed}`
  })

/** Every write was acknowledged, and some of the keys, or others', are gone again. */
export const keysEvicted = (
  evicted: ReadonlyMap<string, number>,
  settings: FillSettings,
  tally: FillTally
): CommandFailure => {
  const nodes = Array.from(evicted).filter(([, keys]) => keys > 0)
  return new CommandFailure({
    tag: "Evicted",
    node: nodes[0][0],
    message:
      `${nodes.map(([node, keys]) => `${node} evicted ${keys} keys meanwhile`).join("; ")} (maxmemory-policy); ` +
      `${howFar(settings, tally)}; raise maxmemory, or fill less (--data), ` +
      `and run it again with --seed ${settings.seed}`
  })
}

export const readBackFailed = (error: ClientError): CommandFailure =>
  new CommandFailure({
    tag: error._tag,
    node: nodeOf(error),
    message: `--verify: the keys could not be read back: ${error.message}`
  })

export const readBackDiffers = ({ different, keys, missing }: ReadTally, seed: number): CommandFailure =>
  new CommandFailure({
    tag: "VerifyFailed",
    message:
      `--verify: of ${keys} keys ${missing} are missing and ${different} have another value; ` +
      `run it again with --seed ${seed}, and see that nothing else writes or evicts them`
  })

export const flushFailed = (error: ClientError): CommandFailure =>
  new CommandFailure({
    tag: error._tag,
    node: nodeOf(error),
    message: `--flush: not every master could be emptied: ${error.message}; nothing was written`
  })
