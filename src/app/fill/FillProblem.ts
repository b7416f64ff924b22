/** Why the keys could not all be written: in plain words, so that a worker process can tell it to the run. */
import * as Duration from "effect/Duration"
import type { ClientError } from "../../client/ClusterError.ts"
import { formatSize } from "../Size.ts"
import { nodeOf } from "../transfer/ErrorNode.ts"
import { RECONNECT_DEADLINE } from "../transfer/Reconnection.ts"
import type { MemoryFull } from "./MemoryGuard.ts"

export interface FillProblem {
  /** For programs: `ConnectionError`. */
  readonly tag: string
  readonly node: string | undefined
  readonly what: string
  /** What to do, before the run is started again. */
  readonly advice: string
}

export const problemOf = (error: ClientError | MemoryFull): FillProblem =>
  error._tag === "MemoryFull" ? memoryFull(error) : clientProblem(error)

const memoryFull = ({ max, node, used }: MemoryFull): FillProblem => ({
  tag: "MemoryFull",
  node,
  what:
    `${node}: stopped before its memory is full (used_memory ${formatSize(used)} of maxmemory ${formatSize(max)}, ` +
    "maxmemory-policy noeviction)",
  advice: "raise maxmemory, add masters, or fill less (--data),"
})

const clientProblem = (error: ClientError): FillProblem => ({
  tag: error._tag,
  node: nodeOf(error),
  what: whatHappened(error),
  advice: adviceFor(error)
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

const adviceFor = (error: ClientError): string => {
  if (error._tag === "ConnectionError" && error.reason === "Auth") return "check the password"
  if (error._tag !== "RedisError") return "bring the server back"
  switch (error.kind) {
    case "OOM":
      return "fill less (--data), or raise maxmemory"
    case "NOPERM":
      return "let the user write these keys (ACL SETUSER)"
    case "MISCONF":
      return "make room for the server's snapshots"
    default:
      return "mend that"
  }
}
