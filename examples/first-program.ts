/** A first program: a few commands, and what to do when one fails. */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Option } from "effect"
import { ClusterClient, ClusterConfig, Redis } from "../src/index.ts"

const program = Effect.gen(function* () {
  const redis = yield* Redis
  yield* redis.set("greeting", "hello")
  const greeting = yield* redis.get("greeting")
  yield* Console.log(Option.getOrElse(greeting, () => "no greeting"))

  // Keys of any slots: sent to their masters at once, and put together in order.
  yield* redis.mset({ "user:1": "Ada", "user:2": "Grace" })
  const users = yield* redis.mget(["user:1", "user:2", "user:3"])
  yield* Console.log(users.map(Option.getOrElse(() => "nobody")).join(", "))

  const visits = yield* redis.incr("visits")
  yield* Console.log(`visit ${visits}`)

  // What the server refuses is a RedisError, at once.
  yield* redis
    .incr("greeting")
    .pipe(Effect.catchTag("RedisError", (error) => Console.log(`refused (${error.kind}): ${error.reply}`)))
}).pipe(
  // A write whose connection was lost may have been executed: it is for the program to decide what to do.
  Effect.catchTag("ConnectionError", (error) =>
    Console.error(error.sent === "maybe" ? `perhaps done: ${error.message}` : `not done: ${error.message}`)
  )
)

// Where the cluster is: REDIS_CLIENT_HOST, REDIS_CLIENT_PORT, REDIS_CLIENT_TLS, REDISCLI_AUTH.
const live = Redis.layer.pipe(Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)))

NodeRuntime.runMain(Effect.provide(program, live))
