/** From the options of a command to a client that is connected, or one line that says why not. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { ClusterClient } from "../client/ClusterClient.ts"
import type { ClusterOptions, Seed } from "../client/ClusterConfig.ts"
import type { RedisCommands } from "../client/RedisCommands.ts"
import * as StandaloneClient from "../client/StandaloneClient.ts"
import * as Connection from "../connection/Connection.ts"
import type { ConnectionError } from "../connection/ConnectionError.ts"
import type { Credentials } from "../connection/ConnectionOptions.ts"
import { formatAddress } from "../protocol/ClusterTopology.ts"
import { askPassword } from "./AskPassword.ts"
import { readTlsOptions } from "./CertificateFiles.ts"
import { notACluster, refuseUncovered, unusableTopology } from "./ClusterRefusal.ts"
import { CommandFailure, type EndWith } from "./CommandFailure.ts"
import type { CommandLineError } from "./CommandLineError.ts"
import { connectAdvice } from "./ConnectAdvice.ts"
import type { ConnectFlags } from "./ConnectOptions.ts"
import { type ConnectSettings, resolveConnectSettings } from "./ConnectSettings.ts"
import { NOT_CONNECTED } from "./ExitStatus.ts"
import { notice } from "./StatusLine.ts"

/** What a command makes of servers that it may not get far with. */
export interface ConnectPolicy {
  /** A server that belongs to a cluster, without `--cluster`: an error, or a line on standard error. */
  readonly clusterWithoutFlag: "refuse" | "notice"
  /** A cluster in which slots have no owner. */
  readonly uncoveredSlots: "refuse" | "allow"
  /** A server that asks for a password when none was given (default: refuse). */
  readonly passwordWanting?: "refuse" | "allow"
  /** Dedicated connections per node, for a command that needs more than the client's default. */
  readonly maxConnectionsPerNode?: number
  /** Shared connections per node (default 1). */
  readonly multiplexerCount?: number
  /** Commands awaiting their reply on one connection, for a command that has more under way than the client's default. */
  readonly maxPending?: number
  /** Version of the protocol (default: 3 where the server has it). */
  readonly protocol?: 2 | 3
}

export type ConnectFailure = CommandFailure | CommandLineError | EndWith

/** What a client is told. Credentials are known when the program starts. */
export interface ClientOptions extends ClusterOptions {
  readonly credentials: Credentials | undefined
}

/** A client that is connected, and what it was told, for connections beside it. */
export interface Connected {
  readonly client: RedisCommands
  readonly options: ClientOptions
}

/** One server that has answered, and how to connect to it. */
export interface KnownServer {
  readonly seed: Seed
  readonly options: ClientOptions
}

export const CLIENT_NAME = "redis-client"

/** By flag, then `--url`, then environment. */
export const connectSettings = (flags: ConnectFlags): Effect.Effect<ConnectSettings, CommandLineError> =>
  Effect.suspend(() => resolveConnectSettings(flags, process.env))

/** Asks for the password now, if that is how it is given: once, also for a command that connects several times. */
export const withPassword = (
  settings: ConnectSettings
): Effect.Effect<ConnectSettings, CommandLineError | EndWith> =>
  settings.askpass
    ? Effect.map(askPassword, (password) => ({ ...settings, askpass: false, password }))
    : Effect.succeed(settings)

/** For a person at a terminal: asks for the password too when the server wants one and none was given. */
export const withWantedPassword = (
  settings: ConnectSettings
): Effect.Effect<ConnectSettings, ConnectFailure> =>
  Effect.gen(function* () {
    const given = yield* withPassword(settings)
    if (given.password !== undefined) return given
    const options = yield* clientOptions(given, { clusterWithoutFlag: "notice", uncoveredSlots: "allow" })
    const asking = yield* Effect.flip(firstConnection(options)).pipe(
      Effect.catchAll(() => Effect.succeed(undefined))
    )
    if (asking?.reason !== "Auth") return given
    yield* notice(`${asking.node}: ${asking.detail}`)
    return yield* withPassword({ ...given, askpass: true })
  })

/** Provides the client of a cluster with `--cluster`, that of one server without. */
export const connectLayer = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Layer.Layer<ClusterClient, ConnectFailure> =>
  Layer.scoped(
    ClusterClient,
    Effect.map(connect(settings, policy), ({ client }) => client)
  )

/** The client of a cluster with `--cluster`, that of one server without. */
export const connect = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<Connected, ConnectFailure, Scope.Scope> =>
  settings.cluster ? connectCluster(settings, policy) : connectServer(settings, policy)

/** Makes sure that the server answers and lets us in; keeps no connection to it. */
export const findServer = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<KnownServer, ConnectFailure> =>
  Effect.gen(function* () {
    const { mode, ...server } = yield* firstServer(settings, policy)
    if (mode === "cluster") {
      yield* saysItIsCluster(formatAddress(server.seed.host, server.seed.port), policy)
    }
    return server
  })

