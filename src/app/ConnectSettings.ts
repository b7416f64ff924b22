/**
 * How to connect, decided from the options, `--url` and the environment, in
 * that order of precedence, each part by itself.
 *
 * Pure: what has to be read (certificates, a password asked for) is read in
 * ConnectFiles.ts and AskPassword.ts afterwards.
 */
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { badValue, CommandLineError } from "./CommandLineError.ts"
import type { ConnectFlags } from "./ConnectOptions.ts"
import { MAX_PORT, parseHostPort } from "./HostPort.ts"
import { parseInteger } from "./RangedOption.ts"
import { parseRedisUrl, type RedisUrl } from "./RedisUrl.ts"

export interface ConnectSettings {
  /** At least one; a standalone server is the only one. */
  readonly seeds: ReadonlyArray<{ readonly host: string; readonly port: number }>
  readonly cluster: boolean
  /** `undefined` for a connection without TLS. */
  readonly tls: TlsFiles | undefined
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  /** The password is to be asked for. */
  readonly askpass: boolean
  readonly database: number
  readonly connectTimeout: Duration.Duration
  readonly commandTimeout: Duration.Duration
  readonly json: boolean
}

/** Names of PEM files, as given. */
export interface TlsFiles {
  readonly cacert: NamedFile | undefined
  readonly cert: NamedFile | undefined
  readonly key: NamedFile | undefined
  readonly serverName: string | undefined
  readonly insecure: boolean
}

export interface NamedFile {
  /** The option or environment variable that named it, for errors. */
  readonly option: string
  readonly path: string
}

/** The variables of the environment that count. */
export interface ConnectEnvironment {
  readonly REDIS_CLIENT_HOST?: string | undefined
  readonly REDIS_CLIENT_PORT?: string | undefined
  readonly REDIS_CLIENT_CLUSTER?: string | undefined
  readonly REDIS_CLIENT_TLS?: string | undefined
  readonly REDIS_CLIENT_CACERT?: string | undefined
  readonly REDISCLI_AUTH?: string | undefined
}

export const DEFAULT_HOST = "127.0.0.1"
export const DEFAULT_PORT = 6379
export const DEFAULT_TLS_PORT = 6380

type Resolved<A> = Either.Either<A, CommandLineError>

export const resolveConnectSettings = (
  flags: ConnectFlags,
  environment: ConnectEnvironment
): Either.Either<ConnectSettings, CommandLineError> =>
  Either.gen(function* () {
    const urlGiven = Option.orElse(flags.url, () =>
      Option.map(Option.filter(flags.username, isUrl), Redacted.make<string>)
    )
    const url = Option.isSome(urlGiven) ? yield* parseRedisUrl(urlGiven.value) : undefined
    const environmentTls = yield* switchVariable("REDIS_CLIENT_TLS", environment)
    const environmentCluster = yield* switchVariable("REDIS_CLIENT_CLUSTER", environment)
    const useTls = flags.tls || (url?.tls ?? environmentTls)
    const cluster = flags.cluster || environmentCluster
    const seeds = yield* resolveSeeds(flags, url, environment, useTls)
    if (!cluster && seeds.length > 1) {
      const allowed = "once, or several seeds of a cluster with --cluster (-c)"
      return yield* wrong(`--host: given ${seeds.length} times; allowed: ${allowed}`)
    }
    if (flags.askpass && Option.isSome(flags.password)) {
      return yield* wrong("--askpass: not together with --password; give one of them")
    }
    return {
      seeds,
      cluster,
      tls: useTls ? yield* resolveTls(flags, environment) : yield* withoutTls(flags),
      username: Option.getOrUndefined(Option.filter(flags.username, (name) => !isUrl(name))) ?? url?.username,
      password: flags.askpass ? undefined : resolvePassword(flags, url, environment),
      askpass: flags.askpass,
      database: yield* resolveDatabase(flags, url, cluster),
      connectTimeout: flags.connectTimeout,
      commandTimeout: flags.commandTimeout,
      json: flags.json
    }
  })

/** `-u` is the URL in redis-cli, and no user's name looks like one. */
const isUrl = (name: string): boolean => /^rediss?:\/\//i.test(name)

const wrong = (message: string): Resolved<never> => Either.left(new CommandLineError({ message }))

