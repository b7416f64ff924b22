/** Makes a cluster of servers that do not know each other, and waits until all of them agree that it serves. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Connection from "../../connection/Connection.ts"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import { parseClusterSlots, slotRanges } from "../../protocol/ClusterTopology.ts"
import { type CommandArgument, isError, text } from "../../protocol/Resp.ts"
import { type ClusterPlan, type PlannedMaster, planCluster } from "./ClusterPlan.ts"
import type { RedisServer } from "./RedisServer.ts"
import { SandboxError } from "./SandboxError.ts"
import { BUS_PORT_OFFSET, type ServerConfig } from "./ServerConfig.ts"

export interface Member {
  readonly server: RedisServer
  readonly config: ServerConfig
}

/** What a server became. */
export interface FormedNode {
  /** 40 hexadecimal digits. */
  readonly id: string
  readonly role: "master" | "replica"
  /** Of a replica: the id of its master. */
  readonly masterId: string | undefined
  /** Inclusive ranges. */
  readonly slots: ReadonlyArray<readonly [first: number, last: number]>
}

/** A master refuses to serve for its first two seconds; the rest takes some tenths of a second. */
const FORMATION_TIMEOUT = Duration.seconds(30)
const POLL_INTERVAL = Duration.millis(25)

/** Forms the cluster; the result is in the order of the members, masters first. */
export const formCluster = (
  members: ReadonlyArray<Member>,
  replicas: number
): Effect.Effect<ReadonlyArray<FormedNode>, SandboxError> => {
  const masters = members.length / (1 + replicas)
  const plan = planCluster(masters, replicas)
  return Effect.gen(function* () {
    const nodes = yield* Effect.forEach(members, openNode, { concurrency: "unbounded" })
    const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(FORMATION_TIMEOUT)
    const until = waitUntil(deadline)
    yield* inParallel(plan.masters, (master) => assignSlots(nodes[master.server], master))
    // Distinct epochs from the start: otherwise the nodes first have to resolve the conflict.
    yield* inParallel(nodes, (node, index) => node.ask("CLUSTER", "SET-CONFIG-EPOCH", index + 1))
    yield* introduce(nodes)
    yield* inParallel(nodes, (node) => until(knowsAll(node, nodes.length)))
    yield* inParallel(plan.replicas, ({ master, server }) =>
      nodes[server].ask("CLUSTER", "REPLICATE", nodes[master].id)
    )
    yield* inParallel(nodes, (node) => until(servesAll(node, nodes, plan)))
    yield* inParallel(plan.replicas, ({ server }) => until(followsItsMaster(nodes[server])))
    return formed(nodes, plan)
  }).pipe(Effect.scoped)
}

interface Node extends Member {
  readonly id: string
  /** The reply as text; an error reply fails. */
  readonly ask: (
    ...command: readonly [string, ...Array<CommandArgument>]
  ) => Effect.Effect<string, SandboxError>
  readonly connection: Connection.Connection
}

const openNode = (member: Member) =>
  Effect.gen(function* () {
    const { address, connectionOptions } = member.server
    const connection = yield* Effect.mapError(
      Connection.connect(connectionOptions),
      failedTo(address, "connect")
    )
    const ask: Node["ask"] = (...command) =>
      Effect.flatMap(
        Effect.mapError(connection.execute(...command), failedTo(address, command[0])),
        (reply) =>
          isError(reply)
            ? Effect.fail(refused(address, `${command[0]} ${String(command[1] ?? "")}`.trim(), reply.value))
            : Effect.succeed(text(reply) ?? "")
      )
    const id = yield* ask("CLUSTER", "MYID")
    return { ...member, connection, ask, id } satisfies Node
  })

const inParallel = <A, B>(
  items: ReadonlyArray<A>,
  f: (item: A, index: number) => Effect.Effect<B, SandboxError>
): Effect.Effect<void, SandboxError> => Effect.forEach(items, f, { concurrency: "unbounded", discard: true })

/** ADDSLOTS and not ADDSLOTSRANGE, which is new in Redis 7. */
const assignSlots = (
  node: Node,
  { firstSlot, lastSlot }: PlannedMaster
): Effect.Effect<string, SandboxError> =>
  node.ask(
    "CLUSTER",
    "ADDSLOTS",
    ...Array.from({ length: lastSlot - firstSlot + 1 }, (_, index) => firstSlot + index)
  )

