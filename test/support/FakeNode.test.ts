import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import { encodeCommand } from "../../src/protocol/RespEncoder.ts"
import { RespDecoder } from "../../src/protocol/RespDecoder.ts"
import * as Resp from "../../src/protocol/Resp.ts"
import type { CommandArguments, RespValue } from "../../src/protocol/Resp.ts"
import { FakeCluster } from "./FakeCluster.ts"
import { FakeNode } from "./FakeNode.ts"

/** A bare client: sends commands, waits for as many replies or the end of the connection. */
interface Client {
  readonly send: (...commands: ReadonlyArray<CommandArguments>) => void
  readonly replies: (count: number) => Effect.Effect<ReadonlyArray<RespValue>>
  readonly ask: (...command: Array<string>) => Effect.Effect<RespValue>
  readonly closed: Effect.Effect<void>
}

const connect = (node: { readonly port: number }): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* Effect.acquireRelease(
      Effect.async<Net.Socket>((resume) => {
        const socket = Net.connect(node.port, "127.0.0.1", () => resume(Effect.succeed(socket)))
        socket.on("error", () => socket.destroy())
      }),
      (socket) => Effect.sync(() => socket.destroy())
    )
    const received: Array<RespValue> = []
    let wake = (): void => {}
    const decoder = new RespDecoder((value) => received.push(value))
    socket.on("data", (chunk) => {
      decoder.push(chunk)
      wake()
    })
    const replies = (count: number): Effect.Effect<ReadonlyArray<RespValue>> =>
      Effect.async((resume) => {
        wake = () => {
          if (received.length >= count) resume(Effect.succeed(received.splice(0, count)))
        }
        wake()
      })
    const send: Client["send"] = (...commands) => {
      socket.write(Buffer.concat(commands.map(encodeCommand)))
    }
    return {
      send,
      replies,
      ask: (...command) =>
        Effect.suspend(() => {
          send(command)
          return Effect.map(replies(1), ([reply]) => reply)
        }),
      closed: Effect.async<void>((resume) => {
        if (socket.closed) resume(Effect.void)
        else socket.once("close", () => resume(Effect.void))
      })
    }
  })

describe("FakeNode", () => {
  it.scopedLive("records what it is sent and answers by its script", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name, key]) =>
        name === "GET" ? Resp.bulkString(`value of ${key}`) : undefined
      )
      const client = yield* connect(node)
      client.send(["GET", "a"], ["PING"], ["GET", "b"], ["NOPE", "x"])
      const replies = yield* client.replies(4)
      expect(replies.map(Resp.text)).toEqual([
        "value of a",
        "PONG",
        "value of b",
        "ERR unknown command 'NOPE', with args beginning with: 'x' "
      ])
      expect(node.commands).toEqual([["GET", "a"], ["PING"], ["GET", "b"], ["NOPE", "x"]])
      expect(node.received("get")).toHaveLength(2)
      expect(node.connections[0].commands).toEqual(node.commands)
    })
  )

  it.scopedLive("greets in RESP3, or as a server that knows no HELLO", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(undefined, { mode: "cluster" })
      const hello = yield* (yield* connect(node)).ask("HELLO", "3")
      expect(hello._tag).toBe("Map")
      const old = yield* FakeNode.make(undefined, { protocol: 2 })
      const refused = yield* (yield* connect(old)).ask("HELLO", "3")
      expect(Resp.text(refused)).toMatch(/^ERR unknown command 'HELLO'/)
    })
  )

  it.scopedLive("asks for its password", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => Resp.ok, { password: "secret" })
      const client = yield* connect(node)
      expect(Resp.text(yield* client.ask("GET", "a"))).toMatch(/^NOAUTH/)
      const greeted = yield* FakeNode.make(undefined, { password: "secret" })
      const other = yield* connect(greeted)
      expect(Resp.text(yield* other.ask("HELLO", "3", "AUTH", "default", "wrong"))).toMatch(/^WRONGPASS/)
      expect((yield* other.ask("HELLO", "3", "AUTH", "default", "secret"))._tag).toBe("Map")
      expect(Resp.text(yield* other.ask("PING"))).toBe("PONG")
    })
  )

  it.scopedLive("keeps the order of replies behind a promised one, and skips silence", () =>
    Effect.gen(function* () {
      let settle = (_: RespValue): void => {}
      const node = yield* FakeNode.make(([name]) =>
        name === "SLOW"
          ? new Promise<RespValue>((resolve) => (settle = resolve))
          : name === "MUTE"
            ? "silence"
            : Buffer.from("+raw\r\n")
      )
      const client = yield* connect(node)
      client.send(["SLOW"], ["MUTE"], ["NEXT"])
      yield* node.awaitCommand("NEXT")
      settle(Resp.simpleString("slow"))
      expect((yield* client.replies(2)).map(Resp.text)).toEqual(["slow", "raw"])
    })
  )

  it.scopedLive("closes after the replies due before, and reads nothing more", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(([name]) => (name === "INCR" ? "close" : undefined))
      const client = yield* connect(node)
      client.send(["PING"], ["INCR", "n"], ["INCR", "n"])
      expect((yield* client.replies(1)).map(Resp.text)).toEqual(["PONG"])
      yield* client.closed
      yield* node.awaitConnections((open) => open === 0)
      expect(node.received("INCR")).toHaveLength(1)
    })
  )

  it.scopedLive("pushes, pauses, is cut, stops and comes back on its port", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make()
      const client = yield* connect(node)
      yield* client.ask("HELLO", "3")
      node.connections[0].push(Resp.push([Resp.bulkString("invalidate"), Resp.nullValue]))
      expect((yield* client.replies(1))[0]._tag).toBe("Push")
      node.pause()
      client.send(["PING"])
      node.resume()
      expect((yield* client.replies(1)).map(Resp.text)).toEqual(["PONG"])
      const { port } = node
      yield* node.stop
      yield* client.closed
      expect(node.openConnections).toBe(0)
      yield* node.restart
      expect(node.port).toBe(port)
      expect(Resp.text(yield* (yield* connect(node)).ask("PING"))).toBe("PONG")
    })
  )

  it.scopedLive("drops replies after CLIENT REPLY OFF until ON", () =>
    Effect.gen(function* () {
      const node = yield* FakeNode.make(() => undefined)
      const client = yield* connect(node)
      client.send(["CLIENT", "REPLY", "OFF"], ["PING"], ["PING"], ["CLIENT", "REPLY", "ON"], ["PING", "x"])
      expect((yield* client.replies(2)).map(Resp.text)).toEqual(["OK", "x"])
    })
  )
})

