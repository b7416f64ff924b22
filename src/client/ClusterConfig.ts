/** What a client is told, with the defaults, and how it is read from the environment. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Schedule from "effect/Schedule"
import { readFileSync } from "node:fs"
import { ConnectionError } from "../connection/ConnectionError.ts"
import { DEFAULT_MAX_CONNECTIONS_PER_NODE } from "../connection/ConnectionPool.ts"
import {
  type ConnectionOptions,
  type Credentials,
  DEFAULT_COMMAND_TIMEOUT,
  DEFAULT_CONNECT_TIMEOUT,
  DEFAULT_MAX_PENDING,
  type TlsOptions
} from "../connection/ConnectionOptions.ts"
import { formatAddress, parseAddress } from "../protocol/ClusterTopology.ts"
import type { ClientError } from "./ClusterError.ts"

export interface Seed {
  readonly host: string
  readonly port: number
}

/**
 * - `master`: every command goes to the master.
 * - `prefer-replica`: reads go to the replicas in turn, to the master when there is none or it fails.
 * - `replica`: reads go to the replicas alone.
 *
 * What a replica says may be older than what the master would say.
 */
export type ReadFrom = "master" | "prefer-replica" | "replica"

/**
 * - `batches`: each `executeMany`.
 * - `commands`: each command of its own too, which costs ten times what the command does.
 */
export type Spans = "batches" | "commands"

/** Everything but the seeds has a default. */
export interface ClusterOptions {
  /** Servers to ask for the topology; the first that answers is enough. For one server, that server. */
  readonly seeds: ReadonlyArray<Seed>
  readonly tls?: TlsOptions | undefined
  /** Evaluated at each connect when it is an effect; its failure is a `ConnectionError` with reason `Auth`. */
  readonly credentials?: Credentials | Effect.Effect<Credentials, unknown> | undefined
  /** One server only: a cluster has no databases to choose from. */
  readonly database?: number | undefined
  readonly clientName?: string | undefined
  readonly protocol?: 2 | 3 | undefined
  /** TCP, TLS and handshake together. Default 5 s. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** An unanswered command condemns its connection after so long. Default 10 s. */
  readonly commandTimeout?: Duration.DurationInput | undefined
  /** Commands awaiting their reply on one connection; one more fails with `QueueFull`. Default 65 536. */
  readonly maxPending?: number | undefined
  /** Shared connections per node. Default 1; with more, commands of one caller may overtake each other. */
  readonly multiplexerCount?: number | undefined
  /** Where commands that only read go. Default `master`. */
  readonly readFrom?: ReadFrom | undefined
  /** For a cluster behind NAT: where a node that is known as `host:port` is to be reached. */
  readonly addressMap?: ((address: Seed) => Seed) | undefined
  /** Dedicated connections per node. Default 10. */
  readonly maxConnectionsPerNode?: number | undefined
  /** How often a command is sent again after TRYAGAIN. Default 3. */
  readonly maxRetries?: number | undefined
  /** Before the first of them; doubles with each. Default 100 ms. */
  readonly retryDelay?: Duration.DurationInput | undefined
  /** How many MOVED and ASK replies one command follows. Default 5. */
  readonly maxRedirections?: number | undefined
  /** How long a command waits for a cluster that is down, loading or failing over. Default 15 s. */
  readonly availabilityDeadline?: Duration.DurationInput | undefined
  /** How often the topology is asked for when nothing has gone wrong. Default 60 s. */
  readonly topologyRefreshInterval?: Duration.DurationInput | undefined
  /** What has a span, besides connecting and asking for the topology. Default `batches`. */
  readonly spans?: Spans | undefined
  /** Replaces the waiting after TRYAGAIN that maxRetries and retryDelay describe. */
  readonly tryAgainSchedule?: Schedule.Schedule<unknown, ClientError> | undefined
  /** Replaces the waiting for a cluster that is down: 100 ms doubling to 1 s, until the deadline. */
  readonly unavailableSchedule?: Schedule.Schedule<unknown, ClientError> | undefined
}

export interface ClusterConfig extends ClusterOptions {
  readonly connectTimeout: Duration.Duration
  readonly commandTimeout: Duration.Duration
  readonly maxPending: number
  readonly multiplexerCount: number
  readonly readFrom: ReadFrom
  readonly maxConnectionsPerNode: number
  readonly maxRetries: number
  readonly retryDelay: Duration.Duration
  readonly maxRedirections: number
  readonly availabilityDeadline: Duration.Duration
  readonly topologyRefreshInterval: Duration.Duration
  readonly spans: Spans
}

export const DEFAULT_MAX_RETRIES = 3
export const DEFAULT_RETRY_DELAY: Duration.Duration = Duration.millis(100)
export const DEFAULT_MAX_REDIRECTIONS = 5
/** A failover takes the node timeout and an election: seconds. */
export const DEFAULT_AVAILABILITY_DEADLINE: Duration.Duration = Duration.seconds(15)
export const DEFAULT_TOPOLOGY_REFRESH_INTERVAL: Duration.Duration = Duration.seconds(60)

