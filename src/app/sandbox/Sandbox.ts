/**
 * Real servers on loopback for as long as a scope is open: a standalone server, or a cluster that serves every slot.
 * Nothing is left behind when the scope closes, nor when the process is killed.
 */
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { join } from "node:path"
import type { ConnectionOptions } from "../../connection/ConnectionOptions.ts"
import {
  type CertificateFiles,
  type Certificates,
  makeCertificates,
  writeCertificates
} from "./Certificates.ts"
import { formCluster, type FormedNode } from "./ClusterFormation.ts"
import { findPorts, type ServerPort } from "./FreePort.ts"
import { type RedisServer, startRedisServer } from "./RedisServer.ts"
import type { SandboxError } from "./SandboxError.ts"
import type { ConfigSetting, ServerConfig } from "./ServerConfig.ts"
import { findServerProgram } from "./ServerProgram.ts"
import { startWatchdog, type Watchdog } from "./Watchdog.ts"

export interface Sandbox {
  readonly mode: "cluster" | "standalone"
  /** Masters first. A standalone server is a master without slots. */
  readonly nodes: ReadonlyArray<SandboxNode>
  /** Where to connect: the first node. */
  readonly seed: { readonly host: string; readonly port: number; readonly address: string }
  readonly tls: SandboxTls | undefined
  readonly password: Redacted.Redacted<string> | undefined
  /** How to connect to the seed, and with another port to any other node. */
  readonly connectionOptions: ConnectionOptions
  /** The temporary folder with everything that the sandbox writes. */
  readonly folder: string
  /** Ends further processes with the sandbox. */
  readonly watchdog: Watchdog
}

export interface SandboxNode extends FormedNode {
  readonly server: RedisServer
  readonly address: string
}

export interface SandboxTls {
  /** PEM texts. */
  readonly certificates: Certificates
  /** The same as files. */
  readonly files: CertificateFiles
}

export interface SandboxOptions {
  readonly mode: "cluster" | "standalone"
  /** Of a cluster; at least 1. */
  readonly masters: number
  /** Per master. */
  readonly replicas: number
  readonly tls: boolean
  readonly password: Redacted.Redacted<string> | undefined
  /** The first of consecutive ports; 0 for any that are free. */
  readonly port: number
  /** Set at every server, after our own settings. */
  readonly config: ReadonlyArray<ConfigSetting>
  /** `cluster-node-timeout`, milliseconds: how long a node may be silent before it counts as failed. */
  readonly nodeTimeoutMs: number
}

export const DEFAULT_SANDBOX_OPTIONS: SandboxOptions = {
  mode: "cluster",
  masters: 3,
  replicas: 0,
  tls: false,
  password: undefined,
  port: 7000,
  config: [],
  nodeTimeoutMs: 5000
}

const HOST = "127.0.0.1"
/** How often to look for other ports when somebody took one between our look and the start of the server. */
const PORT_ATTEMPTS = 5

/**
 * Starts the servers and waits until they serve.
 *
 * @example
 * Effect.scoped(Effect.flatMap(Sandbox.make({ port: 0 }), ({ seed }) => Effect.log(seed.address)))
 */
export const make = (
  given: Partial<SandboxOptions> = {}
): Effect.Effect<Sandbox, SandboxError, Scope.Scope> => {
  const options = { ...DEFAULT_SANDBOX_OPTIONS, ...given }
  const attempt = inScopeOfItsOwn(start(options))
  return options.port === 0
    ? Effect.retry(attempt, { times: PORT_ATTEMPTS - 1, while: (error) => error.reason === "Port" })
    : attempt
}

/** Closes what a failed attempt opened at once, and what a successful one opened with the outer scope. */
const inScopeOfItsOwn = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Effect.Effect<A, E, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const outer = yield* Effect.scope
      const scope = yield* Scope.fork(outer, ExecutionStrategy.sequential)
      return yield* Effect.onError(restore(Scope.extend(effect, scope)), (cause) =>
        Scope.close(scope, Exit.failCause(cause))
      )
    })
  )

const start = (options: SandboxOptions): Effect.Effect<Sandbox, SandboxError, Scope.Scope> =>
  Effect.gen(function* () {
    const program = yield* findServerProgram
    const cluster = options.mode === "cluster"
    const count = cluster ? options.masters * (1 + options.replicas) : 1
    const ports = yield* findPorts({ host: HOST, first: options.port, count, cluster })
    const certificates = options.tls ? yield* makeCertificates : undefined
    const watchdog = yield* startWatchdog
    const tls =
      certificates === undefined
        ? undefined
        : { certificates, files: writeCertificates(watchdog.folder, certificates) }
    const members = yield* Effect.forEach(
      ports,
      (port) => {
        const config = serverConfig(options, port, watchdog.folder, tls?.files)
        return Effect.map(startRedisServer({ program, config, certificates, watchdog }), (server) => ({
          server,
          config
        }))
      },
      { concurrency: "unbounded" }
    ).pipe(Effect.parallelFinalizers)
    const formed = cluster ? yield* formCluster(members, options.replicas) : [STANDALONE]
    const [{ server: seed }] = members
    return {
      mode: options.mode,
      nodes: members.map(({ server }, index) => ({ ...formed[index], server, address: server.address })),
      seed: { host: seed.host, port: seed.port, address: seed.address },
      tls,
      password: options.password,
      connectionOptions: seed.connectionOptions,
      folder: watchdog.folder,
      watchdog
    }
  })

const STANDALONE: FormedNode = { id: "", role: "master", masterId: undefined, slots: [] }

const serverConfig = (
  options: SandboxOptions,
  { busPort, port }: ServerPort,
  folder: string,
  tls: CertificateFiles | undefined
): ServerConfig => ({
  host: HOST,
  port,
  folder: join(folder, String(port)),
  cluster: busPort === undefined ? undefined : { busPort, nodeTimeoutMs: options.nodeTimeoutMs },
  tls,
  password: options.password === undefined ? undefined : Redacted.value(options.password),
  extra: options.config
})
