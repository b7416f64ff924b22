/**
 * A cluster whose nodes change roles: who is what is asked of the servers each
 * time, apart from the client under test.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import { findPorts } from "../../src/app/sandbox/FreePort.ts"
import { startRedisServer } from "../../src/app/sandbox/RedisServer.ts"
import type { SandboxNode } from "../../src/app/sandbox/Sandbox.ts"
import { findServerProgram } from "../../src/app/sandbox/ServerProgram.ts"
import * as Connection from "../../src/connection/Connection.ts"
import { formatAddress } from "../../src/protocol/ClusterTopology.ts"
import type { CommandArguments } from "../../src/protocol/Resp.ts"
import { elements, text } from "../../src/protocol/Resp.ts"
import { moveSlots } from "../support/SlotMove.ts"
import { answerOf, startTestServers, THREE_MASTERS_WITH_REPLICAS } from "../support/TestCluster.ts"
import { type NodeView, readClusterNodes } from "./NodeView.ts"

/** As the issue has it: how long a node may be silent before the others count it as failed. */
export const NODE_TIMEOUT_MS = 2000

export interface ChaosCluster {
  /** Living nodes, those added included. */
  readonly members: () => ReadonlyArray<SandboxNode>
  readonly masters: Effect.Effect<ReadonlyArray<Master>>
  /** Waits until the living nodes agree about roles and slots, and serve. */
  readonly settled: Effect.Effect<void>
  readonly kill: (node: SandboxNode) => Effect.Effect<void>
  readonly pause: (node: SandboxNode) => Effect.Effect<void>
  readonly resume: (node: SandboxNode) => Effect.Effect<void>
  readonly restart: (node: SandboxNode) => Effect.Effect<void>
  /** Closes the connections of all clients of the node, but not its peers'. */
  readonly killClients: (node: SandboxNode) => Effect.Effect<void>
  /** The replica takes its master's place, with the master's consent; when that was, by `performance.now`. */
  readonly takeOver: (replica: SandboxNode) => Effect.Effect<number>
  /** Waits until the node says that it is a replica. */
  readonly demotion: (master: SandboxNode) => Effect.Effect<void>
  /** Waits until one of the nodes says that it is a master; when that was, by `performance.now`. */
  readonly promotionAmong: (replicas: ReadonlyArray<SandboxNode>) => Effect.Effect<number>
  readonly moveSlots: (
    slots: ReadonlyArray<number>,
    from: SandboxNode,
    to: SandboxNode
  ) => Effect.Effect<void>
  /** A new master without slots; its server ends with the scope. */
  readonly addMaster: Effect.Effect<SandboxNode, never, Scope.Scope>
  /** Every other node forgets the node, which serves no slot any more, and it ends. */
  readonly removeMaster: (node: SandboxNode) => Effect.Effect<void>
  /** What the servers hold for the keys, each asked of the master of its slot. */
  readonly read: (
    keys: ReadonlyArray<{ readonly key: string; readonly slot: number }>
  ) => Effect.Effect<ReadonlyArray<string | undefined>>
  /** How many connections with this client name all living nodes have. */
  readonly connectionsNamed: (clientName: string) => Effect.Effect<number>
}

export interface Master {
  readonly node: SandboxNode
  readonly slots: ReadonlyArray<number>
  readonly replicas: ReadonlyArray<SandboxNode>
}

