/** What is known of commands: the table, and what the server said of those that the table lacks, a module's as a rule. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as SingleFlight from "../connection/SingleFlight.ts"
import { type CommandSpec, lookupCommand, specFromCommandInfo } from "../protocol/CommandTable.ts"
import type { CommandArguments, RespValue } from "../protocol/Resp.ts"
import { type ClientError, TopologyError } from "./ClusterError.ts"

export interface CommandKnowledge {
  lookup(args: CommandArguments): CommandSpec | undefined
  /** The server was asked and does not know the command either. */
  isForeign(args: CommandArguments): boolean
  /** Asks the server, once per command, however many want to know. */
  learn(
    args: CommandArguments,
    execute: (args: CommandArguments) => Effect.Effect<RespValue, ClientError>
  ): Effect.Effect<void, ClientError>
}

/** Questions under way end with the scope. */
export const make: Effect.Effect<CommandKnowledge, never, Scope.Scope> = Effect.map(Effect.scope, (scope) => {
  const learned = new Map<string, CommandSpec>()
  const foreign = new Set<string>()
  const questions = new Map<string, SingleFlight.SingleFlight<void, ClientError>>()
  const nameOf = (args: CommandArguments): string => String(args[0]).toLowerCase()

  const question = (name: string, reply: Effect.Effect<RespValue, ClientError>) =>
    SingleFlight.make(
      reply.pipe(
        Effect.map(specFromCommandInfo),
        // A user who may not ask (NOPERM) sends the command unrouted, as one that nobody knows.
        Effect.catchTag("RedisError", () => Effect.succeed(undefined)),
        Effect.map((spec) => {
          questions.delete(name)
          if (spec === undefined) foreign.add(name)
          else learned.set(name, spec)
        })
      ),
      scope,
      (): ClientError => new TopologyError({ reason: "the client is closed", node: "-" })
    )

  return {
    lookup: (args) => lookupCommand(args, learned),
    isForeign: (args) => foreign.has(nameOf(args)),
    learn: (args, execute) =>
      Effect.gen(function* () {
        const name = nameOf(args)
        if (learned.has(name) || foreign.has(name)) return
        const flight = questions.get(name) ?? (yield* question(name, execute(["COMMAND", "INFO", name])))
        questions.set(name, flight)
        yield* flight.join
      })
  }
})
