import * as Data from "effect/Data"
import type { FailureReason, PipelineFailure } from "./PipelineFailure.ts"

/**
 * A command got no reply, or a connection did not come about.
 *
 * `sent: "no"` means that the server has not seen the command, so that it is
 * safe to send it again; `"maybe"` means that the server may have executed it.
 */
export class ConnectionError extends Data.TaggedError("ConnectionError")<{
  readonly reason: FailureReason
  readonly sent: "no" | "maybe"
  /** `host:port`. */
  readonly node: string
  /** The command's name, without its arguments. */
  readonly command: string
  /** What the system, TLS or the server said. */
  readonly detail: string
}> {
  override get message(): string {
    const sent = this.sent === "maybe" ? "; it may have been executed" : ""
    return `${this.node}: ${this.command} failed (${this.reason}): ${this.detail}${sent}`
  }

  /** The failure of a pipeline, said of one of its commands. */
  static of(node: string, command: string, failure: PipelineFailure): ConnectionError {
    return new ConnectionError({
      reason: failure.reason,
      sent: failure.sent,
      node,
      command,
      detail: failure.detail
    })
  }
}
