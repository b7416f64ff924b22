/**
 * A command with its arguments and the type of its reply: an Effect that sends
 * it, and, because it can be looked into, a part of a batch or a transaction.
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Either from "effect/Either"
import type { CommandArguments, RespValue } from "../../protocol/Resp.ts"
import type { ClientError } from "../ClusterError.ts"
import { type Decoder, Mismatch } from "../FromResp.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { UnexpectedReply } from "../UnexpectedReply.ts"

/** Everything that a typed command can fail with. */
export type CommandError = ClientError | UnexpectedReply

export class TypedCommand<out A> extends Effectable.Class<A, CommandError> {
  readonly arguments: CommandArguments
  private readonly client: RedisCommands
  private readonly decoder: Decoder<A>

  constructor(client: RedisCommands, args: CommandArguments, decoder: Decoder<A>) {
    super()
    this.client = client
    this.arguments = args
    this.decoder = decoder
  }

  /** The value of a reply to this command, however it was sent. */
  decode(reply: RespValue): Either.Either<A, UnexpectedReply> {
    const value = this.decoder(reply)
    return value instanceof Mismatch
      ? Either.left(unexpectedReply(this.arguments, value))
      : Either.right(value)
  }

  override commit(): Effect.Effect<A, CommandError> {
    const [name, ...rest] = this.arguments
    return Effect.flatMap(this.client.execute(name as string, ...rest), (reply) => this.decode(reply))
  }
}

const unexpectedReply = (args: CommandArguments, { expected, got }: Mismatch): UnexpectedReply =>
  new UnexpectedReply({ command: String(args[0]), expected, got })