describe("FakeCluster", () => {
  it.scopedLive("announces the same even split everywhere, and redirects to it", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(3)
      const clients = yield* Effect.forEach(cluster.nodes, connect)
      const answers = yield* Effect.forEach(clients, (client) => client.ask("CLUSTER", "SLOTS"))
      expect(answers.every((answer) => Resp.equals(answer, answers[0]))).toBe(true)
      expect(Resp.elements(answers[0])).toHaveLength(3)
      const owner = cluster.ownerOfKey("foo")
      expect(Resp.text(yield* clients[owner].ask("SET", "foo", "bar"))).toBe("OK")
      expect(Resp.text(yield* clients[owner].ask("GET", "foo"))).toBe("bar")
      const moved = yield* clients[(owner + 1) % 3].ask("GET", "foo")
      expect(Resp.text(moved)).toBe(`MOVED 12182 ${cluster.nodes[owner].address}`)
      expect(Resp.text(yield* clients[0].ask("MGET", "a", "b"))).toMatch(/^CROSSSLOT/)
    })
  )

  it.scopedLive("moves a slot as Redis does: ASK, TRYAGAIN, then MOVED", () =>
    Effect.gen(function* () {
      const cluster = yield* FakeCluster.make(2)
      const slot = 8338
      const source = cluster.owner(slot)
      const target = 1 - source
      const [atSource, atTarget] = yield* Effect.forEach([source, target], (index) =>
        connect(cluster.nodes[index])
      )
      yield* atSource.ask("MSET", "{tag}1", "a", "{tag}2", "b")
      cluster.beginMigration(slot, target)
      cluster.migrateKey("{tag}1")
      expect(Resp.text(yield* atSource.ask("GET", "{tag}2"))).toBe("b")
      expect(Resp.text(yield* atSource.ask("GET", "{tag}1"))).toBe(
        `ASK ${slot} ${cluster.nodes[target].address}`
      )
      expect(Resp.text(yield* atSource.ask("MGET", "{tag}1", "{tag}2"))).toMatch(/^TRYAGAIN/)
      expect(Resp.text(yield* atTarget.ask("GET", "{tag}1"))).toMatch(/^MOVED/)
      yield* atTarget.ask("ASKING")
      expect(Resp.text(yield* atTarget.ask("GET", "{tag}1"))).toBe("a")
      expect(Resp.text(yield* atTarget.ask("GET", "{tag}1"))).toMatch(/^MOVED/)
      cluster.finishMigration(slot)
      expect(Resp.text(yield* atTarget.ask("GET", "{tag}2"))).toBe("b")
      expect(Resp.text(yield* atSource.ask("GET", "{tag}2"))).toMatch(/^MOVED/)
      expect(cluster.received("ASKING")).toHaveLength(1)
    })
  )
})
