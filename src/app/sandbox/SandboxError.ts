import * as Data from "effect/Data"

/**
 * The sandbox could not be started, or could not run its command.
 *
 * `message` is one line: what was tried, on which server, what to do. Never a
 * password.
 */
export class SandboxError extends Data.TaggedError("SandboxError")<{
  readonly reason:
    /** Neither redis-server nor valkey-server is installed. */
    | "NoServer"
    /** A port is in use, or there is no such port. */
    | "Port"
    /** A server ended while it was starting: a bad `--config`, no memory. */
    | "Died"
    /** A server or the cluster was not ready in time. */
    | "NotReady"
    /** The temporary folder or the certificates could not be written. */
    | "Folder"
    /** The COMMAND could not be started. */
    | "Command"
  readonly message: string
  /** `host:port` of the server concerned, if it is about one. */
  readonly node?: string
}> {}
