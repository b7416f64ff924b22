/**
 * A test of a program against a real cluster, which the sandbox starts for the
 * test and takes away afterwards:
 *
 *   redis-client sandbox --port 0 -- node --test examples/sandbox-test.ts
 */
import { Effect, Layer, Option } from "effect"
import assert from "node:assert/strict"
import { test } from "node:test"
import { ClusterClient, ClusterConfig, Redis } from "../src/index.ts"

/** The program under test: takes a lock if it is free. */
const takeLock = (name: string, owner: string) =>
  Effect.flatMap(Redis, (redis) =>
    redis.set(`lock:${name}`, owner, { condition: "NX", expiration: { EX: 30 } })
  )

// The sandbox says where it is in the environment that this reads.
const live = Redis.layer.pipe(Layer.provide(ClusterClient.layerConfig(ClusterConfig.fromEnvironment)))
const run = <A, E>(effect: Effect.Effect<A, E, Redis>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, live))

test("a lock is taken once", () =>
  run(
    Effect.gen(function* () {
      assert.equal(yield* takeLock("door", "ada"), true)
      assert.equal(yield* takeLock("door", "grace"), false)
      const redis = yield* Redis
      assert.deepEqual(yield* redis.get("lock:door"), Option.some("ada"))
    })
  ))

test("of many who ask at once, one gets it", () =>
  run(
    Effect.gen(function* () {
      const guests = Array.from({ length: 50 }, (_, index) => `guest-${index}`)
      const taken = yield* Effect.forEach(guests, (guest) => takeLock("party", guest), {
        concurrency: "unbounded"
      })
      assert.equal(taken.filter((isMine) => isMine).length, 1)
    })
  ))
