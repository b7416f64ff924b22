/** A subscriber to a sharded channel whose slot moves: it hears what is published after each move, and of each move once. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as PubSub from "../../src/client/subscription/PubSub.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { slotTag } from "../../src/protocol/SlotTags.ts"

export interface ShardedSubscriber {
  /** Publishes until one of the messages arrives. */
  readonly hearsAgain: Effect.Effect<void>
  /** What was not as it should be after so many moves. */
  readonly violations: (moves: number) => ReadonlyArray<string>
}

const PUBLISH_PAUSE: Duration.Duration = Duration.millis(50)
const HEARING_TIMEOUT: Duration.Duration = Duration.seconds(30)

/** The subscription ends with the scope. */
export const subscribeSharded = (
  client: RedisCommands,
  slot: number
): Effect.Effect<ShardedSubscriber, never, Scope.Scope> =>
  Effect.gen(function* () {
    const channel = `{${slotTag(slot)}}:news`
    const pubSub = yield* PubSub.make(client)
    const stream = yield* pubSub.open({ shardChannels: [channel] })
    let gaps = 0
    let number = 0
    const heard = new Set<string>()
    const errors: Array<string> = []
    yield* stream.pipe(
      Stream.runForEach((event) =>
        Effect.sync(() => (event._tag === "Gap" ? void gaps++ : void heard.add(event.text)))
      ),
      Effect.catchAll((error) => Effect.sync(() => errors.push(error.message))),
      Effect.forkScoped
    )
    const publish = (message: string): Effect.Effect<void> =>
      Effect.gen(function* () {
        yield* Effect.orDie(client.execute("SPUBLISH", channel, message))
        yield* Effect.sleep(PUBLISH_PAUSE)
        if (!heard.has(message)) yield* publish(message)
      })
    return {
      hearsAgain: Effect.suspend(() => {
        const message = `message ${++number}`
        return Effect.catchAll(Effect.timeout(publish(message), HEARING_TIMEOUT), () =>
          Effect.sync(() => errors.push(`'${message}' did not arrive`))
        )
      }),
      violations: (moves: number) => [
        ...errors.map((error) => `sharded subscriber: ${error}`),
        ...(gaps === moves ? [] : [`sharded subscriber: ${gaps} gaps for ${moves} moves of its slot`])
      ]
    }
  }).pipe(Effect.orDie)
