/** Masters that hang or die, and replicas that take their place. */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { text } from "../../src/protocol/Resp.ts"
import { answerOf, type TestServers } from "./TestCluster.ts"

/** Its replicas, as formed. */
export const replicasOf = (servers: TestServers, master: SandboxNode): ReadonlyArray<SandboxNode> =>
  servers.replicas.filter(({ masterId }) => masterId === master.id)

/** Waits until a replica of the node says that it is a master. */
export const untilPromoted = (servers: TestServers, node: SandboxNode): Effect.Effect<void> =>
  Effect.repeat(
    Effect.forEach(replicasOf(servers, node), (replica) => answerOf(replica, "INFO", "replication")),
    {
      until: (infos) => infos.some((info) => text(info)?.includes("role:master") === true),
      schedule: Schedule.spaced("100 millis")
    }
  ).pipe(Effect.asVoid)

/** Waits until every replica has as many keys as its master. */
export const untilReplicated = (servers: TestServers): Effect.Effect<void> =>
  Effect.repeat(
    Effect.forEach(servers.replicas, (replica) =>
      Effect.gen(function* () {
        const master = servers.masters.find(({ id }) => id === replica.masterId)!
        const [own, all] = yield* Effect.all([answerOf(replica, "DBSIZE"), answerOf(master, "DBSIZE")])
        return own.value === all.value
      })
    ),
    { until: (have) => have.every(Boolean), schedule: Schedule.spaced("50 millis") }
  ).pipe(Effect.asVoid)

/** Stops the node, and lets it go on. */
export const pauseFor = (
  servers: TestServers,
  node: SandboxNode,
  duration: Duration.Duration
): Effect.Effect<void> =>
  Effect.acquireUseRelease(
    servers.pause(node),
    () => Effect.sleep(duration),
    () => servers.resume(node)
  )
