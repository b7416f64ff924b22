/** Commands without a fiber: they go where `execute` sends them, and come to the same. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { ClientError } from "../../src/client/ClusterError.ts"
import type { RedisCommands } from "../../src/client/RedisCommands.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { connect, keyOn } from "./ClientFixture.ts"

type Outcome = RespValue | ClientError

/** What each command came to, by its index; `before` tells those that were settled before the call had returned. */
const submitAll = (
  client: RedisCommands,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<{ readonly outcomes: ReadonlyArray<Outcome>; readonly before: number }> =>
  Effect.async((resume) => {
    const outcomes = new Array<Outcome>(commands.length)
    let settled = 0
    let before = 0
    let isReturned = false
    commands.forEach((command, index) => {
      client.unsafeSubmit(
        command,
        (outcome, at) => {
          outcomes[at] = outcome
          if (!isReturned) before++
          if (++settled === commands.length) resume(Effect.succeed({ outcomes, before }))
        },
        index
      )
    })
    isReturned = true
  })

const textsOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> =>
  outcomes.map((outcome) =>
    outcome instanceof Error ? outcome._tag : (Resp.text(outcome) ?? String(outcome._tag))
  )

describe("unsafeSubmit", () => {
  it.scopedLive("gives each command its reply and its index, connections open or not", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const client = yield* connect(cluster)
      const keys = [0, 1, 2].map((node) => keyOn(cluster, node))
      const writes = yield* submitAll(
        client,
        keys.map((key, index) => ["SET", key, `value ${index}`])
      )
      expect(textsOf(writes.outcomes)).toEqual(["OK", "OK", "OK"])
      const reads = yield* submitAll(client, [...keys.map((key) => ["GET", key]), ["MGET", ...keys]])
      expect(textsOf(reads.outcomes)).toEqual(["value 0", "value 1", "value 2", "Array"])
    })
  )

  it.scopedLive("follows a MOVED, and gives an error reply as the error that it is", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2, ([name]) =>
        name === "INCR" ? Resp.simpleError("WRONGTYPE not a number") : undefined
      )
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 0)
      yield* client.execute("SET", key, "there")
      cluster.assign([calculateSlot(key)], 1)
      const { outcomes } = yield* submitAll(client, [
        ["GET", key],
        ["INCR", key],
        ["RENAME", key, keyOn(cluster, 0, 1)]
      ])
      expect(textsOf(outcomes)).toEqual(["there", "RedisError", "CrossSlotError"])
      expect(cluster.nodes[0].received("GET")).toHaveLength(1)
      expect(cluster.nodes[1].received("GET")).toHaveLength(1)
    })
  )

  it.scopedLive("settles nothing before it has returned, also what fails at once", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster, { maxPending: 2 })
      const key = keyOn(cluster, 0)
      yield* client.execute("PING")
      const { before, outcomes } = yield* submitAll(
        client,
        Array.from({ length: 4 }, () => ["GET", key])
      )
      expect(before).toBe(0)
      expect(textsOf(outcomes).slice(2)).toEqual(["ConnectionError", "ConnectionError"])
    })
  )
})
