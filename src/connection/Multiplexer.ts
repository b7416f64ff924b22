/** Several shared connections to one node, taken in turn, for programs that one socket does not keep up with. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { SharedConnection } from "./SharedConnection.ts"

/** One connection stays as it is. With more, commands of one caller may overtake each other. */
export const make = <E>(
  count: number,
  connection: Effect.Effect<SharedConnection, E, Scope.Scope>
): Effect.Effect<SharedConnection, E, Scope.Scope> =>
  count <= 1
    ? connection
    : Effect.map(Effect.replicateEffect(connection, count), (members) => {
        let turn = 0
        const next = (): SharedConnection => members[turn++ % members.length]
        // Or the turns of both callers could leave one out for ever.
        const missing = (): SharedConnection | undefined =>
          members.find((member) => member.unsafePipeline() === undefined && !member.isConnecting())
        return {
          unsafePipeline: () => next().unsafePipeline(),
          pipelines: () => members.flatMap((member) => member.pipelines()),
          isConnecting: () => members.some((member) => member.isConnecting()),
          get: Effect.suspend(() => (missing() ?? next()).get),
          replace: Effect.forEach(members, (member) => member.replace, { discard: true })
        }
      })
