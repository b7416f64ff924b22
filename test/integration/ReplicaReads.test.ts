/** Reads from the replicas of a real cluster: who is asked, and who is asked when a replica is gone. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schedule from "effect/Schedule"
import { ClusterClient } from "../../src/client/ClusterClient.ts"
import type { ClusterOptions, ReadFrom } from "../../src/client/ClusterConfig.ts"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { parseClusterSlots } from "../../src/protocol/ClusterTopology.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import { answerOf, TestCluster, THREE_MASTERS_WITH_REPLICAS } from "../support/TestCluster.ts"

const KEYS = Array.from({ length: 300 }, (_, index) => `key:${index}`)

const connect = (readFrom: ReadFrom, options: Partial<ClusterOptions> = {}) =>
  Effect.flatMap(TestCluster, ({ seed }) => ClusterClient.make({ seeds: [seed], readFrom, ...options }))

/** How often the node has executed the command since its statistics began. */
const callsOf = (node: SandboxNode, command: string): Effect.Effect<number> =>
  Effect.map(answerOf(node, "INFO", "commandstats"), (reply) =>
    Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(Resp.text(reply) ?? "")?.[1] ?? 0)
  )

const callsAtEach = (nodes: ReadonlyArray<SandboxNode>, command: string) =>
  Effect.forEach(nodes, (node) => callsOf(node, command))

/** Every key is written, and read back from every replica that has not ended. */
const load = Effect.gen(function* () {
  const cluster = yield* TestCluster
  const writer = yield* connect("master")
  yield* writer.executeMany(KEYS.map((key) => ["SET", key, key]))
  const replicas = cluster.replicas.filter(({ server }) => server.isRunning())
  yield* Effect.forEach(replicas, (node) =>
    answerOf(node, "INFO", "replication").pipe(
      Effect.zip(
        answerOf(
          cluster.masters.find(({ id }) => id === node.masterId)!,
          "INFO",
          "replication"
        )
      ),
      Effect.repeat({
        until: (replies) => {
          const [own, masters] = replies.map((reply) =>
            /^master_repl_offset:(\d+)/m.exec(Resp.text(reply) ?? "")
          )
          return own?.[1] === masters?.[1]
        },
        schedule: Schedule.spaced("50 millis")
      })
    )
  )
  // One that was stopped is left out by the masters until they have heard from it again.
  yield* Effect.forEach(cluster.masters, (master) =>
    Effect.repeat(answerOf(master, "CLUSTER", "SLOTS"), {
      until: (reply) => {
        const topology = parseClusterSlots(reply, master.server)
        return "nodes" in topology && topology.nodes.length === cluster.masters.length + replicas.length
      },
      schedule: Schedule.spaced("50 millis")
    })
  )
  yield* Effect.forEach([...cluster.masters, ...replicas], (node) => answerOf(node, "CONFIG", "RESETSTAT"))
  return cluster
})

layer(TestCluster.layer(THREE_MASTERS_WITH_REPLICAS), { excludeTestServices: true, timeout: "60 seconds" })(
  "on three masters with a replica each",
  (it) => {
    for (const readFrom of ["prefer-replica", "replica"] as const) {
      it.scoped(
        `${readFrom}: reads go to the replicas, one by one and in batches, and nothing else does`,
        () =>
          Effect.gen(function* () {
            const cluster = yield* load
            const client = yield* connect(readFrom)
            const replies = yield* Effect.forEach(KEYS, (key) => client.execute("GET", key), {
              concurrency: 50
            })
            expect(replies.map(Resp.text)).toEqual(KEYS)
            const batch = yield* client.executeMany(KEYS.map((key) => ["GET", key]))
            expect(batch.map((reply) => Resp.text(Either.getOrThrow(reply)))).toEqual(KEYS)
            expect(yield* callsAtEach(cluster.masters, "get")).toEqual([0, 0, 0])
            const expected = cluster.replicas.map(
              ({ masterId }) =>
                2 * KEYS.filter((key) => cluster.masterOf(calculateSlot(key)).id === masterId).length
            )
            expect(yield* callsAtEach(cluster.replicas, "get")).toEqual(expected)
            // A replica would refuse it.
            yield* Effect.forEach(KEYS, (key) => client.execute("INCR", `${key}:counter`), {
              concurrency: 50
            })
            const increments = yield* callsAtEach(cluster.masters, "incr")
            expect(increments.reduce((sum, count) => sum + count, 0)).toBe(KEYS.length)
          })
      )
    }

    it.scoped("prefer-replica: the master is read when its replica hangs", () =>
      Effect.gen(function* () {
        const cluster = yield* load
        // Nothing but the watch ends the waiting.
        const client = yield* connect("prefer-replica", { commandTimeout: "1 hour" })
        const read = Effect.forEach(KEYS, (key) => client.execute("GET", key), { concurrency: 50 })
        yield* read
        const [hung] = cluster.replicas
        yield* Effect.acquireRelease(cluster.pause(hung), () => cluster.resume(hung))
        expect((yield* read).map(Resp.text)).toEqual(KEYS)
        const isOfHung = (key: string): boolean => cluster.masterOf(calculateSlot(key)).id === hung.masterId
        expect(yield* callsAtEach(cluster.masters, "get")).toEqual(
          cluster.masters.map(({ id }) => (id === hung.masterId ? KEYS.filter(isOfHung).length : 0))
        )
      })
    )

    // The last, since nothing brings the replica back.
    it.scoped("prefer-replica: the master is read when its replica has died; replica: nobody is", () =>
      Effect.gen(function* () {
        const cluster = yield* load
        const client = yield* connect("prefer-replica")
        const strict = yield* connect("replica", { availabilityDeadline: "500 millis" })
        const read = (from: typeof client) =>
          Effect.forEach(KEYS, (key) => Effect.either(from.execute("GET", key)), { concurrency: 50 })
        yield* read(client)
        yield* read(strict)
        const [lost] = cluster.replicas
        yield* cluster.kill(lost)
        const replies = yield* read(client)
        expect(replies.map((reply) => Resp.text(Either.getOrThrow(reply)))).toEqual(KEYS)
        const isOfLost = (key: string): boolean => cluster.masterOf(calculateSlot(key)).id === lost.masterId
        expect(yield* callsAtEach(cluster.masters, "get")).toEqual(
          cluster.masters.map(({ id }) => (id === lost.masterId ? KEYS.filter(isOfLost).length : 0))
        )
        const strictReplies = yield* read(strict)
        KEYS.forEach((key, index) => {
          const reply = strictReplies[index]
          if (!isOfLost(key)) expect(Resp.text(Either.getOrThrow(reply))).toBe(key)
          else
            expect(["ConnectionError", "TopologyError"]).toContain(
              Either.getLeft(reply).pipe((left) => (left._tag === "Some" ? left.value._tag : "a reply"))
            )
        })
      })
    )
  }
)