/** Each node meets each other one itself: quicker than to wait for the gossip. */
const introduce = (nodes: ReadonlyArray<Node>): Effect.Effect<void, SandboxError> =>
  inParallel(
    nodes.flatMap((node, index) => nodes.slice(index + 1).map((other) => [node, other] as const)),
    ([node, { config, server }]) => {
      const busPort = config.cluster?.busPort ?? server.port + BUS_PORT_OFFSET
      const besides = busPort === server.port + BUS_PORT_OFFSET ? [] : [busPort]
      return node.ask("CLUSTER", "MEET", server.host, server.port, ...besides)
    }
  )

/** A condition that is not fulfilled yet fails with what is missing, in words. */
type Condition = Effect.Effect<void, SandboxError | NotYet>

class NotYet {
  readonly _tag = "NotYet"
  readonly node: Node
  readonly missing: string
  constructor(node: Node, missing: string) {
    this.node = node
    this.missing = missing
  }
}

const when = (node: Node, holds: boolean, missing: string): Effect.Effect<void, NotYet> =>
  holds ? Effect.void : Effect.fail(new NotYet(node, missing))

const waitUntil =
  (deadline: number) =>
  (condition: Condition): Effect.Effect<void, SandboxError> =>
    condition.pipe(
      Effect.retry({
        schedule: Schedule.spaced(POLL_INTERVAL),
        while: (error) =>
          error._tag === "NotYet"
            ? Effect.map(Clock.currentTimeMillis, (now) => now < deadline)
            : Effect.succeed(false)
      }),
      Effect.mapError((error) => (error._tag === "NotYet" ? timedOut(error) : error))
    )

const knowsAll = (node: Node, count: number): Condition =>
  Effect.flatMap(node.ask("CLUSTER", "NODES"), (table) => {
    const known = table.split("\n").filter((line) => line !== "" && !line.includes("handshake")).length
    return when(node, known === count, `knows ${known} of ${count} nodes`)
  })

const servesAll = (node: Node, nodes: ReadonlyArray<Node>, plan: ClusterPlan): Condition =>
  Effect.gen(function* () {
    const info = yield* node.ask("CLUSTER", "INFO")
    yield* when(node, info.includes("cluster_state:ok"), "cluster_state is not ok")
    const { address, host, port } = node.server
    const reply = yield* Effect.mapError(
      node.connection.execute("CLUSTER", "SLOTS"),
      failedTo(address, "CLUSTER SLOTS")
    )
    const topology = parseClusterSlots(reply, { host, port })
    if ("_tag" in topology) return yield* Effect.fail(refused(address, "CLUSTER SLOTS", topology.reason))
    for (const { firstSlot, lastSlot, server } of plan.masters) {
      const owner = topology.nodes.find(({ id }) => id === nodes[server].id)
      const ranges = owner === undefined ? [] : slotRanges(topology, owner)
      const agreed = ranges.length === 1 && ranges[0][0] === firstSlot && ranges[0][1] === lastSlot
      yield* when(node, agreed, `does not know yet that ${nodes[server].server.address} has its slots`)
    }
    for (const { master, server } of plan.replicas) {
      const replica = topology.nodes.find(({ id }) => id === nodes[server].id)
      yield* when(
        node,
        replica?.masterId === nodes[master].id,
        `does not know yet that ${nodes[server].server.address} is a replica`
      )
    }
  })

/** Only a replica that has its master's data can take over from it. */
const followsItsMaster = (node: Node): Condition =>
  Effect.flatMap(node.ask("INFO", "replication"), (info) =>
    when(node, info.includes("master_link_status:up"), "is not connected to its master yet")
  )

const formed = (nodes: ReadonlyArray<Node>, plan: ClusterPlan): ReadonlyArray<FormedNode> => [
  ...plan.masters.map(({ firstSlot, lastSlot, server }) => ({
    id: nodes[server].id,
    role: "master" as const,
    masterId: undefined,
    slots: [[firstSlot, lastSlot] as const]
  })),
  ...plan.replicas.map(({ master, server }) => ({
    id: nodes[server].id,
    role: "replica" as const,
    masterId: nodes[master].id,
    slots: []
  }))
]

const failedTo =
  (address: string, command: string) =>
  (error: ConnectionError): SandboxError =>
    new SandboxError({
      reason: "NotReady",
      message: `sandbox: forming the cluster, ${command} at ${address} failed: ${error.detail}`,
      node: address
    })

const refused = (address: string, command: string, reply: string): SandboxError =>
  new SandboxError({
    reason: "NotReady",
    message: `sandbox: forming the cluster, ${address} answered ${command} with: ${reply}`,
    node: address
  })

const timedOut = ({ missing, node }: NotYet): SandboxError =>
  new SandboxError({
    reason: "NotReady",
    message: `sandbox: the cluster did not form within ${Duration.format(FORMATION_TIMEOUT)}: ${node.server.address} ${missing}`,
    node: node.server.address
  })
