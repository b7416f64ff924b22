/**
 * Where the forwarder meets Effect: the client of the cluster opens its
 * connections, tells it of each topology, and notices nodes that have stopped.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RedisCommands } from "../../../../client/RedisCommands.ts"
import type { ConnectionError } from "../../../../connection/ConnectionError.ts"
import { PipelineFailure } from "../../../../connection/PipelineFailure.ts"
import { RawPipeline } from "../../../../connection/RawPipeline.ts"
import type { TurnFlush } from "../../../../connection/TurnFlush.ts"
import { type ClusterTopology, NO_OWNER } from "../../../../protocol/ClusterTopology.ts"
import { isError } from "../../../../protocol/Resp.ts"
import type { OnProxyEvent } from "../ProxyEvent.ts"
import type { Flavor } from "./Flavor.ts"
import type { LinkOpener, OpenedLink } from "./LinkOpener.ts"
import { UpstreamSets } from "./UpstreamSets.ts"

/** How often connections are looked at; several looks without a reply make a node suspect. */
const WATCH_INTERVAL: Duration.Duration = Duration.millis(250)
/** A private connection that nobody has taken for so long is closed. */
const IDLE_TIME_TO_LIVE: Duration.Duration = Duration.seconds(60)

/** Why connections are closed when nothing is wrong with them. */
const PROXY_ENDS = "the proxy ends"

/** Connections, fibers and timers end with the scope. */
export const make = (
  client: RedisCommands,
  turn: TurnFlush,
  onEvent: OnProxyEvent
): Effect.Effect<UpstreamSets, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const fork = Runtime.runFork(yield* Effect.runtime())
    const opener: LinkOpener = {
      open: (address, flavor, purpose, opened) => {
        fork(
          Effect.matchEffect(openLink(client, turn, scope, address, flavor, lost(address, purpose)), {
            onFailure: (failure) =>
              Effect.sync(() => {
                onEvent({ kind: "NodeUnreachable", node: address, detail: failure.detail })
                opened(failure)
              }),
            onSuccess: (link) =>
              Effect.sync(() => {
                onEvent({ kind: "NodeConnected", node: address, purpose })
                opened(link)
              })
          }),
          { scope }
        )
      }
    }
    const lost = (node: string, purpose: "shared" | "private") => (detail: string, unanswered: number) => {
      if (purpose === "shared" && detail !== PROXY_ENDS)
        onEvent({ kind: "NodeLost", node, detail, unanswered })
    }
    const sets = new UpstreamSets(yield* client.topology, opener)
    yield* followTopology(client, sets, onEvent)
    yield* Effect.forkScoped(Effect.repeat(makeWatch(client, sets), Schedule.spaced(WATCH_INTERVAL)))
    yield* Effect.forkScoped(
      Effect.repeat(
        Effect.sync(() => sets.closeIdle()),
        Schedule.spaced(IDLE_TIME_TO_LIVE)
      )
    )
    return sets
  })

/** A connection that lives as long as its pipeline, and no longer than the proxy. */
const openLink = (
  client: RedisCommands,
  turn: TurnFlush,
  scope: Scope.Scope,
  address: string,
  flavor: Flavor,
  onLost: (detail: string, unanswered: number) => void
): Effect.Effect<OpenedLink, PipelineFailure> =>
  Effect.gen(function* () {
    const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
    const link = yield* Effect.gen(function* () {
      const connection = yield* Scope.extend(client.connectTo(address), own)
      for (const command of preparation(flavor, connection.version)) {
        const reply = yield* connection.execute(...command)
        if (isError(reply)) return yield* Effect.fail(new PipelineFailure("Auth", "no", reply.value))
      }
      const pipeline = new RawPipeline(connection.takeSocket(), turn, ({ detail }, unanswered) => {
        onLost(detail, unanswered)
        Effect.runFork(Scope.close(own, Exit.void))
      })
      return { pipeline, address, flavor, clientId: connection.clientId }
    }).pipe(
      Effect.mapError(
        (error: ConnectionError | PipelineFailure) => new PipelineFailure(error.reason, "no", error.detail)
      ),
      Effect.onError(() => Scope.close(own, Exit.void))
    )
    yield* Scope.addFinalizer(
      own,
      Effect.sync(() => link.pipeline.close("Closed", PROXY_ENDS))
    )
    return link
  })

/** The first words on a connection that the client has opened. */
const preparation = (
  { credentials, protocol }: Flavor,
  spoken: 2 | 3
): ReadonlyArray<readonly [string, ...Array<string | Uint8Array>]> => [
  ...(protocol === spoken ? [] : [["HELLO", String(protocol)] as const]),
  ...(credentials === undefined ? [] : [["AUTH", ...(credentials as Array<Uint8Array>)] as const])
]

/** Who is in the cluster, and as what; the same text for the same nodes. */
const membersOf = ({ nodes }: ClusterTopology): string =>
  nodes
    .map(({ address, role }) => `${role} ${address}`)
    .toSorted()
    .join()

const followTopology = (
  client: RedisCommands,
  sets: UpstreamSets,
  onEvent: OnProxyEvent
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    let members = membersOf(sets.topology)
    const apply = (topology: ClusterTopology): void => {
      if (topology === sets.topology) return
      sets.apply(topology)
      const before = members
      members = membersOf(topology)
      if (members === before) return
      const masters = topology.nodes.filter(({ role }) => role === "master").length
      onEvent({ kind: "TopologyChanged", masters, replicas: topology.nodes.length - masters })
    }
    yield* Effect.forkScoped(
      Stream.runForEach(client.topologyChanges, (topology) => Effect.sync(() => apply(topology)))
    )
    // What changed before the stream began.
    yield* Effect.yieldNow()
    apply(yield* client.topology)
  })

/**
 * A silent node is asked on the client's own connection, so that the client
 * notices as well; what waits there is failed once its slots are served elsewhere.
 */
const makeWatch = (client: RedisCommands, sets: UpstreamSets): Effect.Effect<void, never, Scope.Scope> => {
  const asked = new Set<string>()
  return Effect.gen(function* () {
    for (const address of sets.watch()) {
      yield* client.refreshSoon
      if (!servesSlots(sets.topology, address)) {
        sets.abandon(address, "it has stopped answering, and its slots are served elsewhere")
      } else if (!asked.has(address)) {
        asked.add(address)
        yield* Effect.forkScoped(
          Effect.ensuring(
            Effect.ignore(client.executeOn(address, "PING")),
            Effect.sync(() => asked.delete(address))
          )
        )
      }
    }
  })
}

const servesSlots = ({ nodes, slots }: ClusterTopology, address: string): boolean => {
  const index = nodes.findIndex((node) => node.address === address)
  return index >= 0 && index !== NO_OWNER && slots.includes(index)
}
