/** How a fill fails: one line that says what happened, where, how far the fill came, and what to do. */
import * as Duration from "effect/Duration"
import type { ClientError } from "../../client/ClusterError.ts"
import { CommandFailure } from "../CommandFailure.ts"
import type { FillSettings } from "./FillSettings.ts"
import type { FillTally } from "./FillTally.ts"
import type { ReadTally } from "../transfer/ReadBack.ts"
import { RECONNECT_DEADLINE } from "../transfer/Reconnection.ts"
import { keysOf } from "../transfer/TransferSettings.ts"
import { nodeOf } from "../transfer/ErrorNode.ts"

/** A run that could not go on. */
export const runFailed = (error: ClientError, settings: FillSettings, tally: FillTally): CommandFailure =>
  new CommandFailure({
    tag: error._tag,
    node: nodeOf(error),
    message: `${whatHappened(error)}; ${howFar(settings, tally)}; ${advice(error, settings)}`
  })

const whatHappened = (error: ClientError): string => {
  switch (error._tag) {
    case "RedisError":
      return `${error.node}: refuses nearly every write (${error.reply.trim()})`
    case "ConnectionError":
      return `${error.node}: no connection for ${Duration.toSeconds(RECONNECT_DEADLINE)} s (${error.detail})`
    default:
      return error.message
  }
}

const howFar = (settings: FillSettings, tally: FillTally): string => {
  const verb = settings.replies === "on" ? "acknowledged" : "sent"
  return `${Math.min(tally.keys, keysOf(settings))} of ${keysOf(settings)} keys ${verb}`
}

const advice = (error: ClientError, { seed }: FillSettings): string => {
  const again = `and run it again with --seed ${seed}`
  if (error._tag === "ConnectionError" && error.reason === "Auth") return `check the password ${again}`
  if (error._tag !== "RedisError") return `bring the server back ${again}`
  switch (error.kind) {
    case "OOM":
      return `fill less (--data), or raise maxmemory ${again}`
    case "NOPERM":
      return `let the user write these keys (ACL SETUSER) ${again}`
    case "MISCONF":
      return `make room for the server's snapshots ${again}`
    default:
      return `mend that ${again}`
  }
}

/** All keys were tried, and some were refused. */
export const writesRefused = (settings: FillSettings, tally: FillTally): CommandFailure => {
  const kinds = Array.from(tally.errors, ([kind, { count }]) => `${kind} ${count}`).join(", ")
  const [{ example, node }] = tally.errors.values()
  return new CommandFailure({
    tag: "Unacknowledged",
    node,
    message:
      `${tally.refused} of ${keysOf(settings)} keys were refused (${kinds}), the first by ${example}; ` +
      `${howFar(settings, tally)}; mend that and run it again with --seed ${settings.seed}`
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