/** Three masters with a replica each; they end with the scope. */
export const startChaosCluster: Effect.Effect<ChaosCluster, never, Scope.Scope> = Effect.map(
  startTestServers({ ...THREE_MASTERS_WITH_REPLICAS, nodeTimeoutMs: NODE_TIMEOUT_MS }),
  (servers) => {
    const nodes = new Set(servers.nodes)
    const paused = new Set<SandboxNode>()
    const members = (): ReadonlyArray<SandboxNode> =>
      Array.from(nodes).filter((node) => !paused.has(node) && node.server.isRunning())

    const viewOf = (node: SandboxNode): Effect.Effect<ReadonlyArray<NodeView>> =>
      Effect.map(answerOf(node, "CLUSTER", "NODES"), (reply) => readClusterNodes(text(reply) ?? ""))

    const masters = Effect.map(
      Effect.suspend(() => viewOf(members()[0])),
      (views) => mastersIn(views, members())
    )

    return {
      members,
      masters,
      settled: Effect.suspend(() => settled(members(), viewOf)),
      kill: servers.kill,
      pause: (node) =>
        Effect.zipRight(
          Effect.sync(() => paused.add(node)),
          servers.pause(node)
        ),
      resume: (node) =>
        Effect.zipRight(
          servers.resume(node),
          Effect.sync(() => paused.delete(node))
        ),
      restart: servers.restart,
      killClients: (node) => Effect.asVoid(answerOf(node, "CLIENT", "KILL", "TYPE", "normal")),
      takeOver: (replica) =>
        // On a busy machine the servers may give an attempt up; then there is another.
        Effect.raceFirst(
          promotionAmong([replica]),
          Effect.forever(
            Effect.zipRight(servers.command(replica, "CLUSTER", "FAILOVER"), Effect.sleep(TAKE_OVER_TIMEOUT))
          )
        ).pipe(Effect.orDie),
      promotionAmong,
      demotion: (master) => Effect.asVoid(roleAmong([master], "slave")),
      moveSlots: (slots, from, to) =>
        Effect.flatMap(masters, (all) =>
          moveSlots({ from, to, masters: all.map(({ node }) => node), password: undefined }, slots)
        ),
      addMaster: Effect.tap(startServer(servers.watchdog), (added) =>
        Effect.gen(function* () {
          yield* Effect.forEach(members(), (node) =>
            answerOf(node, "CLUSTER", "MEET", added.server.host, added.server.port)
          )
          nodes.add(added)
          yield* settled(members(), viewOf)
        })
      ),
      removeMaster: (node) =>
        Effect.gen(function* () {
          nodes.delete(node)
          yield* Effect.forEach(members(), (other) => answerOf(other, "CLUSTER", "FORGET", node.id), {
            concurrency: "unbounded"
          })
          yield* node.server.signal("SIGKILL")
        }),
      read: (keys) => Effect.flatMap(masters, (all) => readKeys(all, keys)),
      connectionsNamed: (clientName) =>
        Effect.map(
          Effect.forEach(members(), (node) => answerOf(node, "CLIENT", "LIST"), { concurrency: "unbounded" }),
          (lists) =>
            lists
              .flatMap((list) => (text(list) ?? "").split("\n"))
              .filter((line) => line.includes(` name=${clientName} `)).length
        )
    }
  }
)

/** In the order of the members, which is that of their age. */
const mastersIn = (
  views: ReadonlyArray<NodeView>,
  members: ReadonlyArray<SandboxNode>
): ReadonlyArray<Master> =>
  members.flatMap((node) => {
    const view = views.find(({ id }) => id === node.id)
    if (view?.role !== "master") return []
    const replicaIds = new Set(views.filter(({ masterId }) => masterId === node.id).map(({ id }) => id))
    return [{ node, slots: view.slots, replicas: members.filter(({ id }) => replicaIds.has(id)) }]
  })

const POLL_INTERVAL = Duration.millis(50)
const SETTLE_TIMEOUT = Duration.seconds(60)

/** Looks until there is something to be seen; what is missing is a defect of the run after the time limit. */
export const poll = <A>(look: Effect.Effect<A | undefined>, missing: () => string): Effect.Effect<A> => {
  const next: Effect.Effect<A> = Effect.flatMap(look, (found) =>
    found === undefined ? Effect.delay(next, POLL_INTERVAL) : Effect.succeed(found)
  )
  return next.pipe(
    Effect.timeoutFail({ duration: SETTLE_TIMEOUT, onTimeout: () => new Error(missing()) }),
    Effect.orDie
  )
}

