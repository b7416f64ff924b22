import type { ClientError } from "../../client/ClusterError.ts"

/** The node that an error happened at; empty for an error without one. */
export const nodeOf = (error: ClientError): string =>
  error._tag === "MaxRetriesExceeded" ? error.lastCause.node : "node" in error ? error.node : ""