const resolveSeeds = (
  flags: ConnectFlags,
  url: RedisUrl | undefined,
  environment: ConnectEnvironment,
  tls: boolean
): Resolved<ConnectSettings["seeds"]> =>
  Either.gen(function* () {
    const environmentPort = yield* portVariable(environment)
    const port =
      Option.getOrUndefined(flags.port) ??
      url?.port ??
      environmentPort ??
      (tls ? DEFAULT_TLS_PORT : DEFAULT_PORT)
    if (flags.host.length > 0) return yield* Either.all(flags.host.map((host) => seed("--host", host, port)))
    if (url?.host !== undefined) return [{ host: url.host, port }]
    return [yield* seed("REDIS_CLIENT_HOST", nonEmpty(environment.REDIS_CLIENT_HOST) ?? DEFAULT_HOST, port)]
  })

/** A port of its own beats the one that the options name. */
const seed = (option: string, given: string, port: number): Resolved<ConnectSettings["seeds"][number]> => {
  const parsed = parseHostPort(given)
  if (parsed !== undefined) return Either.right({ host: parsed.host, port: parsed.port ?? port })
  const allowed = `HOST or HOST:PORT, as 127.0.0.1:7000 or [::1]:7000, with a port from 1 to ${MAX_PORT}`
  return wrong(badValue({ option, given, problem: "not a host", allowed }))
}

const resolveTls = (flags: ConnectFlags, environment: ConnectEnvironment): Resolved<TlsFiles> => {
  const cert = named("--cert", flags.cert)
  const key = named("--key", flags.key)
  if (cert !== undefined && key === undefined) return wrong("--cert: needs --key with it")
  if (key !== undefined && cert === undefined) return wrong("--key: needs --cert with it")
  const environmentCacert = Option.fromNullable(nonEmpty(environment.REDIS_CLIENT_CACERT))
  return Either.right({
    cacert: named("--cacert", flags.cacert) ?? named("REDIS_CLIENT_CACERT", environmentCacert),
    cert,
    key,
    serverName: Option.getOrUndefined(flags.sni),
    insecure: flags.insecure
  })
}

const named = (option: string, path: Option.Option<string>): NamedFile | undefined =>
  Option.isSome(path) ? { option, path: path.value } : undefined

/** An option about certificates says that TLS was meant: to connect without would expose the password. */
const withoutTls = (flags: ConnectFlags): Resolved<undefined> => {
  const meansTls = [
    Option.isSome(flags.cacert) && "--cacert",
    Option.isSome(flags.cert) && "--cert",
    Option.isSome(flags.key) && "--key",
    Option.isSome(flags.sni) && "--sni",
    flags.insecure && "--insecure"
  ].find((option) => option !== false)
  return meansTls === undefined
    ? Either.right(undefined)
    : wrong(`${meansTls}: means nothing without TLS; add --tls (-t)`)
}

const resolveDatabase = (
  flags: ConnectFlags,
  url: RedisUrl | undefined,
  cluster: boolean
): Resolved<number> => {
  const reason = "not together with --cluster; a cluster has only database 0"
  if (cluster && Option.isSome(flags.db)) return wrong(`--db: ${reason}`)
  const database = Option.getOrUndefined(flags.db) ?? url?.database ?? 0
  return cluster && database > 0 ? wrong(`--url: database ${database} is ${reason}`) : Either.right(database)
}

const resolvePassword = (
  flags: ConnectFlags,
  url: RedisUrl | undefined,
  environment: ConnectEnvironment
): Redacted.Redacted | undefined => {
  const fromEnvironment = nonEmpty(environment.REDISCLI_AUTH)
  return (
    Option.getOrUndefined(flags.password) ??
    url?.password ??
    (fromEnvironment === undefined ? undefined : Redacted.make(fromEnvironment))
  )
}

const portVariable = (environment: ConnectEnvironment): Resolved<number | undefined> => {
  const given = nonEmpty(environment.REDIS_CLIENT_PORT)
  if (given === undefined) return Either.right(undefined)
  const converted = parseInteger(given, 1, MAX_PORT)
  return "value" in converted
    ? Either.right(converted.value)
    : wrong(badValue({ option: "REDIS_CLIENT_PORT", given, ...converted }))
}

const TRUE_WORDS: ReadonlyArray<string> = ["1", "true", "yes", "on"]
const FALSE_WORDS: ReadonlyArray<string> = ["", "0", "false", "no", "off"]

const switchVariable = (
  name: "REDIS_CLIENT_CLUSTER" | "REDIS_CLIENT_TLS",
  environment: ConnectEnvironment
): Resolved<boolean> => {
  const given = environment[name] ?? ""
  if (TRUE_WORDS.includes(given.toLowerCase())) return Either.right(true)
  if (FALSE_WORDS.includes(given.toLowerCase())) return Either.right(false)
  return wrong(badValue({ option: name, given, problem: "not a switch", allowed: "1 or 0" }))
}

/** A variable that is set to nothing counts as not set. */
const nonEmpty = (text: string | undefined): string | undefined => (text === "" ? undefined : text)
