/** Every node of the cluster, or the one server, and what each says of itself, asked all at once. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { ClientError } from "../../../client/ClusterError.ts"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { identity } from "../../../protocol/ClusterNode.ts"
import { type ClusterTopology, slotRanges } from "../../../protocol/ClusterTopology.ts"
import { text } from "../../../protocol/Resp.ts"
import { infoFields, infoNumber } from "./InfoText.ts"
import { isAbsent, type KnownNode, parseNodes } from "./NodesText.ts"
import type { SlotRange } from "./SlotText.ts"

export interface NodeState {
  /** Empty for one server. */
  readonly id: string
  readonly address: string
  readonly role: "master" | "replica"
  readonly masterId: string | undefined
  /** The other nodes have found it to be gone. */
  readonly isFailed: boolean
  readonly slots: ReadonlyArray<SlotRange>
  /** What it says, or why it says nothing. */
  readonly facts: Either.Either<NodeFacts, string>
}

export interface NodeFacts {
  readonly version: string
  readonly keys: number
  /** Bytes. */
  readonly memory: number
  /** Of a replica: whether it has its master. */
  readonly isLinked: boolean
  /** What it has written, or been sent, as a place in the stream of replication. */
  readonly offset: number
  /** Seconds since a replica last heard of its master; -1 when it does not say. */
  readonly heardAgo: number
}

/** A master comes before its replicas, and those of the lower slots first. */
export const nodeStates = (client: RedisCommands): Effect.Effect<ReadonlyArray<NodeState>> =>
  Effect.gen(function* () {
    const topology = yield* client.topology
    const nodes = yield* Effect.match(client.execute("CLUSTER", "NODES"), {
      onFailure: () => placesOf(topology),
      onSuccess: (reply) => knownPlaces(topology, parseNodes(text(reply) ?? ""))
    })
    const states = yield* Effect.forEach(
      nodes,
      (node) =>
        Effect.map(Effect.either(askFacts(client, node.address)), (asked) => ({
          ...node,
          facts: Either.mapLeft(asked, reasonOf)
        })),
      { concurrency: "unbounded" }
    )
    return inOrder(states)
  })

type Place = Omit<NodeState, "facts">

const placesOf = (topology: ClusterTopology): ReadonlyArray<Place> =>
  topology.nodes.map((node) => ({
    id: node.id,
    address: node.address,
    role: node.role,
    masterId: node.masterId,
    isFailed: false,
    slots: slotRanges(topology, node)
  }))

/** Nodes are asked where the client reaches them, which may not be where they believe to be. */
const knownPlaces = (topology: ClusterTopology, nodes: ReadonlyArray<KnownNode>): ReadonlyArray<Place> => {
  const addresses = new Map(topology.nodes.map((node) => [identity(node), node.address]))
  return nodes
    .filter((node) => !node.flags.has("handshake"))
    .map((node) => ({
      id: node.id,
      address: addresses.get(node.id) ?? node.address,
      role: node.isMaster ? "master" : "replica",
      masterId: node.masterId,
      isFailed: isAbsent(node),
      slots: node.slots
    }))
}

const askFacts = (client: RedisCommands, address: string): Effect.Effect<NodeFacts, ClientError> =>
  Effect.map(
    Effect.all([client.executeOn(address, "INFO"), client.executeOn(address, "DBSIZE")], {
      concurrency: "unbounded"
    }),
    ([info, size]) => factsOf(infoFields(text(info) ?? ""), Number(size.value))
  )

const factsOf = (info: ReadonlyMap<string, string>, keys: number): NodeFacts => {
  const isReplica = info.get("role") === "slave"
  const heardAgo = info.get("master_last_io_seconds_ago")
  return {
    version: info.get("valkey_version") ?? info.get("redis_version") ?? "",
    keys,
    memory: infoNumber(info, "used_memory"),
    isLinked: info.get("master_link_status") === "up",
    offset: infoNumber(info, isReplica ? "slave_repl_offset" : "master_repl_offset"),
    heardAgo: heardAgo === undefined ? -1 : Number(heardAgo)
  }
}

/** Without the address, which stands beside it. */
const reasonOf = (error: ClientError): string =>
  error._tag === "ConnectionError" ? error.detail : error._tag === "RedisError" ? error.reply : error.message

const inOrder = (states: ReadonlyArray<NodeState>): ReadonlyArray<NodeState> => {
  const firstSlot = ({ slots }: NodeState): number => slots[0]?.[0] ?? Infinity
  const masters = states
    .filter(({ role }) => role === "master")
    .sort((a, b) => compare(firstSlot(a), firstSlot(b)) || compare(a.address, b.address))
  const replicas = states
    .filter(({ role }) => role === "replica")
    .sort((a, b) => compare(a.address, b.address))
  const owned = new Set(masters.map(({ id }) => id))
  return [
    ...masters.flatMap((master) => [master, ...replicas.filter(({ masterId }) => masterId === master.id)]),
    ...replicas.filter(({ masterId }) => masterId === undefined || !owned.has(masterId))
  ]
}

const compare = <A extends string | number>(a: A, b: A): number => (a < b ? -1 : a > b ? 1 : 0)
