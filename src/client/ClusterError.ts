/**
 * What can go wrong between a program and a cluster, as a union of tagged
 * errors. An ordinary error reply is a `RedisError` and stands beside it.
 *
 * Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
import * as Data from "effect/Data"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import { formatAddress } from "../protocol/ClusterTopology.ts"
import type { RedirectionInfo } from "../protocol/Redirection.ts"
import type { RedisError } from "./RedisError.ts"
import type { RoutingError } from "./RoutingError.ts"

/** The slot belongs to another node. Followed by the client; surfaces from `executeOn`, and as the cause of exhaustion. */
export class MovedError extends Data.TaggedError("MovedError")<{
  readonly redirection: RedirectionInfo
  readonly node: string
  readonly command: string
}> {
  override get message(): string {
    const { host, port, slot } = this.redirection
    return `${this.node}: ${this.command}: slot ${slot} has moved to ${formatAddress(host, port)}`
  }
}

/** The slot is on its way to another node. Followed by the client; surfaces as `MovedError` does. */
export class AskError extends Data.TaggedError("AskError")<{
  readonly redirection: RedirectionInfo
  readonly node: string
  readonly command: string
}> {
  override get message(): string {
    const { host, port, slot } = this.redirection
    return `${this.node}: ${this.command}: slot ${slot} is moving; ask ${formatAddress(host, port)}`
  }
}

/** No node could serve the command within the deadline. `kind` is the reply's: CLUSTERDOWN, LOADING, MASTERDOWN, READONLY or UNBLOCKED (by a failover). */
export class ClusterDownError extends Data.TaggedError("ClusterDownError")<{
  readonly kind: string
  readonly reply: string
  readonly node: string
  readonly command: string
}> {
  override get message(): string {
    return `${this.node}: ${this.command}: ${this.reply}`
  }
}

/** The keys of a command are divided between two nodes while their slot moves. */
export class TryAgainError extends Data.TaggedError("TryAgainError")<{
  readonly reply: string
  readonly node: string
  readonly command: string
}> {
  override get message(): string {
    return `${this.node}: ${this.command}: ${this.reply}`
  }
}

/** The keys of a command belong to different slots. Found before anything is sent. */
export class CrossSlotError extends Data.TaggedError("CrossSlotError")<{
  readonly command: string
}> {
  override get message(): string {
    return `${this.command}: the keys belong to different slots; give them a common {hash tag} or send one command each`
  }
}

/** The client followed as many redirections, or waited as often, as it may. Nothing has been executed. */
export class MaxRetriesExceeded extends Data.TaggedError("MaxRetriesExceeded")<{
  readonly attempts: number
  readonly command: string
  /** Why the last attempt failed. */
  readonly lastCause: MovedError | AskError | TryAgainError
}> {
  override get message(): string {
    return `${this.command}: given up after ${this.attempts} attempts; the last: ${this.lastCause.message}`
  }
}

/** No node could say who serves which slot, or a slot has no owner. */
export class TopologyError extends Data.TaggedError("TopologyError")<{
  readonly reason: string
  /** Where it was looked for: `host:port`, several divided by commas. */
  readonly node: string
}> {
  override get message(): string {
    return `${this.node}: ${this.reason}`
  }
}

export type ClusterError =
  | MovedError
  | AskError
  | ClusterDownError
  | TryAgainError
  | CrossSlotError
  | MaxRetriesExceeded
  | TopologyError
  | ConnectionError

/** Everything that a command can fail with. */
export type ClientError = ClusterError | RedisError | RoutingError
