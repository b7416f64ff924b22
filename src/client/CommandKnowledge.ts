/** What is known of commands: the table, and what the server said of those that the table lacks, a module's as a rule. */
import * as Effect from "effect/Effect"
import { type CommandSpec, lookupCommand, specFromCommandInfo } from "../protocol/CommandTable.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import type { ClientError } from "./ClusterError.ts"

export interface CommandKnowledge {
  lookup(args: CommandArguments): CommandSpec | undefined
  /** The server was asked and does not know the command either. */
  isForeign(args: CommandArguments): boolean
  /** Asks the server, once per command. */
  learn(
    args: CommandArguments,
    execute: (args: CommandArguments) => Effect.Effect<RespValue, ClientError>
  ): Effect.Effect<void, ClientError>
}

export const make = (): CommandKnowledge => {
  const learned = new Map<string, CommandSpec>()
  const foreign = new Set<string>()
  const nameOf = (args: CommandArguments): string => String(args[0]).toLowerCase()
  return {
    lookup: (args) => lookupCommand(args, learned),
    isForeign: (args) => foreign.has(nameOf(args)),
    learn: (args, execute) =>
      Effect.asVoid(
        execute(["COMMAND", "INFO", nameOf(args)]).pipe(
          Effect.map(specFromCommandInfo),
          // A user who may not ask (NOPERM) sends the command unrouted, as one that nobody knows.
          Effect.catchTag("RedisError", () => Effect.succeed(undefined)),
          Effect.tap((spec) =>
            Effect.sync(() =>
              spec === undefined ? foreign.add(nameOf(args)) : learned.set(nameOf(args), spec)
            )
          )
        )
      )
  }
}
