/**
 * A connection of one's own to one node, for commands that are about the
 * connection (WAIT, CLIENT ID, SELECT, CLIENT TRACKING) or have to follow each
 * other on one.
 *
 * @example
 * session(client, { key: "order:1" }, (own) =>
 *   Effect.gen(function* () {
 *     yield* own.execute("SET", "order:1", "paid")
 *     return yield* own.execute("WAIT", 1, 100) // replicas that have it
 *   })
 * )
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { Connection } from "../../connection/Connection.ts"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import type { PipelineFailure } from "../../connection/PipelineFailure.ts"
import { findNodeForSlot } from "../../protocol/ClusterTopology.ts"
import { type CommandSpec, isBlocking, lookupCommand, NO_KEY } from "../../protocol/CommandTable.ts"
import { calculateSlot } from "../../protocol/HashSlot.ts"
import type { CommandArgument, CommandArguments, RespValue } from "../../protocol/Resp.ts"
import { errorOf } from "../Attempt.ts"
import * as ClusterConfig from "../ClusterConfig.ts"
import { type ClientError, TopologyError } from "../ClusterError.ts"
import { mayRepeat } from "../Recovery.ts"
import type { RedisCommands } from "../RedisCommands.ts"
import { RoutingError } from "../RoutingError.ts"

/** Which node: the master that serves a key, or the one at `host:port`. */
export type Place = { readonly key: CommandArgument } | { readonly node: string }

/**
 * The client's interface over one connection, so that `Redis.make(session)`
 * gives its typed commands. Commands are sent as they are, whatever their
 * keys, and nothing is followed or tried again, as with `executeOn`.
 */
export interface Session extends RedisCommands {
  /** `host:port`. */
  readonly node: string
}

/**
 * Runs `body` with a connection of its own, one of the client's dedicated ones
 * to the node: waits when all are in use. Others use it again afterwards,
 * unless a command has changed it (SELECT, MULTI, CLIENT SETNAME ...) or a
 * reply is still owed: then it is closed.
 */
export const session = <A, E, R>(
  client: RedisCommands,
  place: Place,
  body: (session: Session) => Effect.Effect<A, E, R>
): Effect.Effect<A, E | ClientError, Exclude<R, Scope.Scope>> =>
  Effect.scoped(Effect.flatMap(open(client, place), body))

/** The same, for as long as the scope is open. */
export const open = (client: RedisCommands, place: Place): Effect.Effect<Session, ClientError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* reach(client, place).pipe(
      Effect.tapError(() => Effect.ignore(client.refreshTopology)),
      Effect.retry({
        while: (error) => "key" in place && (error._tag === "TopologyError" || mayRepeat(error, false)),
        schedule: client.retryPolicy.unavailable
      })
    )
    let isChanged = false
    yield* Effect.addFinalizer(() => Effect.sync(() => isChanged && drop(connection)))
    return make({
      client,
      node: connection.node,
      objectionTo: (args, spec) => {
        isChanged ||= changesConnection(args, spec)
        return TAKES_REPLIES_AWAY.has(nameOf(args, spec)) ? withoutReplies(args) : undefined
      },
      send: (commands) => sendOn(connection, commands)
    })
  })

const withoutReplies = (args: CommandArguments): RoutingError =>
  new RoutingError({
    command: String(args[0]),
    reason: "after it the connection has no reply for each command; use PubSub, or connectTo and takeSocket"
  })

/** One try to connect to the node. */
export const reach = (
  client: RedisCommands,
  place: Place
): Effect.Effect<Connection, TopologyError | ConnectionError, Scope.Scope> =>
  "node" in place
    ? client.connectTo(place.node)
    : Effect.flatMap(ownerOf(client, place.key), client.connectTo)

/** The waits of a client that was told nothing else. */
export const DEFAULTS: ClusterConfig.ClusterConfig = ClusterConfig.make({ seeds: [] })

const ownerOf = (client: RedisCommands, key: CommandArgument): Effect.Effect<string, TopologyError> =>
  Effect.flatMap(client.topology, (topology) => {
    const slot = calculateSlot(key)
    const owner = findNodeForSlot(topology, slot)
    return owner === undefined
      ? new TopologyError({ reason: `no node serves slot ${slot}`, node: "-" })
      : Effect.succeed(owner.address)
  })

