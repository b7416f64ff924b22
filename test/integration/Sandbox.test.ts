/** The sandbox as tests and other commands use it: real servers, in this process. */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startRedisServer } from "../../src/app/sandbox/RedisServer.ts"
import * as Sandbox from "../../src/app/sandbox/Sandbox.ts"
import { findServerProgram } from "../../src/app/sandbox/ServerProgram.ts"
import { startWatchdog } from "../../src/app/sandbox/Watchdog.ts"
import * as Connection from "../../src/connection/Connection.ts"
import type { ConnectionOptions } from "../../src/connection/ConnectionOptions.ts"
import { masters, parseClusterSlots, replicasOf, uncoveredSlots } from "../../src/protocol/ClusterTopology.ts"
import { calculateSlot } from "../../src/protocol/HashSlot.ts"
import { text } from "../../src/protocol/Resp.ts"
import { isRunning } from "../support/ProcessState.ts"
import {
  answerOf,
  STANDALONE,
  STANDALONE_WITH_TLS_AND_PASSWORD,
  startTestServers,
  TEST_PASSWORD,
  TestCluster,
  THREE_MASTERS,
  THREE_MASTERS_WITH_REPLICAS,
  TLS_AND_PASSWORD
} from "../support/TestCluster.ts"

/** Where temporary folders are made meanwhile: other tests have theirs in the usual place. */
const ownTemporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    const usual = process.env.TMPDIR
    const folder = mkdtempSync(join(tmpdir(), "sandbox-test-"))
    process.env.TMPDIR = folder
    return { folder, usual }
  }),
  ({ folder, usual }) =>
    Effect.sync(() => {
      if (usual === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = usual
      rmSync(folder, { recursive: true, force: true })
    })
).pipe(Effect.map(({ folder }) => folder))

/** Tries again until the condition holds; the time limit is that of the test. */
const eventually = (condition: Effect.Effect<boolean>): Effect.Effect<void> =>
  Effect.asVoid(Effect.repeat(condition, { until: (holds) => holds, schedule: Schedule.spaced("25 millis") }))

describe("standalone", () => {
  it.scoped("starts by the real clock also in a test that has its own", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(STANDALONE)
      const [node] = servers.nodes
      yield* servers.restart(node)
      expect(text(yield* answerOf(node, "PING"))).toBe("PONG")
      yield* servers.pause(node)
    })
  )

  it.live("serves while the scope is open, and leaves neither process nor file", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const servers = yield* Scope.extend(startTestServers(STANDALONE), scope)
      const [node] = servers.nodes
      expect(text(yield* answerOf(node, "PING"))).toBe("PONG")
      expect(text(yield* answerOf(node, "INFO", "cluster"))).toContain("cluster_enabled:0")
      expect(existsSync(join(servers.folder, String(node.server.port)))).toBe(true)
      const pid = node.server.pid()
      expect(isRunning(pid)).toBe(true)
      yield* Scope.close(scope, Exit.void)
      expect(isRunning(pid)).toBe(false)
      expect(existsSync(servers.folder)).toBe(false)
    })
  )

  it.scopedLive("ends a server that was stopped with SIGSTOP", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const servers = yield* Scope.extend(startTestServers(STANDALONE), scope)
      yield* servers.pause(servers.nodes[0])
      yield* Scope.close(scope, Exit.void)
      expect(isRunning(servers.nodes[0].server.pid())).toBe(false)
    })
  )

  it.scopedLive("gives every server the settings asked for", () =>
    Effect.gen(function* () {
      const config = [
        ["maxmemory", "12mb"],
        ["save", "900 1"]
      ] as const
      const { nodes } = yield* startTestServers({ ...STANDALONE, config })
      const answer = yield* answerOf(nodes[0], "CONFIG", "GET", "maxmemory")
      expect(JSON.stringify(answer)).toContain(JSON.stringify(Buffer.from(String(12 * 1024 ** 2))))
      expect(JSON.stringify(yield* answerOf(nodes[0], "CONFIG", "GET", "save"))).toContain(
        JSON.stringify(Buffer.from("900 1"))
      )
    })
  )

  it.live("says what the server said when it refuses a setting, and leaves nothing", () =>
    Effect.gen(function* () {
      const options = { ...STANDALONE, port: 0, config: [["maxmemory", "plenty"]] as const }
      const error = yield* Effect.flip(Effect.scoped(Sandbox.make(options)))
      expect(error.reason).toBe("Died")
      expect(error.message).toMatch(/>>> 'maxmemory \.\.\.'; argument must be a memory value/)
    })
  )

  it.scopedLive("recognises a server of somebody else at its port", () =>
    Effect.gen(function* () {
      const { nodes } = yield* startTestServers(STANDALONE)
      const { port } = nodes[0].server
      const early = yield* Effect.flip(Effect.scoped(Sandbox.make({ ...STANDALONE, port })))
      expect(early).toMatchObject({ reason: "Port", node: nodes[0].address })
      // Past the look for free ports, as when somebody takes the port in between.
      const watchdog = yield* startWatchdog
      const config = {
        host: "127.0.0.1",
        port,
        folder: join(watchdog.folder, "late"),
        cluster: undefined,
        tls: undefined,
        password: undefined,
        extra: []
      }
      const program = yield* findServerProgram
      const late = yield* Effect.flip(
        Effect.scoped(startRedisServer({ program, config, certificates: undefined, watchdog }))
      )
      expect(late).toMatchObject({ reason: "Port", node: nodes[0].address })
      expect(text(yield* answerOf(nodes[0], "PING"))).toBe("PONG")
    })
  )
})

