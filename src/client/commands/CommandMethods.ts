/** The methods of the API, made from the syntax of the commands (generated) and the types of their replies. */
import type { CommandArguments } from "../../protocol/Resp.ts"
import type { Decoder } from "../reply/FromResp.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { type ArgumentSyntax, methodName } from "./ArgumentSyntax.ts"
import { compileEncoder, type Encode } from "./CommandEncoder.ts"
import { commandSyntaxTexts } from "./CommandSyntax.generated.ts"
import type { Commands } from "./Commands.generated.ts"
import { replyTypes } from "./ReplyTypes.ts"
import { serverReplyTypes } from "./ServerReplyTypes.ts"
import { compileSelection, type ReplyVariants, type SelectDecoder } from "./ReplyVariants.ts"
import { TypedCommand } from "./TypedCommand.ts"

type Method = (...parameters: ReadonlyArray<unknown>) => TypedCommand<unknown>
type Replies = Readonly<Record<string, Decoder<unknown> | ReplyVariants>>

/** All commands, their values and names (keys, fields) read by these decoders. Methods are made when first used. */
export const makeCommands = <V, K>(
  client: RedisCommands,
  value: Decoder<V>,
  name: Decoder<K>
): Commands<V, K> => new CommandMethods(client, replyTypes(value, name)) as unknown as Commands<V, K>

/** The arguments of a command as one of its methods would send them. */
export const commandArguments = (command: string, parameters: ReadonlyArray<unknown>): CommandArguments =>
  encoderOf(command)(parameters)

/** By the names of the table: every command that has a method. */
export const commandsWithMethod: ReadonlyArray<string> = Object.keys(commandSyntaxTexts)

class CommandMethods {
  readonly #make: (command: string) => Method

  constructor(client: RedisCommands, replies: Replies) {
    this.#make = (command) => makeMethod(client, replies, command)
  }

  static make(methods: CommandMethods, command: string): Method {
    return methods.#make(command)
  }
}

/** One getter per command for all instances; what it makes becomes a property of the instance. */
for (const command of commandsWithMethod) {
  const name = methodName(command)
  Object.defineProperty(CommandMethods.prototype, name, {
    configurable: true,
    enumerable: true,
    get(this: CommandMethods): Method {
      const method = CommandMethods.make(this, command)
      Object.defineProperty(this, name, { value: method, enumerable: true })
      return method
    }
  })
}

const makeMethod = (client: RedisCommands, replies: Replies, command: string): Method => {
  const encode = encoderOf(command)
  const name = methodName(command)
  const reply = replies[name] ?? (serverReplyTypes as Replies)[name]
  if (typeof reply === "function") {
    return (...parameters) => new TypedCommand(client, encode(parameters), reply)
  }
  const select: SelectDecoder = compileSelection(reply, syntaxOf(command))
  return (...parameters) => new TypedCommand(client, encode(parameters), select(parameters))
}

const encoders = new Map<string, Encode>()

const encoderOf = (command: string): Encode => {
  const known = encoders.get(command)
  if (known !== undefined) return known
  const encode = compileEncoder(command, syntaxOf(command))
  encoders.set(command, encode)
  return encode
}

const syntaxOf = (command: string): ReadonlyArray<ArgumentSyntax> =>
  JSON.parse(commandSyntaxTexts[command]) as ReadonlyArray<ArgumentSyntax>
