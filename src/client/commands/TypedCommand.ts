/**
 * A command with its arguments and the type of its reply: an Effect that sends
 * it, and, because it can be looked into, a part of a batch or a transaction.
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Either from "effect/Either"
import { lookupCommand } from "../../protocol/CommandTable.ts"
import type { CommandArgument, CommandArguments, RespValue } from "../../protocol/Resp.ts"
import type { ClientError } from "../ClusterError.ts"
import { type Decoder, Mismatch } from "../reply/FromResp.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { UnexpectedReply } from "../reply/UnexpectedReply.ts"

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
    return value instanceof Mismatch ? Either.left(this.misfit(value)) : Either.right(value)
  }

  override commit(): Effect.Effect<A, CommandError> {
    const sent = this.arguments as readonly [string, ...Array<CommandArgument>]
    return Effect.flatMap(this.client.execute(...sent), (reply) => {
      const value = this.decoder(reply)
      return value instanceof Mismatch ? this.misfit(value) : Effect.succeed(value)
    })
  }

  private misfit({ expected, got }: Mismatch): UnexpectedReply {
    const name = lookupCommand(this.arguments)?.name.replace("|", " ").toUpperCase()
    return new UnexpectedReply({ command: name ?? String(this.arguments[0]), expected, got })
  }
}
