/** The typed commands over a client that nothing goes through: for what they send, and how they read what they are given. */
import * as Effect from "effect/Effect"
import { Redis, type RedisService } from "../../src/client/Redis.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import * as Resp from "../../src/protocol/Resp.ts"

/** Answers every command with what `answer` says; `seen` notes what was asked of it. */
export const redisAnswering = (
  answer: (args: CommandArguments) => RespValue,
  seen: Array<CommandArguments> = []
): RedisService => {
  const client: Pick<RedisCommands, "execute" | "executeMany" | "withOptions"> = {
    execute: (...args) =>
      Effect.sync(() => {
        seen.push(args)
        return answer(args)
      }),
    executeMany: (commands) =>
      Effect.all(commands.map(([name, ...rest]) => Effect.either(client.execute(name as string, ...rest)))),
    withOptions: () => client as RedisCommands
  }
  return Redis.make(client as RedisCommands)
}

export const unsentRedis: RedisService = redisAnswering(() => Resp.nullValue)
