/** Transactions and sessions against scripted nodes: what is sent, what is sent again, and what is left behind. */
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as ClusterClient from "../../../src/client/ClusterClient.ts"
import * as Redis from "../../../src/client/Redis.ts"
import type { RedisCommands } from "../../../src/client/RedisCommands.ts"
import { session } from "../../../src/client/transaction/Session.ts"
import { transaction } from "../../../src/client/transaction/Transaction.ts"
import { calculateSlot } from "../../../src/protocol/HashSlot.ts"
import * as Resp from "../../../src/protocol/Resp.ts"
import { text } from "../../../src/protocol/Resp.ts"
import { slotTag } from "../../../src/protocol/SlotTags.ts"
import { FakeCluster } from "../../support/FakeCluster.ts"
import { TransactionServer } from "./TransactionServer.ts"

interface Setting {
  readonly cluster: FakeCluster
  readonly server: TransactionServer
  readonly client: RedisCommands
}

const setUp = (nodes: number, protocol: 2 | 3 = 3): Effect.Effect<Setting, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cluster = yield* FakeCluster.make(nodes, undefined, { protocol })
    const server = new TransactionServer(cluster)
    const client = yield* Effect.orDie(ClusterClient.make({ seeds: cluster.seeds }))
    return { cluster, server, client }
  })

/** In a slot of the first node. */
const KEY = `{${slotTag(0)}}`
const at = { key: KEY }
const setAndCount = Effect.succeed([
  ["SET", KEY, "v"],
  ["INCR", `${KEY}n`]
] as const)

