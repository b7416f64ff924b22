/** Waiting and repeating: TRYAGAIN, a cluster that is down, connections that are lost. */
import { describe, expect, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Resp from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import type { FakeReply } from "../support/FakeNode.ts"
import { timedNet } from "../support/Stall.ts"
import { connect, eventually, keyOn, questions } from "./ClientFixture.ts"

const TRY_AGAIN = Resp.simpleError("TRYAGAIN Multiple keys request during rehashing of slot")

/** The script that answers the first of these commands with the replies, one each, and leaves the rest to the node. */
const first = (wanted: string, ...replies: ReadonlyArray<FakeReply>) => {
  let turn = 0
  return ([name]: ReadonlyArray<string>): FakeReply | undefined =>
    name === wanted ? replies[turn++] : undefined
}

describe("TRYAGAIN", () => {
  it.scopedLive("is waited for, and the command sent again", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, first("INCR", TRY_AGAIN, TRY_AGAIN))
      const client = yield* connect(cluster)
      expect(yield* client.execute("INCR", "n")).toEqual(Resp.integer(1))
      expect(cluster.received("INCR")).toHaveLength(3)
    })
  )

  it.scopedLive("ends in MaxRetriesExceeded after three retries, with increasing waits", () =>
    Effect.gen(function* () {
      const times: Array<number> = []
      const cluster = yield* FakeCluster.make(1, ([name]) => {
        if (name !== "INCR") return undefined
        times.push(performance.now())
        return TRY_AGAIN
      })
      const client = yield* connect(cluster, { retryDelay: Duration.millis(40) })
      const error = yield* Effect.flip(client.execute("INCR", "n"))
      expect(error).toMatchObject({
        _tag: "MaxRetriesExceeded",
        attempts: 4,
        command: "INCR",
        lastCause: { _tag: "TryAgainError", reply: TRY_AGAIN.value, node: cluster.nodes[0].address }
      })
      const waits = times.slice(1).map((time, index) => time - times[index])
      expect(waits).toHaveLength(3)
      // 20 % of jitter, and a timer may fire a little early.
      for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThan(40 * 2 ** index * 0.8 - 2)
    })
  )

  it.scopedLive("takes as many retries as the configuration says", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, ([name]) => (name === "INCR" ? TRY_AGAIN : undefined))
      const client = yield* connect(cluster, { maxRetries: 0 })
      const error = yield* Effect.flip(client.execute("INCR", "n"))
      expect(error).toMatchObject({ _tag: "MaxRetriesExceeded", attempts: 1 })
      expect(cluster.received("INCR")).toHaveLength(1)
    })
  )
})

describe("a cluster that is down", () => {
  for (const reply of [
    "CLUSTERDOWN The cluster is down",
    "CLUSTERDOWN Hash slot not served",
    "LOADING Redis is loading the dataset in memory",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "READONLY You can't write against a read only replica."
  ]) {
    const kind = reply.split(" ")[0]
    it.scopedLive(`${reply.slice(0, 40)}: is waited for`, () =>
      Effect.gen(function* () {
        const refusal = Resp.simpleError(reply)
        const cluster = yield* FakeCluster.make(1, first("INCR", refusal, refusal, refusal))
        const client = yield* connect(cluster)
        expect(yield* client.execute("INCR", "n")).toEqual(Resp.integer(1))
        expect(cluster.received("INCR")).toHaveLength(4)
        yield* eventually(() => questions(cluster) > 1)
      })
    )

    it.scopedLive(`${reply.slice(0, 40)}: is an error when the deadline has passed`, () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(1, ([name]) =>
          name === "INCR" ? Resp.simpleError(reply) : undefined
        )
        const client = yield* connect(cluster, {
          unavailableSchedule: undefined,
          availabilityDeadline: "150 millis"
        })
        const [elapsed, error] = yield* timedNet(Effect.flip(client.execute("INCR", "n")))
        expect(error).toMatchObject({
          _tag: "ClusterDownError",
          kind,
          reply,
          node: cluster.nodes[0].address,
          command: "INCR"
        })
        expect(Duration.toMillis(elapsed)).toBeLessThan(2000)
        expect(cluster.received("INCR").length).toBeGreaterThan(1)
      })
    )
  }
})

describe("an ordinary error", () => {
  for (const reply of [
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "NOPERM this user has no permissions to run the 'incr' command",
    "ERR value is not an integer or out of range"
  ]) {
    it.scopedLive(`${reply.split(" ")[0]} returns at once`, () =>
      Effect.gen(function* () {
        const cluster = yield* FakeCluster.make(1, ([name]) =>
          name === "INCR" ? Resp.simpleError(reply) : undefined
        )
        const client = yield* connect(cluster)
        const error = yield* Effect.flip(client.execute("INCR", "n"))
        expect(error).toMatchObject({
          _tag: "RedisError",
          kind: reply.split(" ")[0],
          reply,
          node: cluster.nodes[0].address,
          command: "INCR"
        })
        expect(error.message).toBe(`${cluster.nodes[0].address}: INCR: ${reply}`)
        expect(cluster.received("INCR")).toHaveLength(1)
      })
    )
  }
})

