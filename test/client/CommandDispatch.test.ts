/** Where commands go, and which do not go anywhere. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments } from "../../src/protocol/Resp.ts"
import { FakeCluster } from "../support/FakeCluster.ts"
import { connect, keyOn } from "./ClientFixture.ts"

type Command = readonly [name: string, ...args: Array<string>]

/** What the nodes were sent that was not part of connecting. */
const sent = (cluster: FakeCluster): ReadonlyArray<ReadonlyArray<string>> =>
  cluster.nodes.flatMap(({ commands }) =>
    commands.filter(([name]) => name !== "HELLO" && name !== "CLIENT" && name !== "CLUSTER")
  )

describe("execute", () => {
  it.scopedLive("finds the key wherever the command has it", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3, ([name]) =>
        ["EVAL", "XREAD", "OBJECT", "MEMORY", "ZUNION"].includes(name) ? Resp.ok : undefined
      )
      const client = yield* connect(cluster)
      for (let node = 0; node < 3; node++) {
        const key = keyOn(cluster, node)
        const commands: ReadonlyArray<readonly [string, ...CommandArguments]> = [
          ["GET", key],
          ["EVAL", "return 1", 1, key, "argument"],
          ["XREAD", "COUNT", 2, "STREAMS", key, "0"],
          ["OBJECT", "ENCODING", key],
          ["MEMORY", "USAGE", key],
          ["ZUNION", 1, key],
          ["get", Buffer.from(key)]
        ]
        for (const command of commands) yield* client.execute(...command)
        const names = commands.map(([name]) => name)
        expect(
          cluster.nodes[node].commands.map(([name]) => name).filter((name) => names.includes(name))
        ).toEqual(names)
      }
    })
  )

  it.scopedLive("refuses keys of different slots before anything is sent", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const [a, b] = [keyOn(cluster, 0), keyOn(cluster, 1)]
      const commands: ReadonlyArray<Command> = [
        ["RENAME", a, b],
        ["MSETNX", a, "1", b, "2"],
        ["SINTERSTORE", a, a, b],
        ["EVAL", "return 1", "2", a, b]
      ]
      for (const command of commands) {
        const error = yield* Effect.flip(client.execute(...command))
        expect(error).toMatchObject({ _tag: "CrossSlotError", command: command[0] })
      }
      expect(sent(cluster)).toEqual([])
      yield* client
        .execute("MSETNX", a, "1", `${a.slice(0, a.indexOf("}") + 1)}other`, "2")
        .pipe(Effect.ignore)
      expect(sent(cluster)).toHaveLength(1)
    })
  )

  it.scopedLive("refuses what would change the connection that all share", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster)
      const commands: ReadonlyArray<Command> = [
        ["MULTI"],
        ["SUBSCRIBE", "a"],
        ["WATCH", "a"],
        ["SELECT", "1"],
        ["CLIENT", "REPLY", "OFF"]
      ]
      for (const command of commands) {
        expect(yield* Effect.flip(client.execute(...command))).toMatchObject({ _tag: "RoutingError" })
        expect(yield* Effect.flip(client.executeOn(cluster.nodes[0].address, ...command))).toMatchObject({
          _tag: "RoutingError"
        })
      }
      expect(sent(cluster)).toEqual([])
    })
  )

  it.scopedLive(
    "gives a command that blocks a connection of its own, and the others do not wait behind it",
    () =>
      Effect.gen(function* () {
        let answer = (_: Resp.RespValue): void => {}
        const cluster = yield* FakeCluster.make(2, ([name]) =>
          name === "BLPOP" ? new Promise((resolve) => (answer = resolve)) : undefined
        )
        const client = yield* connect(cluster, { commandTimeout: "150 millis" })
        const key = keyOn(cluster, 1)
        const blocked = yield* Effect.fork(client.execute("BLPOP", key, 0))
        yield* cluster.nodes[1].awaitCommand("BLPOP")
        expect(Resp.isNull(yield* client.execute("GET", key))).toBe(true)
        // Longer than the timeout that other commands have.
        yield* Effect.sleep("300 millis")
        answer(Resp.array([Resp.bulkString(key), Resp.bulkString("x")]))
        expect((yield* Fiber.join(blocked))._tag).toBe("Array")
      })
  )

  it.scopedLive("follows MOVED and ASK with a command that blocks, on connections of its own as well", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster)
      const key = keyOn(cluster, 0)
      yield* client.execute("SET", keyOn(cluster, 1), "1")
      const [source, target] = cluster.nodes
      cluster.script = ([name], connection, node) => {
        if (name !== "BLPOP") return undefined
        if (node === 0) return Resp.simpleError(`ASK 1 ${target.address}`)
        return connection.isAsking ? Resp.ok : Resp.simpleError("ERR not asked")
      }
      expect(yield* client.execute("BLPOP", key, 0)).toEqual(Resp.ok)
      cluster.script = ([name], _, node) =>
        name === "BLPOP" ? (node === 0 ? Resp.simpleError(`MOVED 1 ${target.address}`) : Resp.ok) : undefined
      expect(yield* client.execute("BLPOP", key, 0)).toEqual(Resp.ok)
      expect(source.received("BLPOP")).toHaveLength(2)
      const apart = target.connections.filter(({ commands }) => commands.some(([name]) => name === "BLPOP"))
      for (const { commands } of apart) expect(commands.some(([name]) => name === "SET")).toBe(false)
    })
  )

  it.scopedLive("repeats a broadcast that only reads when a node closes the connection on it", () =>
    Effect.gen(function* () {
      let isClosed = false
      const cluster = yield* FakeCluster.make(2, ([name], _, node) => {
        if (name !== "DBSIZE" || node !== 0 || isClosed) return undefined
        isClosed = true
        return "close"
      })
      const client = yield* connect(cluster)
      yield* client.execute("SET", keyOn(cluster, 0), "1")
      yield* client.execute("SET", keyOn(cluster, 1), "1")
      expect(yield* client.execute("DBSIZE")).toEqual(Resp.integer(2))
      // All of them anew, so that the answers are of one moment.
      expect(cluster.nodes.map((node) => node.received("DBSIZE").length)).toEqual([2, 2])
    })
  )

  it.scopedLive("repeats a broadcast that writes only where it was not sent", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const client = yield* connect(cluster, {
        seeds: [cluster.seeds[1]],
        unavailableSchedule: undefined,
        availabilityDeadline: "5 seconds"
      })
      yield* cluster.nodes[0].stop
      const flushed = yield* Effect.fork(client.execute("FLUSHALL"))
      yield* cluster.nodes[1].awaitCommand("FLUSHALL")
      yield* cluster.nodes[0].restart
      expect(yield* Fiber.join(flushed)).toEqual(Resp.ok)
      expect(cluster.nodes.map((node) => node.received("FLUSHALL").length)).toEqual([1, 1])
    })
  )

  it.scopedLive("lets an interrupted caller go, and keeps the replies of the others apart", () =>
    Effect.gen(function* () {
      let answer = (_: Resp.RespValue): void => {}
      const cluster = yield* FakeCluster.make(1, ([name, key]) =>
        name === "GET" && key === "slow" ? new Promise((resolve) => (answer = resolve)) : undefined
      )
      const client = yield* connect(cluster)
      yield* client.execute("SET", "quick", "1")
      const slow = yield* Effect.fork(client.execute("GET", "slow"))
      const quick = yield* Effect.fork(client.execute("GET", "quick"))
      yield* cluster.nodes[0].awaitCommand("GET", 2)
      yield* Fiber.interrupt(slow)
      answer(Resp.bulkString("late"))
      expect(Resp.text(yield* Fiber.join(quick))).toBe("1")
      expect(cluster.nodes[0].connections).toHaveLength(1)
    })
  )
})

describe("connectTo", () => {
  it.scopedLive("gives a connection of the caller's own, at most as many as configured", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(1)
      const client = yield* connect(cluster, { maxConnectionsPerNode: 2 })
      const { address } = cluster.nodes[0]
      const own = yield* client.connectTo(address)
      expect(yield* own.execute("PING")).toEqual(Resp.pong)
      yield* client.connectTo(address)
      expect(cluster.nodes[0].openConnections).toBe(3)
      const third = yield* Effect.fork(Effect.scoped(client.connectTo(address)))
      yield* client.execute("GET", "a")
      expect(third.unsafePoll()).toBeNull()
      yield* Fiber.interrupt(third)
    })
  )
})
