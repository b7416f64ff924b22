/**
 * The nodes that the client talks to, each with the connection that all
 * callers share, in a scope of its own that is closed when the node leaves.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import { ConnectionError } from "../connection/ConnectionError.ts"
import type { ConnectionOptions } from "../connection/ConnectionOptions.ts"
import * as SharedConnection from "../connection/SharedConnection.ts"
import { parseAddress } from "../protocol/ClusterTopology.ts"
import { type ClusterConfig, connectionOptions } from "./ClusterConfig.ts"

export interface Node {
  /** `host:port`. */
  readonly address: string
  readonly host: string
  readonly port: number
  readonly connection: SharedConnection.SharedConnection
}

export interface NodeRegistry {
  /** The node at `host:port`, made known if it is new. Connects to nothing, and suspends nothing. */
  unsafeGet(address: string): Node
  readonly nodes: Effect.Effect<ReadonlyArray<Node>>
  /** Closes all other nodes, each once what it still owes has come, or the command timeout has passed. */
  retain(addresses: ReadonlySet<string>): Effect.Effect<void>
  /** How a node is connected to, for connections apart from the shared one. */
  connectionOptions(address: string): Effect.Effect<ConnectionOptions, ConnectionError>
}

/** How often a node that leaves is looked at. */
const DRAIN_INTERVAL: Duration.Duration = Duration.millis(50)

interface Entry {
  readonly node: Node
  readonly scope: Scope.CloseableScope
}

/** `onLost` is called with the address of a node whose open connection is lost. */
export const make = (
  config: ClusterConfig,
  onLost: (address: string) => void
): Effect.Effect<NodeRegistry, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const entries = new Map<string, Entry>()
    let isClosing = false
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        isClosing = true
      })
    )

    const optionsOf = (address: string): Effect.Effect<ConnectionOptions, ConnectionError> => {
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
        : Effect.succeed(connectionOptions(config, place))
    }

    const add = (address: string): Effect.Effect<Node> =>
      Effect.gen(function* () {
        const own = yield* Scope.fork(scope, ExecutionStrategy.sequential)
        const connection = yield* SharedConnection.make(optionsOf(address), {
          onLost: () => {
            if (!isClosing && entries.has(address)) onLost(address)
          }
        }).pipe(Scope.extend(own))
        const place = parseAddress(address)
        const node: Node = { address, host: place?.host ?? "", port: place?.port ?? 0, connection }
        entries.set(address, { node, scope: own })
        return node
      })

    const drained = ({ node }: Entry): boolean => (node.connection.unsafePipeline()?.pending ?? 0) === 0

    const leave = (entry: Entry): Effect.Effect<void> =>
      Effect.sync(() => drained(entry)).pipe(
        Effect.repeat({ until: (done) => done, schedule: Schedule.spaced(DRAIN_INTERVAL) }),
        Effect.timeoutOption(config.commandTimeout),
        Effect.zipRight(Scope.close(entry.scope, Exit.void))
      )

    return {
      // Synchronous, so that a topology and the nodes that it names are replaced in one step.
      unsafeGet: (address) => entries.get(address)?.node ?? Effect.runSync(add(address)),
      nodes: Effect.sync(() => Array.from(entries.values(), ({ node }) => node)),
      retain: (addresses) =>
        Effect.suspend(() => {
          const leaving = Array.from(entries.values()).filter(({ node }) => !addresses.has(node.address))
          for (const { node } of leaving) entries.delete(node.address)
          return Effect.forEach(leaving, (entry) => Effect.forkIn(leave(entry), scope), { discard: true })
        }),
      connectionOptions: optionsOf
    }
  })