/** The options with every default filled in. */
export const make = (options: ClusterOptions): ClusterConfig => ({
  ...options,
  connectTimeout: Duration.decode(options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT),
  commandTimeout: Duration.decode(options.commandTimeout ?? DEFAULT_COMMAND_TIMEOUT),
  maxPending: options.maxPending ?? DEFAULT_MAX_PENDING,
  multiplexerCount: options.multiplexerCount ?? 1,
  readFrom: options.readFrom ?? "master",
  maxConnectionsPerNode: options.maxConnectionsPerNode ?? DEFAULT_MAX_CONNECTIONS_PER_NODE,
  maxRetries: options.maxRetries ?? DEFAULT_MAX_RETRIES,
  retryDelay: Duration.decode(options.retryDelay ?? DEFAULT_RETRY_DELAY),
  maxRedirections: options.maxRedirections ?? DEFAULT_MAX_REDIRECTIONS,
  availabilityDeadline: Duration.decode(options.availabilityDeadline ?? DEFAULT_AVAILABILITY_DEADLINE),
  topologyRefreshInterval: Duration.decode(
    options.topologyRefreshInterval ?? DEFAULT_TOPOLOGY_REFRESH_INTERVAL
  ),
  spans: options.spans ?? "batches"
})

/** How one node is connected to. `hostname` is what it announces, and its certificate names. */
export const connectionOptions = (
  config: ClusterConfig,
  node: Seed,
  hostname?: string | undefined
): Effect.Effect<ConnectionOptions, ConnectionError> => {
  const place = config.addressMap?.(node) ?? node
  const { credentials, tls } = config
  const options: ConnectionOptions = {
    host: place.host,
    port: place.port,
    tls: tls === undefined || tls.serverName !== undefined ? tls : { ...tls, serverName: hostname },
    database: config.database,
    clientName: config.clientName,
    protocol: config.protocol,
    readOnly: config.readFrom !== "master",
    connectTimeout: config.connectTimeout,
    commandTimeout: config.commandTimeout,
    maxPending: config.maxPending
  }
  if (!Effect.isEffect(credentials)) return Effect.succeed({ ...options, credentials })
  return Effect.mapBoth(credentials, {
    onSuccess: (fresh) => ({ ...options, credentials: fresh }),
    onFailure: () =>
      new ConnectionError({
        reason: "Auth",
        sent: "no",
        node: formatAddress(node.host, node.port),
        command: "AUTH",
        detail: "the credentials could not be had: their effect failed"
      })
  })
}

const DEFAULT_PORT = 6379

/**
 * From the environment, by the names that the sandbox sets: REDIS_CLIENT_HOST
 * (`host` or `host:port`), REDIS_CLIENT_PORT, REDIS_CLIENT_TLS (1), REDIS_CLIENT_CACERT
 * (a file), and REDISCLI_AUTH, a password that is never shown.
 *
 * @example ClusterClient.layerConfig(ClusterConfig.fromEnvironment)
 */
export const fromEnvironment: Config.Config<ClusterOptions> = Config.all({
  host: Config.withDefault(Config.string("REDIS_CLIENT_HOST"), "127.0.0.1"),
  port: Config.withDefault(Config.port("REDIS_CLIENT_PORT"), DEFAULT_PORT),
  isTls: Config.withDefault(Config.boolean("REDIS_CLIENT_TLS"), false),
  caFile: Config.option(Config.string("REDIS_CLIENT_CACERT")),
  password: Config.option(Config.redacted("REDISCLI_AUTH"))
}).pipe(
  Config.mapOrFail(({ caFile, host, isTls, password, port }) =>
    Either.gen(function* () {
      const seed = parseAddress(host) ?? parseAddress(`${host}:${port}`)
      if (seed === undefined) {
        return yield* invalid("REDIS_CLIENT_HOST", `'${host}' is neither a host nor host:port`)
      }
      const ca = Option.isSome(caFile) ? yield* readAuthority(caFile.value) : undefined
      return {
        seeds: [seed],
        tls: isTls ? { ca } : undefined,
        credentials: Option.isSome(password) ? { password: password.value } : undefined
      }
    })
  )
)

const invalid = (name: string, message: string): Either.Either<never, ConfigError.ConfigError> =>
  Either.left(ConfigError.InvalidData([name], message))

const readAuthority = (file: string): Either.Either<string, ConfigError.ConfigError> =>
  Either.try({
    try: () => readFileSync(file, "utf8"),
    catch: () => ConfigError.InvalidData(["REDIS_CLIENT_CACERT"], `the file '${file}' cannot be read`)
  })