const settled = (
  members: ReadonlyArray<SandboxNode>,
  viewOf: (node: SandboxNode) => Effect.Effect<ReadonlyArray<NodeView>>
): Effect.Effect<void> => {
  let missing = ""
  const look = Effect.gen(function* () {
    const opinions = new Set<string>()
    for (const node of members) {
      const info = text(yield* answerOf(node, "CLUSTER", "INFO")) ?? ""
      if (!info.includes("cluster_state:ok")) return void (missing = `${node.address} does not serve`)
      const view = (yield* viewOf(node)).filter(({ id }) => members.some((member) => member.id === id))
      if (view.length !== members.length) return void (missing = `${node.address} does not know all`)
      if (view.some(({ isDoubtful }) => isDoubtful)) return void (missing = `${node.address} doubts a node`)
      opinions.add(JSON.stringify(view.toSorted((a, b) => (a.id < b.id ? -1 : 1))))
      if (opinions.size > 1) return void (missing = "they do not agree")
      const replication = text(yield* answerOf(node, "INFO", "replication")) ?? ""
      if (replication.includes("master_link_status:down"))
        return void (missing = `${node.address} does not follow its master`)
    }
    return true
  })
  return Effect.asVoid(poll(look, () => `the cluster has not settled: ${missing}`))
}

/** MFSTART is given up by the servers after 5 s (CLUSTER_MF_TIMEOUT in cluster.h). */
const TAKE_OVER_TIMEOUT = Duration.seconds(6)

const promotionAmong = (replicas: ReadonlyArray<SandboxNode>): Effect.Effect<number> =>
  roleAmong(replicas, "master")

/** Waits until one of the nodes says that it has the role; when that was. */
const roleAmong = (nodes: ReadonlyArray<SandboxNode>, wanted: "master" | "slave"): Effect.Effect<number> =>
  Effect.gen(function* () {
    const connections = yield* Effect.forEach(nodes, ({ server }) =>
      Effect.orDie(Connection.connect(server.connectionOptions))
    )
    const look = Effect.map(
      Effect.forEach(connections, (connection) => Effect.orDie(connection.execute("ROLE"))),
      (roles) =>
        roles.some((role) => text(elements(role)?.[0] ?? role) === wanted) ? performance.now() : undefined
    )
    return yield* poll(
      look,
      () => `none of ${nodes.map(({ address }) => address).join(", ")} became a ${wanted}`
    )
  }).pipe(Effect.scoped)

const readKeys = (
  masters: ReadonlyArray<Master>,
  keys: ReadonlyArray<{ readonly key: string; readonly slot: number }>
): Effect.Effect<ReadonlyArray<string | undefined>> =>
  Effect.gen(function* () {
    const values = new Map<string, string | undefined>()
    for (const { node, slots } of masters) {
      const served = new Set(slots)
      const own = keys.filter(({ slot }) => served.has(slot))
      if (own.length === 0) continue
      const gets = own.map(({ key }): CommandArguments => ["GET", key])
      const replies = yield* Effect.scoped(
        Effect.flatMap(Connection.connect(node.server.connectionOptions), (connection) =>
          connection.executeMany(gets)
        )
      ).pipe(Effect.orDie)
      own.forEach(({ key }, index) => values.set(key, text(replies[index])))
    }
    return keys.map(({ key }) => values.get(key))
  })

const startServer = (watchdog: Parameters<typeof startRedisServer>[0]["watchdog"]) =>
  Effect.gen(function* () {
    const host = "127.0.0.1"
    const [{ busPort = 0, port }] = yield* findPorts({ host, first: 0, count: 1, cluster: true })
    const config = {
      host,
      port,
      folder: join(watchdog.folder, String(port)),
      cluster: { busPort, nodeTimeoutMs: NODE_TIMEOUT_MS },
      tls: undefined,
      password: undefined,
      // Or it becomes a replica by itself, in the middle of giving its last slot away.
      extra: [["cluster-allow-replica-migration", "no"]] as const
    }
    const program = yield* findServerProgram
    const server = yield* startRedisServer({ program, config, certificates: undefined, watchdog })
    const node: Omit<SandboxNode, "id"> = {
      role: "master",
      masterId: undefined,
      slots: [],
      server,
      address: formatAddress(host, port)
    }
    const nameless: SandboxNode = { ...node, id: "" }
    return { ...node, id: text(yield* answerOf(nameless, "CLUSTER", "MYID")) ?? "" }
  }).pipe(Effect.orDie)
