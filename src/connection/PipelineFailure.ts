/**
 * Why a command on a connection got no reply. A plain value, one for all that
 * were pending: it becomes a `ConnectionError` with node and command where the
 * pipeline meets Effect.
 */
export type FailureReason = "Connect" | "Tls" | "Auth" | "Closed" | "Timeout" | "QueueFull" | "Protocol"

export class PipelineFailure {
  readonly _tag = "PipelineFailure"
  readonly reason: FailureReason
  /** "no": not a byte of the command was handed to the socket. "maybe": the server may have executed it. */
  readonly sent: "no" | "maybe"
  readonly detail: string

  constructor(reason: FailureReason, sent: "no" | "maybe", detail: string) {
    this.reason = reason
    this.sent = sent
    this.detail = detail
  }
}