describe("a node that reads a command and closes the connection", () => {
  const closing = (wanted: string) => FakeCluster.make(1, first(wanted, "close"))

  it.scopedLive("INCR fails, may have been executed, and was received exactly once", () =>
    Effect.gen(function* () {
      const cluster = yield* closing("INCR")
      const client = yield* connect(cluster)
      const error = yield* Effect.flip(client.execute("INCR", "n"))
      expect(error).toMatchObject({
        _tag: "ConnectionError",
        reason: "Closed",
        sent: "maybe",
        node: cluster.nodes[0].address,
        command: "INCR"
      })
      expect(error.message).toMatch(/; it may have been executed$/)
      // The next one has a new connection.
      expect(yield* client.execute("INCR", "other")).toEqual(Resp.integer(1))
      expect(cluster.received("INCR")).toEqual([
        ["INCR", "n"],
        ["INCR", "other"]
      ])
    })
  )

  it.scopedLive("GET is sent again, since it only reads", () =>
    Effect.gen(function* () {
      const cluster = yield* closing("GET")
      const client = yield* connect(cluster)
      expect(Resp.isNull(yield* client.execute("GET", "n"))).toBe(true)
      expect(cluster.received("GET")).toHaveLength(2)
    })
  )

  it.scopedLive("SET is sent again only when the caller says that it may be", () =>
    Effect.gen(function* () {
      const cluster = yield* closing("SET")
      const client = yield* connect(cluster)
      const error = yield* Effect.flip(client.execute("SET", "a", "1"))
      expect(error).toMatchObject({ reason: "Closed", sent: "maybe" })
      cluster.script = first("SET", "close")
      expect(yield* client.withOptions({ idempotent: true }).execute("SET", "a", "1")).toEqual(Resp.ok)
      expect(cluster.received("SET")).toHaveLength(3)
    })
  )

  it.scopedLive("what is said of one view of a client is not said of the client", () =>
    Effect.gen(function* () {
      const cluster = yield* closing("SET")
      const client = yield* connect(cluster)
      client.withOptions({ idempotent: true })
      expect(yield* Effect.flip(client.execute("SET", "a", "1"))).toMatchObject({ sent: "maybe" })
      cluster.script = first("SET", "close")
      const strict = client.withOptions({ idempotent: true }).withOptions({ idempotent: false })
      expect(yield* Effect.flip(strict.execute("SET", "a", "1"))).toMatchObject({ sent: "maybe" })
    })
  )

  it.scopedLive("a command that never answers is given up with its connection", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, first("INCR", "silence"))
      const client = yield* connect(cluster, { commandTimeout: "100 millis" })
      const error = yield* Effect.flip(client.execute("INCR", "n"))
      expect(error).toMatchObject({ reason: "Timeout", sent: "maybe", command: "INCR" })
      expect(cluster.received("INCR")).toHaveLength(1)
    })
  )
})

describe("a command that was not sent", () => {
  it.scopedLive("waits for its node to come back, INCR too, and is executed once", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster, {
        unavailableSchedule: undefined,
        availabilityDeadline: "5 seconds"
      })
      const key = keyOn(cluster, 1)
      yield* cluster.nodes[1].stop
      const fiber = yield* Effect.fork(client.execute("INCR", key))
      // Another shard does not wait with it.
      expect(yield* client.execute("INCR", keyOn(cluster, 0))).toEqual(Resp.integer(1))
      expect(fiber.unsafePoll()).toBeNull()
      yield* cluster.nodes[1].restart
      expect(yield* Fiber.join(fiber)).toEqual(Resp.integer(1))
      expect(cluster.nodes[1].received("INCR")).toEqual([["INCR", key]])
    })
  )

  it.scopedLive("is a ConnectionError when its node stays away", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 1)
      yield* cluster.nodes[1].stop
      expect(yield* Effect.flip(client.execute("INCR", key))).toMatchObject({
        _tag: "ConnectionError",
        reason: "Connect",
        sent: "no",
        node: cluster.nodes[1].address
      })
    })
  )

  it.scopedLive("does not wait where waiting does not help: a full queue", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1, ([name]) => (name === "GET" ? "silence" : undefined))
      const client = yield* connect(cluster, { maxPending: 8 })
      yield* client.execute("SET", "warm", "1")
      const fibers = yield* Effect.replicateEffect(Effect.fork(client.execute("GET", "a")), 8)
      yield* cluster.nodes[0].awaitCommand("GET", 8)
      const error = yield* Effect.flip(client.execute("GET", "a"))
      expect(error).toMatchObject({ _tag: "ConnectionError", reason: "QueueFull", sent: "no" })
      yield* Fiber.interruptAll(fibers)
    })
  )
})

describe("a slot that nobody serves", () => {
  it.scopedLive("is a TopologyError when the deadline has passed, and no node was bothered", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const [first] = cluster.nodes[0].slots
      for (const node of cluster.nodes) node.slots = [first]
      const client = yield* connect(cluster)
      const error = yield* Effect.flip(client.execute("GET", keyOn(cluster, 1)))
      expect(error).toMatchObject({ _tag: "TopologyError" })
      expect(error.message).toMatch(/no node serves slot \d+/)
      expect(cluster.received("GET")).toEqual([])
    })
  )
})
