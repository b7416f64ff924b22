/** `redis://USER:PASSWORD@HOST:PORT/DB`, or `rediss://` for TLS; every part but the host is optional. */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { CommandLineError } from "./CommandLineError.ts"
import { MAX_PORT } from "./HostPort.ts"

export interface RedisUrl {
  readonly tls: boolean
  readonly host: string | undefined
  readonly port: number | undefined
  readonly username: string | undefined
  readonly password: Redacted.Redacted | undefined
  readonly database: number | undefined
}

const DATABASE = /^\d{1,9}$/

/** The error names the part that is wrong and repeats nothing of the URL: it may hold a password. */
export const parseRedisUrl = (url: Redacted.Redacted): Either.Either<RedisUrl, CommandLineError> => {
  const parsed = parseUrl(Redacted.value(url))
  if (parsed === undefined) {
    return refused("not a URL (in a password, characters like # / ? @ are written as %23 %2F %3F %40)")
  }
  if (parsed.protocol !== "redis:" && parsed.protocol !== "rediss:") {
    return refused("the scheme is neither redis:// nor rediss://")
  }
  if (parsed.search !== "" || parsed.hash !== "") return refused("a ? or # part means nothing here")
  const path = parsed.pathname.replace(/^\//, "")
  if (path !== "" && !DATABASE.test(path)) return refused("the path is not a database number")
  const port = parsed.port === "" ? undefined : Number(parsed.port)
  if (port !== undefined && (port < 1 || port > MAX_PORT)) return refused(`the port is not 1 to ${MAX_PORT}`)
  const username = decoded(parsed.username)
  const password = decoded(parsed.password)
  const host = decoded(parsed.hostname.replace(/^\[|\]$/g, ""))
  if (username === undefined || password === undefined || host === undefined) {
    return refused("a % is not followed by two hexadecimal digits")
  }
  return Either.right({
    tls: parsed.protocol === "rediss:",
    host: host === "" ? undefined : host,
    port,
    username: username === "" ? undefined : username,
    password: password === "" ? undefined : Redacted.make(password),
    database: path === "" ? undefined : Number(path)
  })
}

const refused = (problem: string): Either.Either<never, CommandLineError> =>
  Either.left(
    new CommandLineError({
      message: `--url: ${problem}; allowed: redis://USER:PASSWORD@HOST:PORT/DB, or rediss:// for TLS`
    })
  )

const parseUrl = (text: string): URL | undefined => {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
