/** `tunn -c --tunnel-mode pinned`: cluster-aware clients find their nodes at the tunnel's ports. */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { Cluster as IoredisCluster } from "ioredis-6"
import { execFile } from "node:child_process"
import * as net from "node:net"
import { createCluster } from "redis"
import type { Place } from "../../src/app/tunnel/pinned/ClusterReply.ts"
import { parseMembers } from "../../src/app/tunnel/pinned/NodeList.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { elements, type RespValue, text } from "../../src/protocol/Resp.ts"
import { connectPlain } from "../app/tunnel/smart/ProxyFixture.ts"
import {
  answerOf,
  TestCluster,
  type TestServers,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"
import { startProgram } from "../support/ProgramRun.ts"
import { plainClient, startTunnel, type TunnelRun } from "../support/TunnelRun.ts"

const PINNED = ["--tunnel-mode", "pinned"]

const eventually = (condition: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.asVoid(Effect.repeat(condition, { until: (holds) => holds, schedule: Schedule.spaced("50 millis") }))

const portOf = (tunnel: TunnelRun, node: string): number =>
  tunnel.doors.find((door) => door.node === node)!.port

const isOpen = (port: number): Effect.Effect<boolean> =>
  Effect.async((resume) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.on("connect", () => resume(Effect.succeed(true)))
    socket.on("error", () => resume(Effect.succeed(false)))
    return Effect.sync(() => socket.destroy())
  })

const redisCli = (port: number, ...words: ReadonlyArray<string>): Effect.Effect<string> =>
  Effect.async((resume) => {
    execFile("redis-cli", ["-c", "-p", String(port), ...words], (_, stdout) => resume(Effect.succeed(stdout)))
  })

const ioredis = (port: number): Effect.Effect<IoredisCluster, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new IoredisCluster([{ host: "127.0.0.1", port }])),
    (client) => Effect.sync(() => client.disconnect())
  )

const nodeRedis = (port: number) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }], RESP: 3 }).connect()
    ),
    (client) => Effect.sync(() => client.destroy())
  )

/** Of a map, or of what RESP2 has for one. */
const fieldsOf = (value: RespValue): Readonly<Record<string, RespValue>> => {
  if (value._tag === "Map") return Object.fromEntries(value.value.map(([name, field]) => [text(name), field]))
  const items = elements(value)!
  return Object.fromEntries(
    items.flatMap((name, index) => (index % 2 === 0 ? [[text(name), items[index + 1]]] : []))
  )
}

const KEYS = Array.from({ length: 300 }, (_, index) => `key:${index}`)
/** Values that look like nodes. */
const valueOf = (index: number): string =>
  ["3.14", "10.0.0.1", "127.0.0.1:7000", `MOVED ${index} 127.0.0.1:7000`][index % 4]

const servers = Effect.map(TestCluster, (cluster): TestServers => cluster)

