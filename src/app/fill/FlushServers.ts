/** Empties every master before a fill. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { ClientError } from "../../client/ClusterError.ts"
import type { RedisCommands } from "../../client/RedisCommands.ts"
import { masters } from "../../protocol/ClusterTopology.ts"
import { text } from "../../protocol/Resp.ts"
import { reconnect, RECONNECT_DEADLINE } from "../transfer/Reconnection.ts"

/** How often a server is asked whether it has given its memory back. */
const FREED_INTERVAL = "50 millis"

/**
 * FLUSHALL on every master, and then waits until the memory is free.
 *
 * ASYNC, because a plain FLUSHALL of many gigabytes blocks the server for
 * seconds: longer than a command may take, or than a cluster waits before it
 * declares a master dead.
 *
 * @returns the masters flushed
 */
export const flushServers = (client: RedisCommands): Effect.Effect<ReadonlyArray<string>, ClientError> =>
  Effect.gen(function* () {
    const addresses = masters(yield* client.topology).map(({ address }) => address)
    yield* Effect.forEach(addresses, (address) => flush(client, address), {
      concurrency: "unbounded",
      discard: true
    })
    return addresses
  })

/** Nothing is lost by emptying a server twice, so a connection that breaks is no reason to give up. */
const flush = (client: RedisCommands, address: string): Effect.Effect<void, ClientError> =>
  Effect.retry(flushOnce(client, address), {
    schedule: Schedule.upTo(reconnect, RECONNECT_DEADLINE),
    while: (error) => error._tag === "ConnectionError" && error.reason === "Closed"
  })

const flushOnce = (client: RedisCommands, address: string): Effect.Effect<void, ClientError> =>
  Effect.zipRight(
    client.executeOn(address, "FLUSHALL", "ASYNC"),
    Effect.repeat(client.executeOn(address, "INFO", "memory"), {
      while: (info) => /lazyfree_pending_objects:[1-9]/.test(text(info) ?? ""),
      schedule: Schedule.spaced(FREED_INTERVAL)
    })
  )