layer(TestCluster.layer(THREE_MASTERS), { excludeTestServices: true })("three masters", (it) => {
  it.effect("serve every slot, and agree on who serves it", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      const topologies = yield* Effect.forEach(servers.nodes, (node) =>
        Effect.map(answerOf(node, "CLUSTER", "SLOTS"), (reply) => parseClusterSlots(reply, node.server))
      )
      for (const topology of topologies) {
        if ("_tag" in topology) throw new Error(topology.reason)
        expect(uncoveredSlots(topology)).toBe(0)
        expect(
          masters(topology)
            .map(({ id }) => id)
            .toSorted()
        ).toEqual(servers.nodes.map(({ id }) => id).toSorted())
      }
      const key = "some key"
      expect(text(yield* answerOf(servers.masterOf(calculateSlot(key)), "SET", key, "x"))).toBe("OK")
    })
  )

  it.effect("move a slot by hand: ASK while keys go, MOVED when it is done", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const slot = calculateSlot("{tag}")
      const from = servers.masterOf(slot)
      const to = servers.masters.find((node) => node !== from)!
      for (let index = 0; index < 10; index++) yield* answerOf(from, "SET", `{tag}${index}`, index)
      const move = yield* servers.beginMove(slot, from, to)
      expect(text(yield* servers.command(from, "GET", "{tag}3"))).toBe("3")
      expect(yield* move.migrateKeys(4)).toBe(4)
      expect(text(yield* answerOf(to, "DBSIZE"))).toBe("4")
      expect(text(yield* servers.command(from, "GET", "{tag}new"))).toBe(`ASK ${slot} ${to.address}`)
      yield* move.finish
      expect(text(yield* servers.command(from, "GET", "{tag}3"))).toBe(`MOVED ${slot} ${to.address}`)
      expect(text(yield* servers.command(to, "GET", "{tag}3"))).toBe("3")
      const counts = yield* servers.keysPerMaster
      expect(counts[servers.masters.indexOf(to)]).toBe(10)
      yield* servers.moveSlot(slot, to, from)
      expect(text(yield* servers.command(from, "GET", "{tag}3"))).toBe("3")
    })
  )

  it.effect("give up slots with their keys", () =>
    Effect.gen(function* () {
      const servers = yield* TestCluster
      yield* servers.flush
      const [first, second] = servers.masters
      const slots = yield* servers.reshard(5, first, second)
      expect(slots).toEqual([0, 1, 2, 3, 4])
      expect(yield* servers.reshard(2, first, second)).toEqual([5, 6])
      const moved = parseClusterSlots(yield* answerOf(first, "CLUSTER", "SLOTS"), first.server)
      if ("_tag" in moved) throw new Error(moved.reason)
      expect(moved.nodes[moved.slots[6]].id).toBe(second.id)
      expect(moved.nodes[moved.slots[7]].id).toBe(first.id)
    })
  )
})

