/**
 * What a peer sent is not the protocol. The stream cannot be read on from
 * here: the connection it came from has to be closed.
 *
 * A plain class with a `_tag`, since the kernel knows no Effect; `Effect.catchTag`
 * still works on it.
 */
export class ProtocolError {
  readonly _tag = "ProtocolError"
  /** Bytes read from the stream before the offending one. */
  readonly offset: number
  readonly reason: ProtocolErrorReason
  readonly message: string

  constructor(offset: number, reason: ProtocolErrorReason, message: string) {
    this.offset = offset
    this.reason = reason
    this.message = message
  }
}

export type ProtocolErrorReason =
  | "UnknownType"
  | "BadLength"
  | "BadNumber"
  | "BadBoolean"
  | "BadVerbatim"
  | "TooLong"
  | "TooDeep"
  | "MissingCrlf"
