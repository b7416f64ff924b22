import * as Effect from "effect/Effect"
import { CLIENT_NAME } from "../../src/app/ConnectLayer.ts"
import { text } from "../../src/protocol/Resp.ts"
import { answerOf, type TestServers } from "./TestCluster.ts"

/** Every master closes the connections that our program has to it; not those of the test. */
export const closeConnections = (servers: TestServers): Effect.Effect<void> =>
  Effect.forEach(
    servers.masters,
    (master) =>
      Effect.gen(function* () {
        const list = text(yield* answerOf(master, "CLIENT", "LIST")) ?? ""
        const ids = list
          .split("\n")
          .filter((line) => line.includes(` name=${CLIENT_NAME} `))
          .flatMap((line) => /^id=(\d+)/.exec(line)?.[1] ?? [])
        // One may have gone by itself meanwhile: that is an error reply, and no matter.
        yield* Effect.forEach(ids, (id) => Effect.orDie(servers.command(master, "CLIENT", "KILL", "ID", id)))
      }),
    { concurrency: "unbounded", discard: true }
  )