/** Ends a connection that the next user cannot have. */
export const drop = ({ pipeline }: Connection): void => pipeline.close("Closed", "its session has ended")

/** What became of a command: its reply, or why there is none to keep. */
export type Result = Either.Either<RespValue, ClientError>

export interface SessionParts {
  readonly client: RedisCommands
  readonly node: string
  /** Why a command must not be sent; asked before each. */
  objectionTo(args: CommandArguments, spec: CommandSpec | undefined): ClientError | undefined
  /** Sends commands together. */
  send(commands: ReadonlyArray<CommandArguments>): Effect.Effect<ReadonlyArray<Result>>
}

export const make = ({ client, node, objectionTo, send }: SessionParts): Session => {
  const executeMany: Session["executeMany"] = (commands) =>
    Effect.suspend(() => {
      const objections = commands.map((args) => objectionTo(args, lookupCommand(args)))
      const sent = commands.filter((_, index) => objections[index] === undefined)
      return Effect.map(send(sent), (results) => {
        let next = 0
        return objections.map((objection) =>
          objection === undefined ? results[next++] : Either.left(objection)
        )
      })
    })
  const own: Session = {
    ...client,
    node,
    execute: (...args) =>
      executeMany([args]).pipe(
        Effect.flatMap(([result]) => result),
        Effect.tapError((error) => (isOutdated(error) ? Effect.ignore(client.refreshTopology) : Effect.void))
      ),
    executeMany,
    executeOn: (address, ...args) =>
      address === node ? own.execute(...args) : client.executeOn(address, ...args),
    withOptions: () => own
  }
  return own
}

/** What each of several commands, sent together, came to. */
export const exchange = (
  { pipeline }: Pick<Connection, "pipeline">,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<ReadonlyArray<RespValue | PipelineFailure>> =>
  Effect.async((resume) => {
    const outcomes = new Array<RespValue | PipelineFailure>(commands.length)
    let missing = commands.length
    if (missing === 0) return resume(Effect.succeed(outcomes))
    const settle = (outcome: RespValue | PipelineFailure, index: number): void => {
      outcomes[index] = outcome
      if (--missing === 0) resume(Effect.succeed(outcomes))
    }
    for (const [index, args] of commands.entries()) {
      const spec = lookupCommand(args)
      if (spec !== undefined && isBlocking(spec, args)) pipeline.submitPatient(args, settle, index)
      else pipeline.submit(args, settle, index)
    }
  })

/** The same, as results. */
const sendOn = (
  connection: Connection,
  commands: ReadonlyArray<CommandArguments>
): Effect.Effect<ReadonlyArray<Result>> =>
  Effect.map(exchange(connection, commands), (outcomes) =>
    outcomes.map((outcome, index) => {
      const error = errorOf(outcome, connection.node, String(commands[index][0]), NO_KEY)
      return error === undefined ? Either.right(outcome as RespValue) : Either.left(error)
    })
  )

/** The node is not what the topology takes it for. */
const isOutdated = ({ _tag }: ClientError): boolean =>
  _tag === "MovedError" || _tag === "ClusterDownError" || _tag === "ConnectionError"

/** Commands about a connection that leave it as it was. */
const HARMLESS: ReadonlySet<string> = new Set([
  "client|getname",
  "client|getredir",
  "client|id",
  "client|info",
  "client|trackinginfo",
  "wait",
  "waitaof"
])

/** What a command leaves behind would be there for the next user of the connection. */
export const changesConnection = (args: CommandArguments, spec: CommandSpec | undefined): boolean =>
  spec === undefined || (spec.requestPolicy === "session" && !HARMLESS.has(nameOf(args, spec)))

/** After these a connection gives replies that belong to no command, or none to some. */
const TAKES_REPLIES_AWAY: ReadonlySet<string> = new Set([
  "client|reply",
  "monitor",
  "psubscribe",
  "psync",
  "punsubscribe",
  "ssubscribe",
  "subscribe",
  "sunsubscribe",
  "sync",
  "unsubscribe"
])

const nameOf = (args: CommandArguments, spec: CommandSpec | undefined): string =>
  spec?.name ?? String(args[0]).toLowerCase()
