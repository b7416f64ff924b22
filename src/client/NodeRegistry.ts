/**
 * The nodes that the client talks to, each with the connection that all
 * callers share, in a scope of its own that is closed when the node leaves.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { ConnectionError } from "../connection/ConnectionError.ts"
import type { ConnectionOptions } from "../connection/ConnectionOptions.ts"
import * as Multiplexer from "../connection/Multiplexer.ts"
import type { Pipeline } from "../connection/Pipeline.ts"
import type { PipelineFailure } from "../connection/PipelineFailure.ts"
import * as SharedConnection from "../connection/SharedConnection.ts"
import { parseAddress } from "../protocol/ClusterTopology.ts"
import { type ClusterConfig, connectionOptions } from "./ClusterConfig.ts"

export interface Node {
  /** `host:port`. */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly connection: SharedConnection.SharedConnection
  /** The name that the node announces, which its certificate is made out to. */
  hostname: string | undefined
  /** Commands are routed to it. A replica that nobody reads from is only asked for the topology. */
  isRouted: boolean
  /** It serves a slot, as far as is known. */
  hasSlots: boolean
  /** It has stopped answering: others are asked rather than it, until it answers again. */
  isSuspect: boolean
}

export interface NodeRegistry {
  /** The node at `host:port`, made known if it is new. Connects to nothing, and suspends nothing. */
  unsafeGet(address: string): Node
  unsafeNodes(): ReadonlyArray<Node>
  /** Closes all other nodes, each once what it still owes has come, or when it says nothing more. */
  retain(addresses: ReadonlySet<string>): Effect.Effect<void>
  /** Fails what waits for a node that has stopped answering, so that it can go on elsewhere. */
  abandon(node: Node): void
  /** How a node is connected to, for connections apart from the shared one. */
  connectionOptions(address: string): Effect.Effect<ConnectionOptions, ConnectionError>
}

export interface NodeEvents {
  /** A connection to the node is open, and nothing has been sent on it but the handshake. `isFirst`: there was none before. */
  readonly onOpen?: (address: string, pipeline: Pipeline, isFirst: boolean) => void
  /** An open connection to the node is lost. */
  readonly onLost?: (address: string, failure: PipelineFailure) => void
  /** The node has stopped answering, and its slots are served elsewhere: nothing is to wait for it any longer. */
  readonly onAbandoned?: (address: string, detail: string) => void
}

interface Entry {
  readonly node: Node
  readonly scope: Scope.CloseableScope
}

/** Commands wait, and no reply has come for so long: the node may have stopped. */
export const SUSPICION: Duration.Duration = Duration.seconds(1)

export const make = (
  config: ClusterConfig,
  events: NodeEvents
): Effect.Effect<NodeRegistry, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const entries = new Map<string, Entry>()

    const optionsOf = (address: string): Effect.Effect<ConnectionOptions, ConnectionError> =>
      Effect.suspend(() => {
        const place = parseAddress(address)
        return place === undefined
          ? Effect.fail(
              new ConnectionError({
                reason: "Connect",
                sent: "no",
                node: address,
                command: "CONNECT",
                detail: "not an address: expected host:port"
              })
            )
          : connectionOptions(config, place, entries.get(address)?.node.hostname)
      })

    const add = (address: string): Effect.Effect<Node> =>
      Effect.gen(function* () {
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        let isClosing = false
        const connection = yield* Multiplexer.make(
          config.multiplexerCount,
          SharedConnection.make(address, optionsOf(address), config.commandTimeout, {
            onOpen: (pipeline, isFirst) => events.onOpen?.(address, pipeline, isFirst),
            onLost: (failure) => {
              if (!isClosing && entries.has(address)) events.onLost?.(address, failure)
            }
          })
        ).pipe(Scope.extend(own))
        // Added after the connection, so it runs before the connection is closed.
        yield* Scope.addFinalizer(
          own,
          Effect.sync(() => {
            isClosing = true
          })
        )
        const place = parseAddress(address)
        const node: Node = {
          address,
          host: place?.host ?? "",
          port: place?.port ?? 0,
          connection,
          hostname: undefined,
          isRouted: false,
          hasSlots: false,
          isSuspect: false
        }
        entries.set(address, { node, scope: own })
        return node
      })

    const abandon = (node: Node): void => {
      const detail = `no reply for ${Duration.format(SUSPICION)}, and its slots are served elsewhere`
      for (const pipeline of node.connection.pipelines()) pipeline.close("Timeout", detail)
      events.onAbandoned?.(node.address, detail)
    }

    /** Asked for a last answer, so that a node that hangs is told from one that has nothing left to say. */
    const isSilent = (pipeline: Pipeline): Effect.Effect<boolean> =>
      Effect.suspend(() => {
        pipeline.submit(PING, ignore)
        return Effect.raceFirst(
          Effect.as(SharedConnection.drained(pipeline, config.commandTimeout), false),
          Effect.as(silence(pipeline), true)
        )
      })

    const leave = ({ node, scope: own }: Entry): Effect.Effect<void> =>
      Effect.exists(node.connection.pipelines(), (pipeline) =>
        node.isSuspect ? Effect.succeed(true) : isSilent(pipeline)
      ).pipe(
        Effect.tap((hangs) => Effect.sync(() => (hangs || node.isSuspect) && abandon(node))),
        Effect.ensuring(Scope.close(own, Exit.void))
      )

    return {
      // Synchronous, so that a topology and the nodes that it names are replaced in one step.
      unsafeGet: (address) => entries.get(address)?.node ?? Effect.runSync(add(address)),
      unsafeNodes: () => Array.from(entries.values(), ({ node }) => node),
      retain: (addresses) =>
        Effect.suspend(() => {
          const leaving = Array.from(entries.values()).filter(({ node }) => !addresses.has(node.address))
          for (const { node } of leaving) entries.delete(node.address)
          return Effect.forEach(leaving, (entry) => Effect.forkIn(leave(entry), scope), { discard: true })
        }),
      abandon,
      connectionOptions: optionsOf
    }
  })

/** How often a connection is looked at. A process that was kept from running misses looks, and so does not take its own absence for the node's. */
export const WATCH_INTERVAL: Duration.Duration = Duration.millis(250)
/** At so many looks in a row nothing has come. */
export const SUSPICION_LOOKS: number = Duration.toMillis(SUSPICION) / Duration.toMillis(WATCH_INTERVAL)

/** Waits until no reply has come for so long that the node must have stopped. */
const silence = (pipeline: Pipeline): Effect.Effect<void> => {
  const look = (replies: number, looks: number): Effect.Effect<void> =>
    looks === SUSPICION_LOOKS
      ? Effect.void
      : Effect.flatMap(Effect.sleep(WATCH_INTERVAL), () =>
          pipeline.replies === replies ? look(replies, looks + 1) : look(pipeline.replies, 0)
        )
  return Effect.suspend(() => look(pipeline.replies, 0))
}

const PING = ["PING"]
const ignore = (): void => {}
