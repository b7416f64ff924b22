import * as Data from "effect/Data"
import { errorKind } from "../protocol/Redirection.ts"

/** An ordinary error reply: the server understood the command and refused it, or the command failed. */
export class RedisError extends Data.TaggedError("RedisError")<{
  /** The reply's first word: `ERR`, `WRONGTYPE`, `OOM`, `NOPERM`, ... */
  readonly kind: string
  /** The whole reply. */
  readonly reply: string
  /** `host:port` of the node that answered. */
  readonly node: string
  readonly command: string
}> {
  override get message(): string {
    return `${this.node}: ${this.command}: ${this.reply}`
  }

  static of(reply: string, node: string, command: string): RedisError {
    return new RedisError({ kind: errorKind(reply), reply, node, command })
  }
}