const connectServer = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<Connected, ConnectFailure, Scope.Scope> =>
  Effect.gen(function* () {
    const options = yield* preparedOptions(settings, policy)
    const [{ host, port }] = options.seeds
    const { client, server } = yield* Effect.mapError(
      StandaloneClient.connect(options),
      notConnected(options)
    )
    if (server.mode === "cluster") yield* saysItIsCluster(formatAddress(host, port), policy)
    return { client, options }
  })

const connectCluster = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<Connected, ConnectFailure, Scope.Scope> =>
  Effect.gen(function* () {
    // Without its own password nobody learns of the cluster's nodes, whatever its clients know.
    const { mode, options, seed } = yield* firstServer(settings, { ...policy, passwordWanting: "refuse" })
    const address = formatAddress(seed.host, seed.port)
    if (mode !== "cluster") return yield* notACluster(address)
    // The seed that answered comes first: to wait for a dead one again would be in vain.
    const seeds = [seed, ...options.seeds.filter((other) => other !== seed)]
    const client = yield* Effect.mapError(ClusterClient.make({ ...options, seeds }), (error) =>
      error._tag === "ConnectionError" ? notConnected(options)(error) : unusableTopology(error)
    )
    if (policy.uncoveredSlots === "refuse") yield* refuseUncovered(client, address)
    return { client, options }
  })

const firstServer = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<KnownServer & { readonly mode: Connection.Connection["mode"] }, ConnectFailure> =>
  Effect.gen(function* () {
    const options = yield* preparedOptions(settings, policy)
    const asksForPassword = ({ reason }: ConnectionError): boolean =>
      reason === "Auth" && options.credentials === undefined && policy.passwordWanting === "allow"
    const found = yield* firstConnection(options).pipe(
      Effect.catchIf(asksForPassword, () =>
        Effect.succeed({ seed: options.seeds[0], mode: "standalone" as const })
      ),
      Effect.mapError(notConnected(options))
    )
    return { options, ...found }
  })

/** What is dangerous in them is told. */
const preparedOptions = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<ClientOptions, CommandLineError | EndWith> =>
  settings.tls?.insecure === true
    ? Effect.tap(clientOptions(settings, policy), () =>
        notice("--insecure: the server's certificate is not verified")
      )
    : clientOptions(settings, policy)

const clientOptions = (
  settings: ConnectSettings,
  policy: ConnectPolicy
): Effect.Effect<ClientOptions, CommandLineError | EndWith> =>
  Effect.gen(function* () {
    const tls = settings.tls === undefined ? undefined : yield* readTlsOptions(settings.tls)
    const { password } = yield* withPassword(settings)
    const credentials =
      password === undefined && settings.username === undefined
        ? undefined
        : { username: settings.username, password: password ?? Redacted.make("") }
    return {
      seeds: settings.seeds,
      tls,
      credentials,
      database: settings.database,
      clientName: CLIENT_NAME,
      connectTimeout: settings.connectTimeout,
      commandTimeout: settings.commandTimeout,
      maxConnectionsPerNode: policy.maxConnectionsPerNode,
      multiplexerCount: policy.multiplexerCount,
      maxPending: policy.maxPending,
      protocol: policy.protocol
    }
  })

/** What kind of server it is that answers, at the first seed that can be connected to. */
const firstConnection = (
  options: ClientOptions
): Effect.Effect<{ readonly seed: Seed; readonly mode: Connection.Connection["mode"] }, ConnectionError> =>
  Effect.validateFirst(options.seeds, (seed) =>
    Effect.map(Effect.scoped(Connection.connect({ ...options, ...seed })), ({ mode }) => ({ seed, mode }))
  ).pipe(
    // A server that refuses us says more than one that is not there.
    Effect.mapError(
      (errors) => errors.find(({ reason }) => reason === "Auth" || reason === "Tls") ?? errors[0]
    )
  )

const notConnected =
  (options: ClientOptions) =>
  (error: ConnectionError): CommandFailure => {
    const others =
      options.seeds.length > 1 ? ` (none of the ${options.seeds.length} seeds could be used)` : ""
    return new CommandFailure({
      status: NOT_CONNECTED,
      tag: error._tag,
      node: error.node,
      message: `${error.node}: ${connectAdvice(error, options)}${others}`
    })
  }

const saysItIsCluster = (node: string, policy: ConnectPolicy): Effect.Effect<void, CommandFailure> => {
  const message = `${node}: this server belongs to a cluster; add --cluster (-c)`
  return policy.clusterWithoutFlag === "notice"
    ? notice(message)
    : Effect.fail(new CommandFailure({ tag: "ClusterServer", node, message }))
}
