import * as Data from "effect/Data"
import { type DONE, FAILED, NOT_CONNECTED, USAGE } from "./ExitStatus.ts"

/** A command failed, or did only a part of what it was asked for. */
export class CommandFailure extends Data.TaggedError("CommandFailure")<{
  /** The name of the failure for programs (`error.tag` of `--json`): `ConnectionError`, `Unacknowledged`. */
  readonly tag: string
  /** One line: what was tried, what happened, what to do. Never a value, never a password. */
  readonly message: string
  /** The node it happened at, `host:port`. */
  readonly node?: string | undefined
  readonly status?: typeof FAILED | typeof NOT_CONNECTED
}> {}

/** The command has said all there is to say and ends with this status, as that of a program it ran. */
export class EndWith extends Data.TaggedError("EndWith")<{ readonly status: typeof DONE | number }> {}

/** What is reported of an error, whatever it is. */
export interface Reported {
  readonly status: number
  readonly tag: string
  readonly message: string
  readonly node: string | undefined
}

/**
 * How any typed error of a command is reported. Errors that a command lets
 * through as they are end in status 1, but for connections that were refused
 * by authentication or TLS.
 */
export const reported = (error: unknown): Reported => {
  const { message, node, reason, status, tag, _tag } = fieldsOf(error)
  return {
    status: typeof status === "number" ? status : statusOf(_tag, reason),
    tag: typeof tag === "string" ? tag : typeof _tag === "string" ? _tag : "Error",
    message: typeof message === "string" && message !== "" ? message : String(_tag ?? error),
    node: typeof node === "string" ? node : undefined
  }
}

const statusOf = (tag: unknown, reason: unknown): number => {
  if (tag === "CommandLineError") return USAGE
  const refused = tag === "ConnectionError" && (reason === "Auth" || reason === "Tls")
  return refused ? NOT_CONNECTED : FAILED
}

const fieldsOf = (error: unknown): Readonly<Record<string, unknown>> => {
  if (typeof error !== "object" || error === null) return { message: String(error) }
  const fields = error as Record<string, unknown>
  return {
    _tag: fields["_tag"],
    tag: fields["tag"],
    message: fields["message"],
    node: fields["node"],
    reason: fields["reason"],
    status: fields["status"]
  }
}
