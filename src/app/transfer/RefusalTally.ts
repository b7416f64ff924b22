/** Keys that were not written, by why. */
import type { ClientError } from "../../client/ClusterError.ts"
import { nodeOf } from "./ErrorNode.ts"
import type { RefusalGauge } from "./RefusalGauge.ts"

/** Errors of one kind. */
export interface ErrorCount {
  /** Keys that were not written because of it. */
  readonly count: number
  /** The first of them. */
  readonly example: string
  /** Where it happened. */
  readonly node: string
}

export class RefusalTally {
  /** By the first word of the reply, or the tag of the error. */
  readonly errors: Map<string, ErrorCount> = new Map()

  /** So many keys are not written, and will not be sent again. */
  addError(kind: string, keys: number, example: string, node: string): void {
    const known = this.errors.get(kind)
    const count = (known?.count ?? 0) + keys
    this.errors.set(kind, known === undefined ? { count, example, node } : { ...known, count })
  }

  /** Counts keys that are not written because of the error; true when it is of no use to go on. */
  refuse(error: ClientError, keys: number, gauge: RefusalGauge): boolean {
    const node = nodeOf(error)
    this.addError(error._tag === "RedisError" ? error.kind : error._tag, keys, error.message, node)
    return isHopeless(error) || gauge.refuse(node, keys)
  }

  /** Keys that were refused for good. */
  get refused(): number {
    let keys = 0
    for (const { count } of this.errors.values()) keys += count
    return keys
  }
}

/** @example errorKinds(tally) // "OOM 12, NOPERM 1" */
export const errorKinds = ({ errors }: RefusalTally): string =>
  Array.from(errors, ([kind, { count }]) => `${kind} ${count}`).join(", ")

/** Nothing will come of the rest either: no server there, or none that owns the slot, for as long as we wait. */
const isHopeless = (error: ClientError): boolean =>
  error._tag === "ConnectionError" || error._tag === "ClusterDownError" || error._tag === "TopologyError"