layer(TestCluster.layer({ ...THREE_MASTERS_WITH_REPLICAS, ...TLS_AND_PASSWORD }), {
  excludeTestServices: true
})("in front of three masters with replicas, TLS and a password", (it) => {
  it.scoped("each node has a port of its own, and its address is said to be that", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      expect(tunnel.doors.map(({ node }) => node).sort()).toEqual(
        cluster.nodes.map(({ address }) => address).sort()
      )
      const places = (found: ReadonlyArray<Place>) => found.map(({ port }) => port).sort()
      for (const door of tunnel.doors) {
        const client = yield* plainClient(door.port)
        const id = cluster.nodes.find(({ address }) => address === door.node)!.id
        const said = yield* client.ask("CLUSTER MYID\r\n", `$40\r\n${id}\r\n`)
        expect(said).toBe(`$40\r\n${id}\r\n`)
        client.socket.write("CLUSTER NODES\r\nPING\r\n")
        const nodes = yield* client.until((received) => received.endsWith("+PONG\r\n"))
        expect(places(parseMembers(nodes, "127.0.0.1"))).toEqual(places(tunnel.doors))
      }
    })
  )

  it.scoped("without the cluster's password it says that it needs one", () =>
    Effect.gen(function* () {
      const { seed, tls } = yield* servers
      for (const mode of ["smart", "pinned"]) {
        const words = ["-h", seed.address, "-c", "-t", "--cacert", tls!.files.ca, "--tunnel-mode", mode]
        const run = yield* startProgram(["tunn", ...words, "--listen", "0"], { REDISCLI_AUTH: undefined })
        const { status, stderr } = yield* run.end
        expect(stderr).toMatch(/the server asks for a password/)
        expect(status).toBe(3)
      }
    })
  )

  it.scoped("CLUSTER SHARDS names the tunnel's ports, on RESP2 and RESP3, and the slots as they are", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      for (const protocol of [2, 3]) {
        for (const door of tunnel.doors) {
          const client = yield* connectPlain(door.port)
          yield* client.ask("HELLO", protocol)
          client.send("CLUSTER", "SHARDS")
          const [reply] = yield* client.take(1)
          const shards = elements(reply)!.map((shard) => fieldsOf(shard))
          const members = shards.flatMap(({ nodes }) => elements(nodes)!.map(fieldsOf))
          const byId = new Map(members.map((member) => [text(member.id), member]))
          expect(byId.size).toBe(cluster.nodes.length)
          for (const { address, id } of cluster.nodes) {
            const { ip, port, endpoint, role, ...rest } = byId.get(id)!
            expect([text(ip), text(endpoint), text(port)]).toEqual([
              "127.0.0.1",
              "127.0.0.1",
              String(portOf(tunnel, address))
            ])
            expect(text(role)).toBe(cluster.masters.some((master) => master.id === id) ? "master" : "replica")
            expect(Object.keys(rest).sort()).toEqual(["health", "id", "replication-offset"])
          }
          expect(shards.map(({ slots }) => elements(slots)!.map(text).join()).sort()).toEqual(
            cluster.masters.map(({ slots }) => slots.flat().join()).sort()
          )
        }
      }
    })
  )

  it.scoped("redis-cli, ioredis and node-redis use it as a cluster, and values are what they are", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      expect(yield* redisCli(tunnel.port, "SET", "cli", "10.0.0.1")).toBe("OK\n")
      expect(yield* redisCli(tunnel.port, "GET", "cli")).toBe("10.0.0.1\n")
      const io = yield* ioredis(tunnel.port)
      const node = yield* nodeRedis(tunnel.port)
      yield* Effect.promise(async () => {
        await Promise.all(KEYS.map((key, index) => io.set(key, valueOf(index))))
        expect(await Promise.all(KEYS.map((key) => node.get(key)))).toEqual(
          KEYS.map((_, index) => valueOf(index))
        )
        expect(
          io
            .nodes("master")
            .map(({ options }) => options.port)
            .sort()
        ).toEqual(cluster.masters.map(({ address }) => portOf(tunnel, address)).sort())
        expect(await io.multi({ pipeline: true }).set("{t}a", "1").incr("{t}a").exec()).toEqual([
          [null, "OK"],
          [null, 2]
        ])
        expect(await node.multi().incr("{t}a").get("{t}a").exec()).toEqual([3, "3"])
        expect(await io.eval("return redis.call('GET', KEYS[1])", 1, "{t}a")).toBe("3")
        const heard = new Promise((resolve) => void io.on("message", (_, message) => resolve(message)))
        await io.subscribe("ch")
        await node.publish("ch", "hello")
        expect(await heard).toBe("hello")
        const sharded = new Promise((resolve) => void node.sSubscribe("shard", resolve))
        while ((await io.spublish("shard", "there")) === 0);
        expect(await sharded).toBe("there")
      })
    })
  )

  it.scoped("a slot that moves: MOVED and ASK lead to the tunnel's ports", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      const slot = calculateSlot("moving")
      const from = cluster.masterOf(slot)
      const to = cluster.masters.find((master) => master !== from)!
      const atSource = yield* plainClient(portOf(tunnel, from.address))
      const elsewhere = yield* plainClient(portOf(tunnel, to.address))
      const moved = `-MOVED ${slot} 127.0.0.1:${portOf(tunnel, from.address)}\r\n`
      expect(yield* elsewhere.ask("GET moving\r\n", moved)).toBe(moved)
      const move = yield* cluster.beginMove(slot, from, to)
      const ask = `-ASK ${slot} 127.0.0.1:${portOf(tunnel, to.address)}\r\n`
      expect(yield* atSource.ask("GET moving\r\n", ask)).toBe(ask)
      const io = yield* ioredis(tunnel.port)
      expect(yield* Effect.promise(() => io.set("moving", "10.0.0.1:1"))).toBe("OK")
      yield* move.finish
      expect(yield* Effect.promise(() => io.get("moving"))).toBe("10.0.0.1:1")
      yield* cluster.moveSlot(slot, to, from)
    })
  )

  it.scoped("a node that leaves loses its port, and one that joins gets one", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      const [leaver] = cluster.replicas
      const others = cluster.nodes.filter((node) => node !== leaver)
      const port = portOf(tunnel, leaver.address)
      const client = yield* plainClient(port)
      yield* client.ask("PING\r\n", "+PONG\r\n")
      yield* answerOf(leaver, "CLUSTER", "RESET")
      for (const node of others) yield* answerOf(node, "CLUSTER", "FORGET", leaver.id)
      yield* client.end
      yield* eventually(Effect.map(isOpen(port), (open) => !open))
      // By another name: what was forgotten is not let in again for a minute.
      yield* answerOf(leaver, "CLUSTER", "RESET", "HARD")
      yield* answerOf(leaver, "CLUSTER", "MEET", others[0].server.host, others[0].server.port)
      const [, opened] = yield* tunnel.awaitLog(
        new RegExp(`${leaver.address} is a node: its port is \\S+:(\\d+)`)
      )
      const again = yield* plainClient(Number(opened))
      const id = text(yield* answerOf(leaver, "CLUSTER", "MYID"))
      expect(yield* again.ask("CLUSTER MYID\r\n", `$40\r\n${id}\r\n`)).toBe(`$40\r\n${id}\r\n`)
    })
  )

  it.scoped("a failover behind it: clients go on at the new master", () =>
    Effect.gen(function* () {
      const cluster = yield* servers
      const tunnel = yield* startTunnel(cluster, PINNED)
      const io = yield* ioredis(tunnel.port)
      const [, replica] = cluster.replicas
      const victim = cluster.masters.find(({ id }) => id === replica.masterId)!
      const key = KEYS.find((name) => cluster.masterOf(calculateSlot(name)) === victim)!
      yield* Effect.promise(() => io.set(key, "before"))
      yield* cluster.kill(victim)
      yield* Effect.promise(async () => {
        while ((await io.set(key, "after").catch(() => "")) !== "OK");
      })
      expect(text(yield* answerOf(replica, "GET", key))).toBe("after")
      // Its port stays, as the node is still a member, and says why nobody answers.
      const client = yield* plainClient(portOf(tunnel, victim.address))
      expect(yield* client.end).toMatch(/^-ERR tunnel: /)
    })
  )
})
