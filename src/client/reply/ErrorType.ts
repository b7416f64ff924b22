/**
 * What a failure is called in metrics, spans and logs: the first word of the
 * server's reply, or the tag of our own error.
 *
 * These names must be few and must not carry a value, but a script or a module
 * may begin its error reply with any word: one that Redis itself does not use is
 * `OTHER`.
 */
import { connectionFailureType, type FailureType } from "../../connection/DatabaseSpan.ts"
import type { ClientError } from "../ClusterError.ts"

/** Source: src/server.c, cluster.c, sentinel.c and t_stream.c of Redis 7, and server.c of Valkey 8. */
const KNOWN_CODES: ReadonlySet<string> = new Set(
  [
    "ERR WRONGTYPE OOM NOSCRIPT BUSY BUSYKEY BUSYGROUP NOGROUP UNBLOCKED EXECABORT UNKILLABLE NOTBUSY",
    "NOAUTH WRONGPASS NOPERM DENIED NOPROTO MISCONF NOREPLICAS NOMASTERLINK IOERR INPROG",
    "MOVED ASK TRYAGAIN CROSSSLOT CLUSTERDOWN LOADING MASTERDOWN READONLY REDIRECT NOGOODSLAVE NOQUORUM"
  ].flatMap((codes) => codes.split(" "))
)

const ofCode = (word: string): FailureType => {
  const statusCode = KNOWN_CODES.has(word) ? word : "OTHER"
  return { type: statusCode, statusCode }
}

/** An exhausted command is named by why its last attempt failed. */
export const failureType = (error: ClientError): FailureType => {
  switch (error._tag) {
    case "RedisError":
    case "ClusterDownError":
      return ofCode(error.kind)
    case "MovedError":
      return ofCode("MOVED")
    case "AskError":
      return ofCode("ASK")
    case "TryAgainError":
      return ofCode("TRYAGAIN")
    case "MaxRetriesExceeded":
      return failureType(error.lastCause)
    case "ConnectionError":
      return connectionFailureType(error)
    case "CrossSlotError":
    case "RoutingError":
    case "TopologyError":
      return { type: error._tag }
  }
}