describe("three masters with a replica each", () => {
  it.scopedLive(
    "fail over when a master is killed, and take it back as a replica",
    () =>
      Effect.gen(function* () {
        const servers = yield* startTestServers(THREE_MASTERS_WITH_REPLICAS)
        expect(servers.replicas.map(({ masterId }) => masterId)).toEqual(servers.masters.map(({ id }) => id))
        const [master] = servers.masters
        const topology = parseClusterSlots(yield* answerOf(master, "CLUSTER", "SLOTS"), master.server)
        if ("_tag" in topology) throw new Error(topology.reason)
        for (const node of masters(topology)) expect(replicasOf(topology, node)).toHaveLength(1)
        const replica = servers.replicas.find(({ masterId }) => masterId === master.id)!
        yield* answerOf(master, "SET", "{06S}", "kept")
        expect(text(yield* answerOf(master, "WAIT", 1, 5000))).toBe("1")
        yield* servers.kill(master)
        expect(master.server.isRunning()).toBe(false)
        yield* eventually(
          Effect.map(answerOf(replica, "ROLE"), (role) =>
            JSON.stringify(role).includes(JSON.stringify(Buffer.from("master")))
          )
        )
        expect(text(yield* answerOf(replica, "GET", "{06S}"))).toBe("kept")
        yield* servers.restart(master)
        yield* eventually(
          Effect.map(answerOf(master, "INFO", "replication"), (info) =>
            (text(info) ?? "").includes("role:slave")
          )
        )
      }),
    60_000
  )
})

describe("TLS and a password", () => {
  it.scopedLive("are asked for by every server, and the password is in no argument list", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(TLS_AND_PASSWORD)
      expect(servers.nodes).toHaveLength(3)
      for (const node of servers.nodes) {
        expect(text(yield* answerOf(node, "PING"))).toBe("PONG")
        const { connectionOptions, pid } = node.server
        const anonymous = { ...connectionOptions, credentials: undefined }
        const attempt = (options: ConnectionOptions) =>
          Effect.scoped(
            Effect.flatMap(Connection.connect(options), (connection) => connection.execute("GET", "x"))
          )
        expect((yield* Effect.flip(attempt(anonymous))).reason).toBe("Auth")
        const wrong = { ...connectionOptions, credentials: { password: Redacted.make("wrong") } }
        expect((yield* Effect.flip(attempt(wrong))).reason).toBe("Auth")
        const untrusting = { ...connectionOptions, tls: {} }
        expect((yield* Effect.flip(attempt(untrusting))).reason).toBe("Tls")
        const commandLine = `/proc/${pid()}/cmdline`
        if (existsSync(commandLine)) expect(readFileSync(commandLine, "utf8")).not.toContain("sesame")
      }
      expect(JSON.stringify(servers.password)).not.toContain(TEST_PASSWORD)
    })
  )

  it.scopedLive("move slots as well", () =>
    Effect.gen(function* () {
      const servers = yield* startTestServers(TLS_AND_PASSWORD)
      const [first, second] = servers.masters
      yield* answerOf(first, "SET", "{06S}", "x")
      yield* servers.moveSlot(calculateSlot("{06S}"), first, second)
      expect(text(yield* answerOf(second, "GET", "{06S}"))).toBe("x")
    })
  )

  it.scopedLive("also of a standalone server", () =>
    Effect.gen(function* () {
      const { nodes } = yield* startTestServers(STANDALONE_WITH_TLS_AND_PASSWORD)
      expect(text(yield* answerOf(nodes[0], "PING"))).toBe("PONG")
    })
  )
})

it.scopedLive("gives back what it took when it cannot start", () =>
  Effect.gen(function* () {
    const place = yield* ownTemporaryFolder
    yield* Effect.flip(Effect.scoped(Sandbox.make({ port: 0, masters: 3, config: [["nonsense", "1"]] })))
    expect(readdirSync(place)).toEqual([])
  })
)
