/** One redis-server or valkey-server as a scoped resource: there and answering, until the scope closes. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Connection from "../../connection/Connection.ts"
import type { ConnectionError } from "../../connection/ConnectionError.ts"
import type { ConnectionOptions } from "../../connection/ConnectionOptions.ts"
import { formatAddress } from "../../protocol/ClusterTopology.ts"
import { text } from "../../protocol/Resp.ts"
import type { Certificates } from "./Certificates.ts"
import { portTaken } from "./FreePort.ts"
import { SandboxError } from "./SandboxError.ts"
import { renderServerConfig, type ServerConfig } from "./ServerConfig.ts"
import { readLogTail, saysPortTaken } from "./ServerLog.ts"
import { type ServerProcess, spawnServer } from "./ServerProcess.ts"
import type { Watchdog } from "./Watchdog.ts"

export interface RedisServer {
  readonly host: string
  readonly port: number
  /** `host:port`. */
  readonly address: string
  /** How to connect to it, with its TLS and password. */
  readonly connectionOptions: ConnectionOptions
  /** Of the present process; another one after `restart`. */
  readonly pid: () => number
  readonly isRunning: () => boolean
  /** Sends the signal; for SIGKILL also waits until the process has ended. */
  readonly signal: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits until the present process has ended and says why: `exit status 1`, `SIGKILL`. */
  readonly exited: Effect.Effect<string>
  /** Ends the process, if it runs, and starts it again with the same files, port and identity. */
  readonly restart: Effect.Effect<void, SandboxError>
}

export interface RedisServerOptions {
  readonly program: string
  readonly config: ServerConfig
  readonly certificates: Certificates | undefined
  readonly watchdog: Watchdog
}

/** How long a server may take to answer; it takes about 50 ms. */
const START_TIMEOUT = Duration.seconds(15)
const START_POLL_INTERVAL = Duration.millis(10)
const START_POLL_TIMEOUT = Duration.seconds(1)
/** How long a server may take to end by itself before it is killed. It has nothing to save. */
const STOP_TIMEOUT = Duration.seconds(1)

/** Starts the server, and waits until it answers. */
export const startRedisServer = (
  options: RedisServerOptions
): Effect.Effect<RedisServer, SandboxError, Scope.Scope> =>
  Effect.gen(function* () {
    const { config } = options
    const configFile = join(config.folder, "server.conf")
    yield* Effect.try({
      try: () => {
        mkdirSync(config.folder, { recursive: true })
        writeFileSync(configFile, renderServerConfig(config), { mode: 0o600 })
      },
      catch: (cause) => new SandboxError({ reason: "Folder", message: `sandbox: ${String(cause)}` })
    })
    const program = {
      path: options.program,
      arguments: [configFile],
      folder: config.folder,
      logFile: join(config.folder, "server.log")
    }
    const spawn = Effect.sync(() => spawnServer(program, options.watchdog))
    let current: ServerProcess = yield* Effect.acquireRelease(spawn, () => stopCurrent)
    const stopCurrent: Effect.Effect<void> = Effect.suspend(() => stop(current))
    const connectionOptions = optionsOf(options)
    const ready = Effect.suspend(() => untilReady(current, connectionOptions, program.logFile))
    yield* ready
    const server: RedisServer = {
      host: config.host,
      port: config.port,
      address: formatAddress(config.host, config.port),
      connectionOptions,
      pid: () => current.pid ?? 0,
      isRunning: () => current.isRunning(),
      signal: (signal) =>
        Effect.zipRight(
          current.signal(signal),
          signal === "SIGKILL" ? Effect.asVoid(current.exited) : Effect.void
        ),
      exited: Effect.suspend(() => current.exited),
      restart: stopCurrent.pipe(
        Effect.zipRight(Effect.map(spawn, (next) => void (current = next))),
        Effect.uninterruptible,
        Effect.zipRight(ready)
      )
    }
    return server
  })

const optionsOf = ({ certificates, config }: RedisServerOptions): ConnectionOptions => ({
  host: config.host,
  port: config.port,
  tls:
    certificates === undefined
      ? undefined
      : { ca: certificates.ca, cert: certificates.client.cert, key: certificates.client.key },
  credentials: config.password === undefined ? undefined : { password: Redacted.make(config.password) }
})

/** A stopped process (SIGSTOP) does not see SIGTERM, so SIGKILL has the last word. */
const stop = (process: ServerProcess): Effect.Effect<void> =>
  process.signal("SIGTERM").pipe(
    Effect.zipRight(process.exited),
    // Interruptible, because finalizers are not, and a timeout interrupts.
    Effect.interruptible,
    Effect.timeoutOption(STOP_TIMEOUT),
    Effect.zipRight(process.signal("SIGKILL")),
    Effect.zipRight(process.exited),
    Effect.asVoid
  )

/** Waits for the server's own answer; its process number tells it from somebody else's server at the same port. */
const untilReady = (
  process: ServerProcess,
  options: ConnectionOptions,
  logFile: string
): Effect.Effect<void, SandboxError> => {
  const address = formatAddress(options.host, options.port)
  const died = Effect.flatMap(process.exited, (reason) =>
    Effect.suspend(() => {
      const tail = readLogTail(logFile)
      if (saysPortTaken(tail)) return Effect.fail(portTaken(options.host, options.port))
      const said = tail === "" ? "" : `: ${tail}`
      return Effect.fail(
        new SandboxError({
          reason: "Died",
          message: `sandbox: the server for ${address} ended while it was starting (${reason})${said}`,
          node: address
        })
      )
    })
  )
  let lastFailure = ""
  const answers = askProcessId({ ...options, connectTimeout: START_POLL_TIMEOUT }).pipe(
    Effect.tapError((failure) => Effect.sync(() => (lastFailure = failure.detail))),
    Effect.retry({ schedule: Schedule.spaced(START_POLL_INTERVAL) }),
    // The schedule has no end, so no failure comes through; the time limit below ends it.
    Effect.orDie,
    Effect.flatMap((pid): Effect.Effect<void, SandboxError> =>
      pid === undefined || pid === process.pid
        ? Effect.void
        : Effect.fail(portTaken(options.host, options.port))
    ),
    Effect.timeoutFail({ duration: START_TIMEOUT, onTimeout: () => notReady(address, lastFailure) })
  )
  return Effect.raceFirst(answers, died)
}

/** `undefined` when the server answers but does not say, because INFO was renamed or needs another password. */
const askProcessId = (options: ConnectionOptions): Effect.Effect<number | undefined, ConnectionError> =>
  Effect.scoped(
    Effect.flatMap(Connection.connect(options), (connection) => connection.execute("INFO", "server"))
  ).pipe(
    Effect.map((reply) => {
      const match = /^process_id:(\d+)/m.exec(text(reply) ?? "")
      return match === null ? undefined : Number(match[1])
    })
  )

const notReady = (address: string, lastFailure: string): SandboxError =>
  new SandboxError({
    reason: "NotReady",
    message: `sandbox: the server for ${address} did not answer within ${Duration.format(START_TIMEOUT)}: ${lastFailure}`,
    node: address
  })
