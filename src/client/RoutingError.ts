import * as Data from "effect/Data"

/** A command that the client must not send as it is: it belongs to one connection, or to one node that the caller has to name. Nothing was sent. */
export class RoutingError extends Data.TaggedError("RoutingError")<{
  readonly command: string
  /** What it needs, and where that is to be had. */
  readonly reason: string
}> {
  override get message(): string {
    return `${this.command}: ${this.reason}`
  }
}