describe("transaction", () => {
  it.scopedLive("gives each result its type", () =>
    Effect.gen(function* () {
      const { client, server } = yield* setUp(2)
      const redis = Redis.make(client)
      const outcome = yield* transaction(client, at, () =>
        Effect.succeed([redis.set(KEY, "v"), redis.incr(`${KEY}n`), ["GET", KEY], redis.incr(KEY)] as const)
      )
      if (outcome._tag === "Aborted") return expect.fail("aborted")
      const [, count, value, failed] = outcome.results
      const typed: Either.Either<number, unknown> = count
      expect(typed).toEqual(Either.right(1))
      expect(Either.map(value, text)).toEqual(Either.right("v"))
      expect(Either.flip(failed).pipe(Either.getOrThrow)).toMatchObject({
        _tag: "RedisError",
        command: "INCR"
      })
      expect(server.unclean).toBe(0)
    })
  )

  for (const protocol of [3, 2] as const) {
    it.scopedLive(`is aborted when a watched key has changed, RESP${protocol}`, () =>
      Effect.gen(function* () {
        const { client, cluster, server } = yield* setUp(1, protocol)
        server.hasChanged = true
        const outcome = yield* transaction(client, at, (own) =>
          Effect.zipRight(own.watch(KEY, `${KEY}n`), setAndCount)
        )
        expect(outcome).toEqual({ _tag: "Aborted" })
        expect(cluster.received("WATCH")).toEqual([["WATCH", KEY, `${KEY}n`]])
        expect(cluster.stores[0].entries.size).toBe(0)
      })
    )
  }

  it.scopedLive("waits for the first answer to MULTI, and not for later ones", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      server.override = ([name]) =>
        name === "MULTI" ? Resp.simpleError("NOPERM no MULTI for you") : undefined
      const error = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(error).toMatchObject({ _tag: "RedisError", kind: "NOPERM", command: "MULTI" })
      expect(cluster.received("SET")).toEqual([])
      server.override = () => undefined
      yield* transaction(client, at, () => setAndCount)
      yield* transaction(client, at, () => setAndCount)
      const [used] = cluster.nodes[0].connections.slice(-1)
      expect(used.commands.slice(-8).map(([name]) => name)).toEqual([
        "MULTI",
        "SET",
        "INCR",
        "EXEC",
        "MULTI",
        "SET",
        "INCR",
        "EXEC"
      ])
    })
  )

  it.scopedLive("names the command that was refused when it was queued", () =>
    Effect.gen(function* () {
      const { client, server } = yield* setUp(1)
      server.override = ([name]) =>
        name === "INCR" ? Resp.simpleError("ERR wrong number of arguments") : undefined
      const error = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(error).toMatchObject({ _tag: "ExecAbortError", command: "INCR", cause: { _tag: "RedisError" } })
      expect(error.message).toMatch(
        /^127\.0\.0\.1:\d+: EXEC: nothing was executed, .*wrong number of arguments$/
      )
    })
  )

  it.scopedLive("gives the reason of an EXECABORT for which no command was refused", () =>
    Effect.gen(function* () {
      const { client, server } = yield* setUp(1)
      server.override = ([name]) =>
        name === "EXEC"
          ? Resp.simpleError("EXECABORT Transaction discarded because of: OOM command not allowed")
          : undefined
      const error = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(error).toMatchObject({ _tag: "ExecAbortError", command: "EXEC", cause: { kind: "OOM" } })
    })
  )

  it.scopedLive("fails as maybe executed when the connection is lost during EXEC, and is not repeated", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      server.override = ([name]) => (name === "EXEC" ? "close" : undefined)
      const error = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(error).toMatchObject({ _tag: "ConnectionError", sent: "maybe", command: "EXEC" })
      expect(cluster.received("EXEC")).toHaveLength(1)
    })
  )

  it.scopedLive("is repeated when the connection is lost before anything was executed", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      server.override = ([name]) =>
        name === "GET" && cluster.received("GET").length === 1 ? "close" : undefined
      const outcome = yield* transaction(client, at, (own) =>
        Effect.zipRight(Effect.zipRight(own.watch(KEY), own.execute("GET", KEY)), setAndCount)
      )
      expect(outcome._tag).toBe("Committed")
      expect(cluster.received("WATCH")).toHaveLength(2)
    })
  )

  for (const [when, refused] of [
    ["queued", "INCR"],
    ["executed", "EXEC"],
    ["watched", "WATCH"]
  ] as const) {
    it.scopedLive(`begins anew at the right node when the slot has moved as it is ${when}`, () =>
      Effect.gen(function* () {
        const { client, cluster, server } = yield* setUp(2)
        server.override = ([name], _, node) =>
          name === refused && node === 0
            ? Resp.simpleError(`MOVED ${calculateSlot(KEY)} ${cluster.nodes[1].address}`)
            : undefined
        let runs = 0
        const outcome = yield* transaction(client, at, (own) => {
          runs++
          return Effect.zipRight(own.watch(KEY), setAndCount)
        })
        expect(outcome._tag).toBe("Committed")
        expect(runs).toBe(2)
        expect(cluster.stores.map(({ entries }) => entries.size)).toEqual([0, 2])
        expect(server.unclean).toBe(0)
      })
    )
  }

  it.scopedLive("asks the target of a slot on the move, for each command before MULTI and for MULTI", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(2)
      cluster.beginMigration(calculateSlot(KEY), 1)
      server.override = ([name], _, node) =>
        name === "WATCH" && node === 0
          ? Resp.simpleError(`ASK ${calculateSlot(KEY)} ${cluster.nodes[1].address}`)
          : undefined
      yield* transaction(client, at, (own) =>
        Effect.zipRight(Effect.zipRight(own.watch(KEY), own.execute("GET", KEY)), setAndCount)
      )
      const [used] = cluster.nodes[1].connections.slice(-1)
      expect(used.commands.slice(-9).map(([name]) => name)).toEqual(
        "ASKING WATCH ASKING GET ASKING MULTI SET INCR EXEC".split(" ")
      )
    })
  )

  it.scopedLive("gives up after as many redirections and retries as a command", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(2)
      server.override = ([name], _, node) =>
        name === "SET" ? Resp.simpleError(`MOVED 0 ${cluster.nodes[1 - node].address}`) : undefined
      const moved = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(moved).toMatchObject({
        _tag: "MaxRetriesExceeded",
        attempts: 6,
        lastCause: { _tag: "MovedError" }
      })
      server.override = ([name]) =>
        name === "EXEC" ? Resp.simpleError("TRYAGAIN keys are divided") : undefined
      const divided = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(divided).toMatchObject({
        _tag: "MaxRetriesExceeded",
        attempts: 4,
        lastCause: { _tag: "TryAgainError" }
      })
    })
  )

  it.scopedLive("and sessions wait as the client was told to, and follow as many redirections", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const server = new TransactionServer(cluster)
      let waits = 0
      const client = yield* Effect.orDie(
        ClusterClient.make({
          seeds: cluster.seeds,
          maxRedirections: 2,
          tryAgainSchedule: Schedule.recurs(1),
          unavailableSchedule: Schedule.tapInput(Schedule.recurs(2), () => Effect.sync(() => waits++))
        })
      )
      server.override = ([name], _, node) =>
        name === "SET" ? Resp.simpleError(`MOVED 0 ${cluster.nodes[1 - node].address}`) : undefined
      const moved = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(moved).toMatchObject({ attempts: 3, lastCause: { _tag: "MovedError" } })
      server.override = ([name]) =>
        name === "EXEC" ? Resp.simpleError("TRYAGAIN keys are divided") : undefined
      const divided = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(divided).toMatchObject({ attempts: 2, lastCause: { _tag: "TryAgainError" } })
      server.override = ([name]) => (name === "EXEC" ? Resp.simpleError("CLUSTERDOWN wait") : undefined)
      const before = cluster.received("EXEC").length
      const down = yield* Effect.flip(transaction(client, at, () => setAndCount))
      expect(down).toMatchObject({ _tag: "ClusterDownError" })
      expect(cluster.received("EXEC").length - before).toBe(3)
      expect(waits).toBe(3)
      yield* cluster.nodes[2].stop
      const last = { key: `{${slotTag(16_383)}}` }
      const away = yield* Effect.flip(session(client, last, (own) => own.execute("PING")))
      expect(away).toMatchObject({ _tag: "ConnectionError", reason: "Connect" })
      expect(waits).toBe(6)
    })
  )

  it.scopedLive("does not repeat a body that has written", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(2)
      server.override = ([name], _, node) =>
        name === "EXEC" && node === 0 ? Resp.simpleError(`MOVED 0 ${cluster.nodes[1].address}`) : undefined
      const error = yield* Effect.flip(
        transaction(client, at, (own) => Effect.zipRight(own.execute("INCR", `${KEY}w`), setAndCount))
      )
      expect(error._tag).toBe("MovedError")
      expect(cluster.received("INCR").filter(([, key]) => key === `${KEY}w`)).toHaveLength(1)
    })
  )

  it.scopedLive("leaves redirections to a caller who names the node", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(2)
      server.override = ([name]) =>
        name === "SET" ? Resp.simpleError(`MOVED 0 ${cluster.nodes[1].address}`) : undefined
      const error = yield* Effect.flip(
        transaction(client, { node: cluster.nodes[0].address }, () => setAndCount)
      )
      expect(error._tag).toBe("MovedError")
    })
  )

  it.scopedLive("refuses keys of another slot before it sends anything", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(1)
      const other = `{${slotTag(1)}}`
      for (const body of [
        transaction(client, at, (own) => Effect.zipRight(own.watch(other), setAndCount)),
        transaction(client, at, (own) => Effect.zipRight(own.watch(KEY, other), setAndCount)),
        transaction(client, at, () =>
          Effect.succeed([
            ["SET", KEY, "1"],
            ["GET", other]
          ] as const)
        ),
        transaction(client, { node: cluster.nodes[0].address }, () =>
          Effect.succeed([
            ["SET", KEY, "1"],
            ["GET", other]
          ] as const)
        )
      ]) {
        expect((yield* Effect.flip(body))._tag).toBe("CrossSlotError")
      }
      for (const name of ["WATCH", "MULTI", "SET"]) expect(cluster.received(name)).toEqual([])
    })
  )

  it.scopedLive("refuses commands that would break it apart", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(1)
      for (const name of ["EXEC", "MULTI", "DISCARD", "WATCH", "SUBSCRIBE", "SELECT"]) {
        const queued = yield* Effect.flip(
          transaction(client, at, () =>
            Effect.succeed([
              ["SET", KEY, "1"],
              [name, KEY]
            ] as const)
          )
        )
        expect(queued).toMatchObject({ _tag: "RoutingError", command: name })
      }
      const before = yield* Effect.flip(
        transaction(client, at, (own) => Effect.zipRight(own.execute("MULTI"), setAndCount))
      )
      expect(before._tag).toBe("RoutingError")
      expect(cluster.received("MULTI")).toEqual([])
    })
  )

  it.scopedLive("unwatches when the body fails or gives nothing to execute, and keeps the connection", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      const failed = yield* Effect.flip(
        transaction(client, at, (own) => Effect.zipRight(own.watch(KEY), Effect.fail("too little" as const)))
      )
      expect(failed).toBe("too little")
      const nothing = yield* transaction(client, at, (own) => Effect.as(own.watch(KEY), []))
      expect(nothing).toEqual({ _tag: "Committed", results: [] })
      expect(cluster.received("UNWATCH")).toHaveLength(2)
      expect(server.unclean).toBe(0)
      expect(
        cluster.nodes[0].connections.filter(({ commands }) => commands.some(([name]) => name === "WATCH"))
      ).toHaveLength(1)
    })
  )

  it.scopedLive("leaves no connection that watches, or is in MULTI, when it is interrupted", () =>
    Effect.gen(function* () {
      const { client, cluster, server } = yield* setUp(1)
      const watching = yield* Deferred.make<void>()
      const inBody = yield* Effect.fork(
        transaction(client, at, (own) =>
          own
            .watch(KEY)
            .pipe(Effect.zipRight(Deferred.succeed(watching, undefined)), Effect.zipRight(Effect.never))
        )
      )
      yield* Deferred.await(watching)
      yield* Fiber.interrupt(inBody)
      yield* cluster.nodes[0].awaitConnections((open) => open === 1)
      server.override = ([name]) => (name === "EXEC" ? "silence" : undefined)
      const inMulti = yield* Effect.fork(transaction(client, at, () => setAndCount))
      yield* cluster.nodes[0].awaitCommand("EXEC")
      yield* Fiber.interrupt(inMulti)
      yield* cluster.nodes[0].awaitConnections((open) => open === 1)
      expect(server.unclean).toBe(0)
    })
  )
})

