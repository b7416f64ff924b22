import * as Data from "effect/Data"

/** The server did what it was asked, but its reply is not of the kind that the command has. It tells kinds, never a value. */
export class UnexpectedReply extends Data.TaggedError("UnexpectedReply")<{
  readonly command: string
  readonly expected: string
  /** The kind of reply that came. */
  readonly got: string
}> {
  override get message(): string {
    return `${this.command}: the reply is ${this.got}, expected ${this.expected}; a server of another version answers differently: execute gives the reply as it is`
  }
}
