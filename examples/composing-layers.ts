/**
 * Redis as one service among others: `Invitations` is built on Redis and on
 * `Mailer`, and the program knows neither of the two.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { ClusterClient, ClusterConfig, Redis } from "../src/index.ts"

class Mailer extends Effect.Service<Mailer>()("Mailer", {
  succeed: { send: (to: string, text: string) => Console.log(`to ${to}: ${text}`) }
}) {}

class Invitations extends Effect.Service<Invitations>()("Invitations", {
  effect: Effect.gen(function* () {
    const redis = yield* Redis
    const mailer = yield* Mailer
    return {
      /** Sends one invitation to each guest, however often it is asked to. */
      invite: (event: string, guest: string) =>
        Effect.gen(function* () {
          const isNew = (yield* redis.sadd(`invited:${event}`, guest)) === 1
          if (isNew) yield* mailer.send(guest, `You are invited to ${event}`)
          return isNew
        }),
      count: (event: string) => redis.scard(`invited:${event}`)
    }
  })
}) {}

const program = Effect.gen(function* () {
  const invitations = yield* Invitations
  yield* Effect.forEach(["ada@example.org", "grace@example.org", "ada@example.org"], (guest) =>
    invitations.invite("the launch", guest)
  )
  yield* Console.log(`${yield* invitations.count("the launch")} guests`)
})

// One client for all that use it; it is closed when the program ends.
const redis = Redis.layer.pipe(Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)))
const live = Invitations.Default.pipe(Layer.provide([redis, Mailer.Default]))

NodeRuntime.runMain(Effect.provide(program, live))
