/**
 * A stream and a group of consumers: each order goes to one worker, and is
 * acknowledged when it is done, so that what a worker leaves behind is found.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Fiber, Layer } from "effect"
import { ClusterClient, ClusterConfig, Redis, session } from "../src/index.ts"

const STREAM = "orders"
const GROUP = "packers"
const LAST_ORDER = "last"

const createGroup = Effect.gen(function* () {
  const redis = yield* Redis
  yield* redis.xgroupCreate(STREAM, GROUP, "0", { mkstream: true }).pipe(
    Effect.catchIf(
      (error) => error._tag === "RedisError" && error.kind === "BUSYGROUP",
      () => Effect.void
    )
  )
})

/** Takes orders until the last one has come. XREADGROUP waits on the server, so the worker has a connection of its own. */
const work = (consumer: string) =>
  Effect.gen(function* () {
    const redis = yield* Redis
    return yield* session(redis.client, { key: STREAM }, (connection) =>
      Effect.gen(function* () {
        const own = Redis.make(connection)
        for (;;) {
          // `>`: what no consumer of the group has been given yet.
          const read = yield* own.xreadgroup(
            { group: GROUP, consumer },
            { [STREAM]: ">" },
            { count: 10, block: 1000 }
          )
          for (const { fields, id } of read.flatMap(({ entries }) => entries)) {
            yield* Console.log(`${consumer} packs ${fields.item}`)
            yield* own.xack(STREAM, GROUP, id)
            if (fields.item === LAST_ORDER) return
          }
        }
      })
    )
  })

const program = Effect.gen(function* () {
  const redis = yield* Redis
  yield* createGroup
  const worker = yield* Effect.fork(work("worker-1"))
  for (const item of ["book", "lamp", LAST_ORDER]) yield* redis.xadd(STREAM, "*", { item })
  yield* Fiber.join(worker)
  const pending = yield* redis.xpending(STREAM, GROUP)
  yield* Console.log(`${pending.count} orders are left`)
})

const live = Redis.layer.pipe(Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)))

NodeRuntime.runMain(Effect.provide(program, live))
