/** A subscription as a stream: messages, and a `Gap` wherever some may be missing. */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Fiber, Layer, Stream } from "effect"
import { ClusterClient, ClusterConfig, PubSub, Redis } from "../src/index.ts"

const program = Effect.gen(function* () {
  const redis = yield* Redis
  const pubSub = yield* PubSub

  // From here on nothing is missed: the server has confirmed the subscription.
  const events = yield* pubSub.open({ channels: ["news"], patterns: ["weather.*"] })
  const reader = yield* events.pipe(
    Stream.tap((event) =>
      event._tag === "Message"
        ? Console.log(`${event.channel}: ${event.text}`)
        : // The connection was lost for a while, or the reader was too slow: read anew what you keep.
          Console.log(`something may be missing from ${event.channels.join(", ")}`)
    ),
    Stream.filter((event) => event._tag === "Message"),
    Stream.take(3),
    Stream.runDrain,
    Effect.fork
  )

  yield* redis.publish("news", "good morning")
  yield* redis.publish("weather.north", "snow")
  yield* redis.publish("news", "good night")
  yield* Fiber.join(reader)
}).pipe(Effect.scoped)

const live = Layer.merge(Redis.layer, PubSub.layer()).pipe(
  Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment))
)

NodeRuntime.runMain(Effect.provide(program, live))