describe("session", () => {
  it.scopedLive("sends everything on one connection, which is used again if it is as before", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(2)
      const run = session(client, at, (own) =>
        own.executeMany([
          ["SET", KEY, "v"],
          ["CLIENT", "ID"],
          ["GET", KEY]
        ])
      )
      const [, first] = yield* run
      const [, second, value] = yield* run
      expect(second).toEqual(first)
      expect(Either.map(value, text)).toEqual(Either.right("v"))
      yield* session(client, at, (own) => own.execute("CLIENT", "SETNAME", "mine"))
      const [, third] = yield* run
      expect(third).not.toEqual(first)
      expect(cluster.nodes[0].openConnections).toBe(2)
    })
  )

  it.scopedLive("refuses what would take the replies away, and surfaces redirections", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(2)
      yield* session(client, { node: cluster.nodes[1].address }, (own) =>
        Effect.gen(function* () {
          for (const words of [["SUBSCRIBE", "a"], ["MONITOR"], ["CLIENT", "REPLY", "OFF"]] as const) {
            const [name, ...rest] = words
            expect((yield* Effect.flip(own.execute(name, ...rest)))._tag).toBe("RoutingError")
          }
          expect((yield* Effect.flip(own.execute("GET", KEY)))._tag).toBe("MovedError")
          const [got, refused] = yield* own.executeMany([
            ["GET", KEY],
            ["SUBSCRIBE", "a"]
          ])
          expect([got._tag, refused._tag]).toEqual(["Left", "Left"])
        })
      )
      expect(cluster.received("SUBSCRIBE")).toEqual([])
    })
  )

  it.scopedLive("waits for a master that is away for a moment", () =>
    Effect.gen(function* () {
      const { client, cluster } = yield* setUp(1)
      yield* cluster.nodes[0].stop
      const fiber = yield* Effect.fork(session(client, at, (own) => own.execute("PING")))
      yield* Effect.sleep("150 millis")
      yield* cluster.nodes[0].restart
      expect(text(yield* Fiber.join(fiber))).toBe("PONG")
      const unknown = yield* Effect.flip(session(client, { node: "127.0.0.1:1" }, () => Effect.void))
      expect(unknown).toMatchObject({ _tag: "ConnectionError", reason: "Connect" })
    })
  )
})
