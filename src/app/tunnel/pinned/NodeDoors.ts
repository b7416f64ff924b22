/**
 * A port for each node of the cluster, as long as the node is a member of it.
 *
 * The members are asked for at a fixed interval, when the client's topology
 * changes, and when a reply names a node that is not known. A node that only a
 * redirection has named has its port at once, and loses it again if the cluster
 * does not come to know it.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RedisCommands } from "../../../client/RedisCommands.ts"
import { formatAddress, parseAddress } from "../../../protocol/ClusterTopology.ts"
import * as Resp from "../../../protocol/Resp.ts"
import type { CommandFailure } from "../../CommandFailure.ts"
import type { ListenAddress } from "../ListenAddress.ts"
import type { Listener } from "../Listener.ts"
import type { Place } from "./ClusterReply.ts"
import { type MemberNode, parseMembers } from "./NodeList.ts"

export interface NodeDoor {
  /** As the cluster last described it; the id is empty as long as only a redirection has named it. */
  readonly node: MemberNode
  /** Where clients connect to get to it. */
  readonly listen: ListenAddress
}

export interface NodeDoors {
  readonly doors: () => ReadonlyArray<NodeDoor>
  /** The port that leads to a node, by its address or its announced name. */
  readonly find: (node: Place) => number | undefined
  /** Gives the nodes ports, as far as it can. */
  readonly learn: (nodes: ReadonlyArray<Place>) => Effect.Effect<void>
}

export interface NodeDoorsOptions {
  readonly client: RedisCommands
  /** Where to listen; without a port that of each node. */
  readonly host: string
  readonly firstPort: number | undefined
  /** Opens a port that leads to wherever the node is when a client comes. */
  readonly open: (
    listen: ListenAddress,
    node: () => MemberNode
  ) => Effect.Effect<Listener, CommandFailure, Scope.Scope>
}

/** How often the cluster is asked for its members. */
export const MEMBERSHIP_INTERVAL: Duration.Duration = Duration.seconds(2)
/** A node that only a redirection has named is kept for so long. */
const HEARSAY_LIFETIME: Duration.Duration = Duration.seconds(30)
/** Ports that are tried, from the one that a node should have on, when the cluster grows. */
const PORT_ATTEMPTS = 100
const HIGHEST_PORT = 65_535

interface OpenDoor extends NodeDoor {
  node: MemberNode
  readonly scope: Scope.CloseableScope
  /** Milliseconds. */
  readonly openedAt: number
}

