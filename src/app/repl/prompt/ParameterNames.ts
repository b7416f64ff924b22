/** The names of a server's settings, for completion: asked for once. */
import * as Effect from "effect/Effect"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import * as Resp from "../../../protocol/Resp.ts"

/** A person waits meanwhile. */
const LONGEST_WAIT = "400 millis"

export class ParameterNames {
  private names: ReadonlyArray<string> | undefined

  /** None where CONFIG is not allowed, or the answer does not come soon. Their values are secrets in part, and not kept. */
  ask(client: RedisCommands, node: string): Effect.Effect<ReadonlyArray<string>> {
    return Effect.suspend(() => {
      if (this.names !== undefined) return Effect.succeed(this.names)
      return client.executeOn(node, "CONFIG", "GET", "*").pipe(
        Effect.timeout(LONGEST_WAIT),
        Effect.map((reply) => (this.names = namesIn(reply))),
        Effect.orElseSucceed((): ReadonlyArray<string> => [])
      )
    })
  }
}

const namesIn = (reply: Resp.RespValue): ReadonlyArray<string> => {
  const names =
    reply._tag === "Map"
      ? reply.value.map(([name]) => name)
      : (Resp.elements(reply) ?? []).filter((_, index) => index % 2 === 0)
  return names.flatMap((name) => Resp.text(name) ?? []).sort()
}
