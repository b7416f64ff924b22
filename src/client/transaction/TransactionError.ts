import * as Data from "effect/Data"
import type { ClientError } from "../ClusterError.ts"

/** EXECABORT: the server refused one of the commands as it was queued, and executed none of them. */
export class ExecAbortError extends Data.TaggedError("ExecAbortError")<{
  /** `host:port`. */
  readonly node: string
  /** The name of the command that was refused; EXEC when the server does not say. */
  readonly command: string
  /** Why it was refused. */
  readonly cause: ClientError
}> {
  override get message(): string {
    return `${this.node}: EXEC: nothing was executed, since a command was refused: ${this.cause.message}`
  }
}