/** Opens a port for each member. Ports opened later are reported in the log. */
export const make = (options: NodeDoorsOptions): Effect.Effect<NodeDoors, CommandFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const { client } = options
    // Parallel, so that the ports are drained together when the tunnel ends.
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.parallel)
    let doors: ReadonlyArray<OpenDoor> = []
    let byAddress: ReadonlyMap<string, OpenDoor> = new Map()

    const use = (next: ReadonlyArray<OpenDoor>): void => {
      doors = next
      byAddress = new Map(next.flatMap((door) => namesOf(door.node).map((name) => [name, door] as const)))
    }
    const openAt = (node: MemberNode, port: number): Effect.Effect<OpenDoor, CommandFailure> =>
      Effect.gen(function* () {
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const openedAt = yield* Clock.currentTimeMillis
        const door = { node, scope: own, openedAt, listen: { host: options.host, port } }
        const { address } = yield* options
          .open(door.listen, () => door.node)
          .pipe(
            Scope.extend(own),
            Effect.onError((cause) => Scope.close(own, Exit.failCause(cause)))
          )
        door.listen = address
        use([...doors, door])
        return door
      })
    const portFor = (node: MemberNode): number => {
      const { firstPort } = options
      if (firstPort === 0) return 0
      const taken = new Set(doors.map(({ listen }) => listen.port))
      let port = firstPort ?? node.port
      while (taken.has(port)) port++
      return port
    }
    const openLater = (node: MemberNode, attempt = 0): Effect.Effect<void> => {
      const first = portFor(node)
      const port = first === 0 ? 0 : first + attempt
      return openAt(node, port).pipe(
        Effect.flatMap(({ listen }) =>
          Effect.logInfo(
            `${addressOf(node)} is a node: its port is ${formatAddress(listen.host, listen.port)}`
          )
        ),
        Effect.catchAll((failure) =>
          attempt + 1 < PORT_ATTEMPTS && port < HIGHEST_PORT
            ? openLater(node, attempt + 1)
            : Effect.logError(`${addressOf(node)} has no port: ${failure.message}`)
        )
      )
    }
    const close = (door: OpenDoor): Effect.Effect<void> =>
      Effect.logInfo(
        `${addressOf(door.node)} is no node any more: ${formatAddress(door.listen.host, door.listen.port)} is closed`
      ).pipe(Effect.zipRight(Scope.close(door.scope, Exit.void)))

    const doorOf = (node: MemberNode): OpenDoor | undefined =>
      doors.find((door) => door.node.id === node.id) ??
      doors.find((door) => door.node.id === "" && addressOf(door.node) === addressOf(node))

    /** Gives new members a port by `open`, and takes those of former members away. */
    const follow = <E>(
      members: ReadonlyArray<MemberNode>,
      open: (node: MemberNode) => Effect.Effect<unknown, E>
    ): Effect.Effect<void, E> =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const isKept = new Set<OpenDoor>()
        for (const node of members) {
          const door = doorOf(node)
          if (door === undefined) continue
          door.node = node
          isKept.add(door)
        }
        const isHearsay = ({ node, openedAt }: OpenDoor): boolean =>
          node.id === "" && now - openedAt < Duration.toMillis(HEARSAY_LIFETIME)
        const gone = doors.filter((door) => !isKept.has(door) && !isHearsay(door))
        use(doors.filter((door) => !gone.includes(door)))
        // Their clients are given time, which nobody else waits for.
        yield* Effect.forEach(gone, (door) => Effect.forkIn(close(door), scope), { discard: true })
        yield* Effect.forEach(
          members.filter((node) => doorOf(node) === undefined),
          open,
          { discard: true }
        )
      })

    const one = yield* Effect.makeSemaphore(1)
    const members = askMembers(client)
    const refresh = Effect.flatMap(members, (found) =>
      found.length === 0 ? Effect.void : one.withPermits(1)(follow(found, openLater))
    )
    const find = ({ host, port }: Place): number | undefined =>
      byAddress.get(formatAddress(host, port))?.listen.port
    const openHearsay = (nodes: ReadonlyArray<Place>): Effect.Effect<void> =>
      Effect.forEach(
        nodes,
        (node) =>
          Effect.suspend(() => (find(node) === undefined ? openLater(unknownNode(node)) : Effect.void)),
        { discard: true }
      )

    yield* follow(yield* members, (node) => openAt(node, portFor(node)))
    yield* Stream.runForEach(client.topologyChanges, () => refresh).pipe(Effect.forkIn(scope))
    yield* Effect.repeat(refresh, Schedule.spaced(MEMBERSHIP_INTERVAL)).pipe(
      Effect.delay(MEMBERSHIP_INTERVAL),
      Effect.forkIn(scope)
    )
    return {
      doors: () => doors,
      find,
      learn: (nodes) => Effect.zipRight(refresh, one.withPermits(1)(Effect.suspend(() => openHearsay(nodes))))
    }
  })

const addressOf = ({ host, port }: Place): string => formatAddress(host, port)

const namesOf = ({ host, hostname, port }: MemberNode): ReadonlyArray<string> => [
  formatAddress(host, port),
  ...(hostname === undefined ? [] : [formatAddress(hostname, port)])
]

const unknownNode = ({ host, port }: Place): MemberNode => ({ id: "", host, port, hostname: undefined })

/** Empty when nobody can say. */
const askMembers = (client: RedisCommands): Effect.Effect<ReadonlyArray<MemberNode>> =>
  Effect.gen(function* () {
    const topology = yield* client.topology
    const masters = topology.nodes.filter(({ role }) => role === "master")
    const { address } = masters[Math.floor(Math.random() * masters.length)]
    const reply = yield* client.executeOn(address, "CLUSTER", "NODES")
    return parseMembers(Resp.text(reply) ?? "", parseAddress(address)?.host ?? "")
  }).pipe(
    Effect.tapError(({ message }) => Effect.logWarning(`the cluster's members are not known: ${message}`)),
    Effect.orElseSucceed(() => [])
  )
